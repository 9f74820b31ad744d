using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The HT cleanup pass (ISO/IEC 15444-15 §7.3): first the quads, from MEL and VLC; then row by row the bounds of
/// their exponents, and with them the samples from MagSgn.</summary>
internal static partial class HtCleanupDecoder
{
    /// <summary>Decodes a cleanup segment.</summary>
    /// <param name="segment">Its bytes: MagSgn, MEL and VLC.</param>
    /// <param name="halves">True to write 2μ + 1, false to write μ, with the sign.</param>
    /// <param name="coefficients">Receives the samples, rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">From one row to the next, in elements.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="workspace">Its <see cref="HtWorkspace.Pairs"/> keep what was significant.</param>
    /// <returns>False when the segment is damaged.</returns>
    internal static bool TryDecode(
        ReadOnlySpan<byte> segment, bool halves, Span<int> coefficients, int stride, int width, int height,
        HtWorkspace workspace)
    {
        // The last 12 bits say how long MEL and VLC are together (§7.1.1).
        if (segment.Length < 2) return false;
        int suffixLength = segment[^1] << 4 | segment[^2] & 0x0F;
        if (suffixLength is < 2 or > HtWorkspace.MaxScup || suffixLength > segment.Length) return false;

        var suffix = segment[^suffixLength..];
        if (!TryDecodeQuads(suffix, (width + 1) / 2, (height + 1) / 2, workspace)) return false;

        int samples = ((width + 1) & ~1) * ((height + 1) & ~1);
        int bits = HtSegments.Unstuff(
            segment[..^suffixLength], workspace.MagSgn, samples * 4, fill: 0xFF);
        return halves
            ? TryDecodeSamples<HalfUnits>(bits, coefficients, stride, width, height, workspace)
            : TryDecodeSamples<WholeUnits>(bits, coefficients, stride, width, height, workspace);
    }

    /// <summary>Elements of <see cref="HtWorkspace.Pairs"/> from one row of quads to the next: at least one empty pair
    /// behind the row, an even number.</summary>
    internal static int PairStride(int quadsPerRow) => (quadsPerRow + 1) / 2 + 2 & ~1;

    /// <summary>Decodes significance and u of all quads (§7.3.5, §7.3.6).</summary>
    private static bool TryDecodeQuads(ReadOnlySpan<byte> suffix, int quadsPerRow, int quadRows, HtWorkspace workspace)
    {
        // VLC begins above the four bits that belong to Scup.
        int first = suffix[^2];
        int start = first >> 4, startLength = (start & 7) == 7 ? 3 : 4;
        int length = HtSegments.UnstuffBackward(
            suffix[..^2], workspace.Vlc, above: (first | 0x0F) > 0x8F, start & (1 << startLength) - 1, startLength);

        var vlc = new ReadOnlySpan<byte>(workspace.Vlc);
        var mel = new MelDecoder(suffix);
        int run = mel.NextRun();
        int position = 0;
        int stride = PairStride(quadsPerRow);

        var row = workspace.Pairs.AsSpan(0, stride);
        DecodeFirstRow(row, quadsPerRow, vlc, ref position, ref mel, ref run);
        if (position > length) return false;
        for (int y = 1; y < quadRows; y++)
        {
            var above = row;
            row = workspace.Pairs.AsSpan(y * stride, stride);
            DecodeRow(row, above, quadsPerRow, vlc, ref position, ref mel, ref run);
            if (position > length) return false;
        }

        return true;
    }

    private static void DecodeFirstRow(
        Span<ulong> row, int quadsPerRow, ReadOnlySpan<byte> vlc, ref int position, ref MelDecoder mel, ref int run)
    {
        ReadOnlySpan<ushort> words = HtVlcTables.FirstRow, residuals = HtVlcTables.FirstRowResiduals;
        int at = position, left = run;
        uint context = 0;
        row.Clear();
        for (int i = 0; i < (quadsPerRow + 1) / 2; i++)
        {
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(vlc[(at >> 3)..]) >> (at & 7);
            uint first = words[(int)(context | (uint)bits & 127)];
            if (context == 0 && !NextEvent(ref mel, ref left)) first = 0;
            bits >>= (int)first & 7;
            context = FirstRowContext(first);

            uint second = 0;
            if (2 * i + 1 < quadsPerRow)
            {
                second = words[(int)(context | (uint)bits & 127)];
                if (context == 0 && !NextEvent(ref mel, ref left)) second = 0;
                bits >>= (int)second & 7;
            }

            context = FirstRowContext(second);
            uint mode = (first & 8) << 3 | (second & 8) << 4;
            if (mode == 0xC0 && NextEvent(ref mel, ref left)) mode = 0x100;
            uint residual = residuals[(int)(mode | (uint)bits & 63)];
            bits >>= (int)residual & 7;
            at += (int)((first & 7) + (second & 7) + (residual & 7) + (residual >> 3 & 15));
            row[i] = Pair(first, second, residual, (uint)bits);
        }

        position = at;
        run = left;
    }

