using System.CommandLine;
using System.Net;
using Isocenter.Cli.Proxying;
using Isocenter.Cli.Receiving;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter proxy --listen PORT --to HOST:PORT</c>: stands between two peers and tells what they say.</summary>
internal static class ProxyCommand
{
    public static Command Create(Terminal terminal)
    {
        var listen = new Option<IPEndPoint>("--listen", "-l") { Description = ListenAddress.Help, HelpName = "PORT", Required = true, CustomParser = ListenAddress.Parse };
        var to = new Option<string>("--to", "-t") { Description = "The peer that is meant.", HelpName = "HOST:PORT", Required = true };
        var showData = new Option<bool>("--show-data") { Description = "Show values of data sets. Without it names, numbers and dates, all that may be about a person, are lengths only." };
        var elements = new Option<int>("--elements") { Description = "Elements of a data set that are shown at most; 0 for none.", HelpName = "N", DefaultValueFactory = _ => 40 };
        var pdus = new Option<bool>("--pdus") { Description = "Show the header of each PDU too." };
        var json = new Option<bool>("--json") { Description = "A line of JSON for each event." };
        TlsListenOptions near = new();
        TlsCallOptions far = new("--to-tls");
        elements.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 0) result.AddError("--elements takes a number from 0"); });
        var command = new Command("proxy", "Stand between two DICOM peers and show what they say to each other, until Ctrl-C.\n\n"
            + "Connections to the port are passed on to the peer, byte for byte; association items, commands and the beginnings of data sets are shown on the way. "
            + "TLS passes too, but cannot be read, unless the proxy ends it: with --tls-cert it is what the requestor sees, with --to-tls it calls the peer over TLS.")
        {
            listen, to, showData, elements, pdus, json,
        };
        near.AddTo(command);
        far.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string address = parsed.GetRequiredValue(to);
            if (!PeerOptions.TryParseAddress(address, out string host, out int port)) throw new UsageException($"'{address}' is not HOST:PORT, as localhost:11112");
            var shown = new ShownDataSet(parsed.GetValue(showData), parsed.GetValue(elements));
            bool eachPdu = parsed.GetValue(pdus);
            Action<ProxyEvent> write = parsed.GetValue(json) ? new ProxyJson(terminal, eachPdu, shown).Write : new ProxyText(terminal, eachPdu, shown).Write;
            await using var proxy = new AssociationProxy(new AssociationProxyOptions
            {
                Listen = parsed.GetRequiredValue(listen),
                Host = host,
                Port = port,
                OnEvent = write,
                Tls = near.Read(parsed),
                PeerTls = far.Read(parsed),
                MaxDataSetBytes = parsed.GetValue(elements) == 0 ? 0 : 64 * 1024,
            });
            proxy.Start();
            terminal.Error.WriteLine($"listening on {proxy.EndPoint}, passing on to {host}:{port}");
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancel.Register(() => end.TrySetResult())) await end.Task;
            return ExitCode.Done;
        });
        return command;
    }
}
