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
            Description = "What to look for, as PatientName=DOE* or StudyDate=20240101-20241231, by keyword, tag or path "
                + "(RequestAttributesSequence.ScheduledProcedureStepID=17); a name without a value is only returned.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var level = new Option<string>("--level", "-l") { Description = "What to find.", DefaultValueFactory = _ => "STUDY", HelpName = "PATIENT|STUDY|SERIES|IMAGE" };
        level.Validators.Add(result =>
        {
            if (QueryLevel.Of(result.GetValueOrDefault<string>()!) is null) result.AddError("--level is one of PATIENT, STUDY, SERIES, IMAGE");
        });
        var patientRoot = new Option<bool>("--patient-root") { Description = "Ask the Patient Root model instead of Study Root. Always so at PATIENT level." };
        var limit = new Option<int>("--limit") { Description = "Stop the peer after so many matches (C-CANCEL).", HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--limit takes a number from 1");
        });
        var characterSet = new Option<string?>("--charset") { Description = "Character set of the keys, as 'ISO_IR 100' (default: UTF-8, ISO_IR 192, where ASCII does not do).", HelpName = "TERM" };
        var relational = new Option<bool>("--relational") { Description = "Negotiate relational queries: keys of the levels above may be missing." };
        var fuzzy = new Option<bool>("--fuzzy") { Description = "Negotiate matching of names by meaning." };
        var csv = new Option<bool>("--csv") { Description = "Write the answer as comma-separated values." };
        var command = peer.CommandOf("find", "Ask a peer which patients, studies, series or images it has (C-FIND).\n\n"
            + "Below STUDY the study is needed: StudyInstanceUID=…, and at IMAGE level SeriesInstanceUID=… . "
            + "With --json the answer is an array of data sets in the DICOM JSON Model.");
        command.Add(keys);
        foreach (var option in new Option[] { level, patientRoot, limit, characterSet, relational, fuzzy, csv }) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(csv) is { Implicit: false } && result.GetResult(peer.Json) is { Implicit: false }) result.AddError("--csv and --json exclude each other");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            var at = QueryLevel.Of(parsed.GetValue(level)!)!;
            QueryKey[] asked = [.. (parsed.GetValue(keys) ?? []).Select(QueryKey.Parse)];
            var identifier = QueryKeys.Identifier(at, asked, parsed.GetValue(characterSet));
            bool usesPatientRoot = parsed.GetValue(patientRoot) || at == QueryLevel.Patient;
            var model = Uid.Parse(usesPatientRoot
                ? SopClasses.PatientRootQueryRetrieveInformationModelFind
                : SopClasses.StudyRootQueryRetrieveInformationModelFind);
            var wanted = new QueryRetrieveNegotiation { Relational = parsed.GetValue(relational), FuzzyMatching = parsed.GetValue(fuzzy) };
            var options = peer.Read(parsed) with
            {
                PresentationContexts = [new PresentationContextProposal(model)],
                ExtendedNegotiations = wanted == new QueryRetrieveNegotiation() ? [] : [wanted.For(model)],
            };
            var columns = MatchTable.Columns(at, asked);
            var output = new MatchOutput(terminal, columns, parsed.GetValue(peer.Json) ? MatchFormat.Json : parsed.GetValue(csv) ? MatchFormat.Csv : MatchFormat.Table);
            return await FindAsync(terminal, options, new FindRequest(model, identifier), wanted, parsed.GetValue(limit), output, cancel);
        });
        return command;
    }

    private static async Task<int> FindAsync(Terminal terminal, AssociationOptions options, FindRequest request, QueryRetrieveNegotiation wanted,
        int limit, MatchOutput output, CancellationToken cancel)
    {
        await using var association = await Association.ConnectAsync(options, cancel);
        var agreed = QueryRetrieveNegotiation.Of(association.Info.ExtendedNegotiations, request.SopClassUid);
        if (wanted.Relational && !agreed.Relational) terminal.Complain("the peer does not agree to relational queries; asked all the same");
        if (wanted.FuzzyMatching && !agreed.FuzzyMatching) terminal.Complain("the peer does not agree to matching names by meaning; asked all the same");
        output.Begin();
        try
        {
            await foreach (var match in association.FindAsync(request, cancel))
            {
                output.Add(match);
                if (output.Count == limit) break;
            }
        }
        finally
        {
            // What has come is shown, whatever ended it.
            output.End();
        }
        await association.ReleaseAsync(cancel);
        return ExitCode.Done;
    }
}
