namespace Isocenter.Codecs.Jpeg;

/// <summary>A Huffman table for encoding: the codes as the writer looks them up, and the lists a DHT segment has.</summary>
internal sealed class HuffmanCodes
{
    // By the leading zeros of the magnitude of a value as a 32-bit word, which are 32 less its size.
    private readonly ulong[] _differences = new ulong[33];
    private readonly ulong[] _coefficients = new ulong[Coefficients];

    /// <summary>Index of ZRL, a run of 16 zeros, in <see cref="ForCoefficients"/>.</summary>
    public const int RunOf16 = 512;

    /// <summary>Index of EOB in <see cref="ForCoefficients"/>.</summary>
    public const int EndOfBlock = 513;

    private const int Coefficients = 514;

    public HuffmanCodes(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        Counts = counts.ToArray();
        Symbols = symbols.ToArray();
        uint code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            for (int n = counts[length - 1]; n > 0; n--) Add(symbols[index++], code++, length);
            code <<= 1;
        }
    }

    public HuffmanCodes(HuffmanTable table)
        : this(table.Counts, table.Symbols)
    {
    }

    public byte[] Counts { get; }

    public byte[] Symbols { get; }

    /// <summary>Codes of differences, DC and lossless, by leading zeros of the magnitude: in the low half the code, moved up
    /// by the bits of the value, which are to be added; in the high half how many bits that are.</summary>
    public ReadOnlySpan<ulong> ForDifferences => _differences;

    /// <summary>The same for AC coefficients, by 32 × run + leading zeros.</summary>
    public ReadOnlySpan<ulong> ForCoefficients => _coefficients;

    /// <summary>The four tables of Annex K.</summary>
    public static HuffmanCodes LuminanceDc { get; } = new(StandardHuffman.LuminanceDc);

    public static HuffmanCodes ChrominanceDc { get; } = new(StandardHuffman.ChrominanceDc);

    public static HuffmanCodes LuminanceAc { get; } = new(StandardHuffman.LuminanceAc);

    public static HuffmanCodes ChrominanceAc { get; } = new(StandardHuffman.ChrominanceAc);

    /// <summary>Codes for symbols that occur as often as <paramref name="frequencies"/> says (T.81 §K.2). No code is all
    /// ones: an entry beyond the symbols takes that place.</summary>
    public static HuffmanCodes For(ReadOnlySpan<long> frequencies)
    {
        Span<long> frequency = stackalloc long[257];
        Span<int> size = stackalloc int[257];
        Span<int> other = stackalloc int[257];
        frequency.Clear();
        frequencies.CopyTo(frequency);
        frequency[256] = 1;
        size.Clear();
        other.Fill(-1);
        while (true)
        {
            // The two least frequent trees become one; of equals the later (Figure K.1).
            int first = Least(frequency, -1), second = Least(frequency, first);
            if (second < 0) break;
            frequency[first] += frequency[second];
            frequency[second] = 0;
            Deepen(size, other, first);
            while (other[first] >= 0) first = other[first];
            other[first] = second;
            Deepen(size, other, second);
        }

        Span<int> counts = stackalloc int[258];
        counts.Clear();
        foreach (int length in size) counts[length]++;
        // Codes longer than 16 bits: pairs move up and split a shorter code (Figure K.3).
        for (int length = 257; length > 16; length--)
        {
            while (counts[length] > 0)
            {
                int shorter = length - 2;
                while (counts[shorter] == 0) shorter--;
                counts[length] -= 2;
                counts[length - 1]++;
                counts[shorter + 1] += 2;
                counts[shorter]--;
            }
        }
        int longest = 16;
        while (counts[longest] == 0) longest--;
        counts[longest]--;

        var lengths = new byte[16];
        for (int i = 0; i < 16; i++) lengths[i] = (byte)counts[i + 1];
        var symbols = new List<byte>();
        for (int length = 1; length <= 257; length++)
            for (int symbol = 0; symbol < 256; symbol++)
                if (size[symbol] == length) symbols.Add((byte)symbol);
        return new HuffmanCodes(lengths, symbols.ToArray());
    }

    private void Add(byte symbol, uint code, int length)
    {
        int size = symbol & 15, run = symbol >> 4;
        ulong packed = (ulong)(length + size) << 32 | code << size;
        if (size > 0) _coefficients[32 * run + 32 - size] = packed;
        else if (run == 15) _coefficients[RunOf16] = packed;
        else if (run == 0) _coefficients[EndOfBlock] = packed;

        if (symbol < 16) _differences[32 - symbol] = packed;
        // The one difference of category 16, −32768, has no bits behind its code. Those that will be added are taken off.
        else if (symbol == 16) _differences[16] = ((ulong)length << 32 | code) - 0x7FFF;
    }

    private static int Least(ReadOnlySpan<long> frequency, int except)
    {
        int least = -1;
        for (int i = 0; i < frequency.Length; i++)
            if (frequency[i] != 0 && i != except && (least < 0 || frequency[i] <= frequency[least])) least = i;
        return least;
    }

    private static void Deepen(Span<int> size, ReadOnlySpan<int> other, int tree)
    {
        for (; tree >= 0; tree = other[tree]) size[tree]++;
    }
}
