namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Differences of the lossless process with arithmetic coding (T.81 §H.1.2.3, §H.2.3).</summary>
/// <remarks>What is likely depends on the differences to the left (Da) and above (Db), each of five classes: zero, small and
/// large, of either sign.</remarks>
internal ref struct ArithmeticDifferences : IDifferenceReader
{
    // Four states for each pair of classes, then twice 15 for categories of magnitude and 14 for the bits below
    // (Table H.3).
    private const int SmallMagnitudes = 100, LargeMagnitudes = 129, MagnitudeBits = 14, States = 158;

    private readonly JpegScan _scan;
    private readonly JpegTables _tables;
    private readonly byte[][] _states;
    private readonly int[][] _above;
    private readonly int[][] _left;
    private ArithmeticReader _reader;

    public ArithmeticDifferences(JpegScan scan, JpegTables tables, JpegFrame frame)
    {
        (_scan, _tables) = (scan, tables);
        foreach (int table in scan.DcTables)
            if (table > 3) throw JpegError.At(scan.DataStart, $"the scan uses table {table}, but the last is 3", "§B.2.3");
        _states = [.. Enumerable.Range(0, 4).Select(_ => new byte[States])];
        _above = [.. scan.Components.Select(c => new int[frame.McuColumns * c.Horizontal])];
        _left = [.. scan.Components.Select(c => new int[c.Vertical])];
    }

    public readonly bool IsOverrun => _reader.IsOverrun;

    public readonly int BytesRead => _reader.BytesRead;

    public void Restart(EntropySegment segment)
    {
        _reader = new ArithmeticReader(segment);
        foreach (byte[] states in _states) states.AsSpan().Clear();
        foreach (int[] above in _above) above.AsSpan().Clear();
    }

    public int ReadRow(scoped Span<ushort> differences)
    {
        int i = 0;
        for (int column = 0; i < differences.Length; column++)
            for (int index = 0; index < _scan.Components.Length; index++, i++)
                if (!TryRead(index, column, 0, out differences[i])) return i;
        return i;
    }

    public bool TryRead(int index, int column, int row, out ushort difference)
    {
        int table = _scan.DcTables[index];
        var states = _states[table].AsSpan();
        var (lower, upper) = _tables.DcConditioning[table];
        ref int left = ref _left[index][row];
        ref int above = ref _above[index][column];
        if (column == 0) left = 0;

        int at = 4 * (5 * Class(left, lower, upper) + Class(above, lower, upper)), value = 0;
        difference = 0;
        if (_reader.Decode(ref states[at]))
        {
            bool isNegative = _reader.Decode(ref states[at + 1]);
            int magnitude = 0;
            if (_reader.Decode(ref states[at + (isNegative ? 3 : 2)]))
            {
                magnitude = 1;
                for (at = Math.Abs(above) > 1 << upper ? LargeMagnitudes : SmallMagnitudes; _reader.Decode(ref states[at]); at++)
                {
                    magnitude <<= 1;
                    if (magnitude == 0x8000) return false;
                }
                int highest = magnitude;
                at += MagnitudeBits;
                for (int bit = highest >> 1; bit != 0; bit >>= 1)
                    if (_reader.Decode(ref states[at])) magnitude |= bit;
            }
            value = isNegative ? -magnitude - 1 : magnitude + 1;
        }
        left = above = value;
        difference = (ushort)value;
        return true;
    }

    /// <summary>0 for zero, then small positive and negative, large positive and negative (Figure H.2).</summary>
    private static int Class(int difference, int lower, int upper)
    {
        int magnitude = Math.Abs(difference);
        if (magnitude <= 1 << lower >> 1) return 0;
        return (magnitude <= 1 << upper ? 1 : 3) + (difference < 0 ? 1 : 0);
    }
}
