using Isocenter.Cli.Dump;

namespace Isocenter.Cli.Editing;

/// <summary>One line on stderr that tells how far a command is, when a person watches. Gone when the command ends.</summary>
internal sealed class ProgressLine(Terminal terminal, int total, bool isWanted) : IDisposable
{
    /// <summary>Terminals are at least so wide.</summary>
    private const int Width = 78;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = isWanted && terminal.IsInteractive && total > 1;
    private long _last = terminal.Time.GetTimestamp();
    private int _count;
    private bool _isThere;

    /// <summary>Another file begins.</summary>
    public void Next(string name)
    {
        _count++;
        if (!_isShown || terminal.Time.GetElapsedTime(_last) < Pause) return;
        _last = terminal.Time.GetTimestamp();
        string line = $"{100L * _count / total,3} %  {_count} of {total}  {Printable.Of(name)}";
        terminal.Error.Write("\r" + (line.Length > Width ? line[..Width] : line.PadRight(Width)));
        _isThere = true;
    }

    /// <summary>Makes room for another line.</summary>
    public void Clear()
    {
        if (!_isThere) return;
        terminal.Error.Write("\r" + new string(' ', Width) + "\r");
        _isThere = false;
    }

    public void Dispose() => Clear();
}
