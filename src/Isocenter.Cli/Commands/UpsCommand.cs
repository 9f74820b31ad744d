using System.CommandLine;
using System.Globalization;
using System.Net;
using Isocenter.Cli.Querying;
using Isocenter.Cli.Receiving;
using Isocenter.Cli.Services;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter ups …</c>: Unified Procedure Steps (PS3.4 Annex CC).</summary>
internal static class UpsCommand
{
    // What a table shows of a step.
    private static readonly string[] Columns =
    [
        "SOPInstanceUID", "ProcedureStepState", "ScheduledProcedureStepPriority", "ProcedureStepLabel",
        "ScheduledProcedureStepStartDateTime", "InputReadinessState", "PatientName", "PatientID",
    ];

    public static Command Create(Terminal terminal) => new("ups", "Work with Unified Procedure Steps: create, find, claim, finish, cancel, watch.")
    {
        Make(terminal), Get(terminal), Search(terminal), Update(terminal),
        State(terminal, "claim", "Take a scheduled step: it is IN PROGRESS. Keep the Transaction UID that is printed, it is needed to finish.", "IN PROGRESS", "is in progress"),
        State(terminal, "complete", "Finish a claimed step: it is COMPLETED.", "COMPLETED", "completed"),
        State(terminal, "abandon", "Break a claimed step off: it is CANCELED.", "CANCELED", "canceled"),
        RequestCancel(terminal),
        Subscription(terminal, "subscribe", 3, "Have the changes of a step told to an application entity; of all steps without a UID."),
        Subscription(terminal, "unsubscribe", 4, "End a subscription."),
        Watch(terminal),
    };

    private static Argument<string> Step() => new("UID") { Description = "SOP Instance UID of the step." };

    private static Argument<string[]> Attributes() => new("ATTRIBUTE") { Description = "Attributes as ProcedureStepLabel=Plan, by keyword, tag or path.", Arity = ArgumentArity.ZeroOrMore };

    private static Option<string?> Transaction() => new("--transaction") { Description = "Transaction UID with which the step was claimed.", HelpName = "UID" };

    private static NormalizedTarget Target(Uid context, Uid? uid) => new(UnifiedProcedureSteps.PushSopClass, uid) { AbstractSyntax = context };

