using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Tests.Jpeg2000.HighThroughput;

/// <summary>The slow twin of <see cref="HtBlockDecoder"/>: ISO/IEC 15444-15 §7 bit by bit and sample by sample, sharing with
/// it only the table of code words.</summary>
internal sealed class ReferenceHtBlockDecoder(int width, int height)
{
    private static readonly Dictionary<(int Context, int Length, int Bits), HtVlcTables.CodeWord> FirstRowWords =
        Index(HtVlcTables.FirstRowWords);
    private static readonly Dictionary<(int Context, int Length, int Bits), HtVlcTables.CodeWord> OtherRowWords =
        Index(HtVlcTables.OtherRowWords);

    private readonly int[,] magnitude = new int[height, width];     // μ
    private readonly bool[,] negative = new bool[height, width];
    private readonly int[,] exponent = new int[height, width];      // E, 0 where not significant
    private readonly bool[,] refined = new bool[height, width];
    private readonly bool[,] isNew = new bool[height, width];

    private byte[] bytes = [];
    private int suffix;

    // MagSgn
    private int magSgnAt, magSgnBits, magSgnByte, magSgnLast;

    // MEL
    private int melAt, melBits, melByte, melState, melRun;
    private bool melOne;

    // VLC
    private int vlcAt, vlcBits, vlcByte, vlcLast;

    /// <summary>Decodes; in half units of the lowest plane when <paramref name="halves"/>, else in whole ones.</summary>
    internal int[] Decode(byte[] cleanup, byte[] refinement, int passes, int plane, bool causal, bool halves)
    {
        Cleanup(cleanup);
        if (passes > 1) SigProp(refinement, causal);
        if (passes > 2) MagRef(refinement);

        var result = new int[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (magnitude[y, x] == 0) continue;
                bool lower = refined[y, x] || isNew[y, x];
                long value = (2L * magnitude[y, x] + 1) << (lower ? plane - 1 : plane);
                if (!halves) value >>= 1;
                result[y * width + x] = (int)(negative[y, x] ? -value : value);
            }
        }

