using System.CommandLine;
using System.Globalization;
using Isocenter.Cli.Pixels;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter render FILE… --out PATH</c>: pictures of DICOM images.</summary>
internal static class RenderCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "DICOM images, or folders with all DICOM files below them.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out", "-o") { Description = "The picture for a single frame: NAME.png or NAME.jpg; all frames as an animation: NAME.gif or, where ffmpeg is installed, NAME.mp4; otherwise a folder.", HelpName = "PATH", Required = true };
        var format = new Option<PictureFormat?>("--format") { Description = "What is written into a folder; png unless said otherwise." };
        var frames = new Option<int[]>("--frame", "-f") { Description = "This frame, counted from 1. Can be repeated. Unless said otherwise the representative one.", HelpName = "N" };
        var allFrames = new Option<bool>("--all-frames") { Description = "Every frame." };
        var window = new Option<string>("--window", "-w") { Description = "In place of the image's own: CENTER,WIDTH or CENTER,WIDTH,FUNCTION with linear, linear-exact or sigmoid.", HelpName = "C,W" };
        var voi = new Option<int>("--voi") { Description = "Which of several windows or VOI LUTs of the image, counted from 1.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var size = new Option<string>("--size", "-s") { Description = "Largest picture; proportions are kept.", HelpName = "WxH" };
        var enlarge = new Option<bool>("--enlarge") { Description = "Make smaller images as large as --size." };
        var region = new Option<string>("--region") { Description = "Part of the frame: columns left of it, rows above it, width, height.", HelpName = "X,Y,W,H" };
        var state = new Option<string>("--presentation-state", "-p") { Description = "A Softcopy Presentation State that refers to the images.", HelpName = "FILE" };
        var over = new Option<string[]>("--over") { Description = "For a blending state: images, or folders with all DICOM files below them, of which the nearest lies over each image; Spatial Registrations among them bring them together. Can be repeated.", HelpName = "FILE" };
        var deep = new Option<bool>("--16") { Description = "PNG of 16 bits a channel." };
        var profile = new Option<string>("--iccprofile") { Description = "no: without an ICC profile; yes: with the image's own or that of sRGB; srgb, adobergb, rommrgb, displayp3: colours are converted. Unless said otherwise colours stay, with the image's own profile; in GIF and MP4 they become sRGB.", HelpName = "SPACE" };
        profile.AcceptOnlyFromAmong(["no", "yes", .. RgbSpace.All.Select(space => space.Name)]);
        var quality = new Option<int>("--quality", "-q") { Description = "JPEG: 1 to 100.", HelpName = "N", DefaultValueFactory = _ => 90 };
        var noOverlays = new Option<bool>("--no-overlays") { Description = "Leave overlays out." };
        var noShutter = new Option<bool>("--no-shutter") { Description = "Do not cover what a display shutter covers." };
        var command = new Command("render", "Make pictures of images, as they are meant to be seen.\n\n"
            + "Modality LUT, window or VOI LUT, palettes, overlays and shutters are applied (PS3.3 C.11). Without a window of its own an image "
            + "goes from its darkest to its brightest pixel. The exit code is 1 when a picture could not be made; the rest is done all the same.")
        {
            files, output, format, frames, allFrames, window, voi, size, enlarge, region, state, over, deep, profile, quality, noOverlays, noShutter,
        };
        command.SetAction((parsed, cancel) => Task.Run(() =>
        {
            var (width, height) = parsed.GetValue(size) is { } text ? ParseSize(text) : (int.MaxValue, int.MaxValue);
            if (parsed.GetValue(enlarge) && width == int.MaxValue) throw new UsageException("--enlarge needs --size");
            if (parsed.GetValue(quality) is < 1 or > 100) throw new UsageException($"--quality is 1 to 100, not {parsed.GetValue(quality)}");
            if (parsed.GetValue(voi) < 1) throw new UsageException("--voi counts from 1");
            using var stateFile = parsed.GetValue(state) is { } path ? DicomFile.Open(path) : null;
            var presentation = stateFile is null ? null : PresentationState.Of(stateFile.DataSet);
            if (presentation is { IsBlending: true } != parsed.GetValue(over) is { Length: > 0 }) throw new UsageException("--over goes with a blending presentation state, and such a state needs it");
            using var superimposed = SuperimposedFiles.Open(parsed.GetValue(over) ?? [], cancel);
            var options = new RenderOptions
            {
                MaxWidth = width,
                MaxHeight = height,
                Enlarge = parsed.GetValue(enlarge),
                Region = parsed.GetValue(region) is { } part ? ParseRegion(part) : null,
                Window = parsed.GetValue(window) is { } asked ? ParseWindow(asked) : null,
                VoiIndex = parsed.GetValue(voi) - 1,
                Overlays = !parsed.GetValue(noOverlays),
                Shutter = !parsed.GetValue(noShutter),
                PresentationState = presentation,
                Superimposed = superimposed.Images,
                Registrations = superimposed.Registrations,
                BitDepth = parsed.GetValue(deep) ? 16 : 8,
                ColourSpace = parsed.GetValue(profile) is { } named ? RgbSpace.Find(named) : null,
            };
            var pictures = new PictureFiles(terminal, options, parsed.GetValue(quality))
            {
                Numbers = parsed.GetValue(frames) ?? [],
                AllFrames = parsed.GetValue(allFrames),
                Format = parsed.GetValue(format),
                Profile = parsed.GetValue(profile),
            };
            return pictures.Write(parsed.GetRequiredValue(files), parsed.GetRequiredValue(output), cancel) ? ExitCode.Done : ExitCode.Failed;
        }, cancel));
        return command;
    }

    private static (int, int) ParseSize(string text)
    {
        string[] parts = text.ToLowerInvariant().Split('x', ',');
        return parts.Length == 2 && TryNumber(parts[0], out int width) && TryNumber(parts[1], out int height) && width > 0 && height > 0
            ? (width, height)
            : throw new UsageException($"--size is WIDTHxHEIGHT, not '{text}'");
    }

    private static Region ParseRegion(string text)
    {
        int[] numbers = [.. text.Split(',').Select(part => TryNumber(part, out int number) ? number : -1)];
        return numbers.Length == 4 && numbers.All(number => number >= 0) && numbers[2] > 0 && numbers[3] > 0
            ? new Region(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw new UsageException($"--region is four numbers, X,Y,WIDTH,HEIGHT, not '{text}'");
    }

    internal static VoiWindow ParseWindow(string text)
    {
        string[] parts = text.Split(',');
        var function = (parts.Length == 3 ? parts[2].ToLowerInvariant() : "linear") switch
        {
            "linear" => VoiFunction.Linear,
            "linear-exact" => VoiFunction.LinearExact,
            "sigmoid" => VoiFunction.Sigmoid,
            _ => (VoiFunction?)null,
        };
        if (parts.Length is 2 or 3 && function is { } f && TryReal(parts[0], out double center) && TryReal(parts[1], out double width))
        {
            var window = new VoiWindow(center, width, f);
            if (window.IsUsable) return window;
        }
        throw new UsageException($"--window is CENTER,WIDTH or CENTER,WIDTH,FUNCTION, not '{text}'");
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryReal(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
