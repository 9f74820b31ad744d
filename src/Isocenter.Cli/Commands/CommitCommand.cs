using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Isocenter.Cli.Receiving;
using Isocenter.Cli.Services;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter commit HOST PORT WHAT…</c>: is it safe there (Storage Commitment, PS3.4 Annex J)?</summary>
internal static class CommitCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var what = new Argument<string[]>("WHAT")
        {
            Description = "Files, folders with all below them, or pairs of SOP Class and Instance UID such as CTImageStorage=1.2.3.",
            Arity = ArgumentArity.OneOrMore,
        };
        var listen = new Option<IPEndPoint?>("--listen") { Description = "Take the answer there as well: " + ListenAddress.Help + " The peer must know our AE title as a node at this port.", HelpName = "PORT", CustomParser = ListenAddress.Parse };
        var wait = new Option<double>("--wait") { Description = "Longest wait for the answer, in seconds.", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };
        wait.Validators.Add(result => { if (result.GetValueOrDefault<double>() is not (> 0 and <= 604800)) result.AddError("--wait takes seconds from 0 to 604800"); });
        var command = peer.CommandOf("commit", "Ask a peer to commit itself to keeping objects (Storage Commitment), and wait for what it answers.\n\n"
            + "The answer comes on the same association, or, with --listen, on one that the peer asks for. The exit code is 1 when it is not committed to all of them.");
        command.Add(what);
        command.Add(listen);
        command.Add(wait);
        command.SetAction(async (parsed, cancel) =>
        {
            var instances = ListedInstance.Find(parsed.GetRequiredValue(what), cancel);
            var result = await RunAsync(peer.Read(parsed), instances, parsed.GetValue(listen), TimeSpan.FromSeconds(parsed.GetValue(wait)), terminal.Time, cancel);
            return Write(terminal, parsed.GetValue(peer.Json), instances, result);
        });
        return command;
    }

    private static async Task<CommitmentResult> RunAsync(
        AssociationOptions options, List<ListedInstance> instances, IPEndPoint? listen, TimeSpan wait, TimeProvider time, CancellationToken cancel)
    {
        var transaction = Uid.New();
        var answer = new TaskCompletionSource<CommitmentResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var receive = StorageCommitment.Receive(result =>
        {
            if (result.TransactionUid == transaction) answer.TrySetResult(result);
        });
        var policy = new AcceptancePolicy { AbstractSyntaxes = [.. AcceptancePolicy.DefaultAbstractSyntaxes, StorageCommitment.SopClass], AcceptStorage = false };
        await using var server = listen is null ? null : new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [listen],
            OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
            OnEventReport = receive,
        });
        server?.Start();
        await using var association = await Association.ConnectAsync(options with
        {
            PresentationContexts = [new PresentationContextProposal(StorageCommitment.SopClass)],
            OnEventReport = receive,
        }, cancel);
        var accepted = await StorageCommitment.RequestAsync(association, transaction, [.. instances.Select(i => i.Reference)], cancel);
        if (!accepted.Status.IsSuccessOrWarning) throw new CommandException($"the peer does not take the request: {Advice.Of(accepted.Status)}");
        // Without a place to listen at, the end of the association is the end of hope.
        Task hope = server is null ? Task.WhenAny(answer.Task, association.Ended) : answer.Task;
        try
        {
            await hope.WaitAsync(wait, time, cancel);
        }
        catch (TimeoutException)
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"the peer took the request and did not answer within {wait.TotalSeconds:0.#} s")
                + (server is null ? "; it may answer on an association of its own only: --listen PORT" : "; does it know our AE title at the port we listen on?"));
        }
        if (!answer.Task.IsCompleted) throw new CommandException("the peer ended the association without an answer; --listen PORT takes it on another");
        if (!association.Ended.IsCompleted) await association.ReleaseAsync(cancel);
        return await answer.Task;
    }

    private static int Write(Terminal terminal, bool json, List<ListedInstance> instances, CommitmentResult result)
    {
        var failed = result.Failed.ToDictionary(f => f.Instance.SopInstanceUid, f => f.Reason);
        var committed = result.Committed.Select(c => c.SopInstanceUid).ToHashSet();
        int bad = 0;
        var lines = new List<object>();
        foreach (var instance in instances)
        {
            var uid = instance.Reference.SopInstanceUid;
            string? problem = failed.TryGetValue(uid, out var reason) ? reason.ToString() : committed.Contains(uid) ? null : "the answer does not mention it";
            if (problem is not null) bad++;
            if (json) lines.Add(new { name = instance.Name, sopInstanceUid = uid.Value, committed = problem is null, problem });
            else if (problem is not null) terminal.Complain($"{instance.Name} is not committed: {problem}");
        }
        if (json) terminal.Output.WriteLine(JsonSerializer.Serialize(new { transactionUid = result.TransactionUid.Value, committed = instances.Count - bad, failed = bad, instances = lines }));
        else terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{instances.Count - bad} of {instances.Count} committed"));
        return bad == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
