using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Isocenter.Dicom;

/// <summary>Reads a data set in one pass (PS3.5 §7). Elements refer to the bytes; nothing is decoded.</summary>
/// <remarks>Lenient: what can be read is read, what is wrong becomes a <see cref="Finding"/>. Throws only when going on
/// makes no sense, with the place. Recursion ends at <see cref="ReadOptions.MaxDepth"/>.</remarks>
internal sealed partial class DataSetReader : IDisposable
{
    private const uint ItemTag = 0xFFFE_E000;
    private const uint ItemDelimiter = 0xFFFE_E00D;
    private const uint SequenceDelimiter = 0xFFFE_E0DD;
    private const uint PixelData = 0x7FE0_0010;
    private const uint Undefined = 0xFFFF_FFFF;

    /// <summary>A table of so many items or entries is given away and not copied.</summary>
    private const int HandOver = 4096;

    /// <summary>Most values whose byte order is turned while reading.</summary>
    private const int MaxTurned = 1 << 16;

    private readonly ByteSource _source;
    private readonly ReadTree _tree;
    private readonly ReadOptions _options;
    private readonly List<Finding> _findings;
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(256);
    private bool _isRented = true;
    private int _entryCount;
    private EntryRange[] _items = [];
    private int _itemCount;
    private (uint Tag, int Item)[] _path = [];
    private int _depth;
    private int _position;
    private bool _bigEndian;
    private bool _leavesVROpen;
    private bool _turnsValues;
    private int _turned;

    public DataSetReader(ByteSource source, ReadOptions options, List<Finding> findings, int position)
    {
        _source = source;
        _tree = source.Tree;
        _options = options;
        _findings = findings;
        _position = position;
        source.Tree.Leniencies = options.ValueLeniencies;
    }

    /// <summary>False once the input turned out to end too early.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Where we are, as an offset in the file.</summary>
    public long Offset => _position + _source.Shift;

    public int Position => _position;

    /// <summary>Reads the elements of a whole data set, to the end of the input or to the stop.</summary>
    /// <param name="explicitVR">The VR stands in each element.</param>
    /// <param name="bigEndian">Numbers are big endian.</param>
    /// <param name="stopBefore">Ends before the first element at or after this tag.</param>
    /// <param name="lowest">Ends before the first element before this tag, too: File Meta Information is followed by any group.</param>
    public DataSet Read(bool explicitVR, bool bigEndian, uint? stopBefore, uint lowest = 0)
    {
        _bigEndian = _tree.IsBigEndian = bigEndian;
        var range = ReadElements(_source.Length, explicitVR, isItem: false, EndedBy.Length, stopBefore, lowest);
        if (_leavesVROpen) ImpliedVRs.Choose(_tree, range, isImplicit: !explicitVR);
        return new DataSet(_tree, range, parent: null);
    }

    /// <summary>Gives the working tables back.</summary>
    public void Dispose()
    {
        if (_isRented) ArrayPool<Entry>.Shared.Return(_entries);
        (_entries, _isRented) = ([], false);
        if (_items.Length > 0) ArrayPool<EntryRange>.Shared.Return(_items);
        _items = [];
    }

