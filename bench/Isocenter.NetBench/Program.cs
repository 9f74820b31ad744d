// The network alone, for a load generator on the other side or for ours: see Usage.
using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

const string Usage = """
    Isocenter.NetBench sink PORT               receives and drops; prints its highest memory at the end
    Isocenter.NetBench disk PORT FOLDER        receives into files, without sync
    Isocenter.NetBench send HOST PORT AET FOLDER ASSOCIATIONS [WINDOW]   sends all files of a folder, preloaded names only
    Isocenter.NetBench setup HOST PORT AET COUNT        associations set up and released, one after the other
    Isocenter.NetBench idle COUNT              memory of COUNT idle associations, both ends apart
    """;

return args switch
{
    ["sink", var port] => await ServeAsync(Port(port), null),
    ["disk", var port, var folder] => await ServeAsync(Port(port), folder),
    ["send", var host, var port, var aet, var folder, var n, .. var window] => await SendAsync(host, Port(port), aet, folder, Port(n), window is [var w] ? Port(w) : 1),
    ["setup", var host, var port, var aet, var count] => await SetUpAsync(host, Port(port), aet, Port(count)),
    ["idle", var count] => await IdleAsync(Port(count)),
    _ => Fail(),
};

static int Port(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

static int Fail()
{
    Console.Error.WriteLine(Usage);
    return 2;
}

static AssociationServerOptions Options(int port, string? folder) => new()
{
    EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
    OnStore = folder is null ? DropAsync : (context, cancel) => WriteAsync(folder, context, cancel),
    MaxAssociations = 100_000,
    MaxAssociationsPerPeer = 100_000,
    MaxPendingConnections = 100_000,
};

static async Task<int> ServeAsync(int port, string? folder)
{
    if (folder is not null) Directory.CreateDirectory(folder);
    await using var server = new AssociationServer(Options(port, folder));
    server.Start();
    var end = new TaskCompletionSource();
    using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        end.TrySetResult();
    });
    await end.Task;
    Console.WriteLine($"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
    return 0;
}

static async ValueTask<Status> DropAsync(StoreContext context, CancellationToken cancel)
{
    while (true)
    {
        var read = await context.DataSet.ReadAsync(cancel);
        context.DataSet.AdvanceTo(read.Buffer.End);
        if (read.IsCompleted) return Status.Success;
    }
}

static async ValueTask<Status> WriteAsync(string folder, StoreContext context, CancellationToken cancel)
{
    // Files on a local disk are written faster by the calling thread than by way of the thread pool.
    using var file = File.OpenHandle(Path.Combine(folder, context.SopInstanceUid.Value + ".dcm"), FileMode.Create, FileAccess.Write);
    var header = new ArrayBufferWriter<byte>(512);
    FileMetaInformation.Write(FileMetaInformation.Create(context.SopClassUid.Value, context.SopInstanceUid.Value, context.TransferSyntax), header);
    long offset = header.WrittenCount;
    RandomAccess.Write(file, header.WrittenSpan, 0);
    while (true)
    {
        var read = await context.DataSet.ReadAsync(cancel);
        foreach (var part in read.Buffer)
        {
            RandomAccess.Write(file, part.Span, offset);
            offset += part.Length;
        }
        context.DataSet.AdvanceTo(read.Buffer.End);
        if (read.IsCompleted) return Status.Success;
    }
}

static async Task<int> SendAsync(string host, int port, string aet, string folder, int associations, int window)
{
    string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    using var first = StoreRequest.FromPart10File(files[0]);
    var contexts = files.Select(file =>
    {
        using var request = StoreRequest.FromPart10File(file);
        return (request.SopClassUid, request.TransferSyntax);
    });
    var proposals = ProposalPlan.ForStorage(contexts)[0];
    int failed = 0;
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, associations).Select(i => Task.Run(async () =>
    {
        await using var association = await Association.ConnectAsync(new AssociationOptions
        {
            Host = host,
            Port = port,
            CalledAETitle = aet,
            PresentationContexts = proposals,
            MaxOperationsInvoked = (ushort)window,
            MaxSendPduLength = 1024 * 1024,
        });
        var going = new List<Task>();
        for (int f = i; f < files.Length; f += associations)
        {
            if (going.Count >= window) going.Remove(await Task.WhenAny(going));
            going.Add(SendOneAsync(association, files[f]));
        }
        await Task.WhenAll(going);
        await association.ReleaseAsync();
    })));
    double seconds = clock.Elapsed.TotalSeconds;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sent {files.Length} {seconds:F3} s {files.Length / seconds:F0}/s, {failed} failed"));
    return failed == 0 ? 0 : 1;

    async Task SendOneAsync(Association association, string file)
    {
        using var request = StoreRequest.FromPart10File(file);
        if (!(await association.StoreAsync(request)).IsSuccess) Interlocked.Increment(ref failed);
    }
}

static async Task<int> SetUpAsync(string host, int port, string aet, int count)
{
    var options = new AssociationOptions
    {
        Host = host,
        Port = port,
        CalledAETitle = aet,
        PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))],
    };
    for (int i = 0; i < 500; i++) await OnceAsync();
    var clock = Stopwatch.StartNew();
    for (int i = 0; i < count; i++) await OnceAsync();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} associations, {clock.Elapsed.TotalMilliseconds / count:F3} ms each"));
    return 0;

    async Task OnceAsync()
    {
        await using var association = await Association.ConnectAsync(options);
        await association.ReleaseAsync();
    }
}

static async Task<int> IdleAsync(int count)
{
    await using var server = new AssociationServer(Options(0, null));
    server.Start();
    long before = Memory();
    var options = new AssociationOptions
    {
        Port = server.EndPoints[0].Port,
        PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))],
    };
    var all = new List<Association>();
    for (int i = 0; i < count; i++)
    {
        all.Add(await Association.ConnectAsync(options));
        if (i % 10 == 0) await all[^1].EchoAsync();
    }
    Console.WriteLine($"{count} idle associations, both ends in this process: {(Memory() - before) >> 20} MiB more, {Memory() >> 20} MiB resident, managed {GC.GetTotalMemory(true) >> 20} MiB");
    foreach (var association in all) association.Abort();
    return 0;

    static long Memory()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
