using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter echo HOST PORT</c>: is a DICOM peer there, and does it know us (C-ECHO)?</summary>
internal static class EchoCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var command = peer.CommandOf("echo", "Ask a peer whether it is there (C-ECHO).");
        command.SetAction((parsed, cancel) => RunAsync(terminal, peer.Read(parsed), parsed.GetValue(peer.Json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, AssociationOptions options, bool json, CancellationToken cancel)
    {
        long start = terminal.Time.GetTimestamp();
        options = options with { PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))] };
        await using var association = await Association.ConnectAsync(options, cancel);
        var status = await association.EchoAsync(cancel);
        var elapsed = terminal.Time.GetElapsedTime(start);
        await association.ReleaseAsync(cancel);
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(new
            {
                host = options.Host,
                port = options.Port,
                aet = options.CalledAETitle,
                status = status.Code.ToString("X4", CultureInfo.InvariantCulture),
                milliseconds = Math.Round(elapsed.TotalMilliseconds, 1),
                implementation = association.Info.PeerImplementationVersionName,
            }));
        }
        else if (status.IsSuccess)
        {
            string who = association.Info.PeerImplementationVersionName is { Length: > 0 } name ? $" ({name})" : "";
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{options.CalledAETitle} at {options.Host}:{options.Port}{who} answers after {elapsed.TotalMilliseconds:0} ms"));
        }
        if (status.IsSuccess) return ExitCode.Done;
        terminal.Complain($"{options.CalledAETitle} answers {status}");
        return ExitCode.Failed;
    }
}
