namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Decodes one code block of the HT block coder (ISO/IEC 15444-15 §7): the cleanup pass and what refines it.
/// </summary>
internal static class HtBlockDecoder
{
    /// <summary>Decodes the last HT set of a code block.</summary>
    /// <param name="cleanup">The bytes of the cleanup segment.</param>
    /// <param name="refinement">The bytes of the refinement segment, SigProp from its start and MagRef from its end; empty
    /// when there is none.</param>
    /// <param name="passes">1 for the cleanup pass alone, 2 with SigProp, 3 with MagRef.</param>
    /// <param name="plane">The bit plane of the cleanup pass, 0 for the lowest; at least 1 with refinement.</param>
    /// <param name="causal">True when SigProp must not look at the next stripe.</param>
    /// <param name="halves">True to write coefficients in half units, a half added to what is not 0: (2|q| + 1) with the
    /// sign. False to write them in whole units, the half cut off.</param>
    /// <param name="coefficients">Receives the coefficients, two's complement, rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">From one row to the next, in elements.</param>
    /// <param name="width">Columns, 1 to 1024.</param>
    /// <param name="height">Rows, 1 to 1024; at most 4096 samples.</param>
    /// <param name="workspace">Memory to work in; holds nothing afterwards.</param>
    /// <returns>False when the block is damaged; what is in <paramref name="coefficients"/> is then of no use.</returns>
    internal static bool TryDecode(
        ReadOnlySpan<byte> cleanup, ReadOnlySpan<byte> refinement, int passes, int plane, bool causal, bool halves,
        Span<int> coefficients, int stride, int width, int height, HtWorkspace workspace)
    {
        if (passes is < 1 or > 3 || plane is < 0 or > 30) return false;
        if (refinement.IsEmpty) passes = 1;
        if (passes > 1 && plane == 0) return false;

        bool plain = passes == 1 && plane == 0;
        if (!HtCleanupDecoder.TryDecode(
            cleanup, halves || !plain, coefficients, stride, width, height, workspace))
            return false;
        if (plain) return true;

        if (passes > 1)
        {
            HtRefinementDecoder.Refine(
                refinement, passes > 2, causal, coefficients, stride, width, height, workspace);
            plane--;
        }

        return TryScale(coefficients, stride, width, height, plane, halves ? 0 : 1);
    }

    /// <summary>Brings half units of a plane to units of the lowest plane, or to their halves.</summary>
    private static bool TryScale(Span<int> coefficients, int stride, int width, int height, int plane, int drop)
    {
        int largest = int.MaxValue >> plane;
        for (int y = 0; y < height; y++)
        {
            foreach (ref int value in coefficients.Slice(y * stride, width))
            {
                int magnitude = Math.Abs(value);
                if (magnitude > largest) return false;
                magnitude = magnitude << plane >> drop;
                value = value < 0 ? -magnitude : magnitude;
            }
        }

        return true;
    }
}
