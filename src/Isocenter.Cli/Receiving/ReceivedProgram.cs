using System.Diagnostics;
using System.Globalization;
using System.Text;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Receiving;

/// <summary>Hands each object to a program: as a file whose path stands for {} in its arguments, or as a DICOM file on its
/// standard input when there is no {}. No shell is between, so that nothing an object says is taken for a command.</summary>
/// <remarks>At most so many run at a time; senders wait for their turn.</remarks>
internal sealed class ReceivedProgram(string[] words, int atATime, TimeSpan timeout, Action<string> say) : IDisposable
{
    private readonly SemaphoreSlim _running = new(atATime);

    /// <summary>Cuts a command line into words, at spaces outside of quotation marks; a backslash takes the next character
    /// as it is.</summary>
    /// <exception cref="UsageException">A quotation mark has no partner, or there is no word.</exception>
    public static string[] Split(string commandLine)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool isWord = false;
        char quote = '\0';
        for (int i = 0; i < commandLine.Length; i++)
        {
            char c = commandLine[i];
            if (c == '\\' && quote != '\'' && i + 1 < commandLine.Length) c = commandLine[++i];
            else if (quote == '\0' && c is '"' or '\'' && quote == '\0') { quote = c; isWord = true; continue; }
            else if (quote != '\0' && c == quote) { quote = '\0'; continue; }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isWord) words.Add(word.ToString());
                word.Clear();
                isWord = false;
                continue;
            }
            word.Append(c);
            isWord = true;
        }
        if (quote != '\0') throw new UsageException($"'{commandLine}': a {quote} has no partner");
        if (isWord) words.Add(word.ToString());
        return words.Count > 0 ? [.. words] : throw new UsageException("--exec needs a program");
    }

    /// <summary>Runs the program for one object.</summary>
    /// <returns>Success when it ended with 0, else 0x0110 with the reason.</returns>
    public async Task<Status> RunAsync(string path, StoreContext context, CancellationToken cancel)
    {
        await _running.WaitAsync(cancel);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        try
        {
            using var process = Process.Start(StartOf(path, context)) ?? throw new CommandException($"{words[0]} did not start");
            try
            {
                var talk = Task.WhenAll(Tell(process.StandardOutput), Tell(process.StandardError), FeedAsync(process, path, deadline.Token));
                await process.WaitForExitAsync(deadline.Token);
                await talk.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancel.ThrowIfCancellationRequested();
                return Status.ProcessingFailure.With(string.Create(CultureInfo.InvariantCulture, $"{words[0]} did not end within {timeout.TotalSeconds:0} s"));
            }
            return process.ExitCode == 0 ? Status.Success
                : Status.ProcessingFailure.With(string.Create(CultureInfo.InvariantCulture, $"{words[0]} ended with {process.ExitCode}"));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return Status.ProcessingFailure.With(e.Message);
        }
        finally
        {
            _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();

    private bool TakesPath => Array.Exists(words, word => word.Contains("{}", StringComparison.Ordinal));

    private ProcessStartInfo StartOf(string path, StoreContext context)
    {
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string word in words.Skip(1)) start.ArgumentList.Add(word.Replace("{}", path, StringComparison.Ordinal));
        start.Environment["ISOCENTER_CALLING_AET"] = context.Association.CallingAETitle;
        start.Environment["ISOCENTER_CALLED_AET"] = context.Association.CalledAETitle;
        start.Environment["ISOCENTER_SOP_CLASS"] = context.SopClassUid.Value;
        start.Environment["ISOCENTER_SOP_INSTANCE"] = context.SopInstanceUid.Value;
        start.Environment["ISOCENTER_TRANSFER_SYNTAX"] = context.TransferSyntax.Uid.Value;
        return start;
    }

    private async Task Tell(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line) say(line);
    }

    private async Task FeedAsync(Process process, string path, CancellationToken cancel)
    {
        try
        {
            await using var input = process.StandardInput.BaseStream;
            if (TakesPath) return;
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            await file.CopyToAsync(input, cancel);
        }
        catch (IOException)
        {
            // It does not want to read everything: its exit code says whether that is all right.
        }
    }
}
