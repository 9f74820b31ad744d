using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>A stored object as a file to send: as it is stored, or brought into another transfer syntax.</summary>
internal sealed class ObjectFile : IAsyncDisposable
{
    private ObjectFile(Stream content, TransferSyntax syntax)
    {
        Content = content;
        Syntax = syntax;
    }

    /// <summary>The file from its begin; its length is known.</summary>
    public Stream Content { get; }

    /// <summary>The transfer syntax it really has: objects without pixel data are never compressed.</summary>
    public TransferSyntax Syntax { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="NotAcceptableException">This object cannot be brought into that syntax.</exception>
    public static async Task<ObjectFile> OpenAsync(ImageArchive archive, StoredInstance instance, TransferSyntax target, ILogger logger, CancellationToken cancel)
    {
        if (target.Equals(instance.TransferSyntax)) return new ObjectFile(archive.OpenRead(instance), target);
        Log.Rewriting(logger, instance.SopInstanceUid.Value, target.Name);
        using var file = archive.OpenDataSet(instance);
        if (!target.IsEncapsulated && !instance.TransferSyntax.IsEncapsulated)
        {
            return new ObjectFile(TemporaryFile.Of(stream =>
            {
                using var copy = new DicomFile(file.DataSet, target);
                copy.Save(stream);
            }), target);
        }
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await Transcoder.TranscodeAsync(file, path, new TranscodeOptions(target), cancel);
            TransferSyntax syntax;
            using (var made = DicomFile.Open(path, ReadOptions.HeaderOnly)) syntax = made.TransferSyntax;
            return new ObjectFile(TemporaryFile.Take(path), syntax);
        }
        catch (Exception e) when (e is PixelDataException or CodecException)
        {
            File.Delete(path);
            throw new NotAcceptableException($"the object cannot be brought into {target.Name}: {e.Message}");
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The same, and as it is stored where that does not work: of many objects, one shall not hold up the
    /// others, and what is sent says what it is.</summary>
    public static async Task<ObjectFile> OpenOrStoredAsync(ImageArchive archive, StoredInstance instance, TransferSyntax target, ILogger logger, CancellationToken cancel)
    {
        try
        {
            return await OpenAsync(archive, instance, target, logger, cancel);
        }
        catch (NotAcceptableException)
        {
            return new ObjectFile(archive.OpenRead(instance), instance.TransferSyntax);
        }
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
