using System.CommandLine;
using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>What <c>set</c>, <c>remove</c>, <c>insert</c> and <c>convert</c> have in common: files, where the result goes, what is told.</summary>
internal sealed class EditOptions
{
    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "Where the result goes: a file for one FILE, a folder for several. Without it each file is replaced in place, when all of "
            + "the new one is on disk.",
        HelpName = "PATH",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Tell what was done as JSON." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tell of each file, not only of those with a problem." };

    public void AddTo(Command command)
    {
        command.Add(_out);
        command.Add(_verbose);
        command.Add(_json);
    }

    /// <summary>Does <paramref name="work"/> for each file, and tells how it went.</summary>
    /// <returns>The exit code.</returns>
    public int Run(Terminal terminal, ParseResult parsed, IReadOnlyList<string> paths, Func<DicomFile, EditedFile?> work, CancellationToken cancel)
    {
        var files = InputFiles.Find(paths, cancel);
        var plan = OutputPlan.Of(files, parsed.GetValue(_out));
        var report = new EditReport(terminal, parsed.GetValue(_json), parsed.GetValue(_verbose));
        using (var progress = new ProgressLine(terminal, files.Count, isWanted: !parsed.GetValue(_verbose)))
        {
            foreach (var (input, target) in plan)
            {
                cancel.ThrowIfCancellationRequested();
                progress.Next(input.RelativePath);
                int changes = 0;
                string? problem = Failure.Try(() => changes = Rewrite(input.Path, target, work));
                if (problem is not null) progress.Clear();
                report.Add(input.Path, target, changes, problem);
            }
        }
        return report.Finish();
    }

    private static int Rewrite(string source, string target, Func<DicomFile, EditedFile?> work)
    {
        using var file = DicomFile.Open(source);
        if (work(file) is { } edited)
        {
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
