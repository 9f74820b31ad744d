using System.CommandLine;
using Isocenter.Cli.Editing;
using Isocenter.Cli.Pixels;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter fromimg FILE… --out PATH</c>: DICOM objects of pictures, videos and documents.</summary>
internal static class FromImgCommand
{
    private static readonly Dictionary<string, PictureKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sc"] = PictureKind.SecondaryCapture,
        ["photo"] = PictureKind.Photographic,
        ["endoscopy"] = PictureKind.Endoscopic,
        ["microscopy"] = PictureKind.Microscopic,
    };

    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Pictures (PNG, JPEG, JPEG-LS, JPEG 2000, GIF, BMP), videos (MPEG-2, H.264, HEVC; MP4, TS or bare), documents (PDF, CDA, STL).", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out", "-o") { Description = "A file: one object, of which several pictures are the frames. A folder: an object of each FILE.", HelpName = "PATH", Required = true };
        var kind = new Option<string>("--as") { Description = "What pictures and videos are taken for: sc (Secondary Capture, the default; of a video, photo), photo, endoscopy or microscopy.", HelpName = "KIND", DefaultValueFactory = _ => "sc" };
        kind.AcceptOnlyFromAmong([.. Kinds.Keys]);
        var like = new Option<string>("--like") { Description = "A DICOM object whose patient and study the new objects get.", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "Sets an attribute, as 'isocenter set' does: PatientName=DOE^JANE. Can be repeated.", HelpName = "PATH=VALUE" };
        var title = new Option<string>("--title") { Description = "Document Title and Series Description.", HelpName = "TEXT" };
        var rate = new Option<double?>("--frame-rate") { Description = "Frames a second, in place of what the file says; makes several pictures an animation.", HelpName = "N" };
        var command = new Command("fromimg", "Make DICOM objects of pictures, videos and documents.\n\n"
            + "JPEG, JPEG-LS, JPEG 2000 and videos are not encoded anew: their bytes go into the object, and 'isocenter toimg' gives them back. Progressive JPEG, which has no "
            + "transfer syntax, is decoded. Without --like the patient is empty and the study new; all objects of one call are of one study.")
        {
            files, output, kind, like, set, title, rate,
        };
        command.SetAction((parsed, cancel) => Task.Run(() =>
        {
            if (parsed.GetValue(rate) is { } asked && !(asked is > 0.001 and < 100_000)) throw new UsageException("--frame-rate is a number of frames a second");
            Assignment[] assignments = [.. (parsed.GetValue(set) ?? []).Select(Assignment.Parse)];
            if (Array.Find(assignments, assignment => assignment.Value is null) is { } bare) throw new UsageException($"--set is PATH=VALUE, not '{bare.Text}'");
            SetCommand.CheckPaths(assignments);
            using var likeFile = parsed.GetValue(like) is { } path ? DicomFile.Open(path) : null;
            var wrapping = new WrapFiles(terminal, new ObjectWrapper(new WrapOptions
            {
                Kind = Kinds[parsed.GetRequiredValue(kind)],
                Like = likeFile?.DataSet,
                Title = parsed.GetValue(title),
                FrameRate = parsed.GetValue(rate),
            }), assignments);
            return wrapping.Write(parsed.GetRequiredValue(files), parsed.GetRequiredValue(output), cancel) ? ExitCode.Done : ExitCode.Failed;
        }, cancel));
        return command;
    }
}
