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
    Gif,
    Mp4,
}

/// <summary>Writes pictures of frames: one to a file that is named, several into a folder as NAME.png or NAME.NNNN.png.</summary>
internal sealed class PictureFiles(Terminal terminal, RenderOptions options, int quality)
{
    /// <summary>Each is told once, not with every frame.</summary>
    private readonly HashSet<string> _told = [];

    /// <summary>Frames, from 1; none: the representative one.</summary>
    public int[] Numbers { get; init; } = [];

    public bool AllFrames { get; init; }

    /// <summary>Null: what the name of the file says, or PNG.</summary>
    public PictureFormat? Format { get; init; }

    /// <summary>no: without an ICC profile; null: the image's own, where it has one; otherwise one in any case.</summary>
    public string? Profile { get; init; }

    /// <summary>Makes the pictures.</summary>
    /// <returns>False when one could not be made.</returns>
    public bool Write(string[] paths, string output, CancellationToken cancel) => Write(InputFiles.Find(paths, cancel), output, cancel);

    /// <inheritdoc cref="Write(string[], string, CancellationToken)"/>
    public bool Write(IReadOnlyList<InputFile> files, string output, CancellationToken cancel)
    {
        bool isNamedAnimation = (Format ?? FormatOf(output)) is PictureFormat.Gif or PictureFormat.Mp4;
        bool toFolder = files is not [{ IsNamed: true }] || !isNamedAnimation && (Numbers.Length > 1 || AllFrames) || Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        var format = Format ?? (toFolder ? PictureFormat.Png : FormatOf(output))
            ?? throw new UsageException($"a picture is called .png, .jpg, .gif or .mp4, or --format says which: '{output}'");
        if (format != PictureFormat.Png && options.BitDepth != 8) throw new UsageException("only PNG has 16 bits a channel");
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
                if (format is PictureFormat.Gif or PictureFormat.Mp4)
                {
                    Animate(file, input.Path, count, toFolder ? Path.Combine(folder, Name(input.Path, 0, 1, format)) : output, format, cancel);
                    return;
                }
                foreach (int frame in FramesOf(file.DataSet, count))
                {
                    cancel.ThrowIfCancellationRequested();
                    Save(file, input.Path, frame, toFolder ? Path.Combine(folder, Name(input.Path, frame, count, format)) : output, format);
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

    /// <summary>All frames, unless some are named.</summary>
    private void Animate(DicomFile file, string source, int count, string path, PictureFormat format, CancellationToken cancel)
    {
        var frames = Numbers.Length == 0 ? Enumerable.Range(0, count) : Numbers.Select(number => number - 1);
        var pictures = frames.Select(frame =>
        {
            cancel.ThrowIfCancellationRequested();
            // What cannot carry a profile is seen as sRGB.
            return Render(file, source, frame, Profile is null ? options with { ColourSpace = RgbSpace.Srgb } : options);
        });
        double time = AnimationFile.FrameTimeOf(file.DataSet);
        if (format == PictureFormat.Gif) AnimationFile.WriteGif(path, pictures, time);
        else AnimationFile.WriteMp4(path, pictures, time, cancel);
    }

    private void Save(DicomFile file, string source, int frame, string path, PictureFormat format)
    {
        var picture = Render(file, source, frame, options);
        if (Profile is not null) picture = Profile == "no" ? picture with { IccProfile = default } : IccProfiles.Complete(picture);
        File.WriteAllBytes(path, format == PictureFormat.Png ? PngWriter.ToArray(picture) : JpegPicture.ToArray(picture, quality));
    }

    private Picture Render(DicomFile file, string source, int frame, RenderOptions how)
    {
        var picture = FrameRenderer.Render(file.DataSet, frame, how, file.TransferSyntax);
        foreach (var finding in picture.Findings)
        {
            string sentence = $"{source}: {finding.Problem}";
            if (_told.Add(sentence)) terminal.Complain(sentence);
        }
        return picture;
    }

    private static string Name(string path, int frame, int count, PictureFormat format)
    {
        string name = Path.GetFileNameWithoutExtension(path) is { Length: > 0 } plain ? plain : Path.GetFileName(path);
        string number = count > 1 ? string.Create(CultureInfo.InvariantCulture, $".{frame + 1:0000}") : "";
        return $"{name}{number}.{format.ToString().ToLowerInvariant()}";
    }

    /// <summary>Null: the name does not say.</summary>
    public static PictureFormat? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => PictureFormat.Png,
        ".JPG" or ".JPEG" => PictureFormat.Jpg,
        ".GIF" => PictureFormat.Gif,
        ".MP4" => PictureFormat.Mp4,
        _ => null,
    };
}