    private static DataSet Read(IEnumerable<string>? attributes)
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (string text in attributes ?? []) QueryKey.Parse(text).AddTo(dataSet);
        return dataSet;
    }

    private static Command Make(Terminal terminal)
    {
        var (peer, attributes) = (new PeerOptions(), Attributes());
        var uid = new Option<string?>("--uid") { Description = "SOP Instance UID of the step (default: a new one).", HelpName = "UID" };
        var command = peer.CommandOf("create", "Schedule a step (N-CREATE). What the standard wants and is not named gets a default.");
        command.Add(attributes);
        command.Add(uid);
        command.SetAction(async (parsed, cancel) =>
        {
            var step = Read(parsed.GetValue(attributes));
            step.Set(Tags.ProcedureStepState, "SCHEDULED");
            if (!step.Contains(Tags.TransactionUID)) step.SetBytes(Tags.TransactionUID, VR.UI, []);
            foreach (var (tag, value) in new (Tag, string)[]
            {
                (Tags.ScheduledProcedureStepPriority, "MEDIUM"), (Tags.ProcedureStepLabel, "Unnamed"), (Tags.WorklistLabel, "WORKLIST"),
                (Tags.ScheduledProcedureStepStartDateTime, terminal.Time.GetLocalNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)),
                (Tags.InputReadinessState, "READY"),
            })
            {
                if (step.Get(tag, "").Length == 0) step.SetText(tag, DataDictionary.VROf(tag), value);
            }
            var target = Target(UnifiedProcedureSteps.PushSopClass, MppsCommand.UidOf(parsed.GetValue(uid)) ?? Uid.New());
            var answer = await MppsCommand.RunAsync(peer.Read(parsed), UnifiedProcedureSteps.PushSopClass, a => a.NCreateAsync(target, step, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, "scheduled", target.SopInstanceUid);
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        var (peer, uid) = (new PeerOptions(), Step());
        var command = peer.CommandOf("get", "Show a step (N-GET), in the DICOM JSON Model.");
        command.Add(uid);
        command.SetAction(async (parsed, cancel) =>
        {
            var target = Target(UnifiedProcedureSteps.PullSopClass, MppsCommand.UidOf(parsed.GetValue(uid)));
            var answer = await MppsCommand.RunAsync(peer.Read(parsed), UnifiedProcedureSteps.PullSopClass, a => a.NGetAsync(target, [], cancel), cancel);
            if (!answer.Status.IsSuccessOrWarning || answer.DataSet is null) return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, "", target.SopInstanceUid);
            NormalizedOutput.Write(terminal, answer.DataSet);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Search(Terminal terminal)
    {
        var (peer, keys) = (new PeerOptions(), Attributes());
        var csv = new Option<bool>("--csv") { Description = "Write the answer as comma-separated values." };
        var command = peer.CommandOf("search", "Find steps (C-FIND), as ProcedureStepState=SCHEDULED.");
        command.Add(keys);
        command.Add(csv);
        command.SetAction(async (parsed, cancel) =>
        {
            QueryKey[] usual = [.. Columns.Select(QueryKey.Parse)];
            QueryKey[] asked = [.. (parsed.GetValue(keys) ?? []).Select(QueryKey.Parse)];
            var identifier = QueryKeys.Identifier(null, [.. usual, .. asked]);
            var output = new MatchOutput(terminal, MatchTable.Columns(null, [.. usual, .. asked]),
                parsed.GetValue(peer.Json) ? MatchFormat.Json : parsed.GetValue(csv) ? MatchFormat.Csv : MatchFormat.Table);
            var model = UnifiedProcedureSteps.PullSopClass;
            await using var association = await Association.ConnectAsync(peer.Read(parsed) with { PresentationContexts = [new PresentationContextProposal(model)] }, cancel);
            output.Begin();
            try
            {
                await foreach (var match in association.FindAsync(new FindRequest(model, identifier), cancel)) output.Add(match);
            }
            finally
            {
                output.End();
            }
            await association.ReleaseAsync(cancel);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Update(Terminal terminal)
    {
        var (peer, uid, attributes, transaction) = (new PeerOptions(), Step(), Attributes(), Transaction());
        var command = peer.CommandOf("update", "Change attributes of a step (N-SET); one that is in progress needs --transaction.");
        command.Add(uid);
        command.Add(attributes);
        command.Add(transaction);
        command.SetAction(async (parsed, cancel) =>
        {
            var changes = Read(parsed.GetValue(attributes));
            if (MppsCommand.UidOf(parsed.GetValue(transaction)) is { } holder) changes.SetText(Tags.TransactionUID, VR.UI, holder.Value);
            var target = Target(UnifiedProcedureSteps.PullSopClass, MppsCommand.UidOf(parsed.GetValue(uid)));
            var answer = await MppsCommand.RunAsync(peer.Read(parsed), UnifiedProcedureSteps.PullSopClass, a => a.NSetAsync(target, changes, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, "changed", target.SopInstanceUid);
        });
        return command;
    }

    private static Command State(Terminal terminal, string name, string description, string state, string done)
    {
        var (peer, uid, transaction) = (new PeerOptions(), Step(), Transaction());
        bool claims = state == "IN PROGRESS";
        if (claims) transaction.Description = "Transaction UID to claim it with (default: a new one).";
        else transaction.Required = true;
        var command = peer.CommandOf(name, description);
        command.Add(uid);
        command.Add(transaction);
        command.SetAction(async (parsed, cancel) =>
        {
            var holder = MppsCommand.UidOf(parsed.GetValue(transaction)) ?? Uid.New();
            var information = new DataSet().Set(Tags.ProcedureStepState, state).SetText(Tags.TransactionUID, VR.UI, holder.Value);
            var target = Target(UnifiedProcedureSteps.PullSopClass, MppsCommand.UidOf(parsed.GetValue(uid)));
            var answer = await MppsCommand.RunAsync(peer.Read(parsed), UnifiedProcedureSteps.PullSopClass, a => a.NActionAsync(target, 1, information, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, done, target.SopInstanceUid, claims ? holder : null);
        });
        return command;
    }

    private static Command RequestCancel(Terminal terminal)
    {
        var (peer, uid) = (new PeerOptions(), Step());
        var reason = new Option<string?>("--reason") { Description = "Why, for the performer.", HelpName = "TEXT" };
        var command = peer.CommandOf("cancel", "Ask for a step to be canceled: one that is scheduled is canceled at once, the performer of one in progress is told.");
        command.Add(uid);
        command.Add(reason);
        command.SetAction(async (parsed, cancel) =>
        {
            var information = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
            if (parsed.GetValue(reason) is { } why) information.Set(Tags.ReasonForCancellation, why);
            var target = Target(UnifiedProcedureSteps.PushSopClass, MppsCommand.UidOf(parsed.GetValue(uid)));
            var answer = await MppsCommand.RunAsync(peer.Read(parsed), UnifiedProcedureSteps.PushSopClass, a => a.NActionAsync(target, 2, information, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, "asked to be canceled", target.SopInstanceUid);
        });
        return command;
    }

    private static Command Subscription(Terminal terminal, string name, ushort action, string description)
    {
        var peer = new PeerOptions();
        var uid = new Argument<string?>("UID") { Description = "SOP Instance UID of the step; none: all steps.", Arity = ArgumentArity.ZeroOrOne };
        var receiver = new Option<string?>("--receiver") { Description = "AE title to be told; the peer must know it as a node (default: ours).", HelpName = "TITLE" };
        var command = peer.CommandOf(name, description);
        command.Add(uid);
        command.Add(receiver);
        command.SetAction(async (parsed, cancel) =>
        {
            var options = peer.Read(parsed);
            var what = MppsCommand.UidOf(parsed.GetValue(uid)) ?? UnifiedProcedureSteps.GlobalSubscription;
            var answer = await MppsCommand.RunAsync(options, UnifiedProcedureSteps.WatchSopClass,
                a => SubscribeAsync(a, action, what, parsed.GetValue(receiver) ?? options.CallingAETitle, cancel), cancel);
            return NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, name + "d", what);
        });
        return command;
    }

    private static Task<NormalizedResponse> SubscribeAsync(Association association, ushort action, Uid what, string receiver, CancellationToken cancel) =>
        association.NActionAsync(Target(UnifiedProcedureSteps.WatchSopClass, what), action,
            new DataSet().SetText(Tags.ReceivingAE, VR.AE, receiver).Set(Tags.DeletionLock, "FALSE"), cancel);

    private static Command Watch(Terminal terminal)
    {
        var peer = new PeerOptions();
        var listen = new Option<IPEndPoint>("--listen") { Description = "Where the events come in: " + ListenAddress.Help, HelpName = "PORT", Required = true, CustomParser = ListenAddress.Parse };
        var count = new Option<int>("--count", "-n") { Description = "Stop after so many events (default: until interrupted).", HelpName = "N" };
        var command = peer.CommandOf("watch", "Subscribe to all steps and show each event as it comes. The peer must know our AE title as a node at the port of --listen.");
        command.Add(listen);
        command.Add(count);
        command.SetAction(async (parsed, cancel) =>
        {
            var options = peer.Read(parsed);
            int left = parsed.GetValue(count) is > 0 and var n ? n : int.MaxValue;
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var policy = new AcceptancePolicy { AbstractSyntaxes = [.. AcceptancePolicy.DefaultAbstractSyntaxes, UnifiedProcedureSteps.EventSopClass], AcceptStorage = false };
            var writing = new Lock();
            await using var server = new AssociationServer(new AssociationServerOptions
            {
                EndPoints = [parsed.GetValue(listen)!],
                OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
                OnEventReport = (context, _) =>
                {
                    lock (writing)
                    {
                        WriteEvent(terminal, context);
                        if (--left <= 0) enough.TrySetResult();
                    }
                    return ValueTask.FromResult<NormalizedResponse>(Status.Success);
                },
            });
            server.Start();
            var answer = await MppsCommand.RunAsync(options, UnifiedProcedureSteps.WatchSopClass,
                a => SubscribeAsync(a, 3, UnifiedProcedureSteps.GlobalSubscription, options.CallingAETitle, cancel), cancel);
            if (!answer.Status.IsSuccessOrWarning) return NormalizedOutput.Write(terminal, false, answer, "", null);
            await enough.Task.WaitAsync(cancel);
            await MppsCommand.RunAsync(options, UnifiedProcedureSteps.WatchSopClass,
                a => SubscribeAsync(a, 4, UnifiedProcedureSteps.GlobalSubscription, options.CallingAETitle, CancellationToken.None), CancellationToken.None);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteEvent(Terminal terminal, NormalizedContext context)
    {
        string what = context.EventTypeId switch
        {
            1 => $"is {context.DataSet?.Get(Tags.ProcedureStepState, "?")}",
            2 => $"is asked to be canceled by {context.DataSet?.Get(Tags.RequestingAE, "?")}",
            3 => "makes progress",
            4 => "the provider changes its status",
            5 => "is assigned",
            _ => string.Create(CultureInfo.InvariantCulture, $"event {context.EventTypeId}"),
        };
        terminal.Output.WriteLine(Dump.Printable.Of($"{context.SopInstanceUid} {what}"));
        terminal.Output.Flush();
    }
}
