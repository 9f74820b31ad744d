using System.Numerics;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Rle;

/// <summary>Packs one row of one segment (PS3.5 §G.3.1): runs of three and more equal bytes, or two where they stand alone,
/// as a replicate run; what lies between as literals.</summary>
internal static class PackBitsWriter
{
    /// <summary>Bytes behind the row that are looked at, whatever they are.</summary>
    public const int RowPadding = 2 * 32 + 2;

    /// <summary>Bytes behind the result that may be overwritten.</summary>
    public const int Slack = 128;

    private const int LongestRun = 128;

    /// <summary>Most bytes that a row of <paramref name="length"/> can become.</summary>
    public static long LongestResult(long length) => length + (length + LongestRun - 1) / LongestRun;

    /// <summary>Packs a row.</summary>
    /// <param name="row">The row and <see cref="RowPadding"/> bytes more.</param>
    /// <param name="length">Bytes of the row.</param>
    /// <param name="destination">Room for <see cref="LongestResult"/> and <see cref="Slack"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int Pack(ReadOnlySpan<byte> row, int length, Span<byte> destination)
    {
        int from = 0, to = 0;
        while (from < length)
        {
            int start = FindRun(row, from, length);
            to = WriteLiterals(row, from, start, destination, to);
            if (start >= length) break;
            int end = FindEnd(row, start, length);
            to = WriteRun(row[start], end - start, destination, to, out int left);
            from = end - left;
        }
        return to;
    }

    /// <summary>The first place from which three bytes are equal; the end of the row when there is none.</summary>
    private static int FindRun(ReadOnlySpan<byte> row, int from, int length)
    {
        while (from < length - 2)
        {
            var first = Vector256.Create(row[from..]);
            var second = Vector256.Create(row[(from + 1)..]);
            var third = Vector256.Create(row[(from + 2)..]);
            uint equal = (Vector256.Equals(first, second) & Vector256.Equals(second, third)).ExtractMostSignificantBits();
            if (equal != 0)
            {
                int found = from + BitOperations.TrailingZeroCount(equal);
                return found < length - 2 ? found : length;
            }
            from += Vector256<byte>.Count;
        }
        return length;
    }

    /// <summary>The first place behind the run that begins at <paramref name="start"/>.</summary>
    private static int FindEnd(ReadOnlySpan<byte> row, int start, int length)
    {
        var value = Vector256.Create(row[start]);
        for (int at = start + 3; at < length; at += Vector256<byte>.Count)
        {
            uint different = ~Vector256.Equals(Vector256.Create(row[at..]), value).ExtractMostSignificantBits();
            if (different != 0) return Math.Min(at + BitOperations.TrailingZeroCount(different), length);
        }
        return length;
    }

    private static int WriteLiterals(ReadOnlySpan<byte> row, int from, int end, Span<byte> destination, int to)
    {
        if (end - from == 2 && row[from] == row[from + 1])
        {
            destination[to] = 0xFF;
            destination[to + 1] = row[from];
            return to + 2;
        }
        while (from < end)
        {
            int count = Math.Min(end - from, LongestRun);
            destination[to] = (byte)(count - 1);
            if (row.Length - from >= LongestRun) PackBitsReader.CopyVectors(row.Slice(from, LongestRun), destination.Slice(to + 1, LongestRun), count);
            else row.Slice(from, count).CopyTo(destination[(to + 1)..]);
            from += count;
            to += 1 + count;
        }
        return to;
    }

    /// <param name="value">What is repeated.</param>
    /// <param name="count">How often, at least 3.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="to">From which place on.</param>
    /// <param name="left">1 when one byte is left over, which goes with the literals behind it.</param>
    private static int WriteRun(byte value, int count, Span<byte> destination, int to, out int left)
    {
        while (count > 1)
        {
            int run = Math.Min(count, LongestRun);
            destination[to] = (byte)(257 - run);
            destination[to + 1] = value;
            to += 2;
            count -= run;
        }
        left = count;
        return to;
    }
}
