using System.CommandLine;
using System.Globalization;
using Isocenter.Server;
using Isocenter.Server.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter serve</c>: the archive, with DIMSE and HTTP in front of it.</summary>
internal static class ServeCommand
{
    /// <summary>SIGTERM drains and stops within 10 s; some of it is for closing the archive.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string?>("--data") { Description = "Folder of objects and index (default: ./data)", HelpName = "DIR" };
        var aet = new Option<string?>("--aet") { Description = "Our AE title (default: ISOCENTER)", HelpName = "TITLE" };
        var dicomPort = new Option<int?>("--dicom-port") { Description = "TCP port of DIMSE (default: 11112; 0 takes a free one)", HelpName = "PORT" };
        var httpPort = new Option<int?>("--http-port") { Description = "TCP port of HTTP (default: 8080; 0 takes a free one)", HelpName = "PORT" };
        var listen = new Option<string?>("--listen") { Description = "Address to listen on, for both (default: 127.0.0.1; * for all)", HelpName = "ADDRESS" };
        var config = new Option<string?>("--config") { Description = "Settings file (default: ./isocenter.json if it is there)", HelpName = "FILE" };
        var insecure = new Option<bool>("--insecure") { Description = "Listen beyond this machine although nothing controls who may come" };
        var command = new Command("serve", "Run the archive: receive, keep, find, give back, show.\n\n"
            + "Settings come from the file, then from environment variables (ISOCENTER__AET, ISOCENTER__DICOM__PORT, …), then from these options. "
            + "Known peers, such as destinations of C-MOVE, stand in the file: see 'isocenter node'.")
        {
            data, aet, dicomPort, httpPort, listen, config, insecure,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = SettingsReader.Read(parsed.GetValue(config), environment: null,
            [
                new("data", parsed.GetValue(data)),
                new("aet", parsed.GetValue(aet)),
                new("dicom:port", parsed.GetValue(dicomPort)?.ToString(CultureInfo.InvariantCulture)),
                new("http:port", parsed.GetValue(httpPort)?.ToString(CultureInfo.InvariantCulture)),
                new("dicom:address", parsed.GetValue(listen)),
                new("http:address", parsed.GetValue(listen)),
                new("insecure", parsed.GetValue(insecure) ? "true" : null),
            ]);
            return await RunAsync(settings, terminal, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServerSettings settings, Terminal terminal, CancellationToken cancel)
    {
        await using var server = await IsocenterServer.StartAsync(settings, LogTo, cancel);
        terminal.Output.WriteLine($"Isocenter is ready. AE title {settings.AETitle}, data in {settings.DataFolder}");
        terminal.Output.WriteLine($"  DICOM     {server.EndPoints.Dicom}");
        if (server.EndPoints.DicomTls is { } tls) terminal.Output.WriteLine($"  DICOM/TLS {tls}");
        terminal.Output.WriteLine($"  page      http://{server.EndPoints.Http}/");
        terminal.Output.WriteLine($"  DICOMweb  http://{server.EndPoints.Http}/dicom-web");
        if (settings.Insecure) terminal.Output.WriteLine("  INSECURE: nothing controls who may read and store");
        terminal.Output.Flush();

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancel.Register(() => stop.TrySetResult())) await stop.Task;
        terminal.Output.WriteLine("stopping ...");
        terminal.Output.Flush();
        await server.StopAsync(Grace);
        return ExitCode.Done;
    }

    private static void LogTo(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // Why it does not start is the command's answer, in one sentence.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
