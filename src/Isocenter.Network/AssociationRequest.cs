using System.Net;
using Isocenter.Dicom;

namespace Isocenter.Network;

/// <summary>A request for an association, as the one who decides on it sees it (PS3.8 §7.1).</summary>
public sealed class AssociationRequest
{
    internal AssociationRequest()
    {
    }

    /// <summary>Who asks. Compare it without regard to spaces at its ends: they have been taken off.</summary>
    public required string CallingAETitle { get; init; }

    /// <summary>Whom it calls.</summary>
    public required string CalledAETitle { get; init; }

    /// <summary>From where; null over a transport that has no addresses.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>What TLS established; null without TLS.</summary>
    public TlsInfo? Tls { get; init; }

    /// <summary>The application context; only 1.2.840.10008.3.1.1.1 exists (PS3.7 §A.2.1).</summary>
    public string ApplicationContext { get; init; } = "";

    /// <summary>What it proposes. Contexts with illegible UIDs are not here; they are refused.</summary>
    public required IReadOnlyList<ProposedContext> PresentationContexts { get; init; }

    /// <summary>Who uses the requestor, if it said.</summary>
    public UserIdentity? UserIdentity { get; init; }

    /// <summary>SOP class extended negotiation of the requestor.</summary>
    public IReadOnlyList<ExtendedNegotiation> ExtendedNegotiations { get; init; } = [];

    /// <summary>SOP class common extended negotiation of the requestor.</summary>
    public IReadOnlyList<CommonExtendedNegotiation> CommonExtendedNegotiations { get; init; } = [];

    /// <summary>The requestor's Implementation Class UID.</summary>
    public string? ImplementationClassUid { get; init; }

    /// <summary>The requestor's Implementation Version Name.</summary>
    public string? ImplementationVersionName { get; init; }
}

/// <summary>A presentation context to be decided on.</summary>
/// <param name="Id">Odd, 1 to 255.</param>
/// <param name="AbstractSyntax">The SOP class.</param>
/// <param name="TransferSyntaxes">In the requestor's order.</param>
/// <param name="Scu">The requestor wants to invoke operations. Default without role selection: true.</param>
/// <param name="Scp">The requestor wants to perform operations. Default without role selection: false.</param>
/// <param name="RolesWereSelected">The requestor sent a role selection for the SOP class.</param>
public sealed record ProposedContext(byte Id, Uid AbstractSyntax, IReadOnlyList<TransferSyntax> TransferSyntaxes,
    bool Scu = true, bool Scp = false, bool RolesWereSelected = false);

/// <summary>The answer to one presentation context.</summary>
/// <param name="Id">Of the proposal.</param>
/// <param name="Result">Acceptance or the reason of refusal.</param>
/// <param name="TransferSyntax">The one chosen, for an acceptance.</param>
/// <param name="AcceptScu">The requestor may invoke operations.</param>
/// <param name="AcceptScp">The requestor may perform operations.</param>
public sealed record ContextDecision(byte Id, PresentationContextResult Result, TransferSyntax? TransferSyntax = null,
    bool AcceptScu = true, bool AcceptScp = false);

/// <summary>The answer to a request for an association.</summary>
public sealed class AssociationDecision
{
    private AssociationDecision()
    {
    }

    /// <summary>Accepted, though perhaps with no presentation context.</summary>
    public bool IsAccepted { get; private init; }

    /// <summary>For a rejection: how final it is.</summary>
    public RejectResult RejectResult { get; private init; }

    /// <summary>For a rejection: why.</summary>
    public RejectReason RejectReason { get; private init; }

    /// <summary>For a rejection: what the log says of it beside the reason; the peer is not told.</summary>
    public string? Explanation { get; private init; }

    /// <summary>For an acceptance: the answers. A context that is not answered is refused without a reason.</summary>
    public IReadOnlyList<ContextDecision> Contexts { get; private init; } = [];

    /// <summary>For an acceptance: the server response to a user identity that asked for one (PS3.7 §D.3.3.7.2); null
    /// sends none.</summary>
    public ReadOnlyMemory<byte>? UserIdentityResponse { get; private init; }

    /// <summary>For an acceptance: answers to SOP class extended negotiation.</summary>
    public IReadOnlyList<ExtendedNegotiation> ExtendedNegotiations { get; private init; } = [];

    /// <summary>Says no.</summary>
    public static AssociationDecision Reject(RejectReason reason, RejectResult result = RejectResult.Permanent, string? explanation = null) =>
        new() { RejectReason = reason, RejectResult = result, Explanation = explanation };

    /// <summary>Says yes.</summary>
    public static AssociationDecision Accept(IReadOnlyList<ContextDecision> contexts,
        ReadOnlyMemory<byte>? userIdentityResponse = null, IReadOnlyList<ExtendedNegotiation>? extendedNegotiations = null) => new()
        {
            IsAccepted = true,
            Contexts = contexts,
            UserIdentityResponse = userIdentityResponse,
            ExtendedNegotiations = extendedNegotiations ?? [],
        };
}
