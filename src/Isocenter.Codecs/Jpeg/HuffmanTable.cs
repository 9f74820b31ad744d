using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg;

/// <summary>A Huffman table (T.81 Annex C) as the decoders look it up. Immutable, but for tables made on first use.</summary>
/// <remarks>A look-up takes the next bits of the stream and answers with all that is to be known of the symbol there: bits
/// of the code and of the value behind it together, bits of the value alone, and how far it steps. The value itself is
/// then cut out without a branch, beside the chain of dependent look-ups that limits the speed.</remarks>
internal sealed class HuffmanTable
{
    /// <summary>Bits looked up at once for an AC coefficient.</summary>
    public const int BlockBits = 10;

    /// <summary>Bits looked up at once for a DC difference.</summary>
    public const int DcBits = 9;

    /// <summary>Bits looked up at once for a difference of the lossless processes.</summary>
    public const int DifferenceBits = 12;

    // For each code length the first code that is too large for it, left-aligned in 16 bits, and where its symbols start.
    private readonly int[] _limit = new int[18];
    private readonly int[] _offset = new int[17];
    private readonly byte[] _symbols;
    private readonly byte[] _counts;
    private uint[]? _coefficients;
    private ushort[]? _dcDifferences;
    private ushort[]? _differences;
    private ulong[]? _differenceRuns;
    private ushort[]? _codes;

