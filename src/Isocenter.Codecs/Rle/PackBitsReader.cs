using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Rle;

/// <summary>Unpacks one segment piece by piece (PS3.5 §G.3.2): a byte 0 to 127 is followed by one more literal bytes than it
/// says, -1 to -127 by the one byte to repeat, one time more than its absolute value; -128 means nothing.</summary>
internal ref struct PackBitsReader(ReadOnlySpan<byte> segment, int position)
{
    /// <summary>Bytes that may be written behind what was asked for: the rest of a run, and whole vectors.</summary>
    public const int Slack = 128;

    private readonly ReadOnlySpan<byte> _segment = segment;
    private int _position = position;

    /// <summary>Bytes of the segment that were used up.</summary>
    public readonly int Position => _position;

    /// <summary>Unpacks whole runs until at least <paramref name="wanted"/> bytes are there or the segment ends. A run that
    /// the end cuts off gives what there is of it.</summary>
    /// <param name="destination">At least <paramref name="wanted"/> + <see cref="Slack"/> bytes. What lies behind the
    /// bytes that were unpacked is overwritten.</param>
    /// <param name="wanted">Bytes to unpack.</param>
    /// <returns>Bytes unpacked: at most 127 more than wanted; fewer at the end of the segment only.</returns>
    public int Read(Span<byte> destination, int wanted)
    {
        var source = _segment;
        int from = _position, to = 0;
        // Away from the end of the segment, whole vectors are copied: most runs are shorter than one.
        int safe = source.Length - 128;
        while (to < wanted && from < safe)
        {
            int control = source[from];
            if (control < 128)
            {
                int count = control + 1;
                CopyVectors(source.Slice(from + 1, 128), destination.Slice(to, 128), count);
                from += 1 + count;
                to += count;
            }
            else if (control > 128)
            {
                int count = 257 - control;
                FillVectors(source[from + 1], destination.Slice(to, 128), count);
                from += 2;
                to += count;
            }
            else
            {
                from++;
            }
        }
        while (to < wanted && from < source.Length)
        {
            int control = source[from++];
            if (control < 128)
            {
                int count = Math.Min(control + 1, source.Length - from);
                source.Slice(from, count).CopyTo(destination[to..]);
                from += count;
                to += count;
            }
            else if (control > 128 && from < source.Length)
            {
                int count = 257 - control;
                destination.Slice(to, count).Fill(source[from++]);
                to += count;
            }
        }
        _position = from;
        return to;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CopyVectors(ReadOnlySpan<byte> source, Span<byte> destination, int count)
    {
        Vector256.Create(source).CopyTo(destination);
        if (count <= 32) return;
        Vector256.Create(source[32..]).CopyTo(destination[32..]);
        if (count <= 64) return;
        Vector256.Create(source[64..]).CopyTo(destination[64..]);
        Vector256.Create(source[96..]).CopyTo(destination[96..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FillVectors(byte value, Span<byte> destination, int count)
    {
        var vector = Vector256.Create(value);
        vector.CopyTo(destination);
        if (count <= 32) return;
        vector.CopyTo(destination[32..]);
        if (count <= 64) return;
        vector.CopyTo(destination[64..]);
        vector.CopyTo(destination[96..]);
    }
}
