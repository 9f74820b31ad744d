using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network.Dimse;

namespace Isocenter.Server.Dimse;

/// <summary>A new object of some frames of a stored one, for a retrieval at the FRAME level (PS3.4 Annex Y). It is in a temporary file, which
/// goes when this is disposed.</summary>
internal sealed class FrameExtract : IDisposable
{
    private readonly string _path;

    private FrameExtract(string path, Uid sopInstanceUid, DicomFile file)
    {
        _path = path;
        SopInstanceUid = sopInstanceUid;
        File = file;
    }

    public Uid SopInstanceUid { get; }

    public DicomFile File { get; }

    /// <exception cref="StatusException">It cannot be made: 0xAA00 to 0xAA04.</exception>
    /// <exception cref="ArchiveException">The object is missing or damaged.</exception>
    public static Task<FrameExtract> OfAsync(ImageArchive archive, StoredInstance instance, FrameRange range, CancellationToken cancel) => Task.Run(() =>
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var source = archive.OpenDataSet(instance);
            var uid = FrameExtractor.Extract(source, range, path, cancel);
            return new FrameExtract(path, uid, DicomFile.Open(path));
        }
        catch (FrameExtractionException e)
        {
            throw Refused(e);
        }
        catch
        {
            System.IO.File.Delete(path);
            throw;
        }
    }, cancel);

    /// <summary>PS3.4 Table Y.4-1.</summary>
    public static StatusException Refused(FrameExtractionException e) => new((e.Problem switch
    {
        FrameExtractionProblem.NoSuchFrames => Status.NoSuchFrames,
        FrameExtractionProblem.SopClass => Status.UnableToCreateObject,
        FrameExtractionProblem.Frames => Status.UnableToExtractFrames,
        FrameExtractionProblem.NotTimeBased => Status.NotTimeBased,
        _ => Status.InvalidFrameRequest,
    }).With(e.Message), e);

    public void Dispose()
    {
        File.Dispose();
        System.IO.File.Delete(_path);
    }
}
