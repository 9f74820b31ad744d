using System.CommandLine;
using Isocenter.Cli.Editing;
using Isocenter.Cli.Pixels;
using Isocenter.Cli.Texts;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter toimg FILE… --out PATH</c>: ordinary files of DICOM objects, the way back of <c>fromimg</c>.</summary>
internal static class ToImgCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "DICOM objects, or folders with all DICOM files below them.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out", "-o") { Description = "A file, or a folder, in which each is called after its FILE.", HelpName = "PATH", Required = true };
        var format = new Option<PictureFormat?>("--format") { Description = "What pictures are written as into a folder; png unless said otherwise." };
        var stored = new Option<bool>("--stored") { Description = "Compressed frames as they are stored, not rendered: .jpg, .jls, .j2k, .jhc." };
        var deep = new Option<bool>("--16") { Description = "PNG of 16 bits a channel." };
        var quality = new Option<int>("--quality", "-q") { Description = "JPEG: 1 to 100.", HelpName = "N", DefaultValueFactory = _ => 90 };
        var command = new Command("toimg", "Make ordinary files of DICOM objects: documents and videos as they are in them, pictures of images.\n\n"
            + "PDF, CDA, STL and videos come out byte by byte; only a bare video of odd length has the zero behind it that DICOM puts there. Images are rendered as 'isocenter render' does, which has more to choose from; into a folder go all their frames.")
        {
            files, output, format, stored, deep, quality,
        };
        command.SetAction((parsed, cancel) => Task.Run(() =>
        {
            if (parsed.GetValue(quality) is < 1 or > 100) throw new UsageException($"--quality is 1 to 100, not {parsed.GetValue(quality)}");
            string target = parsed.GetRequiredValue(output);
            var found = InputFiles.Find(parsed.GetRequiredValue(files), cancel);
            bool toFolder = found is not [{ IsNamed: true }] || Directory.Exists(target) || Path.EndsInDirectorySeparator(target);
            var rest = new List<InputFile>();
            bool isDone = true;
            foreach (var input in found)
            {
                cancel.ThrowIfCancellationRequested();
                string? problem = Failure.Try(() =>
                {
                    if (!Extract(input, target, toFolder, parsed.GetValue(stored))) rest.Add(input);
                });
                if (problem is null) continue;
                isDone = false;
                terminal.Complain($"{input.Path}: {problem}");
            }
            if (rest.Count == 0) return isDone ? ExitCode.Done : ExitCode.Failed;
            var pictures = new PictureFiles(terminal, new RenderOptions { BitDepth = parsed.GetValue(deep) ? 16 : 8 }, parsed.GetValue(quality))
            {
                AllFrames = toFolder,
                Format = parsed.GetValue(format),
            };
            return pictures.Write(rest, toFolder && !Path.EndsInDirectorySeparator(target) ? target + Path.DirectorySeparatorChar : target, cancel) && isDone ? ExitCode.Done : ExitCode.Failed;
        }, cancel));
        return command;
    }

    /// <summary>Writes what lies in the object as a file.</summary>
    /// <returns>False: nothing does, it is an image to be rendered.</returns>
    private static bool Extract(InputFile input, string target, bool toFolder, bool isStored)
    {
        using var file = DicomFile.Open(input.Path);
        if ((WrappedContent.Document(file.DataSet) ?? WrappedContent.Video(file.DataSet, file.TransferSyntax)) is { } content)
        {
            Write(content, "");
            return true;
        }
        if (!file.DataSet.Contains(Tags.PixelData) && !file.DataSet.Contains(Tags.FloatPixelData) && !file.DataSet.Contains(Tags.DoubleFloatPixelData))
            return input.IsNamed ? throw new CommandException("there is neither an image nor a document in it") : true;
        if (!isStored || !file.TransferSyntax.IsEncapsulated) return false;
        int count = FrameRenderer.FrameCount(file.DataSet);
        for (int i = 0; i < (toFolder ? count : 1); i++)
        {
            if (WrappedContent.CodeStream(file.DataSet, i) is not { } frame) throw new CommandException($"{file.TransferSyntax.Name} is not a format of files: leave --stored out");
            Write(frame, toFolder && count > 1 ? $".{i + 1:0000}" : "");
        }
        return true;

        void Write(WrappedContent what, string number)
        {
            string path = toFolder ? Path.Combine(target, Path.GetDirectoryName(input.RelativePath) ?? "", Path.GetFileNameWithoutExtension(input.Path) + number + "." + what.Extension) : target;
            NewFile.Write(path, stream =>
            {
                stream.Write(what.Bytes.Span);
                return true;
            });
        }
    }
}
