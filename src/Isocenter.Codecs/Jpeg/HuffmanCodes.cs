namespace Isocenter.Codecs.Jpeg;

/// <summary>A Huffman table for encoding: the code of each symbol, and the lists a DHT segment has.</summary>
internal sealed class HuffmanCodes
{
    private readonly uint[] _packed = new uint[256];

    public HuffmanCodes(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        Counts = counts.ToArray();
        Symbols = symbols.ToArray();
        uint code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            for (int n = counts[length - 1]; n > 0; n--)
            {
                // Of a symbol the low half is the size of the value behind it, but category 16 of lossless has none.
                byte symbol = symbols[index++];
                _packed[symbol] = code++ << 8 | (uint)(length + (symbol & 15));
            }
            code <<= 1;
        }
    }

    public HuffmanCodes(HuffmanTable table)
        : this(table.Counts, table.Symbols)
    {
    }

    public byte[] Counts { get; }

    public byte[] Symbols { get; }

    /// <summary>For each of 256 symbols its code, and in the low byte how many bits it and the value behind it have; 0 for
    /// symbols without a code.</summary>
    public ReadOnlySpan<uint> Packed => _packed;

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
