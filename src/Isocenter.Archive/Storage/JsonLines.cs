using System.Buffers;
using System.Text.Json;

namespace Isocenter.Archive;

/// <summary>A file of JSON lines that only grows: decisions of people, which the files of the objects do not hold. A line that a
/// crash cut off was never acknowledged and counts for nothing. Written by one at a time.</summary>
internal sealed class JsonLines(string folder, string name)
{
    private readonly string _path = Path.Combine(folder, name);

    /// <summary>The whole lines behind <paramref name="offset"/>, each with the bytes of the file up to and with it. What is no
    /// JSON is somebody else's and passed over.</summary>
    public IEnumerable<(JsonElement Line, long End)> ReadFrom(long offset)
    {
        if (!File.Exists(_path)) yield break;
        byte[] bytes = File.ReadAllBytes(_path);
        for (int at = (int)Math.Min(offset, bytes.Length); at < bytes.Length;)
        {
            int length = bytes.AsSpan(at).IndexOf((byte)'\n');
            if (length < 0) yield break;
            if (Parse(bytes.AsMemory(at, length)) is { } line) yield return (line, at + length + 1);
            at += length + 1;
        }
    }

    /// <summary>Adds a line and brings it to disk.</summary>
    /// <returns>Bytes of the file now.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public long Append(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        bool isNew = !File.Exists(_path);
        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.Position = EndOfLines(file);
        file.SetLength(file.Position);
        file.Write(buffer.WrittenSpan);
        file.Flush(flushToDisk: true);
        if (isNew) DiskSync.FlushDirectory(folder);
        return file.Length;
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
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
}
