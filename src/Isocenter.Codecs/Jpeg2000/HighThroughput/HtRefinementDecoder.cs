using System.Buffers.Binary;
using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The passes that add a bit plane to what the cleanup pass found: SigProp for the neighbours of significant
/// samples, MagRef for the significant ones (ISO/IEC 15444-15 §7.4, §7.5).</summary>
internal static class HtRefinementDecoder
{
    /// <summary>Refines coefficients in place.</summary>
    /// <param name="segment">The refinement segment: SigProp from its start, MagRef from its end.</param>
    /// <param name="magnitudes">True when MagRef is there too.</param>
    /// <param name="causal">True when SigProp must not look at the next stripe.</param>
    /// <param name="coefficients">2μ + 1 with the sign from the cleanup pass; then the same one bit plane lower.</param>
    /// <param name="stride">From one row to the next, in elements.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="workspace">As the cleanup pass has left it.</param>
    internal static void Refine(
        ReadOnlySpan<byte> segment, bool magnitudes, bool causal, Span<int> coefficients, int stride, int width, int height,
        HtWorkspace workspace)
    {
        // Both read from the buffers that the cleanup pass has done with. No block needs more than a bit and a sign each.
        int limit = Math.Min(segment.Length, HtWorkspace.MaxSamples / 2);
        int length = HtSegments.Unstuff(segment, workspace.MagSgn, limit, fill: 0);
        var propagation = new BitSource(workspace.MagSgn, length);
        length = HtSegments.UnstuffBackward(segment[^limit..], workspace.Vlc, above: true);
        var refinement = new BitSource(workspace.Vlc, length);

        // Significance of a stripe of four rows, a column in four bits, as the cleanup pass has left it: this stripe, the
        // one below; and of the one above with what SigProp has added.
        Span<byte> stripes = stackalloc byte[3 * (HtWorkspace.MaxSide + 2)];
        var above = stripes[..(width + 2)];
        var current = stripes.Slice(HtWorkspace.MaxSide + 2, width + 2);
        var below = stripes.Slice(2 * (HtWorkspace.MaxSide + 2), width + 2);
        ReadStripe(workspace, below, 0, width, height);
        for (int y = 0; y < height; y += 4)
        {
            below.CopyTo(current);
            ReadStripe(workspace, below, y + 4, width, height);
            int rows = Math.Min(4, height - y);
            var stripe = coefficients.Slice(y * stride, (rows - 1) * stride + width);
            RefineMagnitudes(current, stripe, stride, width, rows, magnitudes, ref refinement);
            Propagate(above, current, causal ? default : below, stripe, stride, width, rows, ref propagation);
            current.CopyTo(above);
        }
    }

    /// <summary>Collects the significance of a stripe from the quads of the cleanup pass; a column of margin at each side.
    /// </summary>
    private static void ReadStripe(HtWorkspace workspace, Span<byte> stripe, int y, int width, int height)
    {
        stripe.Clear();
        int pairStride = HtCleanupDecoder.PairStride((width + 1) / 2);
        for (int half = 0; half < 2; half++)
        {
            int row = y + 2 * half;
            if (row >= height) return;
            uint inside = row + 1 < height ? 3u : 1u;
            var pairs = workspace.Pairs.AsSpan(row / 2 * pairStride, pairStride);
            for (int x = 0; x < width; x++)
                stripe[x + 1] |= (byte)(((uint)(pairs[x / 4] >> ((x & 1) * 2 + (x & 2) * 16)) & inside) << 2 * half);
        }
    }

    /// <summary>MagRef of a stripe: one bit for each significant sample, column by column.</summary>
    private static void RefineMagnitudes(
        ReadOnlySpan<byte> current, Span<int> stripe, int stride, int width, int rows, bool present, ref BitSource source)
    {
        for (int x = 0; x < width; x++)
        {
            int significant = current[x + 1];
            for (int row = 0; row < rows; row++)
            {
                if ((significant >> row & 1) == 0) continue;
                ref int value = ref stripe[row * stride + x];

                // 2μ + 1, the middle of its interval, becomes the middle of the lower or upper half, a plane below.
                int step = !present ? 0 : source.Next() != 0 ? 1 : -1;
                value = value < 0 ? 2 * value - step : 2 * value + step;
            }
        }
    }

    /// <summary>SigProp of a stripe: one bit for each sample that is not significant and has a neighbour that is, then the
    /// signs of those found, four columns at a time. <paramref name="current"/> receives what was found.</summary>
    private static void Propagate(
        ReadOnlySpan<byte> above, Span<byte> current, ReadOnlySpan<byte> below, Span<int> stripe, int stride, int width,
        int rows, ref BitSource source)
    {
        Span<byte> found = stackalloc byte[4];
        int inside = (1 << rows) - 1;
        int left = 0;
        for (int x = 0; x < width; x += 4)
        {
            int columns = Math.Min(4, width - x), any = 0;
            for (int n = 0; n < columns; n++)
            {
                int at = x + n + 1;
                int self = Column(above, current, below, at), right = Column(above, current, below, at + 1);
                int around = left | self | right;
                int open = ~current[at] & inside, isNew = 0;
                if ((around | around >> 1 | around >> 2) != 0)
                {
                    for (int row = 0; row < rows; row++)
                    {
                        if ((open >> row & 1) == 0 || (around >> row & 7) == 0 || source.Next() == 0) continue;
                        isNew |= 1 << row;
                        around |= 2 << row;
                    }
                }

                found[n] = (byte)isNew;
                any |= isNew;
                current[at] |= (byte)isNew;
                left = self | isNew << 1;
            }

            if (any == 0) continue;
            for (int n = 0; n < columns; n++)
            {
                for (int isNew = found[n]; isNew != 0; isNew &= isNew - 1)
                {
                    int row = BitOperations.TrailingZeroCount(isNew);
                    stripe[row * stride + x + n] = source.Next() != 0 ? -3 : 3;
                }
            }
        }
    }

    /// <summary>A column of six: the sample above the stripe lowest, the stripe, the sample below it.</summary>
    private static int Column(ReadOnlySpan<byte> above, ReadOnlySpan<byte> current, ReadOnlySpan<byte> below, int at) =>
        above[at] >> 3 | current[at] << 1 | (below.IsEmpty ? 0 : (below[at] & 1) << 5);

    /// <summary>Bits one at a time, zeroes behind the end.</summary>
    private struct BitSource(byte[] bits, int length)
    {
        private ulong window;
        private int available;
        private int next;

        internal int Next()
        {
            if (available == 0)
            {
                window = next * 8 < length ? BinaryPrimitives.ReadUInt64LittleEndian(bits.AsSpan(next)) : 0;
                next += 8;
                available = 64;
            }

            int bit = (int)window & 1;
            window >>= 1;
            available--;
            return bit;
        }
    }
}
