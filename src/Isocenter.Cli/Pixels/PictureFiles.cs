using System.Globalization;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>The files that pictures are written as.</summary>
internal enum PictureFormat
{
    Png,
    Jpg,
}

/// <summary>Writes pictures of frames: one to a file that is named, several into a folder as NAME.png or NAME.NNNN.png.</summary>
internal sealed class PictureFiles(Terminal terminal, RenderOptions options, int quality)
{
    /// <summary>Frames, from 1; none: the representative one.</summary>
    public int[] Numbers { get; init; } = [];

    public bool AllFrames { get; init; }

    /// <summary>Null: what the name of the file says, or PNG.</summary>
    public PictureFormat? Format { get; init; }

    /// <summary>Makes the pictures.</summary>
    /// <returns>False when one could not be made.</returns>
    public bool Write(string[] paths, string output, CancellationToken cancel)
    {
        var files = InputFiles.Find(paths, cancel);
        bool toFolder = files is not [{ IsNamed: true }] || Numbers.Length > 1 || AllFrames || Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        var format = Format ?? (toFolder ? PictureFormat.Png : FormatOf(output));
        if (format == PictureFormat.Jpg && options.BitDepth != 8) throw new UsageException("a JPEG has 8 bits a channel: --16 is for PNG");
        bool isDone = true;
        foreach (var input in files)
        {
            string? problem = Failure.Try(() =>
            {
                using var file = DicomFile.Open(input.Path);
                if (!input.IsNamed && !file.DataSet.Contains(Tags.Rows)) return;         // reports, directories
                int count = FrameRenderer.FrameCount(file.DataSet);
                string folder = toFolder ? Path.Combine(output, Path.GetDirectoryName(input.RelativePath) ?? "") : Path.GetDirectoryName(Path.GetFullPath(output))!;
                Directory.CreateDirectory(folder);
                foreach (int frame in FramesOf(file.DataSet, count))
                {
                    cancel.ThrowIfCancellationRequested();
                    Save(file, frame, toFolder ? Path.Combine(folder, Name(input.Path, frame, count, format)) : output, format);
                }
            });
            if (problem is null) continue;
            isDone = false;
            terminal.Complain($"{input.Path}: {problem}");
        }
        return isDone;
    }

    /// <summary>Counted as they are drawn, not before: the number that stands in an object may be any.</summary>
    private IEnumerable<int> FramesOf(DataSet dataSet, int count)
    {
        if (AllFrames) return Enumerable.Range(0, count);
        return Numbers.Length == 0 ? [FrameRenderer.RepresentativeFrame(dataSet)] : [.. Numbers.Distinct().Order().Select(number => number - 1)];
    }

    private void Save(DicomFile file, int frame, string path, PictureFormat format)
    {
        var picture = FrameRenderer.Render(file.DataSet, frame, options, file.TransferSyntax);
        File.WriteAllBytes(path, format == PictureFormat.Png ? PngWriter.ToArray(picture) : JpegPicture.ToArray(picture, quality));
    }

    private static string Name(string path, int frame, int count, PictureFormat format)
    {
        string name = Path.GetFileNameWithoutExtension(path) is { Length: > 0 } plain ? plain : Path.GetFileName(path);
        string number = count > 1 ? string.Create(CultureInfo.InvariantCulture, $".{frame + 1:0000}") : "";
        return $"{name}{number}.{(format == PictureFormat.Png ? "png" : "jpg")}";
    }

    private static PictureFormat FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => PictureFormat.Png,
        ".JPG" or ".JPEG" => PictureFormat.Jpg,
        _ => throw new UsageException($"a picture is called .png or .jpg, or --format says which: '{path}'"),
    };
}
