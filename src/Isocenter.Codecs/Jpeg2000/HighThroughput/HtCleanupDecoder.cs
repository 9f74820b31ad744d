using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The HT cleanup pass (ISO/IEC 15444-15 §7.3): first the quads, from MEL and VLC; then row by row the bounds of
/// their exponents, and with them the samples from MagSgn.</summary>
internal static partial class HtCleanupDecoder
{
    private const uint ContextBits = 7 << HtVlcTables.PeekBits;

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

        var mel = new MelDecoder(suffix);
        int pairs = (quadsPerRow + 1) / 2, stride = PairStride(quadsPerRow);
        int single = (quadsPerRow & 1) != 0 ? pairs - 1 : -1;

        var vlc = new ReadOnlySpan<byte>(workspace.Vlc);
        var bits = default(BitWindow);
        var events = default(Events);

        // Behind the pairs of a row, and above the first row, nothing is significant.
        workspace.Pairs.AsSpan(0, stride * quadRows).Clear();
        var row = workspace.Pairs.AsSpan(0, stride);
        events.Fill(workspace.Runs, ref mel, quadsPerRow + pairs);
        DecodeFirstRow(row[..pairs], single, vlc, ref bits, workspace.Runs, ref events);
        if (bits.Position > length) return false;
        for (int y = 1; y < quadRows; y++)
        {
            var above = row;
            Complete(row[..pairs]);
            row = workspace.Pairs.AsSpan(y * stride, stride);
            events.Fill(workspace.Runs, ref mel, quadsPerRow);
            DecodeRow(row[..pairs], above, single, vlc, ref bits, workspace.Runs, ref events);
            if (bits.Position > length) return false;
        }

