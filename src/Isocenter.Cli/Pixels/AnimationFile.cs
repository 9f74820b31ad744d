using System.Diagnostics;
using System.Globalization;
using Isocenter.Cli.Texts;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>Writes frames as an animated GIF, or as MP4 by ffmpeg when that is installed.</summary>
internal static class AnimationFile
{
    private const double DefaultFrameTime = 100, LongestFrameTime = 60_000;      // ms

    /// <summary>Frame Time (0018,1063) in milliseconds; a tenth of a second where nobody says.</summary>
    public static double FrameTimeOf(DataSet dataSet) =>
        dataSet.TryGet(Tags.FrameTime, out double time) && time > 0 ? Math.Min(time, LongestFrameTime) : DefaultFrameTime;

    public static void WriteGif(string path, IEnumerable<Picture> pictures, double frameTime) => NewFile.Write(path, stream =>
    {
        GifWriter? gif = null;
        using var buffered = new MemoryStream();
        foreach (var picture in pictures)
        {
            gif ??= new GifWriter(buffered, picture, TimeSpan.FromMilliseconds(frameTime));
            gif.Add(picture);
            Flush();
        }
        gif?.Dispose();
        Flush();
        return true;

        // The writer writes in blocks of 256 bytes, the file has no buffer.
        void Flush()
        {
            buffered.WriteTo(stream);
            buffered.SetLength(0);
        }
    });

    /// <summary>H.264 in MP4, of which every browser plays the 4:2:0 of even sides: odd ones get a black line.</summary>
    /// <exception cref="CommandException">There is no ffmpeg, or it fails; the message has its last line.</exception>
    public static void WriteMp4(string path, IEnumerable<Picture> pictures, double frameTime, CancellationToken cancel)
    {
        Process? ffmpeg = null;
        Task<string>? said = null;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string temporary = Path.Combine(folder, $".{Path.GetRandomFileName()}.mp4");
        try
        {
            foreach (var picture in pictures)
            {
                if (ffmpeg is null)
                {
                    ffmpeg = Start(picture, frameTime, temporary);
                    said = ffmpeg.StandardError.ReadToEndAsync(cancel);
                }
                ffmpeg.StandardInput.BaseStream.Write(picture.Pixels);
            }
            ffmpeg?.StandardInput.Close();
        }
        catch (IOException) when (ffmpeg is not null)
        {
            // It has ended early, and says why.
        }
        catch
        {
            if (ffmpeg is { HasExited: false }) ffmpeg.Kill();
            File.Delete(temporary);
            throw;
        }
        if (ffmpeg is null || said is null) return;
        using (ffmpeg)
        {
            ffmpeg.WaitForExit();
            if (ffmpeg.ExitCode == 0)
            {
                File.Move(temporary, path, overwrite: true);
                return;
            }
            File.Delete(temporary);
            string last = said.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
            throw new CommandException($"ffmpeg failed: {last}");
        }
    }

    private static Process Start(Picture first, double frameTime, string output)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string rate = (1000 / frameTime).ToString("0.######", CultureInfo.InvariantCulture);
        foreach (string argument in (string[])
        [
            "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", first.Channels == 3 ? "rgb24" : "gray",
            "-video_size", string.Create(CultureInfo.InvariantCulture, $"{first.Width}x{first.Height}"), "-framerate", rate, "-i", "pipe:0",
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", output,
        ])
        {
            start.ArgumentList.Add(argument);
        }
        try
        {
            return Process.Start(start) ?? throw new CommandException("ffmpeg did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CommandException("MP4 is made by ffmpeg, which is not installed: GIF needs nothing", e);
        }
    }
}
