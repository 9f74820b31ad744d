using System.CommandLine;
using Isocenter.Cli.Dump;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter dump FILE…</c>: what stands in DICOM files, for people.</summary>
internal static class DumpCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to show.", Arity = ArgumentArity.OneOrMore };
        var all = new Option<bool>("--all", "-a") { Description = "Show values whole instead of cutting long ones." };
        var tags = new Option<Tag[]>("--tag", "-t")
        {
            Description = "Show these elements only, at any depth: a keyword (PatientName) or a tag (0010,0010). Can be repeated.",
            HelpName = "TAG",
            CustomParser = result =>
            {
                var parsed = new List<Tag>();
                foreach (var token in result.Tokens)
                {
                    if (Tag.TryParse(token.Value, null, out var tag)) parsed.Add(tag);
                    else result.AddError($"'{token.Value}' is neither a tag such as 0010,0020 nor a keyword such as PatientID");
                }
                return [.. parsed];
            },
        };
        var json = new Option<bool>("--json")
        {
            Description = "Write JSON: for each file an object with its transfer syntax, findings and data set (DICOM JSON Model; "
                + "pixel data only with --all); an array when there are several files.",
        };
        var command = new Command("dump", "Show what stands in DICOM files, readable by people.\n\n"
            + "Columns: tag, VR, length in bytes, keyword, value. Findings about the bytes go to stderr.") { files, all, tags, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetResult(tags) is not null) result.AddError("--json and --tag do not go together");
        });
        command.SetAction(parsed => parsed.GetValue(json)
            ? JsonFiles.Write(terminal, parsed.GetRequiredValue(files), new JsonFileOptions { WithFacts = true, OmitPixelData = !parsed.GetValue(all), Indented = true })
            : Run(terminal, parsed.GetRequiredValue(files), parsed.GetValue(all), parsed.GetValue(tags) ?? []));
        return command;
    }

    private static int Run(Terminal terminal, string[] paths, bool all, Tag[] tags)
    {
        var dumper = new Dumper(terminal.Output, all, tags, terminal.HasColour);
        bool failed = false;
        bool first = true;
        foreach (string path in paths)
        {
            string? problem = Failure.Try(() =>
            {
                using var file = DicomFile.Open(path);
                if (paths.Length > 1) dumper.WriteTitle(path, first);
                first = false;
                dumper.Write(file);
                ReportFindings(terminal, path, file);
                if (!file.IsComplete) throw new CommandException("the file ends before its data set does; what there is of it is shown");
            });
            if (problem is null) continue;
            failed = true;
            terminal.Complain($"{path}: {problem}");
        }
        return failed ? ExitCode.Failed : ExitCode.Done;
    }

    private static void ReportFindings(Terminal terminal, string path, DicomFile file)
    {
        if (file.Findings.Count == 0) return;
        terminal.Output.Flush();
        foreach (var finding in file.Findings) terminal.Error.WriteLine($"{path}: {finding}");
    }
}
