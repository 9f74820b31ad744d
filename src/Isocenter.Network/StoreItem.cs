using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>One object that a <see cref="StoreQueue"/> sends: what must be known of it before there is an association, and
/// how to get at its bytes when its turn comes. It may be opened again when sending has to be repeated.</summary>
/// <param name="sopClassUid">Its SOP class.</param>
/// <param name="sopInstanceUid">Its SOP instance.</param>
/// <param name="transferSyntax">As it is.</param>
/// <param name="open">Opens it in the transfer syntax that is asked for: its own, or one of <see cref="Alternatives"/>. The
/// queue disposes the request.</param>
public sealed class StoreItem(Uid sopClassUid, Uid sopInstanceUid, TransferSyntax transferSyntax,
    Func<TransferSyntax, CancellationToken, ValueTask<StoreRequest>> open)
{
    private readonly Func<TransferSyntax, CancellationToken, ValueTask<StoreRequest>> _open = open ?? throw new ArgumentNullException(nameof(open));

    /// <summary>Its SOP class.</summary>
    public Uid SopClassUid { get; } = sopClassUid ?? throw new ArgumentNullException(nameof(sopClassUid));

    /// <summary>Its SOP instance.</summary>
    public Uid SopInstanceUid { get; } = sopInstanceUid ?? throw new ArgumentNullException(nameof(sopInstanceUid));

    /// <summary>As it is.</summary>
    public TransferSyntax TransferSyntax { get; } = transferSyntax ?? throw new ArgumentNullException(nameof(transferSyntax));

    /// <summary>Path, or what else tells a person which object this is.</summary>
    public string Name { get; init; } = sopInstanceUid.Value;

    /// <summary>Bytes of its data set, for progress; 0 when not known.</summary>
    public long Length { get; init; }

    /// <summary>Transfer syntaxes it can be brought into for a peer that does not take its own, the best first.</summary>
    public IReadOnlyList<TransferSyntax> Alternatives { get; init; } = [];

    /// <summary>A Part 10 file, sent as it is. Its header is read here.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or without legible SOP Class or Instance UID.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StoreItem FromPart10File(string path)
    {
        using var request = StoreRequest.FromPart10File(path);
        return new StoreItem(request.SopClassUid, request.SopInstanceUid, request.TransferSyntax,
            (_, _) => ValueTask.FromResult(StoreRequest.FromPart10File(path)))
        {
            Name = path,
            Length = request.Source.Remaining ?? 0,
        };
    }

    internal ValueTask<StoreRequest> OpenAsync(TransferSyntax syntax, CancellationToken cancel) => _open(syntax, cancel);

    /// <summary>Its own syntax where the peer takes it, else the best other one.</summary>
    internal TransferSyntax SyntaxFor(IReadOnlyList<PresentationContext> contexts)
    {
        bool Takes(TransferSyntax syntax) => contexts.Any(c => c.AbstractSyntax == SopClassUid && c.IsAccepted && c.RequestorIsScu && syntax.Equals(c.TransferSyntax));
        // When none is taken, the association refuses its own with the reason.
        return Takes(TransferSyntax) ? TransferSyntax : Alternatives.FirstOrDefault(Takes) ?? TransferSyntax;
    }
}

/// <summary>What became of an object.</summary>
/// <param name="Item">Which.</param>
/// <param name="Status">What the peer answered; null when it did not come to that.</param>
/// <param name="Failure">Why it did not come to an answer.</param>
public sealed record StoreOutcome(StoreItem Item, Status? Status, Exception? Failure)
{
    /// <summary>The peer has it: it answered with Success or a warning.</summary>
    public bool IsStored => Status is { IsSuccessOrWarning: true };

    /// <summary>How often its sending began.</summary>
    public int Attempts { get; init; }

    /// <summary>The transfer syntax it was sent in; null when nothing was sent.</summary>
    public TransferSyntax? SentAs { get; init; }
}
