using System.Globalization;
using Isocenter.Network;

namespace Isocenter.Cli.Querying;

/// <summary>One line on stderr that counts the sub-operations of a retrieval, when a person watches.</summary>
internal sealed class RetrieveProgress(Terminal terminal) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long _start = terminal.Time.GetTimestamp();
    private long _last;
    private long _bytes;
    private int _width;

    /// <summary>An object has come.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Show(SubOperationProgress progress)
    {
        if (!terminal.IsInteractive || terminal.Time.GetElapsedTime(_last) < Pause) return;
        _last = terminal.Time.GetTimestamp();
        int done = progress.Completed + progress.Warning, all = done + progress.Failed + progress.Remaining;
        double megabytes = Interlocked.Read(ref _bytes) / 1e6, seconds = Math.Max(0.001, terminal.Time.GetElapsedTime(_start).TotalSeconds);
        string line = string.Create(CultureInfo.InvariantCulture, $"{done} of {all}{(progress.Failed > 0 ? $", {progress.Failed} failed" : "")}")
            + (megabytes > 0 ? string.Create(CultureInfo.InvariantCulture, $", {megabytes:0.0} MB, {megabytes / seconds:0.0} MB/s") : "");
        terminal.Error.Write("\r" + line.PadRight(_width));
        _width = line.Length;
    }

    public void Clear()
    {
        if (_width == 0) return;
        terminal.Error.Write("\r" + new string(' ', _width) + "\r");
        _width = 0;
    }

    public void Dispose() => Clear();
}
