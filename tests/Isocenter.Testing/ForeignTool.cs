using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Isocenter.Testing;

/// <summary>Runs other people's programs against ours. A tool that is missing skips the test by name with the reason, or
/// fails it when <c>ISOCENTER_REQUIRE_INTEROP=1</c>, as in CI.</summary>
public static class ForeignTool
{
    /// <summary>Longest run of a tool, unless told otherwise.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The path of a tool on the PATH; skips or fails the running test when there is none.</summary>
    public static string Require(string name)
    {
        if (Find(name) is { } path) return path;
        string reason = $"{name} is not installed";
        if (Environment.GetEnvironmentVariable("ISOCENTER_REQUIRE_INTEROP") == "1")
            Assert.Fail(reason + ", and ISOCENTER_REQUIRE_INTEROP=1 demands it");
        Assert.Skip(reason);
        return "";
    }

    /// <summary>The path of a tool on the PATH, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a tool to its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it has been killed.</exception>
    public static async Task<ToolResult> RunAsync(string name, IEnumerable<string> arguments, TimeSpan? timeout = null,
        string? workingDirectory = null, CancellationToken cancel = default)
    {
        await using var tool = Start(name, arguments, workingDirectory);
        return await tool.WaitAsync(timeout ?? DefaultTimeout, cancel);
    }

    /// <summary>Starts a tool that stays, such as a server; disposing kills it.</summary>
    public static RunningTool Start(string name, IEnumerable<string> arguments, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(Require(name))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return new RunningTool(name, start);
    }

    /// <summary>A TCP port of the loopback interface that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until somebody listens on a port of the loopback interface.</summary>
    /// <exception cref="TimeoutException">Nobody did in time.</exception>
    public static async Task WaitForPortAsync(int port, TimeSpan? timeout = null, CancellationToken cancel = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout ?? TimeSpan.FromSeconds(20));
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                // Not yet. There is no event for "somebody listens": asking again is all one can do.
                try
                {
                    await Task.Delay(20, deadline.Token);
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    throw new TimeoutException($"nobody listens on port {port}");
                }
            }
        }
    }
}

/// <summary>What a tool said and how it ended.</summary>
public sealed record ToolResult(string Name, int ExitCode, string Output, string Error)
{
    /// <summary>Fails the running test, with all the tool said, when it did not end with 0.</summary>
    public ToolResult AssertSuccess()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} ended with {ExitCode}\n--- output\n{Output}\n--- error\n{Error}");
}

/// <summary>A tool that runs. Its output is collected, so that it never blocks on a full pipe.</summary>
public sealed class RunningTool : IAsyncDisposable
{
    private readonly string _name;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    internal RunningTool(string name, ProcessStartInfo start)
    {
        _name = name;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    /// <summary>It has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it has said so far on both channels.</summary>
    public string Said
    {
        get
        {
            lock (_output) lock (_error) return $"{_output}{_error}";
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; it has been killed.</exception>
    public async Task<ToolResult> WaitAsync(TimeSpan timeout, CancellationToken cancel = default)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Kill();
            throw new TimeoutException($"{_name} did not end within {timeout}: {Said}");
        }
        lock (_output) lock (_error) return new ToolResult(_name, _process.ExitCode, _output.ToString(), _error.ToString());
    }

    /// <summary>Kills it when it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _process.WaitForExitAsync(deadline.Token);
        }
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }
}
