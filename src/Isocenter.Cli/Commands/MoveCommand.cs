using System.CommandLine;
using Isocenter.Cli.Querying;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter move HOST PORT --to AET</c>: has a peer send objects to a third one (C-MOVE).</summary>
internal static class MoveCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var what = new RetrieveOptions();
        var destination = new Option<string>("--to") { Description = "AE title of the receiver, known to the peer.", HelpName = "TITLE", Required = true };
        var command = peer.CommandOf("move", "Have a peer send a patient's objects, a study, a series or an object to a third party (C-MOVE).");
        command.Add(destination);
        what.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string to = parsed.GetRequiredValue(destination);
            var model = what.Model(parsed, isMove: true);
            var options = peer.Read(parsed) with { PresentationContexts = [new PresentationContextProposal(model)] };
            await using var association = await Association.ConnectAsync(options, cancel);
            using var line = new RetrieveProgress(terminal);
            SubOperationProgress? last = null;
            await foreach (var progress in association.MoveAsync(new MoveRequest(model, what.Identifier(parsed), to), cancel))
            {
                last = progress;
                line.Show(progress);
            }
            await association.ReleaseAsync(cancel);
            line.Clear();
            return RetrieveOptions.Finish(terminal, last, "moved to", to, parsed.GetValue(peer.Json));
        });
        return command;
    }
}
