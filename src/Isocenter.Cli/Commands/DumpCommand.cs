using System.CommandLine;
using Isocenter.Cli.Dump;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter dump FILE…</c>: what stands in DICOM files, for people.</summary>
internal static class DumpCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to show, or folders with all DICOM files below them; - is stdin.", Arity = ArgumentArity.OneOrMore };
        var all = new Option<bool>("--all", "-a") { Description = "Show values whole instead of cutting long ones, and each fragment of pixel data." };
        var tags = PathOption.Create("--tag", "Show these elements only: a keyword (PatientName) or tag (0010,0010) means the element at any depth, "
            + "a path (ReferencedImageSequence[0].ReferencedSOPInstanceUID) the place it says. Can be repeated.", "-t");
        var json = new Option<bool>("--json")
        {
            Description = "Write JSON: for each file an object with its transfer syntax, findings and data set (DICOM JSON Model; "
                + "pixel data only with --all); an array when there are several files.",
        };
        var command = new Command("dump", "Show what stands in DICOM files, readable by people.\n\n"
            + "Columns: tag, VR, length in bytes, keyword, value. Items count from 0, as in paths. Findings about the bytes go to stderr.") { files, all, tags, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetResult(tags) is not null) result.AddError("--json and --tag do not go together");
        });
        command.SetAction((parsed, cancel) =>
        {
            string[] paths = InputFiles.Expand(parsed.GetRequiredValue(files), cancel);
            return Task.FromResult(parsed.GetValue(json)
                ? JsonFiles.Write(terminal, paths, new JsonFileOptions { WithFacts = true, OmitPixelData = !parsed.GetValue(all), Indented = true })
                : Run(terminal, paths, new DumpOptions(parsed.GetValue(all), parsed.GetValue(tags) ?? [], terminal.HasColour), cancel));
        });
        return command;
    }

    private static int Run(Terminal terminal, string[] paths, DumpOptions options, CancellationToken cancel)
    {
        terminal.Output.Flush();
        var output = new Utf8Output(terminal.OutputStream);
        var dumper = new Dumper(output, options);
        bool failed = false;
        bool first = true;
        foreach (string path in paths)
        {
            cancel.ThrowIfCancellationRequested();
            string? problem = Failure.Try(() =>
            {
                using var file = StandardStreams.Open(terminal, path);
                if (paths.Length > 1) dumper.WriteTitle(path, first);
                first = false;
                dumper.Write(file);
                ReportFindings(terminal, output, path, file);
                if (!file.IsComplete) throw new CommandException("the file ends before its data set does; what there is of it is shown");
            });
            if (problem is null) continue;
            failed = true;
            output.Flush();
            terminal.Complain($"{path}: {problem}");
        }
        output.Flush();
        return failed ? ExitCode.Failed : ExitCode.Done;
    }

    private static void ReportFindings(Terminal terminal, Utf8Output output, string path, DicomFile file)
    {
        var findings = FileFindings.Of(file);
        if (findings.Count == 0) return;
        output.Flush();
        FileFindings.Report(terminal, path, findings);
    }
}
