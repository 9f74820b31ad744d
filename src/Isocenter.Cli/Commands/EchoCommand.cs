using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter echo HOST PORT</c>: is a DICOM peer there, and does it know us (C-ECHO)?</summary>
internal static class EchoCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var count = new Option<int>("--count", "-n") { Description = "Ask so many times on one association.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var interval = new Option<double>("--interval") { Description = "Pause between two, in seconds.", HelpName = "SECONDS", DefaultValueFactory = _ => 1 };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Tell what was negotiated, and the time of each answer." };
        count.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--count takes a number from 1"); });
        interval.Validators.Add(result => { if (result.GetValueOrDefault<double>() is not (>= 0 and <= 86400)) result.AddError("--interval takes seconds from 0 to 86400"); });
        var command = peer.CommandOf("echo", "Ask a peer whether it is there (C-ECHO).");
        command.Add(count);
        command.Add(interval);
        command.Add(verbose);
        command.SetAction((parsed, cancel) => RunAsync(terminal, peer.Read(parsed), parsed.GetValue(peer.Json), parsed.GetValue(verbose),
            parsed.GetValue(count), TimeSpan.FromSeconds(parsed.GetValue(interval)), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, AssociationOptions options, bool json, bool verbose, int count, TimeSpan interval, CancellationToken cancel)
    {
        var time = terminal.Time;
        long start = time.GetTimestamp();
        options = options with { PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))] };
        await using var association = await Association.ConnectAsync(options, cancel);
        var connected = time.GetElapsedTime(start);
        if (verbose && !json) Tell(terminal, association.Info, connected);
        var status = Status.Success;
        var answers = new List<double>(Math.Min(count, 1000));
        for (int i = 0; i < count && status.IsSuccess; i++)
        {
            if (i > 0) await Task.Delay(interval, time, cancel);
            long asked = time.GetTimestamp();
            status = await association.EchoAsync(cancel);
            answers.Add(time.GetElapsedTime(asked).TotalMilliseconds);
            if (count > 1 && !json) Write(terminal, $"{i + 1}: {status} after {answers[^1]:0.0} ms");
        }
        var elapsed = count == 1 ? time.GetElapsedTime(start) : connected;
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
                answers = answers.Select(ms => Math.Round(ms, 2)),
                implementation = association.Info.PeerImplementationVersionName,
                implementationClassUid = association.Info.PeerImplementationClassUid,
                maxPduLength = association.Info.PeerMaxPduLength,
            }));
        }
        else if (status.IsSuccess)
        {
            string who = association.Info.PeerImplementationVersionName is { Length: > 0 } name ? $" ({name})" : "";
            if (count == 1) Write(terminal, $"{options.CalledAETitle} at {options.Host}:{options.Port}{who} answers after {elapsed.TotalMilliseconds:0} ms");
            else Write(terminal, $"{options.CalledAETitle} at {options.Host}:{options.Port}{who} answers {count} times after {answers.Min():0.0} to {answers.Max():0.0} ms, {answers.Average():0.0} ms on average");
        }
        if (status.IsSuccess) return ExitCode.Done;
        terminal.Complain($"{options.CalledAETitle} answers {Advice.Of(status)}");
        return ExitCode.Failed;
    }

    private static void Tell(Terminal terminal, AssociationInfo info, TimeSpan connected)
    {
        Write(terminal, $"association  {info.CallingAETitle} → {info.CalledAETitle} at {info.RemoteEndPoint}, after {connected.TotalMilliseconds:0.0} ms");
        Write(terminal, $"peer         {info.PeerImplementationVersionName} ({info.PeerImplementationClassUid})");
        Write(terminal, $"longest PDU  {(info.PeerMaxPduLength == 0 ? "without limit" : $"{info.PeerMaxPduLength} bytes")}");
        Write(terminal, $"window       {info.MaxOperationsInvoked} operations at a time (0: without limit)");
        foreach (var context in info.PresentationContexts)
        {
            string name = UidDictionary.TryFind(context.AbstractSyntax.Value, out var entry) ? entry.Name : context.AbstractSyntax.Value;
            Write(terminal, $"context {context.Id,3}  {name}: {(context.IsAccepted ? context.TransferSyntax!.Name : $"refused, {context.Result}")}");
        }
    }

    private static void Write(Terminal terminal, FormattableString line) =>
        terminal.Output.WriteLine(Dump.Printable.Of(line.ToString(CultureInfo.InvariantCulture)));
}