    private static void DecodeRow(
        Span<ulong> row, ReadOnlySpan<ulong> above, int quadsPerRow, ReadOnlySpan<byte> vlc, ref int position,
        ref MelDecoder mel, ref int run)
    {
        ReadOnlySpan<ushort> words = HtVlcTables.OtherRows, residuals = HtVlcTables.OtherRowResiduals;
        int at = position, left = run;
        uint context = 0;   // of it, what the quads to the left have to say
        ulong over = above[0];
        row.Clear();
        for (int i = 0; i < (quadsPerRow + 1) / 2; i++)
        {
            uint near = (uint)over, middle = (uint)(over >> 32);
            over = above[i + 1];
            context |= AboveContext(near, middle);
            ulong bits = BinaryPrimitives.ReadUInt64LittleEndian(vlc[(at >> 3)..]) >> (at & 7);
            uint first = words[(int)(context | (uint)bits & 127)];
            if (context == 0 && !NextEvent(ref mel, ref left)) first = 0;
            bits >>= (int)first & 7;

            uint second = 0;
            if (2 * i + 1 < quadsPerRow)
            {
                context = LeftContext(first, near) | AboveContext(middle, (uint)over);
                second = words[(int)(context | (uint)bits & 127)];
                if (context == 0 && !NextEvent(ref mel, ref left)) second = 0;
                bits >>= (int)second & 7;
            }

            context = LeftContext(second, middle);
            uint mode = (first & 8) << 3 | (second & 8) << 4;
            uint residual = residuals[(int)(mode | (uint)bits & 63)];
            bits >>= (int)residual & 7;
            at += (int)((first & 7) + (second & 7) + (residual & 7) + (residual >> 3 & 15));
            row[i] = Pair(first, second, residual, (uint)bits);
        }

        position = at;
        run = left;
    }

    /// <summary>Takes one event from MEL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool NextEvent(ref MelDecoder mel, ref int run)
    {
        run -= 2;
        if (run >= 0) return false;
        bool one = run == -1;
        run = mel.NextRun();
        return one;
    }

    /// <summary>Completes the residuals of two quads with their suffixes: the first quad in the low half, the second in the
    /// high one, each with u above its table entry.</summary>
    private static ulong Pair(uint first, uint second, uint residual, uint suffixes)
    {
        suffixes &= (1u << (int)(residual >> 3 & 15)) - 1;
        int firstLength = (int)(residual >> 7 & 7);
        uint firstResidual = (residual >> 10 & 7) + (suffixes & (1u << firstLength) - 1);
        uint secondResidual = (residual >> 13) + (suffixes >> firstLength);
        return first | firstResidual << 16 | (ulong)(second | secondResidual << 16) << 32;
    }

    /// <summary>The context in the first row, in place for the tables: from the quad to the left, its first two samples
    /// as one, then each of the others (§7.3.5, equation 1).</summary>
    private static uint FirstRowContext(uint left) => (left & 0x10) << 3 | (left & 0xE0) << 2;

    /// <summary>What the quads above and above right say to the context in the other rows (equation 2): n; ne and nf.
    /// </summary>
    private static uint AboveContext(uint above, uint aboveRight) => (above & 0xA0) << 2 | (aboveRight & 0x20) << 4;

    /// <summary>What the quads to the left and above left say to the context in the other rows: w and sw; nw.</summary>
    private static uint LeftContext(uint left, uint aboveLeft) =>
        (left & 0x40) << 2 | (left & 0x80) << 1 | aboveLeft & 0x80;
}
