using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Isocenter.Codecs.Jpeg;

/// <summary>The entropy-coded data from one marker to the next, without its stuffed bytes (T.81 §B.1.1.5).</summary>
/// <remarks>Taking them out beforehand costs one or two percent and frees the inner loops from looking for them.</remarks>
internal sealed class EntropySegment : IDisposable
{
    /// <summary>Zero bytes behind the data: a reader may load this far.</summary>
    public const int Padding = 8;

    private readonly byte[] _buffer;

    /// <param name="capacity">The longest that will be loaded, with its stuffed bytes.</param>
    public EntropySegment(int capacity)
    {
        // One byte of coded data never becomes more than one; whole vectors are stored.
        _buffer = ArrayPool<byte>.Shared.Rent(capacity + Vector256<byte>.Count + Padding);
    }

    /// <summary>Offset of the first byte in the code stream.</summary>
    public int Start { get; private set; }

    /// <summary>Offset of the marker at its end, or the length of the code stream when there is none.</summary>
    public int End { get; private set; }

    /// <summary>Bytes of the data.</summary>
    public int Length { get; private set; }

    /// <summary>The data and the padding behind it. Valid until the next <see cref="Load"/>.</summary>
    public ReadOnlySpan<byte> Padded => _buffer.AsSpan(0, Length + Padding);

    /// <summary>The marker at its end; 0 when the code stream ends there.</summary>
    public byte Marker { get; private set; }

    /// <summary>Takes the data from <paramref name="start"/> to the next marker of the code stream
    /// <paramref name="source"/>.</summary>
    public void Load(ReadOnlySpan<byte> source, int start)
    {
        Start = start;
        int read = start, write = 0;
        while (true)
        {
            var from = source[read..];
            var to = _buffer.AsSpan(write);
            int found = CopyTo0xFF(from, to);
            read += found;
            write += found;
            if (read >= source.Length) break;

            // More than one 0xFF before the 0 is illegal, but other decoders read them as one.
            int after = read + 1;
            while (after < source.Length && source[after] == 0xFF) after++;
            if (after >= source.Length)
            {
                read = source.Length;
                break;
            }
            if (source[after] != 0)
            {
                read = after - 1;
                break;
            }
            _buffer[write++] = 0xFF;
            read = after + 1;
        }
        End = read;
        Marker = read + 1 < source.Length ? source[read + 1] : (byte)0;
        Length = write;
        _buffer.AsSpan(write, Padding).Clear();
    }

    /// <summary>Where a byte of the data is in the code stream.</summary>
    public int Offset(ReadOnlySpan<byte> source, int position)
    {
        int at = Start;
        for (int n = 0; n < position && at < End; n++)
        {
            if (source[at++] != 0xFF) continue;
            while (at < End && source[at] == 0xFF) at++;
            at++;
        }
        return Math.Min(at, End);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Copies up to the first 0xFF.</summary>
    private static int CopyTo0xFF(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int at = 0;
        for (; at <= from.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.Create(from[at..]);
            bytes.CopyTo(to[at..]);
            uint hits = Vector256.Equals(bytes, Vector256<byte>.AllBitsSet).ExtractMostSignificantBits();
            if (hits != 0) return at + BitOperations.TrailingZeroCount(hits);
        }
        for (; at < from.Length; at++)
        {
            if (from[at] == 0xFF) break;
            to[at] = from[at];
        }
        return at;
    }
}
