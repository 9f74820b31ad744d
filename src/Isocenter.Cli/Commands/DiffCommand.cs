using System.CommandLine;
using Isocenter.Cli.Dump;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter diff A B</c>: in what two DICOM files differ.</summary>
internal static class DiffCommand
{
    public static Command Create(Terminal terminal)
    {
        var first = new Argument<string>("A") { Description = "A file; - is stdin." };
        var second = new Argument<string>("B") { Description = "Another one." };
        var ignore = PathOption.Create("--ignore", "Leave this out, with all below it: a keyword, tag or path; [*] means all items, a single keyword or tag any depth. Can be repeated.", "-i");
        var bytes = new Option<bool>("--bytes", "-b") { Description = "Every byte counts: padding, VRs, group lengths, fragments. Otherwise what values mean." };
        var meta = new Option<bool>("--meta", "-m") { Description = "Compare the File Meta Information too." };
        var json = new Option<bool>("--json") { Description = "Write JSON: {\"equal\": …, \"differences\": [{\"path\", \"keyword\", \"kind\", \"first\", \"second\"}, …]}." };
        var command = new Command("diff", "Show in what two DICOM files differ.\n\n"
            + "Lines with '-' are in A only, those with '+' in B only, those with '~' differ. The exit code is 0 when the files are equal, 1 when they differ, and 2 when "
            + "that cannot be told.") { first, second, ignore, bytes, meta, json };
        command.SetAction(parsed =>
        {
            var ignored = (parsed.GetValue(ignore) ?? []).ToLookup(path => path.Steps is [{ PrivateCreator: null, Item.IsNone: true }]);
            var options = new DiffOptions
            {
                Bytes = parsed.GetValue(bytes),
                Ignore = [.. ignored[false]],
                IgnoreAnywhere = ignored[true].Select(path => path.Steps[0].Tag).ToHashSet(),
            };
            int result = ExitCode.WrongUsage;
            string? problem = Failure.Try(() => result = Run(terminal, parsed.GetRequiredValue(first), parsed.GetRequiredValue(second), options, parsed.GetValue(meta), parsed.GetValue(json)));
            if (problem is not null) terminal.Complain(problem);
            return result;
        });
        return command;
    }

    private static int Run(Terminal terminal, string firstPath, string secondPath, DiffOptions options, bool withMeta, bool json)
    {
        using var first = Open(terminal, firstPath);
        using var second = Open(terminal, secondPath);
        var differences = new List<Difference>();
        if (withMeta) differences.AddRange(DataSetDiff.Compare(first.FileMeta, second.FileMeta, options));
        differences.AddRange(DataSetDiff.Compare(first.DataSet, second.DataSet, options));
        terminal.Output.Flush();
        if (json)
        {
            DiffJson.Write(terminal.OutputStream, differences);
        }
        else
        {
            var output = new Utf8Output(terminal.OutputStream);
            var writer = new DiffText(output, terminal.HasColour);
            foreach (var difference in differences) writer.Write(difference);
            output.Flush();
        }
        foreach (var (path, file) in new[] { (firstPath, first), (secondPath, second) })
        {
            if (!file.IsComplete) terminal.Complain($"{path}: the file ends before its data set does; what there is of it was compared");
        }
        return differences.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static DicomFile Open(Terminal terminal, string path)
    {
        DicomFile? file = null;
        if (Failure.Try(() => file = StandardStreams.Open(terminal, path)) is { } problem) throw new CommandException($"{path}: {problem}");
        return file!;
    }
}
