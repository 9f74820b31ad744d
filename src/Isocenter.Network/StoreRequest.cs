using System.Buffers;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>One object to send by C-STORE (PS3.7 §9.1.1): what it is, and where its bytes come from.</summary>
/// <remarks>The bytes are those of the data set alone, without File Meta Information, in the transfer syntax given. They
/// are streamed; the object is never in memory as a whole. A request is used once; disposing it closes what it opened.</remarks>
public sealed class StoreRequest : IDisposable
{
    private readonly IDisposable? _owned;

    private StoreRequest(Uid sopClassUid, Uid sopInstanceUid, TransferSyntax transferSyntax, DataSetSource source, IDisposable? owned)
    {
        ArgumentNullException.ThrowIfNull(sopClassUid);
        ArgumentNullException.ThrowIfNull(sopInstanceUid);
        ArgumentNullException.ThrowIfNull(transferSyntax);
        SopClassUid = sopClassUid;
        SopInstanceUid = sopInstanceUid;
        TransferSyntax = transferSyntax;
        Source = source;
        _owned = owned;
    }

    /// <summary>Its SOP class.</summary>
    public Uid SopClassUid { get; }

    /// <summary>Its SOP instance.</summary>
    public Uid SopInstanceUid { get; }

    /// <summary>How the bytes are encoded.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>Priority (0000,0700).</summary>
    public Priority Priority { get; init; }

    /// <summary>For the sub-operations of a C-MOVE: who asked for it.</summary>
    public string? MoveOriginatorAETitle { get; init; }

    /// <summary>For the sub-operations of a C-MOVE: the Message ID of the C-MOVE-RQ.</summary>
    public ushort? MoveOriginatorMessageId { get; init; }

    internal DataSetSource Source { get; }

    /// <summary>From memory, which must not change until the request has been sent.</summary>
    public static StoreRequest FromMemory(Uid sopClassUid, Uid sopInstanceUid, TransferSyntax transferSyntax, ReadOnlySequence<byte> dataSet) =>
        new(sopClassUid, sopInstanceUid, transferSyntax, DataSetSource.Of(dataSet), owned: null);

    /// <summary>From memory, which must not change until the request has been sent.</summary>
    public static StoreRequest FromMemory(Uid sopClassUid, Uid sopInstanceUid, TransferSyntax transferSyntax, ReadOnlyMemory<byte> dataSet) =>
        FromMemory(sopClassUid, sopInstanceUid, transferSyntax, new ReadOnlySequence<byte>(dataSet));

    /// <summary>From a stream, from its present position.</summary>
    /// <param name="sopClassUid">Its SOP class.</param>
    /// <param name="sopInstanceUid">Its SOP instance.</param>
    /// <param name="transferSyntax">How the bytes are encoded.</param>
    /// <param name="dataSet">Stays the caller's, who disposes it after the request has been sent, unless the owner does.</param>
    /// <param name="length">Bytes to take; null: to the end of the stream.</param>
    /// <param name="owner">Disposed with the request: the stream, or what holds it.</param>
    public static StoreRequest FromStream(
        Uid sopClassUid, Uid sopInstanceUid, TransferSyntax transferSyntax, Stream dataSet, long? length = null, IDisposable? owner = null) =>
        new(sopClassUid, sopInstanceUid, transferSyntax, DataSetSource.Of(dataSet, length), owner);

    /// <summary>From a file.</summary>
    /// <param name="sopClassUid">Its SOP class.</param>
    /// <param name="sopInstanceUid">Its SOP instance.</param>
    /// <param name="transferSyntax">How the bytes are encoded.</param>
    /// <param name="path">Opened here, closed by <see cref="Dispose"/>.</param>
    /// <param name="offset">Where the data set begins, in bytes (<see cref="DicomFile.DataSetOffset"/>).</param>
    /// <param name="length">Bytes to take; null: to the end of the file.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static StoreRequest FromFile(
        Uid sopClassUid, Uid sopInstanceUid, TransferSyntax transferSyntax, string path, long offset, long? length = null)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        try
        {
            return new StoreRequest(sopClassUid, sopInstanceUid, transferSyntax, DataSetSource.Of(file, offset, length), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>From a Part 10 file, whose header is read here.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or without legible SOP Class or Instance UID.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StoreRequest FromPart10File(string path)
    {
        using var file = DicomFile.Open(path, ReadOptions.HeaderOnly);
        return FromFile(UidOf(file.DataSet, Tags.SOPClassUID), UidOf(file.DataSet, Tags.SOPInstanceUID), file.TransferSyntax, path, file.DataSetOffset);
    }

    /// <summary>From a data set in memory.</summary>
    /// <exception cref="DicomFormatException">SOP Class or Instance UID is missing or illegible.</exception>
    public static StoreRequest FromDataSet(DataSet dataSet, TransferSyntax transferSyntax) =>
        FromMemory(UidOf(dataSet, Tags.SOPClassUID), UidOf(dataSet, Tags.SOPInstanceUID), transferSyntax,
            DataSetWriter.ToArray(dataSet, transferSyntax).AsMemory());

    /// <summary>The same request as a sub-operation of a C-MOVE.</summary>
    /// <param name="originatorAETitle">Who asked for the move.</param>
    /// <param name="originatorMessageId">Message ID of the C-MOVE-RQ.</param>
    public StoreRequest ForMove(string originatorAETitle, ushort originatorMessageId) =>
        new(SopClassUid, SopInstanceUid, TransferSyntax, Source, _owned)
        {
            Priority = Priority,
            MoveOriginatorAETitle = originatorAETitle,
            MoveOriginatorMessageId = originatorMessageId,
        };

    /// <summary>Closes the file it was made of.</summary>
    public void Dispose() => _owned?.Dispose();

    internal CommandSet ToCommand() => new()
    {
        CommandField = CommandField.CStoreRQ,
        AffectedSopClassUid = SopClassUid.Value,
        AffectedSopInstanceUid = SopInstanceUid.Value,
        Priority = Priority,
        MoveOriginatorAETitle = MoveOriginatorAETitle,
        MoveOriginatorMessageId = MoveOriginatorMessageId,
    };

    private static Uid UidOf(DataSet dataSet, Tag tag) =>
        Uid.TryParseLenient(dataSet.Get<string>(tag), out var uid)
            ? uid
            : throw new DicomFormatException($"{tag} is not a UID", path: tag.ToString(), rule: "PS3.5 §9.1");
}
