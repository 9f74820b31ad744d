using System.CommandLine;
using Isocenter.Cli.Sending;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter send HOST PORT PATH…</c>: files and folders to a peer (C-STORE).</summary>
internal static class SendCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders with all below them.", Arity = ArgumentArity.OneOrMore };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Tell of each object, not only of those with a problem." };
        var command = peer.CommandOf("send", "Send DICOM files to a peer (C-STORE).\n\n"
            + "They go in the transfer syntax they have; uncompressed ones are rewritten for a peer that takes Implicit VR only. "
            + "What is no DICOM file is reported: named itself it is a failure, met in a folder it is skipped. "
            + "The exit code is 1 when anything failed; the rest is sent all the same.");
        command.Add(paths);
        command.Add(verbose);
        command.SetAction(async (parsed, cancel) =>
        {
            var report = new SendReport(terminal, parsed.GetValue(peer.Json), parsed.GetValue(verbose));
            var items = SendSources.Find(parsed.GetRequiredValue(paths), report.Add, cancel);
            await SendProgress.RunAsync(terminal, peer.Read(parsed), items, report, cancel);
            return report.Finish();
        });
        return command;
    }
}