    private HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _counts = counts.ToArray();
        _symbols = symbols.ToArray();
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++)
        {
            _offset[length] = index - code;
            code += _counts[length - 1];
            index += _counts[length - 1];
            _limit[length] = code << (16 - length);
            code <<= 1;
        }
        _limit[17] = int.MaxValue;
    }

    /// <summary>How many codes there are of 1, 2, … 16 bits.</summary>
    public ReadOnlySpan<byte> Counts => _counts;

    /// <summary>The symbols in the order of their codes.</summary>
    public ReadOnlySpan<byte> Symbols => _symbols;

    /// <summary>Look-up for AC coefficients by the next <see cref="BlockBits"/> bits: low byte the bits of code and value,
    /// then the bits of the value, then the step in the zig-zag sequence. 0: the code is longer.</summary>
    public ReadOnlySpan<uint> Coefficients => _coefficients ??= MakeCoefficients();

    /// <summary>As <see cref="Differences"/>, by the next <see cref="DcBits"/> bits: small, as it shares the cache with the
    /// look-ups of the AC coefficients.</summary>
    public ReadOnlySpan<ushort> DcDifferences => _dcDifferences ??= MakeDifferences(DcBits);

    /// <summary>Look-up for differences by the next <see cref="DifferenceBits"/> bits: low byte the bits of code and
    /// value, then the bits of the value. 0: the code is longer, or the symbol needs a look of its own.</summary>
    public ReadOnlySpan<ushort> Differences => _differences ??= MakeDifferences(DifferenceBits);

    /// <summary>Look-up for as many whole differences as the next <see cref="DifferenceBits"/> bits hold, at most three:
    /// low byte the bits they take together, then how many they are, then their values, 16 bits each. 0: not one is
    /// whole there. Null where two seldom fit: then one at a time is faster; and on machines of big endian, as the four words
    /// are stored at once.</summary>
    public ulong[]? DifferenceRuns => (_differenceRuns ??= MakeDifferenceRuns()).Length == 0 ? null : _differenceRuns;

    /// <summary>Takes a table from a DHT segment.</summary>
    /// <param name="counts">How many codes there are of 1, 2, … 16 bits.</param>
    /// <param name="symbols">The symbols in the order of their codes.</param>
    /// <param name="offset">Where the table is in the code stream, for the error.</param>
    /// <exception cref="CodecException">There are more codes of a length than bits for them.</exception>
    public static HuffmanTable Read(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols, int offset)
    {
        int code = 0;
        for (int length = 1; length <= 16; length++)
        {
            code += counts[length - 1];
            // A code of ones only is illegal but harmless, and encoders write it.
            if (code > 1 << length)
                throw JpegError.At(offset, $"a Huffman table has more codes of {length} bits than there can be", "§C");
            code <<= 1;
        }
        return new HuffmanTable(counts, symbols);
    }

    /// <summary>A table known to be right.</summary>
    public static HuffmanTable Known(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols) => new(counts, symbols);

    /// <summary>The symbol at the top of <paramref name="bits"/>.</summary>
    /// <returns>The length of its code in bits, and −1 as symbol when no code fits.</returns>
    public (int Length, int Symbol) Look(ulong bits)
    {
        int entry = (_codes ??= MakeCodes())[(int)(bits >> (64 - DcBits))];
        return entry != 0 ? (entry & 0xFF, entry >> 8) : Search(bits);
    }

    /// <summary>The symbol at the top of <paramref name="bits"/>, one length after the other.</summary>
    /// <returns>The length of its code in bits, and −1 as symbol when no code fits.</returns>
    public (int Length, int Symbol) Search(ulong bits)
    {
        int code = (int)(bits >> 48), length = 1;
        while (code >= _limit[length]) length++;
        return length > 16 ? (17, -1) : (length, _symbols[(code >> (16 - length)) + _offset[length]]);
    }

    /// <summary>As an entry of <see cref="Coefficients"/>, for codes longer than that look-up; 0 when no code fits.</summary>
    public uint SearchCoefficient(ulong bits)
    {
        var (length, symbol) = Search(bits);
        return symbol < 0 ? 0 : Coefficient(length, symbol);
    }

    private static uint Coefficient(int length, int symbol)
    {
        int size = symbol & 15, run = symbol >> 4;
        int step = size != 0 || run == 15 ? run + 1 : BlockOrder.EndOfBlock;
        return (uint)(length + size | size << 8 | step << 16);
    }

    private ushort[] MakeCodes()
    {
        var table = new ushort[1 << DcBits];
        int at = 0, index = 0;
        for (int length = 1; length <= DcBits; length++)
        {
            int width = 1 << (DcBits - length);
            for (int n = _counts[length - 1]; n > 0; n--, at += width)
                table.AsSpan(at, width).Fill((ushort)(length | _symbols[index++] << 8));
        }
        return table;
    }

    private uint[] MakeCoefficients()
    {
        var table = new uint[1 << BlockBits];
        int at = 0, index = 0;
        for (int length = 1; length <= BlockBits; length++)
        {
            int width = 1 << (BlockBits - length);
            for (int n = _counts[length - 1]; n > 0; n--, at += width)
                table.AsSpan(at, width).Fill(Coefficient(length, _symbols[index++]));
        }
        return table;
    }

    private ushort[] MakeDifferences(int bits)
    {
        var table = new ushort[1 << bits];
        int at = 0, index = 0;
        for (int length = 1; length <= bits; length++)
        {
            int width = 1 << (bits - length);
            for (int n = _counts[length - 1]; n > 0; n--, at += width)
            {
                int size = _symbols[index++];
                if (size < 16) table.AsSpan(at, width).Fill((ushort)(length + size | size << 8));
            }
        }
        return table;
    }

    /// <summary>Empty when it does not pay.</summary>
    private ulong[] MakeDifferenceRuns()
    {
        var single = Differences;
        var table = new ulong[1 << DifferenceBits];
        int differences = 0, misses = 0;
        for (int pattern = 0; pattern < table.Length; pattern++)
        {
            ulong bits = (ulong)pattern << (64 - DifferenceBits), values = 0;
            int used = 0, count = 0;
            while (count < 3)
            {
                int entry = single[(int)(bits >> (64 - DifferenceBits))], total = entry & 0xFF, size = entry >> 8;
                if (entry == 0 || used + total > DifferenceBits) break;
                values |= (ulong)(ushort)HuffmanReader.Extend(bits << (total - size), size) << (16 * count);
                bits <<= total;
                used += total;
                count++;
            }
            differences += count;
            if (count == 0) misses++;
            else table[pattern] = values << 16 | (uint)(count << 8) | (uint)used;
        }
        if (BinaryPrimitives.ReadUInt16LittleEndian(MemoryMarshal.AsBytes([(ushort)1])) != 1) return [];
        // Patterns are as frequent as this if the codes suit the image. A miss costs a mispredicted branch.
        return differences >= table.Length * 5 / 4 && misses <= table.Length / 32 ? table : [];
    }
}
