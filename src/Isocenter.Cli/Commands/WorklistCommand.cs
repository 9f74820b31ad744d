using System.CommandLine;
using Isocenter.Cli.Querying;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter worklist HOST PORT KEY…</c>: what is to be done (Modality Worklist, PS3.4 Annex K).</summary>
internal static class WorklistCommand
{
    // What a table shows of a scheduled procedure step.
    private static readonly string[] Columns =
    [
        "ScheduledProcedureStepSequence.ScheduledProcedureStepStartDate", "ScheduledProcedureStepSequence.ScheduledProcedureStepStartTime",
        "ScheduledProcedureStepSequence.Modality", "ScheduledProcedureStepSequence.ScheduledStationAETitle", "PatientName", "PatientID",
        "AccessionNumber", "RequestedProcedureDescription",
    ];

    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var keys = new Argument<string[]>("KEY")
        {
            Description = "What to look for, as PatientID=4711 or ScheduledProcedureStepSequence.ScheduledProcedureStepLocation=R1; a name without a value is only returned.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var station = new Option<string?>("--station") { Description = "Steps scheduled for the modality of this AE title.", HelpName = "TITLE" };
        var modality = new Option<string?>("--modality", "-m") { Description = "Steps of this modality.", HelpName = "CT|MR|…" };
        var date = new Option<string?>("--date") { Description = "Steps of a day or of days, as 20250102 or 20250102-20250109.", HelpName = "DATE" };
        var limit = new Option<int>("--limit") { Description = "Stop the peer after so many (C-CANCEL).", HelpName = "N" };
        var csv = new Option<bool>("--csv") { Description = "Write the answer as comma-separated values." };
        var command = peer.CommandOf("worklist", "Ask a peer which procedure steps are scheduled (Modality Worklist C-FIND).\n\n"
            + "With --json the answer has all attributes that a modality usually asks for.");
        command.Add(keys);
        foreach (var option in new Option[] { station, modality, date, limit, csv }) command.Add(option);
        command.SetAction(async (parsed, cancel) =>
        {
            var asked = new List<QueryKey>();
            Add("ScheduledStationAETitle", parsed.GetValue(station));
            Add("Modality", parsed.GetValue(modality));
            Add("ScheduledProcedureStepStartDate", parsed.GetValue(date));
            asked.AddRange((parsed.GetValue(keys) ?? []).Select(QueryKey.Parse));
            var identifier = ModalityWorklist.Keys();
            foreach (var key in asked) key.AddTo(identifier);
            var columns = MatchTable.Columns(null, [.. Columns.Select(QueryKey.Parse), .. asked]);
            var output = new MatchOutput(terminal, columns, parsed.GetValue(peer.Json) ? MatchFormat.Json : parsed.GetValue(csv) ? MatchFormat.Csv : MatchFormat.Table);
            await using var association = await Association.ConnectAsync(
                peer.Read(parsed) with { PresentationContexts = [new PresentationContextProposal(ModalityWorklist.SopClass)] }, cancel);
            output.Begin();
            try
            {
                await foreach (var match in association.FindAsync(new FindRequest(ModalityWorklist.SopClass, identifier), cancel))
                {
                    output.Add(match);
                    if (output.Count == parsed.GetValue(limit)) break;
                }
            }
            finally
            {
                output.End();
            }
            await association.ReleaseAsync(cancel);
            return ExitCode.Done;

            void Add(string keyword, string? value)
            {
                if (value is not null) asked.Add(QueryKey.Parse($"ScheduledProcedureStepSequence.{keyword}={value}"));
            }
        });
        return command;
    }
}
