using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>What a server listens on, allows and does. Handlers are delegates; an operation without a handler is
/// answered with 0x0211, unrecognized operation.</summary>
public sealed record AssociationServerOptions : NetworkOptions
{
    /// <summary>Starts with the idle time-out of an acceptor.</summary>
    public AssociationServerOptions() => IdleTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Where to listen; port 0 takes any free one, see <see cref="AssociationServer.EndPoints"/>.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; init; } = [];

    /// <summary>Where to listen for TLS, besides <see cref="EndPoints"/>; 2762 is the port registered for it
    /// (PS3.8 §9.1.1). Needs <see cref="Tls"/>.</summary>
    public IReadOnlyList<IPEndPoint> TlsEndPoints { get; init; } = [];

    /// <summary>TLS for <see cref="TlsEndPoints"/>. Its files are looked at again for each connection.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Most associations at a time. One more is rejected: transient, local limit exceeded.</summary>
    public int MaxAssociations { get; init; } = 1024;

    /// <summary>Most associations at a time from one address.</summary>
    public int MaxAssociationsPerPeer { get; init; } = 256;

    /// <summary>Most connections that are not associations yet, or no more. For one more the oldest that has not asked for an
    /// association is closed without a word: a flood of connections that say nothing keeps nobody out who says something. When
    /// all have asked, the new one is closed.</summary>
    public int MaxPendingConnections { get; init; } = 256;

    /// <summary>Most C-FIND, C-MOVE and C-GET operations at a time on one association, whatever window was negotiated.
    /// One more is answered with 0x0213.</summary>
    public int MaxOperations { get; init; } = 8;

    /// <summary>Turns a fresh connection to one of the <see cref="EndPoints"/> into the transport, where
    /// <see cref="Tls"/> is not enough; the stream it returns is owned by the
    /// association. ARTIM limits it.</summary>
    public Func<Stream, EndPoint?, CancellationToken, ValueTask<Stream>>? SecureTransport { get; init; }

    /// <summary>Decides on a request for an association. Default: <see cref="AcceptancePolicy"/> with its defaults.</summary>
    public Func<AssociationRequest, CancellationToken, ValueTask<AssociationDecision>> OnAssociate { get; init; } =
        static (request, _) => ValueTask.FromResult(new AcceptancePolicy().Decide(request));

    /// <summary>C-ECHO. Default: Success.</summary>
    public Func<OperationContext, CancellationToken, ValueTask<Status>> OnEcho { get; init; } =
        static (_, _) => ValueTask.FromResult(Status.Success);

    /// <summary>C-STORE: takes the data set from the pipe, returns the status to answer with once the object is safe. The
    /// token is cancelled when the association ends. A <see cref="StatusException"/> sends its status, any other exception
    /// 0x0110 with its message as Error Comment; the association lives on.</summary>
    public Func<StoreContext, CancellationToken, ValueTask<Status>>? OnStore { get; init; }

    /// <summary>C-FIND: yields the matches; Pending responses and the final one are sent for it. The token is cancelled by
    /// C-CANCEL, after which 0xFE00 is sent, and when the association ends. Exceptions as with <see cref="OnStore"/>, but
    /// 0xC000.</summary>
    public Func<FindContext, CancellationToken, IAsyncEnumerable<DataSet>>? OnFind { get; init; }

    /// <summary>C-MOVE: opens its own association to the destination and yields progress, each sent as a Pending response;
    /// the final status follows from the last counters, unless the last progress carries one. Cancellation and exceptions
    /// as with <see cref="OnFind"/>; <see cref="Status.MoveDestinationUnknown"/> is a <see cref="StatusException"/>.</summary>
    public Func<MoveContext, CancellationToken, IAsyncEnumerable<SubOperationProgress>>? OnMove { get; init; }

    /// <summary>C-GET: sends the objects by <see cref="GetContext.StoreSubOperationAsync"/>; Pending and final responses
    /// are sent for it. Cancellation and exceptions as with <see cref="OnFind"/>.</summary>
    public Func<GetContext, CancellationToken, ValueTask>? OnGet { get; init; }

    /// <summary>N-GET. As all DIMSE-N handlers: one at a time on an association, in the order of the requests; the token is
    /// cancelled when the association ends or is released; a <see cref="StatusException"/> sends its status, any other
    /// exception 0x0110 with its message as Error Comment. <c>Services</c> has handlers for the service classes.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNGet { get; init; }

    /// <summary>N-SET, as <see cref="OnNGet"/>.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNSet { get; init; }

    /// <summary>N-ACTION, as <see cref="OnNGet"/>.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNAction { get; init; }

    /// <summary>N-CREATE, as <see cref="OnNGet"/>.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNCreate { get; init; }

    /// <summary>N-DELETE, as <see cref="OnNGet"/>.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNDelete { get; init; }

    /// <summary>N-EVENT-REPORT of a provider that has asked for the association to deliver it: the result of a storage
    /// commitment, the events of a Unified Procedure Step. As <see cref="OnNGet"/>.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnEventReport { get; init; }
}
