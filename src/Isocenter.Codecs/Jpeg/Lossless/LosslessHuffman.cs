using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Reads Huffman-coded differences (T.81 §H.2.2).</summary>
/// <remarks>Two are read for one refill of the bit word: in the look-up each takes at most 12 + 15 bits. The difference is
/// cut out without a branch, beside the chain of look-ups, which alone limits the speed.</remarks>
internal static class LosslessHuffman
{
    /// <summary>Reads the differences of a row of one component.</summary>
    /// <returns>How many were read; fewer than asked for where the bits are no code.</returns>
    public static int ReadRow(ref HuffmanReader reader, HuffmanTable huffman, Span<ushort> differences, bool category16HasBits)
    {
        var table = huffman.Differences;
        var bytes = reader.Bytes;
        ulong bits = reader.Bits;
        int count = reader.Count, position = reader.Position, i = 0;
        while (i < differences.Length)
        {
            HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
            if (TryRead(table, ref bits, ref count, out ushort first))
            {
                differences[i++] = first;
                if (i >= differences.Length) break;
                if (TryRead(table, ref bits, ref count, out ushort second))
                {
                    differences[i++] = second;
                    continue;
                }
            }
            (reader.Bits, reader.Count, reader.Position) = (bits, count, position);
            if (!TryReadSlowly(ref reader, huffman, category16HasBits, out differences[i])) return i;
            (bits, count, position) = (reader.Bits, reader.Count, reader.Position);
            i++;
        }
        (reader.Bits, reader.Count, reader.Position) = (bits, count, position);
        return i;
    }

    /// <summary>Reads the differences of a row of interleaved components, each with its table.</summary>
    public static int ReadRow(
        ref HuffmanReader reader, ReadOnlySpan<HuffmanTable> huffman, Span<ushort> differences, bool category16HasBits)
    {
        if (huffman.Length != 3) return ReadRowOfMany(ref reader, huffman, differences, category16HasBits);
        ReadOnlySpan<ushort> a = huffman[0].Differences, b = huffman[1].Differences, c = huffman[2].Differences;
        var bytes = reader.Bytes;
        ulong bits = reader.Bits;
        int count = reader.Count, position = reader.Position, i = 0;
        for (; i + 2 < differences.Length; i += 3)
        {
            int done = 0;
            HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
            if (TryRead(a, ref bits, ref count, out differences[i]))
            {
                done = 1;
                if (TryRead(b, ref bits, ref count, out differences[i + 1]))
                {
                    done = 2;
                    HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
                    if (TryRead(c, ref bits, ref count, out differences[i + 2])) continue;
                }
            }
            (reader.Bits, reader.Count, reader.Position) = (bits, count, position);
            for (; done < 3; done++)
            {
                if (!TryReadSlowly(ref reader, huffman[done], category16HasBits, out differences[i + done])) return i;
            }
            (bits, count, position) = (reader.Bits, reader.Count, reader.Position);
        }
        (reader.Bits, reader.Count, reader.Position) = (bits, count, position);
        return i;
    }

    /// <summary>Reads one difference, whatever its code.</summary>
    /// <returns>False when the bits are no code.</returns>
    public static bool TryReadSlowly(ref HuffmanReader reader, HuffmanTable huffman, bool category16HasBits, out ushort difference)
    {
        difference = 0;
        reader.Refill();
        var (length, size) = huffman.Search(reader.Bits);
        if (category16HasBits && (size is < 0 or >= 16))
        {
            reader.Drop(length);
            difference = 32768;
            if ((reader.Bits >> 48) is 0x7FFF or 0x8000) reader.Drop(16);
            return true;
        }
        if (size is < 0 or > 16) return false;
        if (size == 16)
        {
            // The one value of this category needs no bits.
            reader.Drop(length);
            difference = 32768;
            return true;
        }
        difference = (ushort)HuffmanReader.Extend(reader.Bits << length, size);
        reader.Drop(length + size);
        return true;
    }

    private static int ReadRowOfMany(
        ref HuffmanReader reader, ReadOnlySpan<HuffmanTable> huffman, Span<ushort> differences, bool category16HasBits)
    {
        int i = 0, component = 0;
        for (; i < differences.Length; i++)
        {
            reader.Refill();
            if (!TryRead(huffman[component].Differences, ref reader.Bits, ref reader.Count, out differences[i])
                && !TryReadSlowly(ref reader, huffman[component], category16HasBits, out differences[i])) return i;
            if (++component == huffman.Length) component = 0;
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRead(ReadOnlySpan<ushort> table, ref ulong bits, ref int count, out ushort difference)
    {
        uint entry = table[(int)(bits >> (64 - HuffmanTable.DifferenceBits))];
        int size = (int)(entry >> 8), total = (int)(entry & 0xFF);
        difference = (ushort)HuffmanReader.Extend(bits << (total - size), size);
        bits <<= total;
        count -= total;
        return entry != 0;
    }
}