        return result;
    }

    private static Dictionary<(int Context, int Length, int Bits), HtVlcTables.CodeWord> Index(ReadOnlySpan<uint> words) =>
        words.ToArray().Select(packed => new HtVlcTables.CodeWord(packed))
            .ToDictionary(word => (word.Context, word.Length, word.Bits));

    private void Cleanup(byte[] segment)
    {
        bytes = (byte[])segment.Clone();
        int length = bytes.Length;
        int scup = bytes[length - 1] * 16 + (bytes[length - 2] & 15);
        suffix = length - scup;
        bytes[length - 1] = 0xFF;
        bytes[length - 2] |= 0x0F;

        melAt = suffix;
        vlcAt = length - 3;
        vlcLast = bytes[length - 2];
        vlcByte = vlcLast >> 4;
        vlcBits = (vlcByte & 7) == 7 ? 3 : 4;

        for (int y = 0; y < height; y += 2)
        {
            for (int x = 0; x < width; x += 4)
            {
                var first = Significance(x, y);
                var second = x + 2 < width ? Significance(x + 2, y) : default;
                var (u0, u1) = Residuals(first.HasResidual != 0, second.HasResidual != 0, y == 0);
                Samples(x, y, first, u0);
                if (x + 2 < width) Samples(x + 2, y, second, u1);
            }
        }
    }

    private bool IsSignificant(int x, int y) =>
        x >= 0 && x < width && y >= 0 && y < height && exponent[y, x] > 0;

    private readonly Dictionary<(int X, int Y), int> rho = [];

    private bool Rho(int x, int y) =>
        x >= 0 && y >= 0 && rho.TryGetValue((x / 2, y / 2), out int r) && (r >> ((x & 1) * 2 + (y & 1)) & 1) != 0;

    private HtVlcTables.CodeWord Significance(int x, int y)
    {
        int context;
        if (y == 0)
        {
            context = (Rho(x - 2, 0) || Rho(x - 2, 1) ? 1 : 0) + (Rho(x - 1, 0) ? 2 : 0) + (Rho(x - 1, 1) ? 4 : 0);
        }
        else
        {
            context = (Rho(x - 1, y - 1) || Rho(x, y - 1) ? 1 : 0) + (Rho(x - 1, y) || Rho(x - 1, y + 1) ? 2 : 0)
                + (Rho(x + 1, y - 1) || Rho(x + 2, y - 1) ? 4 : 0);
        }

        HtVlcTables.CodeWord word = default;
        if (context != 0 || MelEvent())
        {
            int bits = 0;
            for (int length = 1; word.Length == 0; length++)
            {
                bits |= VlcBit() << (length - 1);
                (y == 0 ? FirstRowWords : OtherRowWords).TryGetValue((context, length, bits), out word);
            }
        }

        rho[(x / 2, y / 2)] = word.Significance;
        return word;
    }

    private (int First, int Second) Residuals(bool first, bool second, bool isFirstRow)
    {
        if (isFirstRow && first && second)
        {
            if (MelEvent())
            {
                int p0 = Prefix(), p1 = Prefix();
                int s0 = Suffix(p0), s1 = Suffix(p1);
                return (2 + p0 + s0, 2 + p1 + s1);
            }

            int prefix = Prefix();
            if (prefix > 2)
            {
                int short1 = VlcBit() + 1;
                return (prefix + Suffix(prefix), short1);
            }

            int other = Prefix();
            int suffix0 = Suffix(prefix);
            return (prefix + suffix0, other + Suffix(other));
        }

        int a = first ? Prefix() : 0, b = second ? Prefix() : 0;
        int sa = Suffix(a), sb = Suffix(b);
        return (a + sa, b + sb);
    }

    private int Prefix() => VlcBit() != 0 ? 1 : VlcBit() != 0 ? 2 : VlcBit() != 0 ? 3 : 5;

    private int Suffix(int prefix)
    {
        int length = prefix < 3 ? 0 : prefix == 3 ? 1 : 5, value = 0;
        for (int i = 0; i < length; i++) value |= VlcBit() << i;
        return value;
    }

    private void Samples(int x, int y, HtVlcTables.CodeWord word, int u)
    {
        int kappa = 1;
        int significant = word.Significance;
        if (y > 0 && (significant & (significant - 1)) != 0)
        {
            int largest = 0;
            for (int dx = -1; dx <= 2; dx++)
            {
                if (IsSignificant(x + dx, y - 1)) largest = Math.Max(largest, exponent[y - 1, x + dx]);
            }

            kappa = Math.Max(1, largest - 1);
        }

        int bound = u + kappa;
        for (int n = 0; n < 4; n++)
        {
            if ((significant >> n & 1) == 0) continue;
            int length = bound - (word.LargestKnown >> n & 1);
            long value = 0;
            for (int i = 0; i < length; i++) value |= (long)MagSgnBit() << i;
            if ((word.LargestValue >> n & 1) != 0) value |= 1L << length;
            int sx = x + n / 2, sy = y + n % 2;
            if (sx >= width || sy >= height) continue;
            magnitude[sy, sx] = (int)(value / 2) + 1;
            negative[sy, sx] = (value & 1) != 0;
            long doubled = 2L * magnitude[sy, sx] - 1;
            while (doubled >> exponent[sy, sx] != 0) exponent[sy, sx]++;
        }
    }

    private int MagSgnBit()
    {
        if (magSgnBits == 0)
        {
            magSgnBits = magSgnLast == 0xFF ? 7 : 8;
            magSgnByte = magSgnAt < suffix ? bytes[magSgnAt++] : 0xFF;
            magSgnLast = magSgnByte;
        }

        int bit = magSgnByte & 1;
        magSgnByte >>= 1;
        magSgnBits--;
        return bit;
    }

    private bool MelEvent()
    {
        int[] exponents = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];
        if (melRun == 0 && !melOne)
        {
            int length = exponents[melState];
            if (MelBit() != 0)
            {
                melRun = 1 << length;
                melState = Math.Min(12, melState + 1);
            }
            else
            {
                while (length-- > 0) melRun = 2 * melRun + MelBit();
                melState = Math.Max(0, melState - 1);
                melOne = true;
            }
        }

        if (melRun > 0)
        {
            melRun--;
            return false;
        }

        melOne = false;
        return true;
    }

    private int MelBit()
    {
        if (melBits == 0)
        {
            melBits = melByte == 0xFF ? 7 : 8;
            melByte = melAt < bytes.Length ? bytes[melAt++] : 0xFF;
        }

        return melByte >> --melBits & 1;
    }

    private int VlcBit()
    {
        if (vlcBits == 0)
        {
            int next = vlcAt >= suffix ? bytes[vlcAt--] : 0;
            vlcBits = vlcLast > 0x8F && (next & 0x7F) == 0x7F ? 7 : 8;
            vlcByte = vlcLast = next;
        }

        int bit = vlcByte & 1;
        vlcByte >>= 1;
        vlcBits--;
        return bit;
    }

    private void SigProp(byte[] segment, bool causal)
    {
        int at = 0, bits = 0, current = 0;
        int Bit()
        {
            if (bits == 0)
            {
                bits = current == 0xFF ? 7 : 8;
                current = at < segment.Length ? segment[at++] : 0;
                pending = current;
            }

            int bit = pending & 1;
            pending >>= 1;
            bits--;
            return bit;
        }

        for (int y0 = 0; y0 < height; y0 += 4)
        {
            for (int x0 = 0; x0 < width; x0 += 4)
            {
                var found = new List<(int X, int Y)>();
                for (int x = x0; x < Math.Min(x0 + 4, width); x++)
                {
                    for (int y = y0; y < Math.Min(y0 + 4, height); y++)
                    {
                        if (exponent[y, x] > 0 || !HasNeighbour(x, y, causal ? y0 + 4 : height) || Bit() == 0) continue;
                        isNew[y, x] = true;
                        magnitude[y, x] = 1;
                        found.Add((x, y));
                    }
                }

                foreach (var (x, y) in found) negative[y, x] = Bit() != 0;
            }
        }
    }

    private int pending;

    private bool HasNeighbour(int x, int y, int end)
    {
        for (int ny = Math.Max(0, y - 1); ny <= Math.Min(y + 1, Math.Min(end, height) - 1); ny++)
        {
            for (int nx = Math.Max(0, x - 1); nx <= Math.Min(x + 1, width - 1); nx++)
            {
                if (exponent[ny, nx] > 0 || isNew[ny, nx]) return true;
            }
        }

        return false;
    }

    private void MagRef(byte[] segment)
    {
        int at = segment.Length - 1, bits = 0, current = 0, last = 0xFF;
        for (int y0 = 0; y0 < height; y0 += 4)
        {
            for (int x = 0; x < width; x++)
            {
                for (int y = y0; y < Math.Min(y0 + 4, height); y++)
                {
                    if (exponent[y, x] == 0) continue;
                    if (bits == 0)
                    {
                        int next = at >= 0 ? segment[at--] : 0;
                        bits = last > 0x8F && (next & 0x7F) == 0x7F ? 7 : 8;
                        current = last = next;
                    }

                    magnitude[y, x] = 2 * magnitude[y, x] + (current & 1);
                    refined[y, x] = true;
                    current >>= 1;
                    bits--;
                }
            }
        }
    }
}
