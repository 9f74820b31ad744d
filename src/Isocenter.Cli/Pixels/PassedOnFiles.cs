using System.Globalization;
using System.Text.Json;
using Isocenter.Codecs;
using Isocenter.Codecs.Video;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>Writes code streams that are not decoded as they are (NAME.mp4, NAME.0001.jxl), and what they say of themselves
/// as NAME.json.</summary>
internal sealed class PassedOnFiles(Terminal terminal, string path, string folder, FrameCodec codec)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private string Name => Path.GetFileNameWithoutExtension(path) is { Length: > 0 } name ? name : Path.GetFileName(path);

    /// <summary>A file that is a bare code stream.</summary>
    public bool WriteBare() => WriteAll([File.ReadAllBytes(path)]);

    /// <summary>The code streams of a data set: a video is one, over all fragments.</summary>
    /// <returns>False when one cannot be understood.</returns>
    public bool Write(DataSet dataSet)
    {
        if (!codec.IsVideo)
        {
            var frames = PixelDataFrames.Of(dataSet);
            return WriteAll(Enumerable.Range(0, frames.Count).Select(frames.Read));
        }
        return WriteAll([WrappedContent.Video(dataSet, TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid)))!.Bytes.ToArray()]);
    }

    private bool WriteAll(IEnumerable<byte[]> streams)
    {
        Directory.CreateDirectory(folder);
        var files = new List<object>();
        object? image = null;
        bool isUnderstood = true;
        int number = 0;
        foreach (byte[] stream in streams)
        {
            number++;
            string extension = codec.IsVideo ? "video" : "jxl", text = codec.Family;
            try
            {
                if (codec.IsVideo)
                {
                    var video = VideoStream.Read(stream);
                    (extension, text) = (ExtensionOf(video), string.Create(CultureInfo.InvariantCulture, $"{video.Format} video of {video.Columns} × {video.Rows} pixels, {video.Frames} frames"));
                    image ??= new { video.Rows, video.Columns, bitsStored = video.BitsPerSample, video.Frames, format = video.Format.ToString(), video.Container };
                }
                else
                {
                    var info = codec.ReadInfo(stream);
                    text = string.Create(CultureInfo.InvariantCulture, $"{codec.Family} of {info.Columns} × {info.Rows} pixels, {info.Components} × {info.BitsPerSample} bits");
                    image ??= new { info.Rows, info.Columns, samplesPerPixel = info.Components, bitsStored = info.BitsPerSample };
                }
            }
            catch (CodecException e)
            {
                terminal.Complain($"{path}: {e.Message}");
                isUnderstood = false;
            }
            string file = codec.IsVideo ? $"{Name}.{extension}" : string.Create(CultureInfo.InvariantCulture, $"{Name}.{number:D4}.{extension}");
            File.WriteAllBytes(Path.Combine(folder, file), stream);
            if (number == 1) terminal.Error.WriteLine($"{path}: {text}: not decoded, written as it is");
            files.Add(new { frame = number, file });
        }
        File.WriteAllText(Path.Combine(folder, Name + ".json"),
            JsonSerializer.Serialize(new { decoded = false, transferSyntax = codec.TransferSyntaxUid, codeStream = image, files }, Indented) + "\n");
        return isUnderstood;
    }

    private static string ExtensionOf(VideoInfo video) => video.Container switch
    {
        "MP4" => "mp4",
        "transport stream" => "ts",
        "program stream" => "mpg",
        _ => video.Format switch { VideoFormat.Mpeg2 => "m2v", VideoFormat.H264 => "h264", _ => "h265" },
    };
}
