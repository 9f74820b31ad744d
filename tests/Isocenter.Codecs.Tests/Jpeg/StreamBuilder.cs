namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>Composes code streams by hand.</summary>
internal sealed class StreamBuilder
{
    private readonly List<byte> _bytes = [0xFF, 0xD8];

    public StreamBuilder Segment(int marker, params byte[] content)
    {
        _bytes.AddRange([0xFF, (byte)marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content]);
        return this;
    }

    public StreamBuilder Frame(int marker, int precision, int rows, int columns, params (byte Id, int Factors, int Table)[] components) =>
        Segment(marker, [(byte)precision, (byte)(rows >> 8), (byte)rows, (byte)(columns >> 8), (byte)columns, (byte)components.Length,
            .. components.SelectMany(c => new[] { c.Id, (byte)c.Factors, (byte)c.Table })]);

    /// <summary>A Huffman table; <paramref name="symbols"/> by length of code from 1 on.</summary>
    public StreamBuilder Huffman(int tableClass, int index, params byte[][] symbols)
    {
        var counts = new byte[16];
        for (int i = 0; i < symbols.Length; i++) counts[i] = (byte)symbols[i].Length;
        return Segment(0xC4, [(byte)(tableClass << 4 | index), .. counts, .. symbols.SelectMany(s => s)]);
    }

    public StreamBuilder Scan(int start, int end, int bits, params (byte Id, int Tables)[] components) =>
        Segment(0xDA, [(byte)components.Length, .. components.SelectMany(c => new[] { c.Id, (byte)c.Tables }), (byte)start, (byte)end, (byte)bits]);

    public StreamBuilder Data(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Bits as text, the last byte completed with ones; 0xFF is stuffed.</summary>
    public StreamBuilder Bits(string bits)
    {
        bits = bits.Replace(" ", "", StringComparison.Ordinal);
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        for (int i = 0; i < bits.Length; i += 8)
        {
            byte value = Convert.ToByte(bits.Substring(i, 8), 2);
            _bytes.Add(value);
            if (value == 0xFF) _bytes.Add(0);
        }
        return this;
    }

    public byte[] ToArray() => [.. _bytes, 0xFF, 0xD9];
}
