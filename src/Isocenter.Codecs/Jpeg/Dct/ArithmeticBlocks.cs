namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Blocks of the sequential and progressive processes with arithmetic coding (T.81 §F.2.4, §G.1.3), of any
/// precision.</summary>
internal ref struct ArithmeticBlocks : IBlockCoder
{
    // Where the states of a table are (Tables F.4 and F.5).
    private const int DcStates = 64, DcMagnitudes = 20, AcStates = 256, AcLowMagnitudes = 189, AcHighMagnitudes = 217;

    // From the states of magnitude categories to those of the bits below.
    private const int MagnitudeBits = 14;

    private readonly JpegScan _scan;
    private readonly JpegTables _tables;
    private readonly bool _isProgressive;
    private readonly byte[][] _dc;
    private readonly byte[][] _ac;
    private readonly int[] _predictors;
    private readonly int[] _contexts;
    private ArithmeticReader _reader;

    public ArithmeticBlocks(JpegScan scan, JpegTables tables, bool isProgressive)
    {
        (_scan, _tables, _isProgressive) = (scan, tables, isProgressive);
        foreach (int table in (ReadOnlySpan<int>)[.. scan.DcTables, .. scan.AcTables])
            if (table > 3) throw JpegError.At(scan.DataStart, $"the scan uses table {table}, but the last is 3", "§B.2.3");
        _dc = [.. Enumerable.Range(0, 4).Select(_ => new byte[DcStates])];
        _ac = [.. Enumerable.Range(0, 4).Select(_ => new byte[AcStates])];
        _predictors = new int[scan.Components.Length];
        _contexts = new int[scan.Components.Length];
    }

    public readonly (int Position, string Problem) Damage =>
        (_reader.BytesRead, _reader.IsOverrun ? "the data ends too early" : "decisions that are no coefficient");

    public void Restart(EntropySegment segment)
    {
        _reader = new ArithmeticReader(segment);
        foreach (byte[] states in _dc) states.AsSpan().Clear();
        foreach (byte[] states in _ac) states.AsSpan().Clear();
        _predictors.AsSpan().Clear();
        _contexts.AsSpan().Clear();
    }

    public bool TryDecode(int index, scoped Span<short> block)
    {
        bool isRight = !_isProgressive
            ? TryDecodeDc(index, block) && TryDecodeAc(index, block, 1, 63)
            : _scan switch
            {
                { SpectralStart: 0, HighBit: 0 } => TryDecodeDc(index, block),
                { SpectralStart: 0 } => RefineDc(block),
                { HighBit: 0 } => TryDecodeAc(index, block, _scan.SpectralStart, _scan.SpectralEnd),
                _ => TryRefineAc(block),
            };
        return isRight && !_reader.IsOverrun;
    }

    /// <summary>Figures F.19 and F.21 to F.24.</summary>
    private bool TryDecodeDc(int index, scoped Span<short> block)
    {
        int table = _scan.DcTables[index];
        var states = _dc[table].AsSpan();
        int at = _contexts[index];
        if (!_reader.Decode(ref states[at]))
        {
            _contexts[index] = 0;
        }
        else
        {
            bool isNegative = _reader.Decode(ref states[at + 1]);
            at += isNegative ? 3 : 2;
            int magnitude = 0;
            if (_reader.Decode(ref states[at]) && !TryMagnitude(states, DcMagnitudes, 1, out at, out magnitude)) return false;
            var (lower, upper) = _tables.DcConditioning[table];
            // The category is that of the difference without its sign, less one (§F.1.4.4.1.2).
            _contexts[index] = magnitude < 1 << lower >> 1 ? 0
                : magnitude > 1 << upper >> 1 ? (isNegative ? 16 : 12)
                : (isNegative ? 8 : 4);
            int value = 1 + Bits(states, at + MagnitudeBits, magnitude);
            _predictors[index] += isNegative ? -value : value;
        }
        block[0] = (short)(_predictors[index] << (_isProgressive ? _scan.LowBit : 0));
        return true;
    }

    /// <summary>Figures F.20 to F.24.</summary>
    private bool TryDecodeAc(int index, scoped Span<short> block, int start, int end)
    {
        int table = _scan.AcTables[index], shift = _isProgressive ? _scan.LowBit : 0;
        var states = _ac[table].AsSpan();
        for (int k = start; k <= end; k++)
        {
            int at = 3 * (k - 1);
            if (_reader.Decode(ref states[at])) break;
            while (!_reader.Decode(ref states[at + 1]))
            {
                at += 3;
                if (++k > end) return false;
            }
            bool isNegative = _reader.DecodeEven();
            at += 2;
            int magnitude = 0;
            if (_reader.Decode(ref states[at]))
            {
                magnitude = 1;
                if (_reader.Decode(ref states[at]))
                {
                    int magnitudes = k <= _tables.AcConditioning[table] ? AcLowMagnitudes : AcHighMagnitudes;
                    if (!TryMagnitude(states, magnitudes, 2, out at, out magnitude)) return false;
                }
            }
            int value = 1 + Bits(states, at + MagnitudeBits, magnitude);
            block[BlockOrder.FromZigZag[k]] = (short)((isNegative ? -value : value) << shift);
        }
        return true;
    }

    private bool RefineDc(scoped Span<short> block)
    {
        if (_reader.DecodeEven()) block[0] |= (short)(1 << _scan.LowBit);
        return true;
    }

    /// <summary>Figure G.11.</summary>
    private bool TryRefineAc(scoped Span<short> block)
    {
        var states = _ac[_scan.AcTables[0]].AsSpan();
        var order = BlockOrder.FromZigZag;
        int plus = 1 << _scan.LowBit, last = _scan.SpectralEnd;
        // Up to here the earlier scans had coefficients, and no end of block is coded.
        while (last > 0 && block[order[last]] == 0) last--;
        for (int k = _scan.SpectralStart; k <= _scan.SpectralEnd; k++)
        {
            int at = 3 * (k - 1);
            if (k > last && _reader.Decode(ref states[at])) break;
            while (true)
            {
                ref short coefficient = ref block[order[k]];
                if (coefficient != 0)
                {
                    if (_reader.Decode(ref states[at + 2])) coefficient += (short)(coefficient < 0 ? -plus : plus);
                    break;
                }
                if (_reader.Decode(ref states[at + 1]))
                {
                    coefficient = (short)(_reader.DecodeEven() ? -plus : plus);
                    break;
                }
                at += 3;
                if (++k > _scan.SpectralEnd) return false;
            }
        }
        return true;
    }

    /// <summary>The highest bit of a magnitude (Figure F.23), and the state that told it.</summary>
    private bool TryMagnitude(scoped Span<byte> states, int start, int first, out int at, out int magnitude)
    {
        magnitude = first;
        for (at = start; _reader.Decode(ref states[at]); at++)
        {
            magnitude <<= 1;
            if (magnitude == 0x8000) return false;
        }
        return true;
    }

    /// <summary>The bits below the highest (Figure F.24).</summary>
    private int Bits(scoped Span<byte> states, int at, int magnitude)
    {
        int value = magnitude;
        for (int bit = magnitude >> 1; bit != 0; bit >>= 1)
            if (_reader.Decode(ref states[at])) value |= bit;
        return value;
    }
}