    /// <summary>Reads elements up to <paramref name="end"/> (an offset in the file) or an item delimiter.</summary>
    private EntryRange ReadElements(long end, bool explicitVR, bool isItem, EndedBy until, uint? stopBefore, uint lowest = 0)
    {
        int first = _entryCount;
        uint last = 0;
        bool sorted = true, inOrder = true;
        // What a stop, a delimiter or a trailer can be is not met by the fast loop.
        uint slowFrom = Math.Min(stopBefore ?? PixelData, PixelData);
        while (true)
        {
            if (explicitVR && !_bigEndian) last = ReadPlainElements(end, slowFrom, last);
            long at = Offset;
            if (at >= end)
            {
                if (until == EndedBy.Delimiter) Unended(at, "the item ends without its delimiter");
                break;
            }
            if (end - at < 8 || !_source.Ensure(_position, 8))
            {
                ReadTail(at, end);
                break;
            }
            uint tag = ReadTag();
            if (stopBefore is { } stop && tag >= stop && tag < 0xFFFE_0000 || tag < lowest) break;
            if (tag >= 0xFFFE_0000 && tag is ItemDelimiter or SequenceDelimiter or ItemTag)
            {
                uint delimiterLength = ReadUInt32(_position + 4);
                if (tag == ItemDelimiter && isItem)
                {
                    _position += 8;
                    if (until != EndedBy.Delimiter) Found(at, "an item of defined length has a delimiter", "PS3.5 §7.5.1");
                    else if (delimiterLength != 0) Found(at, $"the item delimiter has length {delimiterLength}, not 0", "PS3.5 §7.5.1");
                    break;
                }
                if (isItem && until != EndedBy.Length && tag is SequenceDelimiter or ItemTag)
                {
                    // The writer forgot the item delimiter: what follows belongs to the sequence.
                    if (until == EndedBy.Delimiter) Found(at, "the item ends without its delimiter", "PS3.5 §7.5");
                    break;
                }
                Found(at, $"{new Tag(tag)} does not belong here", "PS3.5 §7.5");
                _position += 8;
                continue;
            }

            if (!isItem && _entryCount > first && IsTrailer(at, end, tag, last, explicitVR))
            {
                _position = _source.Skip(_position, end - at);
                break;
            }

            if (tag == last && _entryCount > first)
            {
                sorted = false;
            }
            else if (tag < last)
            {
                if (inOrder) Found(at, $"{new Tag(tag)} stands after {new Tag(last)}: elements are not in order", "PS3.5 §7.1", tag);
                sorted = inOrder = false;
            }
            else
                last = tag;

            var entry = new Entry { Tag = tag };
            ReadElement(ref entry, end, explicitVR);
            Keep(in entry);
        }
        int count = _entryCount - first;
        var entries = _entries.AsSpan(first, count);
        if (!sorted)
        {
            foreach (uint tag in DataSet.SortEntries(entries, ref count))
                Found(Offset, $"{new Tag(tag)} stands twice before this place; the first is kept", "PS3.5 §7.1", tag);
        }
        if (!isItem && first == 0 && count > HandOver)
        {
            entries[count..].Clear();
            var taken = _tree.TakeEntries(ref _entries, count, _isRented);
            (_entryCount, _isRented) = (0, false);
            return taken;
        }
        var range = _tree.Add(entries[..count], until == EndedBy.Delimiter);
        entries.Clear();
        _entryCount = first;
        return range;
    }

    /// <summary>The fast loop: elements in order, with a VR we know, of a small even length, whose bytes are at hand. Stops
    /// in front of anything else, which the general code then reads with all its rules.</summary>
    /// <returns>The last tag that was read, or <paramref name="last"/>.</returns>
    private uint ReadPlainElements(long end, uint slowFrom, uint last)
    {
        int filled = (int)Math.Min(_source.Filled, Math.Max(0, end - _source.Shift));
        var span = _source.Span[..filled];
        int position = _position;
        int large = _source.File is null ? int.MaxValue : _options.LargeValueThreshold;
        while (position <= filled - 12)
        {
            ulong head = BinaryPrimitives.ReadUInt64LittleEndian(span[position..]);
            uint tag = BitOperations.RotateLeft((uint)head, 16);
            if (tag <= last || tag >= slowFrom) break;
            int vr = (int)(head >> 32 & 0xFFFF);
            uint length;
            int value;
            var traits = VRTable.OfWire(vr);
            if ((traits & (VRTraits.Known | VRTraits.Structured)) != VRTraits.Known) break;
            if ((traits & VRTraits.LongLength) == 0)
            {
                length = (uint)(head >> 48);
                value = position + 8;
            }
            else
            {
                length = BinaryPrimitives.ReadUInt32LittleEndian(span[(position + 8)..]);
                value = position + 12;
            }
            if ((length & 1) != 0 || length > (uint)(filled - value) || length >= (uint)large) break;
            if (_entryCount == _entries.Length) GrowEntries();
            ref var entry = ref _entries[_entryCount++];
            entry.Tag = tag;
            entry.VR = (VR)BinaryPrimitives.ReverseEndianness((ushort)vr);
            entry.Flags = EntryFlags.None;
            entry.Offset = (uint)value;
            entry.Length = length;
            entry.Attached = null;
            position = value + (int)length;
            last = tag;
        }
        _position = position;
        return last;
    }

    private void Keep(in Entry entry)
    {
        if (_entryCount == _entries.Length) GrowEntries();
        _entries[_entryCount++] = entry;
    }

    private void GrowEntries()
    {
        // Large tables grow by half, so that the old and the new one together stay within what we promise for memory.
        int size = _entries.Length == 0 ? 256 : _entries.Length < 1 << 16 ? 2 * _entries.Length : _entries.Length + _entries.Length / 2;
        bool rent = size < 1 << 20;
        var larger = rent ? ArrayPool<Entry>.Shared.Rent(size) : new Entry[size];
        _entries.AsSpan(0, _entryCount).CopyTo(larger);
        if (_isRented) ArrayPool<Entry>.Shared.Return(_entries, clearArray: true);
        (_entries, _isRented) = (larger, rent);
    }

