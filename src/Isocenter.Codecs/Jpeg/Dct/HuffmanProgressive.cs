namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Blocks of the progressive process with Huffman coding (T.81 §G.1.2, §G.2), of any precision.</summary>
internal ref struct HuffmanProgressive : IBlockCoder
{
    private readonly JpegScan _scan;
    private readonly HuffmanTable[] _dc;
    private readonly HuffmanTable? _ac;
    private readonly int[] _predictors;
    private HuffmanReader _reader;
    private int _endOfBandRun;

    public HuffmanProgressive(JpegScan scan, JpegTables tables)
    {
        _scan = scan;
        int count = scan.Components.Length;
        _dc = new HuffmanTable[count];
        _predictors = new int[count];
        if (scan.SpectralStart > 0) _ac = tables.Ac(scan.AcTables[0], scan.DataStart);
        else for (int i = 0; i < count && scan.HighBit == 0; i++) _dc[i] = tables.Dc(scan.DcTables[i], scan.DataStart);
    }

    public readonly (int Position, string Problem) Damage =>
        (_reader.BytesRead, _reader.IsOverrun ? "the data ends too early" : "bits that are no Huffman code");

    public void Restart(EntropySegment segment)
    {
        _reader = new HuffmanReader(segment.Padded);
        _predictors.AsSpan().Clear();
        _endOfBandRun = 0;
    }

    public bool TryDecode(int index, scoped Span<short> block)
    {
        bool isRight = _scan switch
        {
            { SpectralStart: 0, HighBit: 0 } => TryDecodeDc(index, block),
            { SpectralStart: 0 } => TryRefineDc(block),
            { HighBit: 0 } => TryDecodeAc(block),
            _ => TryRefineAc(block),
        };
        return isRight && !_reader.IsOverrun;
    }

    private bool TryDecodeDc(int index, scoped Span<short> block)
    {
        _reader.Refill();
        var (length, size) = _dc[index].Look(_reader.Bits);
        if (size is < 0 or > 15) return false;
        _predictors[index] += HuffmanReader.Extend(_reader.Bits << length, size);
        _reader.Drop(length + size);
        block[0] = (short)(_predictors[index] << _scan.LowBit);
        return true;
    }

    private bool TryRefineDc(scoped Span<short> block)
    {
        if (_reader.Take(1) != 0) block[0] |= (short)(1 << _scan.LowBit);
        return true;
    }

    private bool TryDecodeAc(scoped Span<short> block)
    {
        if (_endOfBandRun > 0)
        {
            _endOfBandRun--;
            return true;
        }
        for (int k = _scan.SpectralStart; k <= _scan.SpectralEnd; k++)
        {
            if (_reader.Count < 32) _reader.Refill();
            var (length, symbol) = _ac!.Look(_reader.Bits);
            if (symbol < 0) return false;
            _reader.Drop(length);
            int run = symbol >> 4, size = symbol & 15;
            if (size != 0)
            {
                k += run;
                int value = HuffmanReader.Extend(_reader.Bits, size);
                _reader.Drop(size);
                if (k > _scan.SpectralEnd) return false;
                block[BlockOrder.FromZigZag[k]] = (short)(value << _scan.LowBit);
            }
            else if (run == 15)
            {
                k += 15;
            }
            else
            {
                StartEndOfBandRun(run);
                _endOfBandRun--;
                break;
            }
        }
        return true;
    }

    /// <summary>One more bit for the coefficients that are not 0, and new ones of ±1 between them (§G.1.2.3).</summary>
    private bool TryRefineAc(scoped Span<short> block)
    {
        int plus = 1 << _scan.LowBit, k = _scan.SpectralStart, end = _scan.SpectralEnd;
        var order = BlockOrder.FromZigZag;
        if (_endOfBandRun == 0)
        {
            for (; k <= end; k++)
            {
                if (_reader.Count < 32) _reader.Refill();
                var (length, symbol) = _ac!.Look(_reader.Bits);
                if (symbol < 0) return false;
                _reader.Drop(length);
                int run = symbol >> 4, value = 0;
                if ((symbol & 15) != 0)
                {
                    // Only ±1 can be new; other sizes are damage, and read as this one elsewhere.
                    value = _reader.Take(1) != 0 ? plus : -plus;
                }
                else if (run < 15)
                {
                    StartEndOfBandRun(run);
                    break;
                }
                for (; k <= end; k++)
                {
                    ref short coefficient = ref block[order[k]];
                    if (coefficient != 0) Refine(ref coefficient, plus);
                    else if (--run < 0) break;
                }
                if (value == 0) continue;
                if (k > end) return false;
                block[order[k]] = (short)value;
            }
        }
        if (_endOfBandRun > 0)
        {
            for (; k <= end; k++)
            {
                ref short coefficient = ref block[order[k]];
                if (coefficient != 0) Refine(ref coefficient, plus);
            }
            _endOfBandRun--;
        }
        return true;
    }

    private void Refine(ref short coefficient, int plus)
    {
        if (_reader.Take(1) == 0 || (coefficient & plus) != 0) return;
        coefficient += (short)(coefficient > 0 ? plus : -plus);
    }

    private void StartEndOfBandRun(int bits) =>
        _endOfBandRun = (1 << bits) + (bits > 0 ? (int)_reader.Take(bits) : 0);
}
