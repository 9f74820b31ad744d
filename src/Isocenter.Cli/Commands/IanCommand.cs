using System.CommandLine;
using Isocenter.Cli.Services;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter ian HOST PORT PATH…</c>: tells a peer what can be had where (Instance Availability Notification, PS3.4 Annex R).</summary>
internal static class IanCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders with all below them: the objects to tell of.", Arity = ArgumentArity.OneOrMore };
        var from = new Option<string?>("--retrieve-from") { Description = "AE title where the objects can be retrieved (default: ours).", HelpName = "TITLE" };
        var availability = new Option<string>("--availability") { Description = "How fast they can be had.", HelpName = "ONLINE|NEARLINE|OFFLINE|UNAVAILABLE", DefaultValueFactory = _ => "ONLINE" };
        availability.AcceptOnlyFromAmong("ONLINE", "NEARLINE", "OFFLINE", "UNAVAILABLE");
        var command = peer.CommandOf("ian", "Tell a peer which objects are available (Instance Availability Notification), one notification for each study.");
        command.Add(paths);
        command.Add(from);
        command.Add(availability);
        command.SetAction(async (parsed, cancel) =>
        {
            var options = peer.Read(parsed);
            var instances = ListedInstance.Find(parsed.GetRequiredValue(paths), cancel);
            if (instances.Find(i => i.Study is null || i.Series is null) is { } lost) throw new CommandException($"{lost.Name} has no study and series");
            await using var association = await Association.ConnectAsync(
                options with { PresentationContexts = [new PresentationContextProposal(InstanceAvailability.SopClass)] }, cancel);
            int exit = ExitCode.Done;
            foreach (var study in instances.GroupBy(i => i.Study!))
            {
                var notification = InstanceAvailability.Notification(study.Key, study.Select(i => (i.Series!, i.Reference)),
                    parsed.GetValue(from) ?? options.CallingAETitle, parsed.GetValue(availability)!);
                var answer = await InstanceAvailability.NotifyAsync(association, notification, cancel);
                exit = Math.Max(exit, NormalizedOutput.Write(terminal, parsed.GetValue(peer.Json), answer, $"tells of study {study.Key}", null));
            }
            await association.ReleaseAsync(cancel);
            return exit;
        });
        return command;
    }
}
