namespace Isocenter.Codecs.JpegXl;

/// <summary>A prefix code as Brotli has them (ISO/IEC 18181-1 §C.2.4; RFC 7932 §3).</summary>
internal sealed class PrefixCode
{
    private const int MaxLength = 15, FirstBits = 9;

    /// <summary>By the next bits: symbol × 16 + length, for codes of up to <see cref="FirstBits"/> bits; −1 for longer ones.</summary>
    private readonly int[] _first = new int[1 << FirstBits];

    /// <summary>Symbols in the order of their codes.</summary>
    private readonly int[] _symbols;

    private readonly int[] _counts = new int[MaxLength + 1];

    private PrefixCode(ReadOnlySpan<byte> lengths)
    {
        foreach (byte length in lengths) _counts[length]++;
        int coded = lengths.Length - _counts[0];
        _counts[0] = 0;
        _symbols = new int[coded];
        Span<int> places = stackalloc int[MaxLength + 1], codes = stackalloc int[MaxLength + 1];
        for (int length = 1, place = 0, code = 0; length <= MaxLength; length++)
        {
            code = (code + _counts[length - 1]) << 1;
            codes[length] = code;
            places[length] = place;
            place += _counts[length];
        }
        _first.AsSpan().Fill(-1);
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0) continue;
            _symbols[places[length]++] = symbol;
            int code = Reverse(codes[length]++, length);
            if (length > FirstBits) continue;
            for (int at = code; at < _first.Length; at += 1 << length) _first[at] = symbol << 4 | length;
        }
    }

    /// <summary>A single symbol, which takes no bits.</summary>
    private PrefixCode(int symbol)
    {
        _symbols = [symbol];
        _first.AsSpan().Fill(symbol << 4);
    }

    /// <summary>Reads the code of an alphabet.</summary>
    /// <param name="bits">At its first bit.</param>
    /// <param name="alphabet">Symbols, 1 to 32768.</param>
    public static PrefixCode Read(ref BitReader bits, int alphabet)
    {
        if (alphabet == 1) return new PrefixCode(0);
        int skipped = (int)bits.Read(2);
        return skipped == 1 ? ReadSimple(ref bits, alphabet) : ReadComplex(ref bits, alphabet, skipped);
    }

    /// <summary>The next symbol.</summary>
    public int Decode(ref BitReader bits)
    {
        uint next = bits.Peek15();
        int entry = _first[next & ((1 << FirstBits) - 1)];
        if (entry >= 0)
        {
            bits.Skip(entry & 15);
            return entry >> 4;
        }
        // Canonical: codes of one length are consecutive numbers.
        int code = 0, first = 0, place = 0;
        for (int length = 1; length <= MaxLength; length++, next >>= 1)
        {
            code = code << 1 | (int)(next & 1);
            first = (first + _counts[length - 1]) << 1;
            if (code - first < _counts[length])
            {
                bits.Skip(length);
                return _symbols[place + code - first];
            }
            place += _counts[length];
        }
        throw bits.Invalid("a prefix code is none of its table");
    }

    /// <summary>One to four symbols (RFC 7932 §3.4).</summary>
    private static PrefixCode ReadSimple(ref BitReader bits, int alphabet)
    {
        int count = (int)bits.Read(2) + 1;
        Span<int> symbols = stackalloc int[count];
        for (int i = 0; i < count; i++)
        {
            symbols[i] = bits.ReadUpTo(alphabet - 1);
            if (symbols[..i].Contains(symbols[i])) throw bits.Invalid("a prefix code has a symbol twice");
        }
        if (count == 1) return new PrefixCode(symbols[0]);
        ReadOnlySpan<byte> lengths = count switch { 2 => [1, 1], 3 => [1, 2, 2], _ => bits.Flag() ? [1, 2, 3, 3] : [2, 2, 2, 2] };
        var all = new byte[alphabet];
        for (int i = 0; i < count; i++) all[symbols[i]] = lengths[i];
        return new PrefixCode(all);
    }

    /// <summary>Lengths that are coded themselves (RFC 7932 §3.5).</summary>
    private static PrefixCode ReadComplex(ref BitReader bits, int alphabet, int skipped)
    {
        ReadOnlySpan<byte> order = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        Span<byte> inner = stackalloc byte[18];
        inner.Clear();
        int space = 32, coded = 0;
        for (int i = skipped; i < 18 && space > 0; i++)
        {
            byte length = ReadLengthOfLength(ref bits);
            inner[order[i]] = length;
            if (length == 0) continue;
            space -= 32 >> length;
            coded++;
        }
        if (coded == 0 || coded > 1 && space != 0) throw bits.Invalid("the lengths of a prefix code's lengths do not fill their space");
        var code = coded == 1 ? new PrefixCode(inner.IndexOfAnyExcept((byte)0)) : new PrefixCode(inner);

        var lengths = new byte[alphabet];
        space = 1 << MaxLength;
        int previous = 8, repeated = 0, repeatedSymbol = 0;
        for (int i = 0; i < alphabet && space > 0;)
        {
            int symbol = code.Decode(ref bits);
            if (symbol < 16)
            {
                lengths[i++] = (byte)symbol;
                repeatedSymbol = 0;
                if (symbol == 0) continue;
                previous = symbol;
                space -= (1 << MaxLength) >> symbol;
                continue;
            }
            // 16 repeats the last length that was not zero, 17 zero; one behind the other multiplies.
            int extra = symbol - 14;
            if (symbol != repeatedSymbol) repeated = 0;
            repeatedSymbol = symbol;
            int before = repeated;
            repeated = (repeated > 0 ? (repeated - 2) << extra : 0) + 3 + (int)bits.Read(extra);
            int added = repeated - before;
            if (added > alphabet - i) throw bits.Invalid("a prefix code has more lengths than symbols");
            if (symbol == 16)
            {
                lengths.AsSpan(i, added).Fill((byte)previous);
                space -= added * ((1 << MaxLength) >> previous);
            }
            i += added;
        }
        return space == 0 ? new PrefixCode(lengths) : throw bits.Invalid("the lengths of a prefix code do not fill their space");
    }

    /// <summary>The fixed code of RFC 7932 §3.5: 0, 3, 4, 2, 1, 5 in 2, 2, 2, 3, 4 and 4 bits.</summary>
    private static byte ReadLengthOfLength(ref BitReader bits) => bits.Read(2) switch
    {
        0 => 0,
        1 => 4,
        2 => 3,
        _ => bits.Flag() ? bits.Flag() ? (byte)5 : (byte)1 : (byte)2,
    };

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++) reversed |= (code >> i & 1) << (length - 1 - i);
        return reversed;
    }
}