    /// <summary>Reads VR, length and value of the element at the position. When the value runs past the end, what there
    /// is of it is kept.</summary>
    private void ReadElement(ref Entry entry, long end, bool explicitVR)
    {
        long at = Offset;
        uint length;
        if (explicitVR)
        {
            var span = _source.Span;
            var vr = (VR)(span[_position + 4] << 8 | span[_position + 5]);
            if (!vr.IsKnown() && !AcceptUnknownVR(at, entry.Tag, end, ref vr))
            {
                entry.VR = ImpliedVR(entry.Tag);
                length = ReadUInt32(_position + 4);
                _position += 8;
            }
            else if (vr.HasLongLength())
            {
                if (end - at < 12 || !_source.Ensure(_position, 12))
                {
                    Truncated(at, "the element ends inside its length", "PS3.5 §7.1.2", entry.Tag);
                    _position = _source.Skip(_position, end - at);
                    return;
                }
                entry.VR = vr;
                length = ReadUInt32(_position + 8);
                _position += 12;
            }
            else
            {
                entry.VR = vr == (VR)0xFFFF ? VR.UN : vr;
                length = ReadUInt16(_position + 6);
                _position += 8;
            }
        }
        else
        {
            entry.VR = ImpliedVR(entry.Tag);
            length = ReadUInt32(_position + 4);
            _position += 8;
        }

        if (length == Undefined)
        {
            entry.Flags |= EntryFlags.UndefinedLength;
            if (entry.VR == VR.SQ || entry.VR == VR.UN || entry.VR.IsText() || !explicitVR && entry.Tag != PixelData)
            {
                if (entry.VR != VR.SQ && explicitVR)
                {
                    if (entry.VR != VR.UN) Found(at, $"undefined length with VR {entry.VR.ToText()}; read as a sequence", "PS3.5 §7.1.2", entry.Tag);
                    // PS3.5 §6.2.2 Note 2: inside UN of undefined length, Implicit VR Little Endian.
                    bool inner = LooksExplicit();
                    if (entry.VR == VR.UN && _bigEndian && BeginsLittleEndian())
                    {
                        ReadLittleEndianSequence(ref entry, end);
                        return;
                    }
                    if (entry.VR == VR.UN && !inner)
                    {
                        entry.Flags |= EntryFlags.WasUnknown;
                    }
                    entry.VR = VR.SQ;
                    ReadSequence(ref entry, end, end, undefined: true, inner);
                    return;
                }
                entry.VR = VR.SQ;
                ReadSequence(ref entry, end, end, undefined: true, explicitVR);
                return;
            }
            entry.Attached = ReadFragments(entry.Tag, end, isDefined: false);
            return;
        }
        if (entry.Tag == PixelData && explicitVR && HoldsFragments(length, end))
        {
            Found(at, $"fragments in a value of defined length, {length}", "PS3.5 §A.4", entry.Tag);
            long valueEnd = Offset + length;
            entry.Flags |= EntryFlags.UndefinedLength;
            entry.Attached = ReadFragments(entry.Tag, valueEnd, isDefined: true);
            if (Offset < valueEnd) _position = _source.Skip(_position, valueEnd - Offset);
            return;
        }

        long left = end - Offset;
        bool whole = length <= left;
        if (!whole)
        {
            // A sequence says by its items whether it is whole.
            if (entry.VR != VR.SQ || end >= _source.Length) IsComplete = false;
            Found(at, $"value length {length} runs past the end, {left} bytes left", "PS3.5 §7.1.2", entry.Tag);
            length = (uint)left;
        }
        if (entry.VR == VR.UN && !explicitVR && IsKnownPrivateSequence(entry.Tag, length)) entry.VR = VR.SQ;
        if (entry.VR == VR.SQ)
        {
            ReadSequence(ref entry, Offset + length, end, undefined: false, explicitVR);
            return;
        }
        if ((length & 1) != 0 && whole) Found(at, $"value length {length} is odd", "PS3.5 §7.1.1", entry.Tag);
        if (_source.File is { } file && length >= _options.LargeValueThreshold && !_turnsValues)
        {
            entry.Attached = new ExternalValue(file, Offset, length);
            _position = _source.Skip(_position, length);
            return;
        }
        _source.Ensure(_position, length);
        entry.Offset = (uint)_position;
        entry.Length = length;
        _position += (int)length;
        if (_turnsValues) TurnValue(ref entry);
    }

    private VR ImpliedVR(uint tag)
    {
        _leavesVROpen = true;
        var t = new Tag(tag);
        if (!t.IsPrivate) return DataDictionary.VROf(t);
        if (t.IsPrivateCreator) return VR.LO;
        return VR.UN;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint ReadTag()
    {
        uint raw = BinaryPrimitives.ReadUInt32LittleEndian(_source.Span[_position..]);
        return _bigEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw << 16 | raw >> 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint ReadUInt32(int position)
    {
        var span = _source.Span[position..];
        return _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(span) : BinaryPrimitives.ReadUInt32LittleEndian(span);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort ReadUInt16(int position)
    {
        var span = _source.Span[position..];
        return _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(span) : BinaryPrimitives.ReadUInt16LittleEndian(span);
    }
}
