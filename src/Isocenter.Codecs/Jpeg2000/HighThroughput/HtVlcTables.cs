using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The variable length codes of the HT cleanup pass, laid out for look-up: significance of a quad (ISO/IEC 15444-15
/// Annex C) and the residual u of a pair of quads (§7.3.6, Table 3).</summary>
/// <remarks>Every decoding table is indexed by the next bits of the VLC segment, first bit lowest, above them the context.
/// </remarks>
internal static partial class HtVlcTables
{
    /// <summary>Bits of the VLC segment that find a quad.</summary>
    internal const int PeekBits = 7;

    /// <summary>Bits of the VLC segment that find a pair of residuals.</summary>
    internal const int ResidualPeekBits = 6;

    /// <summary>Where the residuals of a pair of quads begin in <see cref="FirstRow"/> and <see cref="OtherRows"/>.</summary>
    internal const int Residuals = 8 << PeekBits;

    /// <summary>Quads and residuals of the first row.</summary>
    /// <remarks>Entries are shift counts as they are: their low 6 bits say how many bits are used.
    /// <para>A quad is at context × 128 + the next 7 bits. Behind the shift count, from the low bit on: u_off (1), what the
    /// quad says to the context of the next, × 128 (3), rho (4), epsilon_1 (4), epsilon_k (4).</para>
    /// <para>A residual is at <see cref="Residuals"/> + mode × 64 + the next 6 bits; mode is u_off of the first quad + 2 ×
    /// that of the second, or 4 when both are set and MEL says that both exceed 2. Behind the shift count, from the low bit
    /// on: bits of both prefixes (3), of the first suffix (3), of the second (3), then what each u has before its suffix (3
    /// and 3).</para></remarks>
    internal static readonly uint[] FirstRow =
        [.. MakeDecoding(FirstRowWords, firstRow: true), .. MakeResiduals(modes: 5, firstRow: true)];

    /// <summary>Quads and residuals of every other row, as <see cref="FirstRow"/>.</summary>
    internal static readonly uint[] OtherRows =
        [.. MakeDecoding(OtherRowWords, firstRow: false), .. MakeResiduals(modes: 4, firstRow: false)];

    /// <summary>Code words to write in the first row: epsilon_k (4 bits), length (3), code word (7). Index: context × 256 +
    /// rho × 16 + the samples whose exponent is the largest, or 0 when u is 0.</summary>
    internal static readonly ushort[] FirstRowEncoding = MakeEncoding(FirstRowWords);

    /// <summary>Code words to write in every other row, as <see cref="FirstRowEncoding"/>.</summary>
    internal static readonly ushort[] OtherRowEncoding = MakeEncoding(OtherRowWords);

    /// <summary>Residuals to write, by u: prefix (3 bits), its length (2), suffix (5), its length (3). Up to 32: more no
    /// magnitude of 30 bits can need.</summary>
    internal static readonly ushort[] ResidualEncoding = MakeResidualEncoding();

    /// <summary>Spreads four flags over four lanes of 16 bits: each set flag becomes a 1 in its lane.</summary>
    internal static readonly ulong[] Lanes16 = MakeLanes(16);

    /// <summary>What a residual has before its suffix, and the lengths of prefix and suffix, by the next three bits: the
    /// prefixes are 1, 01, 001 and 000 (Table 3).</summary>
    private static ReadOnlySpan<(int Value, int PrefixLength, int SuffixLength)> Prefixes =>
    new[] { (5, 3, 5), (1, 1, 0), (2, 2, 0), (1, 1, 0), (3, 3, 1), (1, 1, 0), (2, 2, 0), (1, 1, 0) };

    private static uint[] MakeDecoding(ReadOnlySpan<uint> words, bool firstRow)
    {
        var table = new uint[8 << PeekBits];
        foreach (uint packed in words)
        {
            var word = new CodeWord(packed);

            // The first two samples of the quad as one, and each of the others (equation 1); or the others as one.
            int rho = word.Significance;
            int next = firstRow ? (rho & 1 | rho >> 1) & 1 | rho >> 1 & 6 : rho > 3 ? 2 : 0;
            int entry = word.Length | word.HasResidual << 6 | next << PeekBits | rho << 10 | word.LargestValue << 14
                | word.LargestKnown << 18;
            for (int bits = word.Bits; bits < 1 << PeekBits; bits += 1 << word.Length)
                table[word.Context << PeekBits | bits] = (uint)entry;
        }

        return table;
    }

    private static uint[] MakeResiduals(int modes, bool firstRow)
    {
        var table = new uint[modes << ResidualPeekBits];
        for (int index = 1 << ResidualPeekBits; index < table.Length; index++)
        {
            int mode = index >> ResidualPeekBits, bits = index & ((1 << ResidualPeekBits) - 1);
            var first = mode != 2 ? Prefixes[bits & 7] : default;
            bits >>= first.PrefixLength;
            var second = mode != 1 ? Prefixes[bits & 7] : default;

            // In the first row, a first residual above 2 leaves the second a single bit: it is 1 or 2 (§7.3.6), unless MEL
            // has said that both exceed 2; then both count from 2.
            if (firstRow && mode == 3 && first.PrefixLength == 3) second = ((bits & 1) + 1, 1, 0);
            int above = mode == 4 ? 2 : 0;
            int prefixes = first.PrefixLength + second.PrefixLength;
            table[index] = (uint)(prefixes + first.SuffixLength + second.SuffixLength | prefixes << 6
                | first.SuffixLength << 9 | second.SuffixLength << 12 | first.Value + above << 15
                | second.Value + above << 18);
        }

        return table;
    }

    private static ushort[] MakeEncoding(ReadOnlySpan<uint> words)
    {
        var table = new ushort[8 << 8];
        for (int index = 0; index < table.Length; index++)
        {
            int context = index >> 8, significance = index >> 4 & 15, largest = index & 15;
            if ((largest & ~significance) != 0) continue;

            // Of the code words that fit, the one that tells most exponents saves most bits of magnitude.
            int mostKnown = -1;
            foreach (uint packed in words)
            {
                var word = new CodeWord(packed);
                int known = BitOperations.PopCount((uint)word.LargestKnown);
                if (word.Context != context || word.Significance != significance
                    || word.HasResidual != 0 != (largest != 0) || (largest & word.LargestKnown) != word.LargestValue
                    || known < mostKnown)
                    continue;
                mostKnown = known;
                table[index] = (ushort)(word.LargestKnown | word.Length << 4 | word.Bits << 7);
            }
        }

        return table;
    }

    private static ushort[] MakeResidualEncoding()
    {
        var table = new ushort[33];
        for (int u = 1; u < table.Length; u++)
        {
            int bits = u switch { 1 => 1, 2 => 2, 3 or 4 => 4, _ => 0 };
            var prefix = Prefixes[bits];
            table[u] = (ushort)(bits | prefix.PrefixLength << 3 | u - prefix.Value << 5 | prefix.SuffixLength << 10);
        }

        return table;
    }

    private static ulong[] MakeLanes(int width)
    {
        var lanes = new ulong[16];
        for (int flags = 0; flags < lanes.Length; flags++)
        {
            for (int n = 0; n < 4; n++)
                lanes[flags] |= (ulong)(flags >> n & 1) << width * n;
        }

        return lanes;
    }

    /// <summary>One line of the tables of Annex C.</summary>
    internal readonly record struct CodeWord(uint Packed)
    {
        /// <summary>Bits of the code word, 1 to 7.</summary>
        internal int Length => (int)Packed & 7;

        /// <summary>The code word, its first bit lowest.</summary>
        internal int Bits => (int)(Packed >> 3) & 127;

        /// <summary>rho: which of the four samples are significant.</summary>
        internal int Significance => (int)(Packed >> 10) & 15;

        /// <summary>u_off: 1 when a residual follows.</summary>
        internal int HasResidual => (int)(Packed >> 14) & 1;

        /// <summary>epsilon_k: of which samples the word says whether their exponent is the largest.</summary>
        internal int LargestKnown => (int)(Packed >> 15) & 15;

        /// <summary>epsilon_1: what it says of those.</summary>
        internal int LargestValue => (int)(Packed >> 19) & 15;

        /// <summary>c_q: the context.</summary>
        internal int Context => (int)(Packed >> 23) & 7;
    }
}
