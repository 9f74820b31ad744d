namespace Isocenter.Codecs.JpegXl;

/// <summary>The distribution of one cluster of contexts, as the table that asymmetric numeral systems decode with
/// (ISO/IEC 18181-1 §C.2.5, §C.2.6).</summary>
internal sealed class AnsTable
{
    public const int Bits = 12, Sum = 1 << Bits;

    private readonly Bucket[] _buckets;
    private readonly int _bucketBits;

    /// <summary>Positions of a bucket below the cut-off are its own symbol, the others one of the more frequent.</summary>
    private record struct Bucket(ushort CutOff, ushort Other, int OwnFrequency, int OtherFrequency, int OtherOffset);

    private AnsTable(ReadOnlySpan<int> frequencies, int alphabetBits)
    {
        int size = 1 << alphabetBits, room = Sum >> alphabetBits;
        _bucketBits = Bits - alphabetBits;
        _buckets = new Bucket[size];
        int single = frequencies.IndexOf(Sum);
        if (single >= 0)
        {
            for (int i = 0; i < size; i++) _buckets[i] = new Bucket(0, (ushort)single, 0, Sum, i * room);
            return;
        }
        Span<int> cut = stackalloc int[size], other = stackalloc int[size], offset = stackalloc int[size];
        Span<int> under = stackalloc int[size], over = stackalloc int[size];
        int underCount = 0, overCount = 0;
        for (int i = 0; i < size; i++)
        {
            cut[i] = frequencies[i];
            other[i] = i;
            offset[i] = 0;
            if (cut[i] > room) over[overCount++] = i;
            else if (cut[i] < room) under[underCount++] = i;
        }
        while (overCount > 0)
        {
            int from = over[overCount - 1], to = under[--underCount];
            cut[from] -= room - cut[to];
            other[to] = from;
            offset[to] = cut[from] - cut[to];
            if (cut[from] > room) continue;
            overCount--;
            if (cut[from] < room) under[underCount++] = from;
        }
        for (int i = 0; i < size; i++)
            _buckets[i] = new Bucket((ushort)cut[i], (ushort)other[i], frequencies[i], frequencies[other[i]], offset[i]);
    }

    /// <summary>Reads a distribution and makes its table.</summary>
    /// <param name="bits">At its first bit.</param>
    /// <param name="alphabetBits">5 to 8.</param>
    public static AnsTable Read(ref BitReader bits, int alphabetBits)
    {
        Span<int> frequencies = stackalloc int[1 << alphabetBits];
        frequencies.Clear();
        if (bits.Flag()) ReadFew(ref bits, frequencies);
        else if (bits.Flag()) ReadEven(ref bits, frequencies);
        else ReadAll(ref bits, frequencies);
        return new AnsTable(frequencies, alphabetBits);
    }

    /// <summary>The next symbol.</summary>
    public int Decode(ref BitReader bits, ref uint state)
    {
        int index = (int)(state & (Sum - 1)), at = index >> _bucketBits, position = index & ((1 << _bucketBits) - 1);
        ref readonly var bucket = ref _buckets[at];
        int symbol, frequency;
        if (position < bucket.CutOff) (symbol, frequency) = (at, bucket.OwnFrequency);
        else (symbol, frequency, position) = (bucket.Other, bucket.OtherFrequency, position + bucket.OtherOffset);
        state = (uint)frequency * (state >> Bits) + (uint)position;
        if (state < 1 << 16) state = state << 16 | bits.Read(16);
        return symbol;
    }

    private static void ReadFew(ref BitReader bits, scoped Span<int> frequencies)
    {
        bool isTwo = bits.Flag();
        int first = bits.ReadShort();
        if (!isTwo)
        {
            if (first >= frequencies.Length) throw bits.Invalid("a symbol is outside its alphabet");
            frequencies[first] = Sum;
            return;
        }
        int second = bits.ReadShort();
        if (first == second || Math.Max(first, second) >= frequencies.Length) throw bits.Invalid("a symbol is outside its alphabet");
        frequencies[first] = (int)bits.Read(Bits);
        frequencies[second] = Sum - frequencies[first];
    }

    private static void ReadEven(ref BitReader bits, scoped Span<int> frequencies)
    {
        int count = bits.ReadShort() + 1;
        if (count > frequencies.Length) throw bits.Invalid("a distribution has more symbols than its alphabet");
        for (int i = 0; i < count; i++) frequencies[i] = Sum / count + (i < Sum % count ? 1 : 0);
    }

    /// <summary>Logarithms of all frequencies first, then the bits below the highest; the first of the largest is what the others leave.</summary>
    private static void ReadAll(ref BitReader bits, scoped Span<int> frequencies)
    {
        int length = 0;
        while (length < 3 && bits.Flag()) length++;
        int shift = (int)bits.Read(length) + (1 << length) - 1;
        if (shift > Bits + 1) throw bits.Invalid("a distribution has too precise frequencies");
        int count = bits.ReadShort() + 3;
        if (count > frequencies.Length) throw bits.Invalid("a distribution has more symbols than its alphabet");

        Span<int> logarithms = stackalloc int[count];
        Span<bool> repeats = stackalloc bool[count];
        repeats.Clear();
        int largest = -1, omitted = -1;
        for (int i = 0; i < count;)
        {
            int logarithm = ReadLogarithm(ref bits);
            if (logarithm <= Bits)
            {
                if (logarithm > largest) (largest, omitted) = (logarithm, i);
                logarithms[i++] = logarithm;
                continue;
            }
            int repeated = bits.ReadShort() + 4;
            if (repeated > count - i) throw bits.Invalid("a distribution repeats a symbol beyond its alphabet");
            repeats.Slice(i, repeated).Fill(true);
            i += repeated;
        }
        if (omitted < 0 || omitted + 1 < count && repeats[omitted + 1]) throw bits.Invalid("a distribution has no largest symbol");

        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == omitted) continue;
            if (repeats[i])
            {
                frequencies[i] = i > 0 ? frequencies[i - 1] : 0;
            }
            else if (logarithms[i] < 2)
            {
                frequencies[i] = logarithms[i];
            }
            else
            {
                int power = logarithms[i] - 1, precise = Math.Min(Math.Max(0, shift - ((Bits - power) >> 1)), power);
                frequencies[i] = (1 << power) + ((int)bits.Read(precise) << (power - precise));
            }
            sum += frequencies[i];
        }
        if (sum >= Sum) throw bits.Invalid($"frequencies of a distribution come to {sum}");
        frequencies[omitted] = Sum - sum;
    }

    /// <summary>A fixed code of 3 to 7 bits: 0 to 12, or 13 for a repetition (§C.2.5).</summary>
    private static int ReadLogarithm(ref BitReader bits)
    {
        switch (bits.Read(3))
        {
            case 0: return 10;
            case 2: return 7;
            case 4: return 6;
            case 5: return 8;
            case 6: return 9;
            case 3: return bits.Flag() ? 1 : 3;
            case 7: return bits.Flag() ? 2 : 5;
            default: break;
        }
        if (bits.Flag()) return 4;
        if (bits.Flag()) return 0;
        if (bits.Flag()) return 11;
        return bits.Flag() ? 13 : 12;
    }
}
