using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>Writes a data set in any of the encodings (PS3.5 §7, Annex A). Deterministic: the same data set gives the
/// same bytes. Values that were not touched go out as they came in.</summary>
public sealed class DataSetWriter
{
    private const uint Undefined = 0xFFFF_FFFF;
    private const int CopyPiece = 64 * 1024;

    private readonly IBufferWriter<byte> _output;
    private bool _explicitVR;
    private readonly bool _bigEndian;
    private readonly bool _bigEndianPixels;
    private readonly WriteOptions _options;
    private readonly List<uint> _lengths = [];
    private int _nextLength;

    private DataSetWriter(IBufferWriter<byte> output, TransferSyntax syntax, WriteOptions options)
    {
        _output = output;
        _explicitVR = syntax.IsExplicitVR;
        _bigEndian = syntax.IsBigEndian;
        _bigEndianPixels = syntax.HasBigEndianPixels;
        _options = options;
    }

    /// <summary>Writes the elements of <paramref name="dataSet"/>, without file meta information.</summary>
    /// <param name="dataSet">What to write.</param>
    /// <param name="output">Where to. Not flushed.</param>
    /// <param name="syntax">VR encoding and byte order are taken from it. A deflated one is refused: deflating is the
    /// caller's (<see cref="DicomFile.Save(string, WriteOptions?)"/> does it).</param>
    /// <param name="options">Details.</param>
    /// <exception cref="InvalidOperationException">A value does not fit the encoding: longer than 65,534 bytes in a VR
    /// with a 16-bit length that has no way out as UN (PS3.5 §6.2.2), or fragments in a syntax that is not encapsulated.</exception>
    public static void Write(DataSet dataSet, IBufferWriter<byte> output, TransferSyntax syntax, WriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(syntax);
        if (syntax.IsDeflated) throw new ArgumentException("deflate what is written as Explicit VR Little Endian", nameof(syntax));
        var writer = new DataSetWriter(output, syntax, options ?? WriteOptions.Default);
        writer.Measure(dataSet);
        writer.WriteElements(dataSet);
    }

    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, TransferSyntax, WriteOptions?)"/>
    public static void Write(DataSet dataSet, Stream output, TransferSyntax syntax, WriteOptions? options = null)
    {
        using var buffer = new StreamBufferWriter(output);
        Write(dataSet, buffer, syntax, options);
        buffer.Flush();
    }

    /// <summary>The bytes of <paramref name="dataSet"/> in the given encoding.</summary>
    public static byte[] ToArray(DataSet dataSet, TransferSyntax syntax, WriteOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(dataSet, output, syntax, options);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>How many bytes the elements of one group take, without its group length (PS3.5 §7.2).</summary>
    internal static long LengthOfGroup(DataSet dataSet, ushort group, TransferSyntax syntax)
    {
        var writer = new DataSetWriter(new ArrayBufferWriter<byte>(), syntax, WriteOptions.Default);
        long length = 0;
        for (int i = 0; i < dataSet.Count; i++)
        {
            ref readonly var entry = ref dataSet.EntryAt(i);
            if (entry.Tag >> 16 == group && (ushort)entry.Tag != 0) length += writer.HeaderLength(dataSet.ElementAt(i)) + writer.MeasureValue(in entry);
        }
        return length;
    }

    /// <summary>First pass: the lengths of sequences and items, in the order in which the second pass asks for them.</summary>
    private long Measure(DataSet dataSet)
    {
        long total = 0;
        for (int i = 0; i < dataSet.Count; i++)
        {
            ref readonly var entry = ref dataSet.EntryAt(i);
            if (IsDropped(entry.Tag)) continue;
            total += HeaderLength(dataSet.ElementAt(i)) + MeasureValue(in entry);
        }
        return total;
    }

    private long MeasureValue(in Entry entry)
    {
        switch (entry.Attached)
        {
            case ItemList items:
                int slot = _lengths.Count;
                _lengths.Add(0);
                long length = 0;
                bool outer = EnterItems(in entry);
                foreach (var item in items)
                {
                    int itemSlot = _lengths.Count;
                    _lengths.Add(0);
                    long itemLength = Measure(item);
                    bool open = IsOpen(item.HasUndefinedLength) || itemLength >= Undefined;
                    _lengths[itemSlot] = open ? Undefined : (uint)itemLength;
                    length += 8 + itemLength + (open ? 8 : 0);
                }
                _explicitVR = outer;
                bool openSequence = IsUnknown(in entry) || IsOpen((entry.Flags & EntryFlags.UndefinedLength) != 0) || length >= Undefined;
                _lengths[slot] = openSequence ? Undefined : (uint)length;
                return length + (openSequence ? 8 : 0);
            case Fragments fragments:
                long bytes = 8 + fragments.BasicOffsetTable.Length + 8;
                foreach (var fragment in fragments.Items) bytes += 8 + fragment.Length + (fragment.Length & 1);
                return bytes;
            default:
                long plain = DataSet.LengthOf(in entry);
                return plain + (plain & 1);
        }
    }

    private bool IsOpen(bool asRead) => _options.Lengths switch
    {
        LengthEncoding.Defined => false,
        LengthEncoding.Undefined => true,
        _ => asRead,
    };

    private bool IsDropped(uint tag) => _options.DropGroupLengths && (ushort)tag == 0 && tag > 0x0002_0000;

    private int HeaderLength(DataElement element) => _explicitVR && WrittenVR(element).HasLongLength() ? 12 : 8;

    /// <summary>A value too long for the 16-bit length of its VR goes out as UN (PS3.5 §6.2.2 Note 5).</summary>
    private static VR WrittenVR(DataElement element)
    {
        var vr = element.VR == VR.None ? VR.UN : element.VR;
        return !vr.HasLongLength() && element.Length > 0xFFFE ? VR.UN : vr;
    }

    private void WriteElements(DataSet dataSet)
    {
        for (int i = 0; i < dataSet.Count; i++)
        {
            var element = dataSet.ElementAt(i);
            ref readonly var entry = ref element.Entry;
            if (IsDropped(entry.Tag)) continue;
            switch (entry.Attached)
            {
                case ItemList items:
                    WriteSequence(element, items);
                    break;
                case Fragments fragments:
                    WriteFragments(element, fragments);
                    break;
                default:
                    WriteValue(element);
                    break;
            }
        }
    }

    private void WriteSequence(DataElement element, ItemList items)
    {
        uint length = _lengths[_nextLength++];
        bool outer = _explicitVR;
        WriteHeader(element.Tag, IsUnknown(in element.Entry) ? VR.UN : VR.SQ, length);
        EnterItems(in element.Entry);
        foreach (var item in items)
        {
            uint itemLength = _lengths[_nextLength++];
            WriteItemHeader(0xFFFE_E000, itemLength);
            WriteElements(item);
            if (itemLength == Undefined) WriteItemHeader(0xFFFE_E00D, 0);
        }
        _explicitVR = outer;
        if (length == Undefined) WriteItemHeader(0xFFFE_E0DD, 0);
    }

    /// <summary>A sequence that was read from UN goes out as UN, whose items are in Implicit VR (PS3.5 §6.2.2 Note 2).</summary>
    private bool IsUnknown(in Entry entry) => _explicitVR && !_bigEndian && (entry.Flags & EntryFlags.WasUnknown) != 0;

    /// <returns>Whether VRs were written outside of the items.</returns>
    private bool EnterItems(in Entry entry)
    {
        bool outer = _explicitVR;
        if (IsUnknown(in entry)) _explicitVR = false;
        return outer;
    }

    private void WriteFragments(DataElement element, Fragments fragments)
    {
        if (!_explicitVR || _bigEndian) throw new InvalidOperationException($"{element.Tag}: fragments are written in Explicit VR Little Endian only (PS3.5 §A.4)");
        WriteHeader(element.Tag, element.VR is VR.OW ? VR.OW : VR.OB, Undefined);
        WriteItemHeader(0xFFFE_E000, (uint)fragments.BasicOffsetTable.Length);
        _output.Write(fragments.BasicOffsetTable.Span);
        for (int i = 0; i < fragments.Count; i++)
        {
            long length = fragments.Items[i].Length;
            WriteItemHeader(0xFFFE_E000, checked((uint)(length + (length & 1))));
            for (long at = 0; at < length;)
            {
                var piece = _output.GetSpan(CopyPiece);
                piece = piece[..(int)Math.Min(piece.Length, length - at)];
                fragments.Read(i, at, piece);
                _output.Advance(piece.Length);
                at += piece.Length;
            }
            if ((length & 1) != 0) WriteByte(0);
        }
        WriteItemHeader(0xFFFE_E0DD, 0);
    }

    private void WriteValue(DataElement element)
    {
        long length = element.Length;
        if (length > 0xFFFF_FFFE) throw new InvalidOperationException($"{element.Tag}: a value of {length} bytes does not fit a 32-bit length");
        var vr = WrittenVR(element);
        WriteHeader(element.Tag, vr, (uint)(length + (length & 1)));
        bool bigEndian = _bigEndian || _bigEndianPixels && element.Tag.Value == 0x7FE0_0010 && element.DataSet.Parent is null;
        bool swap = element.IsBigEndian != bigEndian;
        if (!element.IsInFile && !swap)
        {
            _output.Write(element.Bytes.Span);
        }
        else
        {
            for (long at = 0; at < length;)
            {
                // A piece holds whole units of any VR, so that each can be turned alone.
                var piece = _output.GetSpan(CopyPiece)[..CopyPiece];
                int n = element.Read(at, piece[..(int)Math.Min(piece.Length, length - at)]);
                if (swap) ValueBytes.Swap(piece[..n], element.VR);
                _output.Advance(n);
                at += n;
            }
        }
        if ((length & 1) != 0) WriteByte(element.VR.IsText() && element.VR != VR.UI ? (byte)' ' : (byte)0);
    }

    private void WriteHeader(Tag tag, VR vr, uint length)
    {
        var header = _output.GetSpan(12);
        PutTag(header, tag.Value);
        if (!_explicitVR)
        {
            PutUInt32(header[4..], length);
            _output.Advance(8);
            return;
        }
        header[4] = (byte)((ushort)vr >> 8);
        header[5] = (byte)vr;
        if (vr.HasLongLength())
        {
            header[6] = header[7] = 0;
            PutUInt32(header[8..], length);
            _output.Advance(12);
            return;
        }
        PutUInt16(header[6..], (ushort)length);
        _output.Advance(8);
    }

    private void WriteItemHeader(uint tag, uint length)
    {
        var header = _output.GetSpan(8);
        PutTag(header, tag);
        PutUInt32(header[4..], length);
        _output.Advance(8);
    }

    private void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    private void PutTag(Span<byte> place, uint tag)
    {
        PutUInt16(place, (ushort)(tag >> 16));
        PutUInt16(place[2..], (ushort)tag);
    }

    private void PutUInt16(Span<byte> place, ushort value)
    {
        if (_bigEndian) BinaryPrimitives.WriteUInt16BigEndian(place, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(place, value);
    }

    private void PutUInt32(Span<byte> place, uint value)
    {
        if (_bigEndian) BinaryPrimitives.WriteUInt32BigEndian(place, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(place, value);
    }
}
