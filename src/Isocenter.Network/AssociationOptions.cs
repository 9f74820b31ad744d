namespace Isocenter.Network;

/// <summary>How to ask for an association.</summary>
public sealed record AssociationOptions : NetworkOptions
{
    /// <summary>Name or address of the peer.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port of the peer.</summary>
    public int Port { get; init; } = 104;

    /// <summary>Our AE title: 1 to 16 characters.</summary>
    public string CallingAETitle { get; init; } = "ISOCENTER";

    /// <summary>The AE title of the peer: 1 to 16 characters.</summary>
    public string CalledAETitle { get; init; } = "ANY-SCP";

    /// <summary>What to propose: 1 to 128; identifiers are given in this order as 1, 3, 5 …</summary>
    public IReadOnlyList<PresentationContextProposal> PresentationContexts { get; init; } = [];

    /// <summary>Who uses us (PS3.7 §D.3.3.7); null sends nothing.</summary>
    public UserIdentity? UserIdentity { get; init; }

    /// <summary>SOP class extended negotiation to send.</summary>
    public IReadOnlyList<ExtendedNegotiation> ExtendedNegotiations { get; init; } = [];

    /// <summary>SOP class common extended negotiation to send.</summary>
    public IReadOnlyList<CommonExtendedNegotiation> CommonExtendedNegotiations { get; init; } = [];

    /// <summary>Longest wait for the TCP connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for A-ASSOCIATE-AC or -RJ.</summary>
    public TimeSpan AssociationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for A-RELEASE-RP; then the association is aborted.</summary>
    public TimeSpan ReleaseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the final response after a C-CANCEL; then the association is aborted.</summary>
    public TimeSpan CancelTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>N-EVENT-REPORT of the peer on this association, as of a storage commitment or a printer. Events come one at a
    /// time; operations may be invoked on the association meanwhile. Null: they are answered with 0x0211.</summary>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnEventReport { get; init; }

    /// <summary>TLS over the connection to <see cref="Host"/>; null: none.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Opens the transport instead of a TCP connection to <see cref="Host"/>: a tunnel, or a pipe in a test. The
    /// stream is owned by the association. Its pending reads must fail when it is disposed.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? OpenTransport { get; init; }

    internal void Validate()
    {
        AETitle.Require(CallingAETitle, nameof(CallingAETitle));
        AETitle.Require(CalledAETitle, nameof(CalledAETitle));
        if (PresentationContexts.Count is 0 or > 128)
            throw new ArgumentException($"1 to 128 presentation contexts can be proposed, {PresentationContexts.Count} are given (PS3.8 §9.3.2.2)");
        foreach (var context in PresentationContexts)
        {
            if (context.TransferSyntaxes.Count == 0)
                throw new ArgumentException($"the presentation context for {context.AbstractSyntax} has no transfer syntax");
        }
    }
}
