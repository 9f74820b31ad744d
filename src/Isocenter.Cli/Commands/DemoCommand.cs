using System.CommandLine;
using System.Globalization;
using Isocenter.Cli.Sending;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter demo</c>: makes the synthetic study, into a folder or into a running server.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var folder = new Option<string?>("--out", "-o") { Description = "Write the study into this folder, which is made if need be.", HelpName = "DIR" };
        var address = new Option<string?>("--send", "-s") { Description = "Send the study to the server there (C-STORE).", HelpName = "HOST:PORT" };
        var command = new Command("demo", "Make a synthetic study: a head phantom as CT series and MR multi-frame, and a colour ultrasound loop.\n\n"
            + "Everything in it is computed. It is the same study each time, so that sending it twice does no harm.")
        {
            folder, address, peer.Calling, peer.Called, peer.Timeout, peer.Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(folder) is null && result.GetResult(address) is null) result.AddError("say where to: --out DIR or --send HOST:PORT");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            bool json = parsed.GetValue(peer.Json);
            string? target = parsed.GetValue(address), path = parsed.GetValue(folder);
            string host = "";
            int port = 0;
            if (target is not null && !PeerOptions.TryParseAddress(target, out host, out port))
                throw new UsageException($"'{target}' is not HOST:PORT, as localhost:11112");
            if (path is not null) Write(terminal, path, json && target is null, cancel);
            if (target is null) return ExitCode.Done;
            var items = DemoStudy.Create().Select(file => SendItem.FromMemory(file, NameOf(file.DataSet))).ToArray();
            var report = new SendReport(terminal, json, verbose: false);
            await SendProgress.RunAsync(terminal, new StoreQueueOptions { Peer = peer.Read(parsed, host, port) }, items, report, cancel);
            return report.Finish();
        });
        return command;
    }

    private static void Write(Terminal terminal, string folder, bool json, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        int count = 0;
        foreach (var file in DemoStudy.Create())
        {
            cancel.ThrowIfCancellationRequested();
            file.Save(Path.Combine(folder, NameOf(file.DataSet)));
            count++;
        }
        if (json) terminal.Output.WriteLine(System.Text.Json.JsonSerializer.Serialize(new { folder, objects = count }));
        else terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} objects written to {folder}"));
    }

    private static string NameOf(DataSet dataSet) =>
        string.Create(CultureInfo.InvariantCulture, $"{dataSet.Get<string>(Tags.Modality)}{dataSet.Get<int>(Tags.InstanceNumber):D4}.dcm");
}
