using System.Buffers.Binary;

namespace Isocenter.Codecs.JpegLs;

/// <summary>One component of a frame.</summary>
/// <param name="Id">Its identifier, which scans name it by.</param>
/// <param name="Horizontal">Relative horizontal sampling factor, 1 to 4.</param>
/// <param name="Vertical">Relative vertical sampling factor, 1 to 4.</param>
internal readonly record struct FrameComponent(byte Id, int Horizontal, int Vertical);

/// <summary>A scan header (ISO/IEC 14495-1 §C.2.3).</summary>
/// <param name="Components">Indices of its components in the frame.</param>
/// <param name="MappingTables">Identifier of the mapping table of each; 0 without.</param>
/// <param name="Near">NEAR.</param>
/// <param name="Interleave">ILV.</param>
/// <param name="PointTransform">Pt.</param>
/// <param name="Offset">Where the marker is, for messages.</param>
/// <param name="DataOffset">Where its entropy coded data begin.</param>
internal sealed record ScanHeader(
    int[] Components, byte[] MappingTables, int Near, JpegLsInterleave Interleave, int PointTransform, int Offset, int DataOffset);

/// <summary>Values that stand for the samples of a component (§C.2.4.1.2).</summary>
/// <param name="Width">Bytes of an entry, most significant first.</param>
/// <param name="Entries">The entries, one after the other.</param>
internal sealed record MappingTable(int Width, List<byte> Entries);

/// <summary>Walks the marker segments of a code stream and keeps what they set.</summary>
/// <remarks>Lenient where encoders are known to differ: fill bytes, a second SOI behind a SPIFF directory, scans that name
/// a component no frame has, a missing EOI.</remarks>
internal sealed class CodeStream
{
    private const string Codec = "JPEG-LS";
    private readonly Dictionary<byte, MappingTable> _mappingTables = [];

    /// <summary>Offset of the frame header; negative before it was met.</summary>
    public int FrameOffset { get; private set; } = -1;

    public int BitsPerSample { get; private set; }

    /// <summary>Rows; 0 when only a DNL segment after the first scan tells.</summary>
    public long Rows { get; private set; }

    public long Columns { get; private set; }

    public FrameComponent[] Components { get; private set; } = [];

    public JpegLsPreset Preset { get; private set; }

    /// <summary>True once a segment has set <see cref="Preset"/>.</summary>
    public bool HasPreset { get; private set; }

    public long RestartInterval { get; private set; }

    /// <summary>Colour transform of Hewlett-Packard's encoder (APP8 "mrfx"): 1, 2 or 3; 0 without.</summary>
    public int HpTransform { get; private set; }

    /// <summary>Colour space of the SPIFF header (ISO/IEC 10918-3 Table F.1); negative without one.</summary>
    public int SpiffColourSpace { get; private set; } = -1;

    /// <summary>Makes the error for damage at <paramref name="offset"/>.</summary>
    public static CodecException Error(string problem, long? offset, string? rule) =>
        new(Codec, problem, offset, rule is null ? null : $"ISO/IEC 14495-1 {rule}");

    /// <summary>Table <paramref name="id"/>, or an error at the scan that names it.</summary>
    public MappingTable MappingTableFor(byte id, int offset) => _mappingTables.TryGetValue(id, out var table)
        ? table
        : throw Error($"the scan uses mapping table {id}, which no segment before it has", offset, "§C.2.4.1.2");

