using System.Buffers;
using System.Text.Json;

namespace Isocenter.Archive;

/// <summary>What was deleted and restored, a line of JSON each, in a file beside the objects: the index can be made anew from
/// the files, and deleted ones must not come back with it (docs/formats/deletions.md).</summary>
/// <remarks>Written by one at a time. A line that a crash cut off was never acknowledged and counts for nothing.</remarks>
internal sealed class DeletionJournal(string folder)
{
    private const string Name = "deletions.jsonl";
    private readonly string _path = Path.Combine(folder, Name);

    /// <summary>One line. Of a restoration there are no objects; End: bytes of the file up to and with this line.</summary>
    internal sealed record Line(bool IsDeletion, long Key, DateTimeOffset At, string Who, string Reason, IReadOnlyList<ObjectId> Objects, long End);

    /// <summary>The whole lines behind <paramref name="offset"/>.</summary>
    public IEnumerable<Line> ReadFrom(long offset)
    {
        if (!File.Exists(_path)) yield break;
        byte[] bytes = File.ReadAllBytes(_path);
        for (int at = (int)Math.Min(offset, bytes.Length); at < bytes.Length;)
        {
            int length = bytes.AsSpan(at).IndexOf((byte)'\n');
            if (length < 0) yield break;
            if (TryParse(bytes.AsMemory(at, length), at + length + 1) is { } line) yield return line;
            at += length + 1;
        }
    }

    /// <summary>The files that are deleted now, with the number of the deletion, by the first half of their names.</summary>
    public Dictionary<long, long> Deleted()
    {
        var deleted = new Dictionary<long, long>();
        foreach (var line in ReadFrom(0))
        {
            if (line.IsDeletion)
            {
                foreach (var id in line.Objects) deleted[id.High] = line.Key;
                continue;
            }
            foreach (long id in deleted.Where(pair => pair.Value == line.Key).Select(pair => pair.Key).ToList()) deleted.Remove(id);
        }
        return deleted;
    }

    /// <summary>Adds a line and brings it to disk.</summary>
    /// <returns>Bytes of the file now.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public long Append(bool isDeletion, long key, DateTimeOffset at, string who, string reason, IEnumerable<ObjectId> objects)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber(isDeletion ? "delete" : "restore", key);
            json.WriteString("at", at);
            json.WriteString("who", who);
            if (isDeletion)
            {
                json.WriteString("reason", reason);
                json.WriteStartArray("objects");
                foreach (var id in objects) json.WriteStringValue(id.ToString());
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        bool isNew = !File.Exists(_path);
        using (var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read))
        {
            file.Position = EndOfLines(file);
            file.SetLength(file.Position);
            file.Write(buffer.WrittenSpan);
            file.Flush(flushToDisk: true);
            if (isNew) DirectorySync.Flush(folder);
            return file.Length;
        }
    }

    /// <summary>Behind the last whole line: what a crash left behind it goes.</summary>
    private static long EndOfLines(FileStream file)
    {
        for (long at = file.Length; at > 0; at--)
        {
            file.Position = at - 1;
            if (file.ReadByte() == '\n') return at;
        }
        return 0;
    }

    private static Line? TryParse(ReadOnlyMemory<byte> text, long end)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            bool isDeletion = root.TryGetProperty("delete", out var key);
            if (!isDeletion && !root.TryGetProperty("restore", out key)) return null;
            var objects = new List<ObjectId>();
            if (isDeletion)
            {
                foreach (var item in root.GetProperty("objects").EnumerateArray())
                {
                    if (ObjectId.TryParse(item.GetString(), out var id)) objects.Add(id);
                }
            }
            return new Line(isDeletion, key.GetInt64(), root.GetProperty("at").GetDateTimeOffset(), root.GetProperty("who").GetString() ?? "",
                isDeletion ? root.GetProperty("reason").GetString() ?? "" : "", objects, end);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Somebody else's line: passed over, the others hold.
            return null;
        }
    }
}
