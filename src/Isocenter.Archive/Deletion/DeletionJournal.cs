using System.Text.Json;

namespace Isocenter.Archive;

/// <summary>What a line of the record of deletions says.</summary>
internal enum DeletionAct
{
    /// <summary>Objects are deleted.</summary>
    Delete,
    /// <summary>The deletion is undone.</summary>
    Restore,
    /// <summary>It cannot be undone any more: the files go.</summary>
    Purge,
}

/// <summary>What was deleted and restored, a line of JSON each, in a file beside the objects: the index can be made anew from
/// the files, and deleted ones must not come back with it (docs/formats/deletions.md).</summary>
internal sealed class DeletionJournal(string folder)
{
    private readonly JsonLines _lines = new(folder, "deletions.jsonl");

    /// <summary>One line. Objects are those of a deletion; End: bytes of the file up to and with this line.</summary>
    internal sealed record Line(DeletionAct Act, long Key, DateTimeOffset At, string Who, string Reason, IReadOnlyList<ObjectId> Objects, long End, string? Rejection = null);

    /// <summary>The whole lines behind <paramref name="offset"/>.</summary>
    public IEnumerable<Line> ReadFrom(long offset)
    {
        foreach (var (json, end) in _lines.ReadFrom(offset))
        {
            if (TryParse(json, end) is { } line) yield return line;
        }
    }

    /// <summary>The files that are deleted now, with the number of the deletion, by the first half of their names.</summary>
    public Dictionary<long, long> Deleted()
    {
        var deleted = new Dictionary<long, long>();
        foreach (var line in ReadFrom(0))
        {
            if (line.Act == DeletionAct.Delete)
            {
                foreach (var id in line.Objects) deleted[id.High] = line.Key;
            }
            if (line.Act != DeletionAct.Restore) continue;
            foreach (long id in deleted.Where(pair => pair.Value == line.Key).Select(pair => pair.Key).ToList()) deleted.Remove(id);
        }
        return deleted;
    }

    /// <summary>What was deleted and brought back, each with when.</summary>
    public IEnumerable<(IReadOnlyList<ObjectId> Objects, DateTimeOffset At)> Restored()
    {
        var deletions = new Dictionary<long, IReadOnlyList<ObjectId>>();
        foreach (var line in ReadFrom(0))
        {
            if (line.Act == DeletionAct.Delete) deletions[line.Key] = line.Objects;
            else if (line.Act == DeletionAct.Restore && deletions.Remove(line.Key, out var objects)) yield return (objects, line.At);
        }
    }

    /// <summary>Adds a line and brings it to disk.</summary>
    /// <returns>Bytes of the file now.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public long Append(DeletionAct act, long key, DateTimeOffset at, string who, string reason, IEnumerable<ObjectId> objects, string? rejection = null) => _lines.Append(json =>
    {
        json.WriteNumber(NameOf(act), key);
        json.WriteString("at", at);
        json.WriteString("who", who);
        if (act != DeletionAct.Delete) return;
        json.WriteString("reason", reason);
        if (rejection is not null) json.WriteString("rejection", rejection);
        json.WriteStartArray("objects");
        foreach (var id in objects) json.WriteStringValue(id.ToString());
        json.WriteEndArray();
    });

    private static string NameOf(DeletionAct act) => act switch
    {
        DeletionAct.Delete => "delete",
        DeletionAct.Restore => "restore",
        _ => "purge",
    };

    private static Line? TryParse(JsonElement root, long end)
    {
        try
        {
            var act = DeletionAct.Delete;
            JsonElement key;
            while (!root.TryGetProperty(NameOf(act), out key))
            {
                if (act++ == DeletionAct.Purge) return null;
            }
            bool isDeletion = act == DeletionAct.Delete;
            var objects = new List<ObjectId>();
            if (isDeletion)
            {
                foreach (var item in root.GetProperty("objects").EnumerateArray())
                {
                    if (ObjectId.TryParse(item.GetString(), out var id)) objects.Add(id);
                }
            }
            return new Line(act, key.GetInt64(), root.GetProperty("at").GetDateTimeOffset(), root.GetProperty("who").GetString() ?? "",
                isDeletion ? root.GetProperty("reason").GetString() ?? "" : "", objects, end,
                root.TryGetProperty("rejection", out var rejection) ? rejection.GetString() : null);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Somebody else's line: passed over, the others hold.
            return null;
        }
    }
}
