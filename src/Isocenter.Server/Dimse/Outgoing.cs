using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;

namespace Isocenter.Server.Dimse;

/// <summary>A stored object on its way out by C-STORE: its bytes as they are, or brought into a transfer syntax that the
/// receiver takes.</summary>
internal sealed class Outgoing : IDisposable
{
    private readonly Stream _bytes;

    private Outgoing(StoreRequest request, Stream bytes)
    {
        Request = request;
        _bytes = bytes;
    }

    /// <summary>Disposing it closes the bytes, as disposing this does.</summary>
    public StoreRequest Request { get; }

    /// <param name="archive">Where it is.</param>
    /// <param name="instance">What is to be sent.</param>
    /// <param name="accepted">Transfer syntaxes that the receiver takes for its SOP class. When the object cannot be brought
    /// into any, it is prepared as it is, and the sending says that there is no presentation context.</param>
    /// <param name="cancel">Ends the transcoding.</param>
    public static async Task<Outgoing> PrepareAsync(ImageArchive archive, StoredInstance instance, IReadOnlyList<TransferSyntax> accepted,
        CancellationToken cancel)
    {
        var target = TargetOf(instance.TransferSyntax, accepted);
        var bytes = target.Equals(instance.TransferSyntax) ? archive.OpenRead(instance, atDataSet: true)
            : instance.TransferSyntax.IsEncapsulated || target.IsEncapsulated ? await TranscodeAsync(archive, instance, target, cancel)
            : Rewrite(archive, instance, target);
        return new Outgoing(StoreRequest.FromStream(instance.SopClassUid, instance.SopInstanceUid, target, bytes, owner: bytes), bytes);
    }

    /// <summary>Frames of an object, in one that was made for the occasion.</summary>
    public static async Task<Outgoing> PrepareAsync(FrameExtract extract, Uid sopClassUid, IReadOnlyList<TransferSyntax> accepted, CancellationToken cancel)
    {
        var stored = extract.File.TransferSyntax;
        var target = TargetOf(stored, accepted);
        Stream bytes = target.IsEncapsulated || stored.IsEncapsulated && !target.Equals(stored) ? await TranscodeAsync(extract.File, target, cancel)
            : TemporaryFile.Of(stream => DataSetWriter.Write(extract.File.DataSet, stream, target));
        return new Outgoing(StoreRequest.FromStream(sopClassUid, extract.SopInstanceUid, target, bytes, owner: bytes), bytes);
    }

    /// <summary>The object without its bulk data (PS3.4 §Z.1.3), in a syntax that is not compressed where the receiver takes one.</summary>
    public static Outgoing WithoutBulkData(ImageArchive archive, StoredInstance instance, IReadOnlyList<TransferSyntax> accepted)
    {
        var target = accepted.FirstOrDefault(IsPlain) ?? (accepted.Contains(instance.TransferSyntax) ? instance.TransferSyntax : accepted.Count > 0 ? accepted[0] : instance.TransferSyntax);
        using var file = archive.OpenDataSet(instance);
        var dataSet = new DataSet();
        foreach (var element in file.DataSet)
            if (!IsBulk(element.Tag)) dataSet.Add(element);
        foreach (var item in dataSet.GetAll<DataSet>(Tags.WaveformSequence)) item.Remove(Tags.WaveformData);
        var bytes = new MemoryStream(DataSetWriter.ToArray(dataSet, target), writable: false);
        return new Outgoing(StoreRequest.FromStream(instance.SopClassUid, instance.SopInstanceUid, target, bytes), bytes);
    }

    /// <summary>Pixel data of each kind, spectroscopy data, encapsulated documents; overlay, curve and audio data of each group.</summary>
    private static bool IsBulk(Tag tag) =>
        tag == Tags.PixelData || tag == Tags.FloatPixelData || tag == Tags.DoubleFloatPixelData || tag == Tags.SpectroscopyData || tag == Tags.EncapsulatedDocument
        || (tag.Group & 0xFF00) == 0x6000 && tag.Element == 0x3000 || (tag.Group & 0xFF00) == 0x5000 && tag.Element is (0x3000 or 0x200C);

    public void Dispose()
    {
        Request.Dispose();
        _bytes.Dispose();
    }

    /// <summary>As stored where that is taken, else uncompressed, else in the first syntax that loses nothing.</summary>
    private static TransferSyntax TargetOf(TransferSyntax stored, IReadOnlyList<TransferSyntax> accepted)
    {
        if (accepted.Contains(stored) || stored.IsEncapsulated && FrameCodecs.Find(stored.Uid.Value) is not { CanDecode: true }) return stored;
        return accepted.FirstOrDefault(IsPlain) ?? accepted.FirstOrDefault(IsLossless) ?? stored;
    }

    private static bool IsPlain(TransferSyntax syntax) => !syntax.IsEncapsulated && !syntax.IsDeflated;

    private static bool IsLossless(TransferSyntax syntax) =>
        FrameCodecs.Find(syntax.Uid.Value) is { CanEncode: true } codec && !codec.IsLossy(FrameEncodeOptions.Default);

    private static FileStream Rewrite(ImageArchive archive, StoredInstance instance, TransferSyntax target)
    {
        using var file = archive.OpenDataSet(instance);
        return TemporaryFile.Of(stream => DataSetWriter.Write(file.DataSet, stream, target));
    }

    private static async Task<Stream> TranscodeAsync(ImageArchive archive, StoredInstance instance, TransferSyntax target, CancellationToken cancel)
    {
        using var source = archive.OpenDataSet(instance);
        return await TranscodeAsync(source, target, cancel);
    }

    private static async Task<Stream> TranscodeAsync(DicomFile source, TransferSyntax target, CancellationToken cancel)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await Transcoder.TranscodeAsync(source, path, new TranscodeOptions(target), cancel);
            using var header = DicomFile.Open(path, ReadOptions.HeaderOnly);
            return new FileStream(path, new FileStreamOptions { Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, BufferSize = 0 })
            {
                Position = header.DataSetOffset,
            };
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
