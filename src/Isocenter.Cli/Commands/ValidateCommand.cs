using System.CommandLine;
using Isocenter.Cli.Validating;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter validate FILE…</c>: files against the IODs of PS3.3 and the value rules of PS3.5.</summary>
internal static class ValidateCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("FILE") { Description = "Files, and folders with all that is below them; - is stdin.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Write JSON Lines: an object for each finding, and one for each file at its end." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Write nothing; only the exit code tells." };
        var errors = new Option<bool>("--errors", "-e") { Description = "Leave warnings out." };
        var notes = new Option<bool>("--notes") { Description = "Also tell what could not be checked, as conditions that no data set tells." };
        var limit = new Option<int>("--limit")
        {
            Description = "Most findings for a file.",
            DefaultValueFactory = _ => ValidationOptions.Default.MaxFindings,
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--limit is at least 1");
        });
        var command = new Command("validate", "Check DICOM files: modules, attribute types and conditions, values, encoding.\n\n"
            + "Exit code: 0 no errors, 1 errors or a file that cannot be read. Warnings change nothing. In a folder, files\n"
            + "that are not DICOM are skipped.") { paths, json, quiet, errors, notes, limit };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(terminal, parsed.GetRequiredValue(paths), new ReportOptions
        {
            AsJson = parsed.GetValue(json),
            IsQuiet = parsed.GetValue(quiet),
            ErrorsOnly = parsed.GetValue(errors),
            Validation = new ValidationOptions { IncludeNotes = parsed.GetValue(notes), MaxFindings = parsed.GetValue(limit) },
        }, cancel)));
        return command;
    }

    private static int Run(Terminal terminal, string[] paths, ReportOptions options, CancellationToken cancel)
    {
        using var report = new ValidationReport(terminal, options);
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                report.Add(path, wasNamed: true);
                continue;
            }
            string? problem = Failure.Try(() =>
            {
                foreach (string file in FilesBelow.Of(path))
                {
                    cancel.ThrowIfCancellationRequested();
                    report.Add(file, wasNamed: false);
                }
            });
            if (problem is not null) report.AddUnreadable(path, problem);
        }
        report.Finish();
        return report.HasErrors ? ExitCode.Failed : ExitCode.Done;
    }
}
