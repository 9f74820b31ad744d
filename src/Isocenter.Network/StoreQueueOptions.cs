using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>How a <see cref="StoreQueue"/> sends.</summary>
public sealed record StoreQueueOptions
{
    /// <summary>The peer; presentation contexts are proposed by the queue. Its
    /// <see cref="NetworkOptions.MaxOperationsInvoked"/> says how many objects may be under way on one association, when
    /// the peer agrees.</summary>
    public required AssociationOptions Peer { get; init; }

    /// <summary>Most associations at a time. When the peer takes fewer, the ones it takes do all the work.</summary>
    public int Associations { get; init; } = 1;

    /// <summary>How often an object is tried when its association is lost, and how often in a row a connection is tried.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Pause after the first loss; it doubles with each that follows without an object having been taken.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Also try again when nobody has answered at this address yet. Off: a wrong address is told at once.</summary>
    public bool WaitForPeer { get; init; }

    /// <summary>Statuses with which an object is tried again after a pause, as when the peer is out of resources for the
    /// moment. Default: none.</summary>
    public Func<Status, bool> RetryStatus { get; init; } = static _ => false;
}
