using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>The real program, <c>isocenter serve</c>, as a process of its own on free ports.</summary>
internal sealed class IsocenterProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IsocenterProcess(Process process) => _process = process;

    public int DicomPort { get; private set; }

    public int HttpPort { get; private set; }

    public HttpClient Http { get; private set; } = null!;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public int Id => _process.Id;

    /// <summary>All it has said on both channels.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it and waits until it says where it listens.</summary>
    public static async Task<IsocenterProcess> StartAsync(string data, params string[] more)
    {
        string[] arguments = ["serve", "--data", data, "--dicom-port", "0", "--http-port", "0", .. more];
        if (!more.Contains("--config"))
        {
            // Not the settings of whoever runs the tests.
            string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(data))!, "empty.json");
            await File.WriteAllTextAsync(config, "{}", Cancel);
            arguments = [.. arguments, "--config", config];
        }
        var server = Launch(arguments);
        try
        {
            await server._ready.Task.WaitAsync(StartTimeout, Cancel);
        }
        catch (TimeoutException)
        {
            await server.DisposeAsync();
            throw new TimeoutException($"isocenter did not get ready: {server.Said}");
        }
        server.Http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.HttpPort}/")) };
        return server;
    }

    /// <summary>Runs another command of the program to its end.</summary>
    public static async Task<ToolResult> RunAsync(params string[] arguments)
    {
        await using var server = Launch(arguments);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(StartTimeout);
        await server._process.WaitForExitAsync(deadline.Token);
        return new ToolResult("isocenter", server.ExitCode, server.Said, "");
    }

    /// <summary>SIGKILL: no last words, nothing flushed by the program.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Cancel);
    }

    /// <summary>SIGTERM, and waits.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> TerminateAsync(TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        (await ForeignTool.RunAsync("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)], cancel: Cancel)).AssertSuccess();
        using var deadline = new CancellationTokenSource(timeout);
        await _process.WaitForExitAsync(deadline.Token);
        return watch.Elapsed;
    }

    /// <summary>Most memory it ever had, in MiB (VmHWM).</summary>
    public async Task<long> PeakMemoryAsync()
    {
        string[] status = await File.ReadAllLinesAsync($"/proc/{_process.Id}/status", Cancel);
        string kilobytes = status.Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
    }

    public Task<Association> ConnectAsync(params IReadOnlyList<PresentationContextProposal> contexts) => Association.ConnectAsync(new AssociationOptions
    {
        Port = DicomPort,
        CallingAETitle = "TESTER",
        CalledAETitle = "ISOCENTER",
        PresentationContexts = contexts,
    }, Cancel);

    /// <summary>STOW-RS of one file as it is.</summary>
    public async Task<HttpResponseMessage> StowAsync(HttpContent file, CancellationToken cancel)
    {
        using var content = new MultipartContent("related", "isocenter-interop-boundary");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
        content.Add(file);
        return await Http.PostAsync("dicom-web/studies", content, cancel);
    }

    /// <summary>The bytes of the stored data set, as they are.</summary>
    public async Task<byte[]> FetchDataSetAsync(string study, string series, string instance)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"dicom-web/studies/{study}/series/{series}/instances/{instance}");
        Assert.True(request.Headers.TryAddWithoutValidation("Accept", "application/dicom; transfer-syntax=*"));
        using var answer = await Http.SendAsync(request, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{request.RequestUri}: {answer.StatusCode}");
        byte[] file = await answer.Content.ReadAsByteArrayAsync(Cancel);
        return DataSetOf(file);
    }

    public Task<byte[]> FetchDataSetAsync(DataSet dataSet) =>
        FetchDataSetAsync(dataSet.Get<string>(Tags.StudyInstanceUID), dataSet.Get<string>(Tags.SeriesInstanceUID), dataSet.Get<string>(Tags.SOPInstanceUID));

    public async Task<IReadOnlyList<DataSet>> SearchAsync(string path)
    {
        using var answer = await Http.GetAsync("dicom-web/" + path, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return answer.StatusCode == System.Net.HttpStatusCode.NoContent ? [] : DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    /// <summary>What follows the File Meta Information.</summary>
    public static byte[] DataSetOf(byte[] file)
    {
        using var read = DicomFile.Read(file);
        return file[(int)read.DataSetOffset..];
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!_process.HasExited) _process.Kill();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _process.WaitForExitAsync(deadline.Token);
        _process.Dispose();
    }

    private static IsocenterProcess Launch(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "isocenter.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        var server = new IsocenterProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Hear(line.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said)
        {
            _said.AppendLine(line);
            if (line.StartsWith("  DICOM ", StringComparison.Ordinal)) DicomPort = PortIn(line);
            if (line.StartsWith("  DICOMweb ", StringComparison.Ordinal))
            {
                HttpPort = new Uri(line.Split(' ')[^1]).Port;
                _ready.TrySetResult();
            }
        }
    }

    private static int PortIn(string line) => int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
}
