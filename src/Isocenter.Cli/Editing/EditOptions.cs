using System.CommandLine;
using Isocenter.Cli.Dump;
using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>What <c>set</c>, <c>remove</c>, <c>insert</c> and <c>convert</c> have in common: files, where the result goes, what is told.</summary>
internal sealed class EditOptions
{
    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "Where the result goes: a file for one FILE, a folder for several. Without it each file is replaced in place, when all of "
            + "the new one is on disk. - is stdout, and needed where the FILE is -, which is stdin.",
        HelpName = "PATH",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Tell what was done as JSON." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tell of each file, not only of those with a problem." };

    private readonly Option<string> _backup = new("--backup", "-b")
    {
        Description = "Keep each file that is replaced, under its name with SUFFIX behind it, as .orig. One that is there already stays: it is the older one.",
        HelpName = "SUFFIX",
    };

    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Write nothing; show what would change, as 'isocenter diff' does." };

    public void AddTo(Command command)
    {
        command.Add(_out);
        command.Add(_backup);
        command.Add(_dryRun);
        command.Add(_verbose);
        command.Add(_json);
    }

    /// <summary>Does <paramref name="work"/> for each file, and tells how it went.</summary>
    /// <returns>The exit code.</returns>
    public int Run(Terminal terminal, ParseResult parsed, IReadOnlyList<string> paths, Func<DicomFile, EditedFile?> work, CancellationToken cancel)
    {
        var files = InputFiles.Find(paths, cancel);
        var plan = OutputPlan.Of(files, parsed.GetValue(_out));
        string? backup = BackupSuffix(parsed);
        CheckStandardStreams(parsed, plan);
        bool isDry = parsed.GetValue(_dryRun), json = parsed.GetValue(_json);
        var report = new EditReport(terminal, json, parsed.GetValue(_verbose)) { IsDry = isDry };
        using (var progress = new ProgressLine(terminal, files.Count, isWanted: !parsed.GetValue(_verbose) && !isDry))
        {
            foreach (var (input, target) in plan)
            {
                cancel.ThrowIfCancellationRequested();
                progress.Next(input.RelativePath);
                int changes = 0;
                string? problem = Failure.Try(() => changes = StandardStreams.WithFiles(terminal, input.Path, target, (from, to) =>
                    isDry ? Rehearse(json ? null : terminal, from, input.Path, work) : Rewrite(from, to, work, backup)));
                if (problem is not null) progress.Clear();
                report.Add(input.Path, target, changes, problem);
            }
        }
        return report.Finish();
    }

    private void CheckStandardStreams(ParseResult parsed, IReadOnlyList<(InputFile Input, string Target)> plan)
    {
        bool isDry = parsed.GetValue(_dryRun);
        if (!isDry && plan.Any(pair => pair.Input.Path == StandardStreams.Name) && parsed.GetValue(_out) is null)
            throw new UsageException("what comes from stdin has no place to be written to: --out says where");
        if (isDry || parsed.GetValue(_out) != StandardStreams.Name) return;
        if (plan.Count > 1) throw new UsageException("only one file can be written to stdout");
        if (parsed.GetValue(_json) || parsed.GetValue(_verbose)) throw new UsageException("the file goes to stdout: --json and --verbose would write into it");
    }

    private string? BackupSuffix(ParseResult parsed)
    {
        if (parsed.GetValue(_backup) is not { } suffix) return null;
        if (parsed.GetValue(_out) is not null) throw new UsageException("--backup is for files that are replaced in place; with --out they stay");
        if (suffix.Length == 0 || suffix.AsSpan().ContainsAny('/', '\\')) throw new UsageException($"'{suffix}' is no suffix for a file name, as .orig is");
        return suffix;
    }

    /// <summary>Does the work in memory, writes into nothing, and shows in what the file would differ.</summary>
    private static int Rehearse(Terminal? terminal, string source, string shown, Func<DicomFile, EditedFile?> work)
    {
        using var before = DicomFile.Open(source);
        using var file = DicomFile.Open(source);
        if (work(file) is not { } edited) return 0;
        DataSetWriter.Write(file.DataSet, Stream.Null, edited.Syntax.IsDeflated ? TransferSyntax.ExplicitVRLittleEndian : edited.Syntax, edited.Options);
        if (terminal is null) return edited.Changes;
        terminal.Output.WriteLine(Printable.Of($"{shown}: {edited.Changes} change{(edited.Changes == 1 ? "" : "s")}"
            + (edited.Syntax == before.TransferSyntax ? "" : $", {before.TransferSyntax.Name} to {edited.Syntax.Name}")));
        terminal.Output.Flush();
        var output = new Utf8Output(terminal.OutputStream);
        var text = new DiffText(output, terminal.HasColour);
        foreach (var difference in DataSetDiff.Compare(before.FileMeta, edited.Meta ?? before.FileMeta).Concat(DataSetDiff.Compare(before.DataSet, file.DataSet))) text.Write(difference);
        output.Flush();
        return edited.Changes;
    }

    private static int Rewrite(string source, string target, Func<DicomFile, EditedFile?> work, string? backup)
    {
        using var file = DicomFile.Open(source);
        if (work(file) is { } edited)
        {
            if (backup is not null && !File.Exists(source + backup)) FileRewriter.CopyDurably(source, source + backup);
            FileRewriter.Write(file, source, edited.Meta, edited.Syntax, target, edited.Options);
            return edited.Changes;
        }
        if (Path.GetFullPath(source) != Path.GetFullPath(target)) FileRewriter.Copy(source, target);
        return 0;
    }
}

/// <summary>How an edited file is to be written.</summary>
/// <param name="Meta">Another File Meta Information; null: the head of the file stays.</param>
/// <param name="Syntax">How to write the data set.</param>
/// <param name="Changes">How many elements or items were changed.</param>
/// <param name="Options">Details.</param>
internal sealed record EditedFile(DataSet? Meta, TransferSyntax Syntax, int Changes, WriteOptions? Options = null);
