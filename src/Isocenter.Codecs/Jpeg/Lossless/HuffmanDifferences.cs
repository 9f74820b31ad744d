using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Differences of the lossless process with Huffman coding (T.81 §H.2.2).</summary>
/// <remarks>The chain of look-ups alone limits the speed. Where the codes are short one look-up gives up to three
/// differences; else two are read for one refill of the bit word, as each takes at most 12 + 15 bits, and cut out without a
/// branch beside the chain.</remarks>
internal ref struct HuffmanDifferences : IDifferenceReader
{
    private readonly HuffmanTable[] _tables;
    private readonly bool _sharesTable = true;
    private readonly bool _category16HasBits;
    private HuffmanReader _reader;

    public HuffmanDifferences(JpegScan scan, JpegTables tables, bool category16HasBits)
    {
        _category16HasBits = category16HasBits;
        _tables = new HuffmanTable[scan.Components.Length];
        for (int i = 0; i < _tables.Length; i++)
        {
            _tables[i] = tables.Dc(scan.DcTables[i], scan.DataStart);
            _sharesTable &= _tables[i] == _tables[0];
        }
    }

    public readonly bool IsOverrun => _reader.IsOverrun;

    public readonly int BytesRead => _reader.BytesRead;

    public void Restart(EntropySegment segment) => _reader = new HuffmanReader(segment.Padded);

    public int ReadRow(scoped Span<ushort> differences)
    {
        // With one table for all it does not matter which component a difference is of.
        if (_sharesTable) return _tables[0].DifferenceRuns is { } runs ? ReadRowByRuns(differences, runs) : ReadRowOfOne(differences);
        return _tables.Length == 3 ? ReadRowOfThree(differences) : ReadRowOfMany(differences);
    }

    public bool TryRead(int index, int column, int row, out ushort difference) => TryReadSlowly(_tables[index], out difference);

    private int ReadRowByRuns(scoped Span<ushort> differences, ulong[] runs)
    {
        ReadOnlySpan<ulong> table = runs;
        var bytes = _reader.Bytes;
        ulong bits = _reader.Bits;
        int count = _reader.Count, position = _reader.Position, i = 0;
        while (i <= differences.Length - 4 * 4)
        {
            // Four look-ups take at most 48 bits. Each writes four values; the next overwrites those that are none.
            HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
            if (TryRun(table, ref bits, ref count, ref i, differences) && TryRun(table, ref bits, ref count, ref i, differences)
                && TryRun(table, ref bits, ref count, ref i, differences) && TryRun(table, ref bits, ref count, ref i, differences))
                continue;
            (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
            if (!TryReadSlowly(_tables[0], out differences[i])) return i;
            (bits, count, position) = (_reader.Bits, _reader.Count, _reader.Position);
            i++;
        }
        (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
        return i + ReadRowOfOne(differences[i..]);
    }

    private int ReadRowOfOne(scoped Span<ushort> differences)
    {
        var huffman = _tables[0];
        var table = huffman.Differences;
        var bytes = _reader.Bytes;
        ulong bits = _reader.Bits;
        int count = _reader.Count, position = _reader.Position, i = 0;
        while (i < differences.Length)
        {
            HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
            if (TryLook(table, ref bits, ref count, out ushort first))
            {
                differences[i++] = first;
                if (i >= differences.Length) break;
                if (TryLook(table, ref bits, ref count, out ushort second))
                {
                    differences[i++] = second;
                    continue;
                }
            }
            (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
            if (!TryReadSlowly(huffman, out differences[i])) return i;
            (bits, count, position) = (_reader.Bits, _reader.Count, _reader.Position);
            i++;
        }
        (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
        return i;
    }

    private int ReadRowOfThree(scoped Span<ushort> differences)
    {
        ReadOnlySpan<ushort> a = _tables[0].Differences, b = _tables[1].Differences, c = _tables[2].Differences;
        var bytes = _reader.Bytes;
        ulong bits = _reader.Bits;
        int count = _reader.Count, position = _reader.Position, i = 0;
        for (; i + 2 < differences.Length; i += 3)
        {
            int done = 0;
            HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
            if (TryLook(a, ref bits, ref count, out differences[i]))
            {
                done = 1;
                if (TryLook(b, ref bits, ref count, out differences[i + 1]))
                {
                    done = 2;
                    HuffmanReader.Refill(bytes, ref bits, ref count, ref position);
                    if (TryLook(c, ref bits, ref count, out differences[i + 2])) continue;
                }
            }
            (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
            for (; done < 3; done++)
            {
                if (!TryReadSlowly(_tables[done], out differences[i + done])) return i;
            }
            (bits, count, position) = (_reader.Bits, _reader.Count, _reader.Position);
        }
        (_reader.Bits, _reader.Count, _reader.Position) = (bits, count, position);
        return i;
    }

    private int ReadRowOfMany(scoped Span<ushort> differences)
    {
        int i = 0, component = 0;
        for (; i < differences.Length; i++)
        {
            _reader.Refill();
            if (!TryLook(_tables[component].Differences, ref _reader.Bits, ref _reader.Count, out differences[i])
                && !TryReadSlowly(_tables[component], out differences[i])) return i;
            if (++component == _tables.Length) component = 0;
        }
        return i;
    }

    /// <summary>Reads one difference, whatever its code.</summary>
    /// <returns>False when the bits are no code.</returns>
    private bool TryReadSlowly(HuffmanTable huffman, out ushort difference)
    {
        difference = 0;
        _reader.Refill();
        var (length, size) = huffman.Search(_reader.Bits);
        if (_category16HasBits && (size is < 0 or >= 16))
        {
            _reader.Drop(length);
            difference = 32768;
            if ((_reader.Bits >> 48) is 0x7FFF or 0x8000) _reader.Drop(16);
            return true;
        }
        if (size is < 0 or > 16) return false;
        if (size == 16)
        {
            // The one value of this category needs no bits.
            _reader.Drop(length);
            difference = 32768;
            return true;
        }
        difference = (ushort)HuffmanReader.Extend(_reader.Bits << length, size);
        _reader.Drop(length + size);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLook(ReadOnlySpan<ushort> table, ref ulong bits, ref int count, out ushort difference)
    {
        uint entry = table[(int)(bits >> (64 - HuffmanTable.DifferenceBits))];
        int size = (int)(entry >> 8), total = (int)(entry & 0xFF);
        difference = (ushort)HuffmanReader.Extend(bits << (total - size), size);
        bits <<= total;
        count -= total;
        return entry != 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryRun(ReadOnlySpan<ulong> table, ref ulong bits, ref int count, ref int i, Span<ushort> differences)
    {
        ulong entry = table[(int)(bits >> (64 - HuffmanTable.DifferenceBits))];
        int total = (int)(entry & 0xFF);
        MemoryMarshal.Write(MemoryMarshal.AsBytes(differences.Slice(i, 4)), entry >> 16);
        bits <<= total;
        count -= total;
        i += (int)(entry >> 8 & 0xFF);
        return entry != 0;
    }
}
