using Isocenter.Dicom;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>What both sides of an association have in common: limits, time-outs, identity.</summary>
/// <remarks>A time-out of <see cref="Timeout.InfiniteTimeSpan"/> is none.</remarks>
public abstract record NetworkOptions
{
    /// <summary>Longest P-DATA-TF body we announce to accept, in bytes (PS3.8 §D.1); 0 is without limit. Longer ones
    /// break the association. Memory does not depend on it: PDUs are taken piece by piece.</summary>
    public uint MaxPduLength { get; init; } = 256 * 1024;

    /// <summary>Longest P-DATA-TF body we send, in bytes, however much the peer allows.</summary>
    public int MaxSendPduLength { get; init; } = 256 * 1024;

    /// <summary>Longest command set accepted, in bytes.</summary>
    public int MaxCommandSetLength { get; init; } = 64 * 1024;

    /// <summary>Longest identifier (the data set of a query or of its responses) accepted, in bytes.</summary>
    public int MaxIdentifierLength { get; init; } = 1024 * 1024;

    /// <summary>Longest data set of a C-STORE accepted, in bytes.</summary>
    public long MaxDataSetLength { get; init; } = 256L << 30;

    /// <summary>Longest wait for the end of a connection, and for an A-ASSOCIATE-RQ after its start (PS3.8 §9.1.5).</summary>
    public TimeSpan ArtimTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for more of a message that has begun, or for the peer to take more of ours. Fewer than 1024
    /// bytes in this time are no progress.</summary>
    public TimeSpan ProgressTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for a response, and between the responses of one operation.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time without any operation. Default: none for a requestor, 10 minutes for an acceptor.</summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Operations we invoke before the first is answered (PS3.7 §D.3.3.3); 0 is without limit, 1 is synchronous.</summary>
    public ushort MaxOperationsInvoked { get; init; } = 1;

    /// <summary>Operations the peer may invoke before the first is answered; 0 is without limit, 1 is synchronous.</summary>
    public ushort MaxOperationsPerformed { get; init; } = 1;

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears what happens to associations, for a log. Called on the thread where it happens: be quick, do not
    /// throw.</summary>
    public Action<AssociationEvent>? OnEvent { get; init; }

    internal UpperLayerOptions ForUpperLayer() => new()
    {
        MaxPduLength = MaxPduLength,
        Artim = ArtimTimeout,
        Progress = ProgressTimeout,
        Time = Time,
    };

    internal static UserInformation OurUserInformation(NetworkOptions options) => new()
    {
        MaximumLength = options.MaxPduLength,
        ImplementationClassUid = FileMetaInformation.ImplementationClassUid.Value,
        ImplementationVersionName = FileMetaInformation.ImplementationVersionName,
    };
}
