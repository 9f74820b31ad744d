using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Server.Dimse;

/// <summary>A stored object on its way out by C-STORE: its bytes as they are, or rewritten into another uncompressed
/// transfer syntax.</summary>
internal sealed class Outgoing : IDisposable
{
    private readonly Stream _bytes;

    private Outgoing(StoreRequest request, Stream bytes)
    {
        Request = request;
        _bytes = bytes;
    }

    public StoreRequest Request { get; }

    /// <param name="archive">Where it is.</param>
    /// <param name="instance">What is to be sent.</param>
    /// <param name="accepted">Transfer syntaxes that the receiver takes for its SOP class. When none fits, the object is
    /// prepared as it is, and the sending says that there is no presentation context.</param>
    public static Outgoing Prepare(ImageArchive archive, StoredInstance instance, IReadOnlyList<TransferSyntax> accepted)
    {
        var syntax = instance.TransferSyntax;
        var target = accepted.Contains(syntax) || syntax.IsEncapsulated ? syntax : accepted.FirstOrDefault(IsPlain) ?? syntax;
        var bytes = target.Equals(syntax) ? DataSetOf(archive, instance) : Rewrite(archive, instance, target);
        return new Outgoing(StoreRequest.FromStream(instance.SopClassUid, instance.SopInstanceUid, target, bytes), bytes);
    }

    public void Dispose()
    {
        Request.Dispose();
        _bytes.Dispose();
    }

    private static bool IsPlain(TransferSyntax syntax) => !syntax.IsEncapsulated && !syntax.IsDeflated;

    private static Stream DataSetOf(ImageArchive archive, StoredInstance instance)
    {
        var stream = archive.OpenRead(instance);
        stream.Position = instance.DataSetOffset;
        return stream;
    }

    private static FileStream Rewrite(ImageArchive archive, StoredInstance instance, TransferSyntax target)
    {
        using var file = archive.OpenDataSet(instance);
        return TemporaryFile.Of(stream => DataSetWriter.Write(file.DataSet, stream, target));
    }
}
