using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Dump;
using Isocenter.Network;

namespace Isocenter.Cli.Receiving;

/// <summary>Tells what comes in: a line for each object, a line that counts for a person who watches, and the sum.</summary>
internal sealed class ReceiveReport(Terminal terminal, bool json, bool verbose)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly long _start = terminal.Time.GetTimestamp();
    private long _lastStat;
    private long _bytes;
    private int _width;

    public int Stored { get; private set; }

    public int Failed { get; private set; }

    public int Associations { get; private set; }

    /// <summary>Writes a line to stderr.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            ClearStat();
            terminal.Error.WriteLine(Printable.Of(line));
        }
    }

    public void OnEvent(AssociationEvent e)
    {
        if (e.Kind == AssociationEventKind.Established)
        {
            lock (_lock) Associations++;
        }
        bool isTrouble = e.Kind is not (AssociationEventKind.Established or AssociationEventKind.Released);
        if (!verbose && !isTrouble) return;
        string who = e.Association.CallingAETitle.Length > 0 ? $"{e.Association.CallingAETitle} at {e.Association.RemoteEndPoint}" : $"{e.Association.RemoteEndPoint}";
        Say($"{who}: {e.Message}");
    }

    public void Add(StoreContext context, ReceivedObject received, long startedAt)
    {
        lock (_lock)
        {
            if (received.Status.IsSuccessOrWarning)
            {
                Stored++;
                _bytes += received.Length;
            }
            else
            {
                Failed++;
            }
            if (json) WriteJson(context, received, startedAt);
            else if (!received.Status.IsSuccess) SayHere($"{context.SopInstanceUid}: answered {received.Status}");
            else if (verbose) SayHere($"{received.Path ?? context.SopInstanceUid.Value}: {context.TransferSyntax.Name}, {received.Length} bytes from {context.Association.CallingAETitle}");
            Stat();
        }
    }

    /// <summary>Writes the sum.</summary>
    /// <returns>The exit code.</returns>
    public int Finish()
    {
        lock (_lock)
        {
            ClearStat();
            terminal.Output.Flush();
            string line = string.Create(CultureInfo.InvariantCulture, $"{Stored} received{(Failed > 0 ? $", {Failed} failed" : "")}; {_bytes / 1e6:0.0} MB over {Associations} {(Associations == 1 ? "association" : "associations")}");
            // Standard output holds JSON Lines and nothing else.
            if (json) terminal.Error.WriteLine(line);
            else terminal.Output.WriteLine(line);
            return Failed == 0 ? ExitCode.Done : ExitCode.Failed;
        }
    }

    private void SayHere(string line)
    {
        ClearStat();
        terminal.Error.WriteLine(Printable.Of(line));
    }

    private void Stat()
    {
        if (!terminal.IsInteractive || terminal.Time.GetElapsedTime(_lastStat) < Pause) return;
        _lastStat = terminal.Time.GetTimestamp();
        double seconds = Math.Max(0.001, terminal.Time.GetElapsedTime(_start).TotalSeconds);
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{Stored} objects{(Failed > 0 ? $", {Failed} failed" : "")}, {_bytes / 1e6:0.0} MB, {_bytes / 1e6 / seconds:0.0} MB/s");
        terminal.Error.Write("\r" + line.PadRight(_width));
        _width = line.Length;
    }

    private void ClearStat()
    {
        if (_width == 0) return;
        terminal.Error.Write("\r" + new string(' ', _width) + "\r");
        _width = 0;
    }

    private void WriteJson(StoreContext context, ReceivedObject received, long startedAt)
    {
        terminal.Output.WriteLine(JsonSerializer.Serialize(new
        {
            time = terminal.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            status = received.Status.Code.ToString("X4", CultureInfo.InvariantCulture),
            comment = received.Status.Comment,
            path = received.Path,
            sopClassUid = context.SopClassUid.Value,
            sopInstanceUid = context.SopInstanceUid.Value,
            transferSyntax = context.TransferSyntax.Uid.Value,
            bytes = received.Length,
            milliseconds = Math.Round(Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds, 2),
            calling = context.Association.CallingAETitle,
            called = context.Association.CalledAETitle,
            remote = context.Association.RemoteEndPoint?.ToString(),
            moveOriginator = context.MoveOriginatorAETitle,
        }, JsonText.Options));
        // Somebody may wait for the line.
        terminal.Output.Flush();
    }
}
