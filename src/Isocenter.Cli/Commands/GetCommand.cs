using System.CommandLine;
using Isocenter.Cli.Querying;
using Isocenter.Cli.Receiving;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter get HOST PORT --out DIR</c>: fetches objects into a folder (C-GET).</summary>
internal static class GetCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var what = new RetrieveOptions();
        var folder = new Option<string>("--out", "-o") { Description = "Folder for the files, made if need be.", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var command = peer.CommandOf("get", "Fetch a patient's objects, a study, a series or an object into a folder (C-GET).\n\n"
            + "Each becomes a file named by its SOP Instance UID, in the transfer syntax in which the peer sends it.");
        var files = new FolderOptions();
        command.Add(folder);
        what.AddTo(command);
        files.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string path = parsed.GetValue(folder)!;
            var into = files.Open(parsed, path);
            var options = peer.Read(parsed);
            var classes = await StorageClasses.OfStudyAsync(options, what.Study(parsed), cancel);
            var model = what.Model(parsed, isMove: false);
            options = options with { PresentationContexts = ProposalPlan.ForGet(model, classes, StorageClasses.TransferSyntaxes) };
            await using var association = await Association.ConnectAsync(options, cancel);
            using var line = new RetrieveProgress(terminal);
            var receiver = new Receiver(into, (_, received) => line.Add(received.Length));
            SubOperationProgress? last = null;
            await foreach (var progress in association.GetAsync(new GetRequest(model, what.Identifier(parsed)), receiver.StoreAsync, cancel))
            {
                last = progress;
                line.Show(progress);
            }
            await association.ReleaseAsync(cancel);
            line.Clear();
            foreach (string problem in receiver.Problems) terminal.Complain(problem);
            return RetrieveOptions.Finish(terminal, last, "fetched into", path, parsed.GetValue(peer.Json));
        });
        return command;
    }
}
