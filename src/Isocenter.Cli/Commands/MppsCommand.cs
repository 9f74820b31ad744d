using System.CommandLine;
using System.Globalization;
using Isocenter.Cli.Querying;
using Isocenter.Cli.Services;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter mpps create|set|complete|discontinue|get</c>: performed procedure steps (PS3.4 Annex F).</summary>
internal static class MppsCommand
{
    public static Command Create(Terminal terminal) => new("mpps", "Tell a peer what a modality is doing: Modality Performed Procedure Step.")
    {
        Begin(terminal),
        Change(terminal, "set", "Change attributes of a step that is in progress (N-SET).", null, "changed"),
        Change(terminal, "complete", "End a step: it is COMPLETED, and cannot be changed any more.", "COMPLETED", "completed"),
        Change(terminal, "discontinue", "Break a step off: it is DISCONTINUED, and cannot be changed any more.", "DISCONTINUED", "discontinued"),
        Get(terminal),
    };

    private static Argument<string[]> Attributes() => new("ATTRIBUTE")
    {
        Description = "Attributes as PatientID=4711, by keyword, tag or path.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static Command Begin(Terminal terminal)
    {
        var peer = new PeerOptions();
        var uid = new Option<string?>("--uid") { Description = "SOP Instance UID of the step (default: a new one).", HelpName = "UID" };
        var attributes = Attributes();
        var command = peer.CommandOf("create", "Begin a step (N-CREATE): it is IN PROGRESS.\n\n"
            + "What the standard wants and is not named gets a default: station, step ID, start date and time, modality OT, a new study.");
        command.Add(attributes);
        command.Add(uid);
        command.SetAction(async (parsed, cancel) =>
        {
            var options = peer.Read(parsed);
            var now = terminal.Time.GetLocalNow();
            var step = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PerformedProcedureStepStatus, "IN PROGRESS");
            foreach (string text in parsed.GetValue(attributes) ?? []) QueryKey.Parse(text).AddTo(step);
            Default(Tags.PerformedStationAETitle, options.CallingAETitle);
            Default(Tags.PerformedProcedureStepID, now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
            Default(Tags.PerformedProcedureStepStartDate, now.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
            Default(Tags.PerformedProcedureStepStartTime, now.ToString("HHmmss", CultureInfo.InvariantCulture));
            Default(Tags.Modality, "OT");
            // Type 2: present, though nobody knows it (PS3.4 Table F.7.2-1).
            foreach (var tag in (ReadOnlySpan<Tag>)[Tags.PatientName, Tags.PatientID, Tags.PatientBirthDate, Tags.PatientSex, Tags.PerformedStationName,
                Tags.PerformedLocation, Tags.PerformedProcedureStepDescription, Tags.PerformedProcedureTypeDescription, Tags.PerformedProcedureStepEndDate,
                Tags.PerformedProcedureStepEndTime, Tags.StudyID, Tags.ReferencedPatientSequence, Tags.ProcedureCodeSequence,
                Tags.PerformedProtocolCodeSequence, Tags.PerformedSeriesSequence])
                if (!step.Contains(tag)) QueryKey.Parse(tag.ToString().Trim('(', ')')).AddTo(step);
            var request = step.GetAll<DataSet>(Tags.ScheduledStepAttributesSequence) is [var first, ..] ? first : step.AddItem(Tags.ScheduledStepAttributesSequence);
            if (request.Get(Tags.StudyInstanceUID, "").Length == 0) request.Set(Tags.StudyInstanceUID, Uid.New().Value);
            var target = new NormalizedTarget(PerformedProcedureSteps.SopClass, UidOf(parsed.GetValue(uid)) ?? Uid.New());
            var answer = await RunAsync(options, PerformedProcedureSteps.SopClass, a => a.NCreateAsync(target, step, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, "is in progress", target.SopInstanceUid);

            void Default(Tag tag, string value)
            {
                if (step.Get(tag, "").Length == 0) step.SetText(tag, DataDictionary.VROf(tag), value);
            }
        });
        return command;
    }

    private static Command Change(Terminal terminal, string name, string description, string? status, string done)
    {
        var peer = new PeerOptions();
        var uid = new Argument<string>("UID") { Description = "SOP Instance UID of the step." };
        var attributes = Attributes();
        var command = peer.CommandOf(name, description);
        command.Add(uid);
        command.Add(attributes);
        command.SetAction(async (parsed, cancel) =>
        {
            var now = terminal.Time.GetLocalNow();
            var changes = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
            foreach (string text in parsed.GetValue(attributes) ?? []) QueryKey.Parse(text).AddTo(changes);
            if (status is not null)
            {
                changes.Set(Tags.PerformedProcedureStepStatus, status);
                if (!changes.Contains(Tags.PerformedProcedureStepEndDate)) changes.SetText(Tags.PerformedProcedureStepEndDate, VR.DA, now.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
                if (!changes.Contains(Tags.PerformedProcedureStepEndTime)) changes.SetText(Tags.PerformedProcedureStepEndTime, VR.TM, now.ToString("HHmmss", CultureInfo.InvariantCulture));
            }
            var target = new NormalizedTarget(PerformedProcedureSteps.SopClass, UidOf(parsed.GetValue(uid)));
            var answer = await RunAsync(peer.Read(parsed), PerformedProcedureSteps.SopClass, a => a.NSetAsync(target, changes, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, done, target.SopInstanceUid);
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        var peer = new PeerOptions();
        var uid = new Argument<string>("UID") { Description = "SOP Instance UID of the step." };
        var command = peer.CommandOf("get", "Show a step (N-GET), in the DICOM JSON Model.");
        command.Add(uid);
        command.SetAction(async (parsed, cancel) =>
        {
            var target = new NormalizedTarget(PerformedProcedureSteps.RetrieveSopClass, UidOf(parsed.GetValue(uid)));
            var answer = await RunAsync(peer.Read(parsed), PerformedProcedureSteps.RetrieveSopClass, a => a.NGetAsync(target, [], cancel), cancel);
            if (!answer.Status.IsSuccessOrWarning || answer.DataSet is null) return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, "", target.SopInstanceUid);
            NormalizedOutput.Write(terminal, answer.DataSet);
            return ExitCode.Done;
        });
        return command;
    }

    internal static async Task<NormalizedResponse> RunAsync(
        AssociationOptions options, Uid sopClass, Func<Association, Task<NormalizedResponse>> operation, CancellationToken cancel)
    {
        await using var association = await Association.ConnectAsync(options with { PresentationContexts = [new PresentationContextProposal(sopClass)] }, cancel);
        var answer = await operation(association);
        await association.ReleaseAsync(cancel);
        return answer;
    }

    /// <exception cref="UsageException">It is no UID.</exception>
    internal static Uid? UidOf(string? text) => text is null ? null
        : Uid.TryParseLenient(text, out var uid) ? uid : throw new UsageException($"'{text}' is not a UID");
}
