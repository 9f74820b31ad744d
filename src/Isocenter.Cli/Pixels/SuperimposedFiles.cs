using Isocenter.Cli.Editing;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>The images that a blending state may lay over others, held open.</summary>
internal sealed class SuperimposedFiles : IDisposable
{
    /// <summary>Of one object; the number that stands in it may be any.</summary>
    private const int MaxFrames = 10_000;

    private readonly List<DicomFile> _files = [];

    private SuperimposedFiles()
    {
    }

    /// <summary>Every frame of every image.</summary>
    public IReadOnlyList<SuperimposedImage> Images { get; private set; } = [];

    /// <summary>Spatial Registrations among them.</summary>
    public IReadOnlyList<DataSet> Registrations { get; private set; } = [];

    public static SuperimposedFiles Open(string[] paths, CancellationToken cancel)
    {
        var all = new SuperimposedFiles();
        try
        {
            foreach (var input in InputFiles.Find(paths, cancel)) all._files.Add(DicomFile.Open(input.Path));
            var isRegistration = all._files.ToLookup(file => file.DataSet.Get(Tags.SOPClassUID, "") == SopClasses.SpatialRegistrationStorage);
            all.Registrations = [.. isRegistration[true].Select(file => file.DataSet)];
            all.Images = [.. isRegistration[false].SelectMany(file => Enumerable.Range(0, Math.Min(FrameRenderer.FrameCount(file.DataSet), MaxFrames)).Select(frame => new SuperimposedImage(file.DataSet, frame, file.TransferSyntax)))];
            return all;
        }
        catch
        {
            all.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }
}
