using System.CommandLine;
using Isocenter.Cli.Sending;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter send HOST PORT PATH…</c>: files, folders and ZIP files to a peer (C-STORE).</summary>
internal static class SendCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var paths = new Argument<string[]>("PATH") { Description = "Files, folders and ZIP files with all that is in them.", Arity = ArgumentArity.ZeroOrMore };
        var associations = new Option<int>("--jobs", "-j") { Description = "Associations at a time.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var window = new Option<ushort>("--window") { Description = "Objects under way on one association, when the peer agrees.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var retries = new Option<int>("--retries") { Description = "How often an object is sent again when its association is lost or the peer is out of resources (0xA7xx, 0x0213), after pauses that grow.", HelpName = "N", DefaultValueFactory = _ => 2 };
        var wait = new Option<bool>("--wait") { Description = "Try again also when nobody answers at all." };
        var asIs = new Option<bool>("--as-is") { Description = "Send objects in the transfer syntax they have, or not at all." };
        var failed = new Option<string?>("--failed")
        {
            Description = "Write the paths of what was not sent into FILE; without PATH, send what is in it. When all is sent there is no FILE.",
            HelpName = "FILE",
        };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Tell of each object, not only of those with a problem." };
        var command = peer.CommandOf("send", "Send DICOM files to a peer (C-STORE).\n\n"
            + "They go in the transfer syntax they have; for a peer that does not take it they are brought into an uncompressed one. "
            + "What is no DICOM file is reported: named itself it is a failure, met in a folder it is skipped. "
            + "The exit code is 1 when anything failed; the rest is sent all the same.");
        foreach (var option in new Option[] { associations, window, retries, wait, asIs, failed, verbose }) command.Add(option);
        command.Add(paths);
        associations.Validators.Add(result => { if (result.GetValueOrDefault<int>() is < 1 or > 256) result.AddError("--jobs takes a number from 1 to 256"); });
        retries.Validators.Add(result => { if (result.GetValueOrDefault<int>() is < 0 or > 1000) result.AddError("--retries takes a number from 0 to 1000"); });
        window.Validators.Add(result => { if (result.GetValueOrDefault<ushort>() is < 1 or > 256) result.AddError("--window takes a number from 1 to 256"); });
        command.Validators.Add(result =>
        {
            if (result.GetResult(paths) is not { Tokens.Count: > 0 } && result.GetResult(failed) is null) result.AddError("say what to send: PATH, or --failed FILE to send what failed before");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            string? listPath = parsed.GetValue(failed);
            string[] what = parsed.GetValue(paths) is { Length: > 0 } named ? named : FailedList.Read(listPath!);
            var list = listPath is null ? null : new FailedList(listPath, terminal.Time);
            var report = new SendReport(terminal, parsed.GetValue(peer.Json), parsed.GetValue(verbose), list);
            var items = SendSources.Find(what, report.Add, parsed.GetValue(asIs), cancel);
            list?.Begin(items);
            var options = new StoreQueueOptions
            {
                Peer = peer.Read(parsed) with { MaxOperationsInvoked = parsed.GetValue(window) },
                Associations = parsed.GetValue(associations),
                MaxAttempts = 1 + parsed.GetValue(retries),
                WaitForPeer = parsed.GetValue(wait),
                RetryStatus = IsForTheMoment,
            };
            try
            {
                await SendProgress.RunAsync(terminal, options, items, report, cancel);
            }
            finally
            {
                list?.Write();
            }
            return report.Finish();
        });
        return command;
    }

    /// <summary>Refused for want of resources (PS3.4 Table B.2-1, PS3.7 §C.5.22): it may be better in a while.</summary>
    private static bool IsForTheMoment(Status status) => (status.Code & 0xFF00) == 0xA700 || status == Status.ResourceLimitation;
}