    /// <summary>Reads segments up to and with the next scan header.</summary>
    /// <param name="data">The code stream.</param>
    /// <param name="position">Where to begin: 0, or a marker after a scan.</param>
    /// <returns>Null at EOI, or at the end of the data.</returns>
    public ScanHeader? ReadToScan(ReadOnlySpan<byte> data, int position)
    {
        if (position == 0)
        {
            if (data.Length < 2 || data[0] != 0xFF || data[1] != Markers.Soi)
                throw Error("the code stream does not begin with SOI", 0, "§C.1.1");
            position = 2;
        }
        while (true)
        {
            while (position + 1 < data.Length && data[position] == 0xFF && data[position + 1] == 0xFF) position++;
            if (position + 1 >= data.Length) return null;
            if (data[position] != 0xFF)
                throw Error($"a marker should be here, not 0x{data[position]:X2}", position, "§C.1.1");
            int marker = data[position + 1];
            if (marker == Markers.Eoi) return null;
            if (marker == Markers.Soi || Markers.IsRestart(marker))
            {
                position += 2;
                continue;
            }

            if (position + 4 > data.Length) throw Truncated(data, marker);
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[(position + 2)..]);
            if (length < 2) throw Error($"segment 0x{marker:X2} is {length} bytes long", position, "§C.1.1");
            if (position + 2 + length > data.Length) throw Truncated(data, marker);
            var body = data.Slice(position + 4, length - 2);
            int next = position + 2 + length;
            if (marker == Markers.Sos) return ReadScan(body, position, next);
            ReadSegment(marker, body, position);
            position = next;
        }
    }

    /// <summary>Looks behind the first scan for the number of lines, when the frame header left it open.</summary>
    public void FindRows(ReadOnlySpan<byte> data, int position)
    {
        while (position + 6 < data.Length)
        {
            int next = data[position..^1].IndexOf((byte)0xFF);
            if (next < 0) return;
            position += next;
            int marker = data[position + 1];
            if (marker == Markers.Dnl)
            {
                var body = data[(position + 4)..];
                int length = BinaryPrimitives.ReadUInt16BigEndian(data[(position + 2)..]) - 2;
                if (length is >= 2 and <= 4 && body.Length >= length) Rows = ReadNumber(body[..length]);
                return;
            }
            if (marker >= 0x80 && marker != 0xFF && !Markers.IsRestart(marker)) return;
            position++;
        }
    }

    private static CodecException Truncated(ReadOnlySpan<byte> data, int marker) =>
        Error($"the code stream ends within segment 0x{marker:X2}", data.Length, null);

    private void ReadSegment(int marker, ReadOnlySpan<byte> body, int offset)
    {
        switch (marker)
        {
            case Markers.Sof55:
                ReadFrame(body, offset);
                break;
            case Markers.Lse:
                ReadPreset(body, offset);
                break;
            case Markers.Dri:
                if (body.Length is < 2 or > 4) throw Error($"DRI has {body.Length} bytes, not 2 to 4", offset, "§C.2.5");
                RestartInterval = ReadNumber(body);
                break;
            case Markers.App8:
                ReadApplication8(body);
                break;
            case Markers.Sof57:
                throw Error("the extensions of ISO/IEC 14495-2 (SOF57) are not supported", offset, null);
            default:
                // APPn, COM, DNL and what nobody knows: length and all skipped.
                if (Markers.IsFrameOfJpeg(marker))
                    throw Error($"this is JPEG (SOF{marker & 15}), not JPEG-LS", offset, null);
                break;
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> body, int offset)
    {
        if (FrameOffset >= 0) throw Error("a second frame header", offset, "§C.1.1");
        if (body.Length < 6 || body.Length < 6 + 3 * body[5]) throw Error("the frame header is too short", offset, "§C.2.2");
        BitsPerSample = body[0];
        if (BitsPerSample is < 2 or > 16) throw Error($"a precision of {BitsPerSample} bits is outside 2 to 16", offset, "§C.2.2");
        // An LSE segment of large dimensions may have come first; then these are 0.
        int rows = BinaryPrimitives.ReadUInt16BigEndian(body[1..]), columns = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        if (rows != 0) Rows = rows;
        if (columns != 0) Columns = columns;
        if (body[5] == 0) throw Error("the frame has no component", offset, "§C.2.2");
        Components = new FrameComponent[body[5]];
        for (int i = 0; i < Components.Length; i++)
        {
            var one = body[(6 + 3 * i)..];
            Components[i] = new FrameComponent(one[0], one[1] >> 4, one[1] & 15);
            if (Components[i].Horizontal is < 1 or > 4 || Components[i].Vertical is < 1 or > 4)
                throw Error($"sampling factors {one[1] >> 4}×{one[1] & 15} are outside 1 to 4", offset, "§C.2.2");
        }
        FrameOffset = offset;
    }

    private ScanHeader ReadScan(ReadOnlySpan<byte> body, int offset, int dataOffset)
    {
        if (FrameOffset < 0) throw Error("a scan before any frame header", offset, "§C.1.1");
        int count = body.IsEmpty ? 0 : body[0];
        if (count == 0 || count > Components.Length || body.Length < 4 + 2 * count)
            throw Error($"a scan header of {body.Length} bytes for {count} of {Components.Length} components", offset, "§C.2.3");
        int[] components = new int[count];
        byte[] tables = new byte[count];
        for (int i = 0; i < count; i++)
        {
            byte id = body[1 + 2 * i];
            int index = Array.FindIndex(Components, component => component.Id == id);
            // Encoders exist that number components differently here: all of them, in order, can only be meant one way.
            if (index < 0 && count == Components.Length) index = i;
            if (index < 0) throw Error($"the scan names component {id}, which the frame has not", offset, "§C.2.3");
            if (Array.IndexOf(components, index, 0, i) >= 0)
                throw Error($"the scan names component {id} twice", offset, "§C.2.3");
            components[i] = index;
            tables[i] = body[2 + 2 * i];
        }
        var rest = body[(1 + 2 * count)..];
        if (rest[1] > 2) throw Error($"interleave mode {rest[1]} is none of 0, 1 and 2", offset, "§C.2.3");
        var interleave = count == 1 ? JpegLsInterleave.None : (JpegLsInterleave)rest[1];
        if (count > 1 && interleave == JpegLsInterleave.None)
            throw Error($"{count} components in a scan that is not interleaved", offset, "§C.2.3");
        return new ScanHeader(components, tables, rest[0], interleave, rest[2] & 15, offset, dataOffset);
    }

    /// <summary>An LSE segment (§C.2.4.1).</summary>
    private void ReadPreset(ReadOnlySpan<byte> body, int offset)
    {
        int id = body.IsEmpty ? 0 : body[0];
        switch (id)
        {
            case 1:
                if (body.Length < 11) throw Error("the preset coding parameters are too short", offset, "§C.2.4.1.1");
                HasPreset = true;
                Preset = new JpegLsPreset(
                    BinaryPrimitives.ReadUInt16BigEndian(body[1..]), BinaryPrimitives.ReadUInt16BigEndian(body[3..]),
                    BinaryPrimitives.ReadUInt16BigEndian(body[5..]), BinaryPrimitives.ReadUInt16BigEndian(body[7..]),
                    BinaryPrimitives.ReadUInt16BigEndian(body[9..]));
                break;
            case 2 or 3:
                ReadMappingTable(body, offset, continues: id == 3);
                break;
            case 4:
                int width = body.Length > 1 ? body[1] : 0;
                if (width is < 2 or > 4 || body.Length < 2 + 2 * width)
                    throw Error("the large dimensions do not fit their segment", offset, "§C.2.4.1.4");
                if (Rows == 0) Rows = ReadNumber(body.Slice(2, width));
                if (Columns == 0) Columns = ReadNumber(body.Slice(2 + width, width));
                break;
            default:
                throw Error($"an LSE segment of type {id}, which only ISO/IEC 14495-2 may know", offset, "§C.2.4.1");
        }
    }

    private void ReadMappingTable(ReadOnlySpan<byte> body, int offset, bool continues)
    {
        if (body.Length < 3 || body[1] == 0 || body[2] == 0)
            throw Error("a mapping table without identifier or entry width", offset, "§C.2.4.1.2");
        byte id = body[1];
        int width = body[2];
        if (!continues) _mappingTables[id] = new MappingTable(width, []);
        var table = MappingTableFor(id, offset);
        if (table.Width != width) throw Error($"mapping table {id} goes on with another width", offset, "§C.2.4.1.3");
        // No sample has an entry behind 2^16: what comes there is not kept, however many segments bring it.
        int room = (1 << 16) * width - table.Entries.Count;
        var entries = body[3..];
        table.Entries.AddRange(entries[..Math.Min(entries.Length, room)]);
    }

    private void ReadApplication8(ReadOnlySpan<byte> body)
    {
        if (body.Length >= 5 && body[..4].SequenceEqual("mrfx"u8)) HpTransform = body[4];
        // SPIFF: identifier (6) | version (2) | profile (1) | components (1) | rows (4) | columns (4) | colour space (1) …
        if (SpiffColourSpace < 0 && body.Length >= 30 && body[..6].SequenceEqual("SPIFF\0"u8)) SpiffColourSpace = body[18];
    }

    private static long ReadNumber(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        foreach (byte b in bytes) value = value << 8 | b;
        return value;
    }
}