        Complete(row[..pairs]);
        return true;
    }

    /// <summary>Decodes the first row of quads.</summary>
    /// <param name="row">Receives the pairs, to be completed.</param>
    /// <param name="single">A pair that has only one quad; -1 when there is none.</param>
    /// <param name="vlc">The bits of the VLC segment.</param>
    /// <param name="bits">The next of them.</param>
    /// <param name="runs">The runs of MEL events, enough of them for the row.</param>
    /// <param name="events">The next of them.</param>
    private static void DecodeFirstRow(
        Span<ulong> row, int single, ReadOnlySpan<byte> vlc, ref BitWindow bits, ReadOnlySpan<ushort> runs, ref Events events)
    {
        ReadOnlySpan<uint> table = HtVlcTables.FirstRow;
        var window = bits;
        var mel = events;
        uint context = 0;
        for (int i = 0; i < row.Length; i++)
        {
            window.Fill(vlc);
            uint first = table[(int)(context | window.Bits & 127)];
            if (context == 0 && !mel.Next(runs)) first = 0;
            window.Skip(first);
            context = first & ContextBits;

            uint second = 0;
            if (i != single)
            {
                second = table[(int)(context | window.Bits & 127)];
                if (context == 0 && !mel.Next(runs)) second = 0;
                window.Skip(second);
            }

            context = second & ContextBits;
            uint mode = first & 64 | (second & 64) << 1;
            if (mode == 3 * 64 && mel.Next(runs)) mode = 4 * 64;
            uint residual = table[HtVlcTables.Residuals + (int)(mode | window.Bits & 63)];
            row[i] = Pair(first, second, residual, window.Bits);
            window.Skip(residual);
        }

        bits = window;
        events = mel;
    }

    /// <summary>Decodes any other row of quads.</summary>
    /// <param name="row">Receives the pairs, to be completed.</param>
    /// <param name="above">The row above, an empty pair at its end.</param>
    /// <param name="single">A pair that has only one quad; -1 when there is none.</param>
    /// <param name="vlc">The bits of the VLC segment.</param>
    /// <param name="bits">The next of them.</param>
    /// <param name="runs">The runs of MEL events, enough of them for the row.</param>
    /// <param name="events">The next of them.</param>
    private static void DecodeRow(
        Span<ulong> row, ReadOnlySpan<ulong> above, int single, ReadOnlySpan<byte> vlc, ref BitWindow bits,
        ReadOnlySpan<ushort> runs, ref Events events)
    {
        ReadOnlySpan<uint> table = HtVlcTables.OtherRows;
        var window = bits;
        var mel = events;
        ulong over = above[0];
        uint context = 0;   // of it, what the quads to the left have to say
        for (int i = 0; i < row.Length; i++)
        {
            window.Fill(vlc);
            context |= AboveContext((uint)over, (uint)(over >> 32));
            uint first = table[(int)(context | window.Bits & 127)];
            if (context == 0 && !mel.Next(runs)) first = 0;
            window.Skip(first);

            context = first & ContextBits | AboveLeftContext((uint)over);
            uint middle = (uint)(over >> 32);
            over = above[i + 1];
            uint second = 0;
            if (i != single)
            {
                context |= AboveContext(middle, (uint)over);
                second = table[(int)(context | window.Bits & 127)];
                if (context == 0 && !mel.Next(runs)) second = 0;
                window.Skip(second);
            }

            context = second & ContextBits | AboveLeftContext(middle);
            uint residual = table[HtVlcTables.Residuals + (int)(first & 64 | (second & 64) << 1 | window.Bits & 63)];
            row[i] = Pair(first, second, residual, window.Bits);
            window.Skip(residual);
        }

        bits = window;
        events = mel;
    }

    /// <summary>The next bits of the VLC segment.</summary>
    private struct BitWindow
    {
        private ulong window;
        private int available;   // bits in the window; those above are right, too, and come again
        private int next;

        /// <summary>The next bits, the first lowest.</summary>
        internal readonly uint Bits => (uint)window;

        /// <summary>Bits skipped so far.</summary>
        internal readonly int Position => 8 * next - available;

        /// <summary>Makes 56 bits available.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Fill(ReadOnlySpan<byte> bytes)
        {
            window |= BinaryPrimitives.ReadUInt64LittleEndian(bytes[next..]) << available;
            next += (63 - available) >> 3;
            available |= 56;
        }

        /// <summary>Leaves out as many bits as the low 6 bits of a table entry say.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void Skip(uint entry)
        {
            window >>= (int)entry;
            available -= (int)entry & 63;
        }
    }

    /// <summary>The next MEL event. Runs are read ahead of a row of quads, so that nothing is called while it is decoded.
    /// </summary>
    private struct Events
    {
        private int run;     // as MelDecoder.NextRun, less 2 for each event taken
        private int next;
        private int known;

        /// <summary>Reads ahead as many runs as <paramref name="events"/> events can need.</summary>
        internal void Fill(ushort[] runs, ref MelDecoder mel, int events)
        {
            bool isFirst = known == 0;
            while (known <= next + events) runs[known++] = (ushort)mel.NextRun();
            if (isFirst) run = runs[next++];
        }

        /// <summary>Takes one event.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal bool Next(ReadOnlySpan<ushort> runs)
        {
            run -= 2;
            if (run >= 0) return false;
            bool one = run == -1;
            run = runs[next++];
            return one;
        }
    }

    /// <summary>Two quads, each where it belongs, and above them what is known of their residuals: the entry of the table
    /// (15 bits), and the suffixes (10 bits).</summary>
    private static ulong Pair(uint first, uint second, uint residual, uint bits)
    {
        uint suffixes = bits >> (int)(residual >> 6 & 7) & 1023;
        return first >> 10 | (ulong)(second >> 10) << 32 | (ulong)(residual >> 6) << 12 | (ulong)suffixes << 44;
    }

    /// <summary>Puts the residuals of all pairs of a row together, now that no code word waits for it.</summary>
    private static void Complete(Span<ulong> row)
    {
        foreach (ref ulong pair in row)
        {
            uint residual = (uint)pair >> 12, suffixes = (uint)(pair >> 44);
            int firstLength = (int)(residual >> 3 & 7), secondLength = (int)(residual >> 6 & 7);
            uint first = (residual >> 9 & 7) + (suffixes & (1u << firstLength) - 1);
            uint second = (residual >> 12) + (suffixes >> firstLength & (1u << secondLength) - 1);
            pair = pair & 0x0000_0FFF_0000_0FFF | first << 16 | (ulong)second << 48;
        }
    }

    /// <summary>What the quads above and above right say to the context in other than the first row (equation 2): n; ne and
    /// nf. All contexts are in place for the tables.</summary>
    private static uint AboveContext(uint above, uint aboveRight) => (above & 0x0A) << 6 | (aboveRight & 0x02) << 8;

    /// <summary>What the quad above left says: nw.</summary>
    private static uint AboveLeftContext(uint aboveLeft) => (aboveLeft & 0x08) << 4;
}
