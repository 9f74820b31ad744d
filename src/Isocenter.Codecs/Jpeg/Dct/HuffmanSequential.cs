namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Blocks of the sequential processes with Huffman coding (T.81 §F.2.2), of any precision.</summary>
internal ref struct HuffmanSequential : IBlockCoder
{
    private readonly HuffmanTable[] _dc;
    private readonly HuffmanTable[] _ac;
    private readonly int[] _predictors;
    private HuffmanReader _reader;

    public HuffmanSequential(JpegScan scan, JpegTables tables)
    {
        int count = scan.Components.Length;
        _dc = new HuffmanTable[count];
        _ac = new HuffmanTable[count];
        _predictors = new int[count];
        for (int i = 0; i < count; i++)
        {
            _dc[i] = tables.Dc(scan.DcTables[i], scan.DataStart);
            _ac[i] = tables.Ac(scan.AcTables[i], scan.DataStart);
        }
    }

    public readonly (int Position, string Problem) Damage =>
        (_reader.BytesRead, _reader.IsOverrun ? "the data ends too early" : "bits that are no Huffman code");

    public void Restart(EntropySegment segment)
    {
        _reader = new HuffmanReader(segment.Padded);
        _predictors.AsSpan().Clear();
    }

    public bool TryDecode(int index, scoped Span<short> block)
    {
        // The state of the reader lives in registers here.
        var bytes = _reader.Bytes;
        ulong bits = _reader.Bits;
        int count = _reader.Count, position = _reader.Position;
        HuffmanReader.Refill(bytes, ref bits, ref count, ref position);

        uint entry = _dc[index].DcDifferences[(int)(bits >> (64 - HuffmanTable.DcBits))];
        if (entry == 0)
        {
            var (length, symbol) = _dc[index].Search(bits);
            if (symbol is < 0 or > 15) return false;
            entry = (uint)(length + symbol | symbol << 8);
        }
        int total = (int)(entry & 0xFF), size = (int)(entry >> 8);
        _predictors[index] += HuffmanReader.Extend(bits << (total - size), size);
        bits <<= total;
        count -= total;
        block[0] = (short)_predictors[index];

        var table = _ac[index].Coefficients;
        var order = BlockOrder.FromZigZag;
        int k = 0;
        do
        {
            // A code and its value have at most 16 + 15 bits.
            if (count < 32) HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
            entry = table[(int)(bits >> (64 - HuffmanTable.BlockBits))];
            if (entry == 0)
            {
                entry = _ac[index].SearchCoefficient(bits);
                if (entry == 0) return false;
            }
            total = (int)(entry & 0xFF);
            size = (int)(entry >> 8 & 0xFF);
            k += (int)(entry >> 16);
            // At the end of the block this is a 0, written behind it.
            block[order[k]] = (short)HuffmanReader.Extend(bits << (total - size), size);
            bits <<= total;
            count -= total;
        }
        while (k < 63);

        (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
        // A value behind the block is damage; zeros there are not, other decoders take them.
        return (k == 63 || size == 0) && !_reader.IsOverrun;
    }
}
