using System.CommandLine;
using Isocenter.Cli.Pixels;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter decode FILE --out DIR</c>: the stored samples of each frame as raw files.</summary>
internal static class DecodeCommand
{
    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("FILE") { Description = "A DICOM file, or a bare code stream: JPEG, JPEG-LS, JPEG 2000, HTJ2K." };
        var folder = new Option<string>("--out", "-o") { Description = "Write into this folder, which is made if need be.", HelpName = "DIR", Required = true };
        var frames = new Option<int[]>("--frame", "-f") { Description = "This frame only, counted from 1. Can be repeated.", HelpName = "N" };
        var workarounds = Workaround.Create();
        var command = new Command("decode", "Write the samples of an image as raw files, one a frame, and a JSON file that describes them.\n\n"
            + "The samples are the stored ones: before any look-up table, in the colours they are stored in. They are little endian, in words "
            + "of 8, 16, 32 or 64 bits, colour by pixel; bits packed eight to a byte become bytes, chrominance of 4:2:2 is given to both "
            + "pixels. Of a damaged frame what is there is written; the exit code is then 1. "
            + "Video and lossy JPEG XL are not decoded: their streams are written as they are, and what they say of themselves.")
        {
            path, folder, frames, workarounds,
        };
        command.SetAction((parsed, cancel) => Task.Run(() =>
        {
            var writer = new FrameFiles(terminal, parsed.GetRequiredValue(path), parsed.GetRequiredValue(folder), Workaround.Options(parsed.GetValue(workarounds)));
            return writer.Write(parsed.GetValue(frames) ?? [], cancel) ? ExitCode.Done : ExitCode.Failed;
        }, cancel));
        return command;
    }
}
