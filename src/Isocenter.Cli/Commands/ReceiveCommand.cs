using System.CommandLine;
using System.Net;
using Isocenter.Cli.Pixels;
using Isocenter.Cli.Printing;
using Isocenter.Cli.Receiving;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter receive PORT</c>: takes what peers send (C-STORE as SCP) into a folder, or hands it to a program.</summary>
internal static class ReceiveCommand
{
    /// <summary>How long what is under way may go on after Ctrl-C.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(8);

    /// <summary>N-SET brings an image in one piece, and it is held: 8000 × 8000 pixels of 12 bits.</summary>
    private const int LongestPrintedImage = 128 << 20;

    public static Command Create(Terminal terminal)
    {
        var port = new Argument<IPEndPoint>("PORT") { Description = ListenAddress.Help, CustomParser = ListenAddress.Parse };
        var folder = new Option<string?>("--out", "-o") { Description = "Folder for the files, made if need be (default: the present one).", HelpName = "DIR" };
        var discard = new Option<bool>("--discard") { Description = "Drop what comes, to measure or to test a sender." };
        var program = new Option<string?>("--exec")
        {
            Description = "Program for each object, as 'dcm2img {} {}.png': {} is the file; without {} the file comes on standard input. "
                + "The sender is answered when it has ended: with 0x0110 unless it ended with 0. Without --out files are deleted then.",
            HelpName = "'CMD {}'",
        };
        var programs = new Option<int>("--exec-jobs") { Description = "Programs at a time.", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount };
        var programTime = new Option<double>("--exec-timeout") { Description = "Longest run of a program, in seconds.", HelpName = "SECONDS", DefaultValueFactory = _ => 600 };
        var called = new Option<string?>("--aet") { Description = "Our AE title: refuse who calls another one (default: any is taken).", HelpName = "TITLE" };
        var from = new Option<string[]>("--from") { Description = "Take from these calling AE titles only.", HelpName = "TITLE" };
        var syntaxes = new Option<string[]>("--syntax") { Description = "Take these transfer syntaxes only, by name or UID (default: all, also private ones).", HelpName = "NAME" };
        var unknown = new Option<bool>("--unknown") { Description = "Take SOP classes that are not in the standard too, as private ones." };
        var most = new Option<int>("--associations") { Description = "Most associations at a time.", HelpName = "N", DefaultValueFactory = _ => 64 };
        var size = new Option<double?>("--max-size") { Description = "Longest object, in MB.", HelpName = "MB" };
        var pdu = new Option<uint>("--pdu") { Description = "Longest PDU that senders may use, in bytes.", HelpName = "BYTES", DefaultValueFactory = _ => 256 * 1024 };
        var print = new Option<string?>("--print")
        {
            Description = "Be a printer too (Print Management, grey and colour): each film becomes a PNG in this folder, named by its print job.",
            HelpName = "DIR",
        };
        var dots = new Option<int>("--print-dpi") { Description = "Dots per inch of films.", HelpName = "N", DefaultValueFactory = _ => 150 };
        var count = new Option<int?>("--count") { Description = "End after so many objects, when their associations have ended.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "A line of JSON for each object." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Tell of each association and object." };
        var files = new FolderOptions();
        var security = new TlsListenOptions();
        var command = new Command("receive", "Receive DICOM objects from peers (C-STORE) into a folder, or through a program, until Ctrl-C.\n\n"
            + "Each object becomes a file named by its SOP Instance UID, byte for byte as it was sent; it gets its name when it is whole. "
            + "The exit code is 1 when an object could not be taken.")
        {
            port, folder, discard, program, programs, programTime, called, from, syntaxes, unknown, most, size, pdu, print, dots, count, json, verbose,
        };
        files.AddTo(command);
        security.AddTo(command);
        foreach (var number in new[] { programs, most }) AtLeastOne(number);
        dots.Validators.Add(result => { if (result.GetValueOrDefault<int>() is < 20 or > 400) result.AddError("--print-dpi takes a number from 20 to 400"); });
        count.Validators.Add(result => { if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--count takes a number from 1"); });
        size.Validators.Add(result => { if (result.GetValueOrDefault<double?>() is <= 0 or double.NaN) result.AddError("--max-size takes a number above 0"); });
        programTime.Validators.Add(result => { if (result.GetValueOrDefault<double>() is not (> 0 and <= 1e6)) result.AddError("--exec-timeout takes seconds above 0"); });
        pdu.Validators.Add(result => { if (result.GetValueOrDefault<uint>() is < 4096) result.AddError("--pdu takes a number from 4096"); });
        command.Validators.Add(result =>
        {
            bool drops = result.GetResult(discard) is { Implicit: false };
            if (drops && (result.GetResult(folder) is { Implicit: false } || result.GetResult(program) is { Implicit: false }))
                result.AddError("--discard goes with neither --out nor --exec");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            var report = new ReceiveReport(terminal, parsed.GetValue(json), parsed.GetValue(verbose));
            using var run = parsed.GetValue(program) is { } line
                ? new ReceivedProgram(ReceivedProgram.Split(line), parsed.GetValue(programs), TimeSpan.FromSeconds(parsed.GetValue(programTime)), report.Say)
                : null;
            string? temporary = run is not null && parsed.GetValue(folder) is null ? Directory.CreateTempSubdirectory("isocenter-").FullName : null;
            try
            {
                var into = parsed.GetValue(discard) ? null : files.Open(parsed, temporary ?? parsed.GetValue(folder) ?? ".");
                var sink = new ReceiveSink(into, run, isKept: temporary is null, report);
                string? title = parsed.GetValue(called);
                var policy = new AcceptancePolicy
                {
                    CalledAETitles = title is null ? [] : [title.Trim()],
                    CallingAETitles = [.. (parsed.GetValue(from) ?? []).Select(t => t.Trim())],
                    AbstractSyntaxes = [Uid.Parse(SopClasses.Verification)],
                    AcceptUnknownStorage = parsed.GetValue(unknown),
                    StorageTransferSyntaxes = [.. (parsed.GetValue(syntaxes) ?? []).Select(TransferSyntaxName.Parse)],
                };
                var tls = security.Read(parsed);
                var options = new AssociationServerOptions
                {
                    EndPoints = tls is null ? [parsed.GetValue(port)!] : [],
                    TlsEndPoints = tls is null ? [] : [parsed.GetValue(port)!],
                    Tls = tls,
                    MaxAssociations = parsed.GetValue(most),
                    MaxAssociationsPerPeer = parsed.GetValue(most),
                    MaxPduLength = parsed.GetValue(pdu),
                    MaxOperationsPerformed = 0,
                    OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
                    OnStore = sink.StoreAsync,
                };
                if (parsed.GetValue(print) is { } films)
                {
                    var printer = new PrintManagement(new FilmFolder(films, parsed.GetValue(dots), report.Say).PrintAsync);
                    policy = policy with { AbstractSyntaxes = [.. policy.AbstractSyntaxes, .. printer.Handlers.SelectMany(h => h.AbstractSyntaxes)] };
                    options = (options with { MaxIdentifierLength = LongestPrintedImage }).WithServices(printer.Handlers);
                }
                if (parsed.GetValue(size) is { } megabytes) options = options with { MaxDataSetLength = (long)(megabytes * 1e6) };
                return await RunAsync(terminal, options, report, parsed.GetValue(count), cancel);
            }
            finally
            {
                if (temporary is not null) Directory.Delete(temporary, recursive: true);
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, AssociationServerOptions options, ReceiveReport report, int? count, CancellationToken cancel)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new HashSet<long>();
        options = options with
        {
            OnEvent = e =>
            {
                report.OnEvent(e);
                lock (open)
                {
                    if (e.Kind == AssociationEventKind.Established) open.Add(e.Association.Id);
                    else if (IsEnd(e.Kind) && open.Remove(e.Association.Id) && open.Count == 0 && report.Stored + report.Failed >= count) end.TrySetResult();
                }
            },
        };
        await using var server = new AssociationServer(options);
        server.Start();
        terminal.Error.WriteLine($"listening on {string.Join(", ", [.. server.EndPoints.Select(e => $"{e}"), .. server.TlsEndPoints.Select(e => $"{e} (TLS)")])}");
        await using (cancel.Register(() => end.TrySetResult())) await end.Task;
        await server.StopAsync(Grace, CancellationToken.None);
        return report.Finish();
    }

    private static bool IsEnd(AssociationEventKind kind) => kind is AssociationEventKind.Released or AssociationEventKind.Aborted
        or AssociationEventKind.AbortedByPeer or AssociationEventKind.ConnectionLost or AssociationEventKind.ProtocolViolation or AssociationEventKind.Failed;

    private static void AtLeastOne(Option<int> option) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1) result.AddError($"{option.Name} takes a number from 1");
    });
}
