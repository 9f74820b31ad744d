using System.Text;
using Isocenter.Network;

namespace Isocenter.Cli.Sending;

/// <summary>The file that holds what has not been sent: a path on each line, reasons as comments (#) above. While the sending
/// goes on it holds all that may be left, so that it can be resumed after whatever happens.</summary>
internal sealed class FailedList(string path, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, string?> _left = [];
    private readonly List<string> _order = [];
    private long _written;

    /// <summary>The paths in a list that was written before.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static string[] Read(string path) =>
        [.. File.ReadLines(path, Encoding.UTF8).Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>Writes the list with everything in it.</summary>
    public void Begin(IEnumerable<StoreItem> items)
    {
        foreach (var item in items) Add(item.Name, "not sent");
        Write();
    }

    /// <summary>Takes what was stored off the list.</summary>
    public void Note(SendOutcome outcome)
    {
        if (outcome.Result == SendResult.Skipped) return;
        if (outcome.Result == SendResult.Failed) Add(outcome.Name, outcome.Message);
        else _left.Remove(FullName(outcome.Name));
        if (time.GetElapsedTime(_written) > Pause) Write();
    }

    /// <summary>Writes the list as it is now. Empty, it is deleted.</summary>
    public void Write()
    {
        _written = time.GetTimestamp();
        if (_left.Count == 0)
        {
            File.Delete(path);
            return;
        }
        var text = new StringBuilder();
        foreach (string name in _order)
        {
            if (!_left.TryGetValue(name, out string? why)) continue;
            text.Append("# ").Append((why ?? "failed").ReplaceLineEndings(" ")).Append('\n').Append(name).Append('\n');
        }
        File.WriteAllText(path + ".part", text.ToString());
        File.Move(path + ".part", path, overwrite: true);
    }

    private void Add(string name, string? why)
    {
        string full = FullName(name);
        // A line cannot hold it.
        if (full.Contains('\n', StringComparison.Ordinal)) return;
        if (!_left.ContainsKey(full)) _order.Add(full);
        _left[full] = why;
    }

    /// <summary>The list is read again in another folder, perhaps.</summary>
    private static string FullName(string name) => Path.GetFullPath(name);
}
