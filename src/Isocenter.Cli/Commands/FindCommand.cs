using System.CommandLine;
using Isocenter.Cli.Querying;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter find HOST PORT KEY…</c>: asks a peer what it has (C-FIND).</summary>
internal static class FindCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var keys = new Argument<string[]>("KEY")
        {
            Description = "What to look for, as PatientName=DOE* or StudyDate=20240101-20241231, by keyword or tag; "
                + "a name without a value is only returned.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var level = new Option<string>("--level", "-l") { Description = "What to find.", DefaultValueFactory = _ => "STUDY", HelpName = "PATIENT|STUDY|SERIES|IMAGE" };
        level.Validators.Add(result =>
        {
            if (QueryLevel.Of(result.GetValueOrDefault<string>()!) is null) result.AddError("--level is one of PATIENT, STUDY, SERIES, IMAGE");
        });
        var patientRoot = new Option<bool>("--patient-root") { Description = "Ask the Patient Root model instead of Study Root. Always so at PATIENT level." };
        var limit = new Option<int>("--limit") { Description = "Stop after so many matches.", HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--limit takes a number from 1");
        });
        var command = peer.CommandOf("find", "Ask a peer which patients, studies, series or images it has (C-FIND).\n\n"
            + "Below STUDY the study is needed: StudyInstanceUID=…, and at IMAGE level SeriesInstanceUID=… . "
            + "With --json the answer is an array of data sets in the DICOM JSON Model.");
        command.Add(keys);
        command.Add(level);
        command.Add(patientRoot);
        command.Add(limit);
        command.SetAction(async (parsed, cancel) =>
        {
            var at = QueryLevel.Of(parsed.GetValue(level)!)!;
            var identifier = QueryKeys.Identifier(at, parsed.GetValue(keys) ?? []);
            bool usesPatientRoot = parsed.GetValue(patientRoot) || at == QueryLevel.Patient;
            var model = Uid.Parse(usesPatientRoot
                ? SopClasses.PatientRootQueryRetrieveInformationModelFind
                : SopClasses.StudyRootQueryRetrieveInformationModelFind);
            var matches = await FindAsync(peer.Read(parsed), new FindRequest(model, identifier), parsed.GetValue(limit), cancel);
            if (parsed.GetValue(peer.Json)) WriteJson(terminal, matches);
            else WriteTable(terminal, at, identifier, matches);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<List<DataSet>> FindAsync(AssociationOptions options, FindRequest request, int limit, CancellationToken cancel)
    {
        options = options with { PresentationContexts = [new PresentationContextProposal(request.SopClassUid)] };
        await using var association = await Association.ConnectAsync(options, cancel);
        var matches = new List<DataSet>();
        await foreach (var match in association.FindAsync(request, cancel))
        {
            matches.Add(match);
            if (matches.Count == limit) break;
        }
        await association.ReleaseAsync(cancel);
        return matches;
    }

    private static void WriteJson(Terminal terminal, List<DataSet> matches)
    {
        terminal.Output.Flush();
        DicomJson.Write(matches, terminal.OutputStream, new JsonOptions { Indented = true });
        terminal.OutputStream.Write("\n"u8);
    }

    private static void WriteTable(Terminal terminal, QueryLevel level, DataSet identifier, List<DataSet> matches)
    {
        // The level's own columns in their order, then what was asked for besides.
        var columns = level.Columns.Concat(identifier.Select(element => element.Tag)
            .Where(tag => tag != Tags.QueryRetrieveLevel && tag != Tags.SpecificCharacterSet && !level.Columns.Contains(tag))).ToArray();
        MatchTable.Write(terminal.Output, columns, matches, terminal.HasColour);
        terminal.Output.Flush();
        terminal.Error.WriteLine(matches.Count == 1 ? "1 match" : $"{matches.Count} matches");
    }
}
