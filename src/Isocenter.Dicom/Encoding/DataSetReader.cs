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
        var range = ReadElements(_source.Length, explicitVR, isItem: false, undefined: false, stopBefore, lowest);
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
    private EntryRange ReadElements(long end, bool explicitVR, bool isItem, bool undefined, uint? stopBefore, uint lowest = 0)
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
                if (undefined) Truncated(at, "the item ends without its delimiter", "PS3.5 §7.5");
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
                    if (!undefined) Found(at, "an item of defined length has a delimiter", "PS3.5 §7.5.1");
                    else if (delimiterLength != 0) Found(at, $"the item delimiter has length {delimiterLength}, not 0", "PS3.5 §7.5.1");
                    break;
                }
                if (isItem && undefined && tag is SequenceDelimiter or ItemTag)
                {
                    // The writer forgot the item delimiter: what follows belongs to the sequence.
                    Found(at, "the item ends without its delimiter", "PS3.5 §7.5");
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
        var range = _tree.Add(entries[..count], undefined);
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

    private void GrowItems()
    {
        var larger = ArrayPool<EntryRange>.Shared.Rent(Math.Max(16, 2 * _itemCount));
        _items.AsSpan(0, _itemCount).CopyTo(larger);
        if (_items.Length > 0) ArrayPool<EntryRange>.Shared.Return(_items);
        _items = larger;
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
            if (!vr.IsKnown() && !AcceptUnknownVR(at, entry.Tag, ref vr))
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
                    ReadSequence(ref entry, end, undefined: true, inner);
                    return;
                }
                entry.VR = VR.SQ;
                ReadSequence(ref entry, end, undefined: true, explicitVR);
                return;
            }
            entry.Attached = ReadFragments(entry.Tag, end);
            return;
        }

        long left = end - Offset;
        bool whole = length <= left;
        if (!whole)
        {
            Truncated(at, $"value length {length} runs past the end, {left} bytes left", "PS3.5 §7.1.2", entry.Tag);
            length = (uint)left;
        }
        if (entry.VR == VR.UN && !explicitVR && IsKnownPrivateSequence(entry.Tag, length)) entry.VR = VR.SQ;
        if (entry.VR == VR.SQ)
        {
            ReadSequence(ref entry, Offset + length, undefined: false, explicitVR);
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

    /// <summary>UN of undefined length in a big endian data set: its items are little endian (PS3.5 §6.2.2 Note 2). Numbers
    /// are turned, so that all of the data set is of one byte order; written, it is a sequence like any other.</summary>
    private void ReadLittleEndianSequence(ref Entry entry, long end)
    {
        entry.VR = VR.SQ;
        (_bigEndian, _turnsValues) = (false, true);
        ReadSequence(ref entry, end, undefined: true, explicitVR: false);
        (_bigEndian, _turnsValues) = (true, false);
    }

    private bool BeginsLittleEndian() => _source.Ensure(_position, 4) && BinaryPrimitives.ReadUInt32LittleEndian(_source.Span[_position..]) is 0xE000_FFFE or 0xE0DD_FFFE;

    private void TurnValue(ref Entry entry)
    {
        if (entry.VR.UnitSize() == 1 || entry.Length == 0) return;
        // A table of single numbers costs more than its bytes: beyond what real files hold, they stay as they are.
        if (_turned++ >= MaxTurned)
        {
            entry.VR = VR.UN;
            return;
        }
        byte[] value = _source.Span.Slice((int)entry.Offset, (int)entry.Length).ToArray();
        ValueBytes.Swap(value, entry.VR);
        entry.Attached = value;
        entry.Offset = entry.Length = 0;
    }

    /// <summary>Reads items up to <paramref name="end"/> or the delimiter.</summary>
    private void ReadSequence(ref Entry entry, long end, bool undefined, bool explicitVR)
    {
        uint tag = entry.Tag;
        if (_depth >= _options.MaxDepth)
        {
            throw new DicomFormatException($"sequences are nested deeper than {_options.MaxDepth} levels, the limit of this reading",
                Offset, PathOf(tag));
        }
        if (_depth == _path.Length) Array.Resize(ref _path, Math.Max(8, 2 * _depth));
        int first = _itemCount;
        while (true)
        {
            long at = Offset;
            if (at >= end)
            {
                if (undefined) Truncated(at, "the sequence ends without its delimiter", "PS3.5 §7.5", tag);
                break;
            }
            if (end - at < 8 || !_source.Ensure(_position, 8))
            {
                Truncated(at, $"{end - at} bytes left where an item should begin", "PS3.5 §7.5", tag);
                _position = _source.Skip(_position, end - at);
                break;
            }
            uint itemTag = ReadTag();
            uint length = ReadUInt32(_position + 4);
            if (itemTag == SequenceDelimiter)
            {
                _position += 8;
                if (!undefined) Found(at, "a sequence of defined length has a delimiter", "PS3.5 §7.5.2", tag);
                if (!undefined && Offset < end) continue;
                break;
            }
            if (itemTag == ItemDelimiter)
            {
                Found(at, "an item delimiter stands between the items", "PS3.5 §7.5", tag);
                _position += 8;
                continue;
            }
            if (itemTag != ItemTag)
            {
                if (undefined)
                {
                    // The delimiter is missing; what follows belongs to the data set around us.
                    Found(at, $"the sequence ends without its delimiter, at {new Tag(itemTag)}", "PS3.5 §7.5", tag);
                    break;
                }
                Truncated(at, $"{new Tag(itemTag)} stands where an item should begin", "PS3.5 §7.5", tag);
                _position = _source.Skip(_position, end - at);
                break;
            }
            _position += 8;
            bool undefinedItem = length == Undefined;
            long itemEnd = undefinedItem ? end : Offset + length;
            if (itemEnd > end)
            {
                Truncated(at, $"item length {length} runs past the end, {end - Offset} bytes left", "PS3.5 §7.5", tag);
                itemEnd = end;
            }
            _path[_depth++] = (tag, _itemCount - first);
            var item = ReadElements(itemEnd, explicitVR, isItem: true, undefinedItem, stopBefore: null);
            _depth--;
            if (_itemCount == _items.Length) GrowItems();
            _items[_itemCount++] = item;
        }
        entry.Flags |= EntryFlags.HasRows;
        entry.Offset = (uint)(_itemCount - first > HandOver && first == 0
            ? _tree.TakeItems(ref _items)
            : _tree.AddItems(_items.AsSpan(first, _itemCount - first)));
        entry.Length = (uint)(_itemCount - first);
        _itemCount = first;
    }

    private Fragments ReadFragments(uint tag, long end)
    {
        ReadOnlyMemory<byte> table = default;
        int tableStart = 0, tableLength = 0;
        var fragments = new List<Fragment>();
        bool first = true;
        bool inFile = _source.File is not null;
        while (true)
        {
            long at = Offset;
            if (end - at < 8 || !_source.Ensure(_position, 8))
            {
                Truncated(at, "encapsulated pixel data end without their delimiter", "PS3.5 §A.4", tag);
                if (end > at) _position = _source.Skip(_position, end - at);
                break;
            }
            uint itemTag = ReadTag();
            uint length = ReadUInt32(_position + 4);
            if (itemTag == SequenceDelimiter)
            {
                _position += 8;
                break;
            }
            if (itemTag != ItemTag)
            {
                Truncated(at, $"{new Tag(itemTag)} stands where a fragment or the delimiter should", "PS3.5 §A.4", tag);
                break;
            }
            _position += 8;
            long left = end - Offset;
            if (length > left)
            {
                Truncated(at, $"fragment length {length} runs past the end, {left} bytes left", "PS3.5 §A.4", tag);
                length = (uint)left;
            }
            if (first)
            {
                first = false;
                if (_source.Ensure(_position, length)) (tableStart, tableLength) = (_position, (int)length);
                _position += (int)length;
                continue;
            }
            fragments.Add(new Fragment(inFile ? Offset : _position, length));
            _position = _source.Skip(_position, length);
        }
        // The buffer of a file may be another one later.
        if (tableLength > 0) table = inFile ? _source.Span.Slice(tableStart, tableLength).ToArray() : _tree.Memory.Slice(tableStart, tableLength);
        return new Fragments(_tree, _source.File, table, fragments);
    }

    /// <summary>Fewer than eight bytes are left: padding, or the begin of an element that was cut off.</summary>
    private void ReadTail(long at, long end)
    {
        long left = end - at;
        int n = (int)Math.Min(left, 8);
        _source.Ensure(_position, n);
        if (_source.Span.Slice(_position, n).ContainsAnyExcept((byte)0, (byte)' '))
            Truncated(at, $"{left} bytes left, too few for an element", "PS3.5 §7.1");
        else
            Found(at, $"{left} bytes of padding at the end", "PS3.5 §7.1");
        _position = _source.Skip(_position, left);
    }

    /// <summary>What follows the data set and does not belong to it: zeros that fill up a block, or anything that is no
    /// element behind the pixel data. The data set before it is whole.</summary>
    private bool IsTrailer(long at, long end, uint tag, uint last, bool explicitVR)
    {
        if (tag == 0)
        {
            long left = end - at;
            int look = (int)Math.Min(left, 4096);
            if (!_source.Ensure(_position, look) || _source.Span.Slice(_position, look).ContainsAnyExcept((byte)0)) return false;
            Found(at, $"{left} bytes of padding at the end", "PS3.5 §7.1");
            return true;
        }
        if (!explicitVR || last < PixelData) return false;
        var vr = (VR)(_source.Span[_position + 4] << 8 | _source.Span[_position + 5]);
        if (vr.IsKnown()) return false;
        Found(at, $"{end - at} bytes behind the pixel data are no element", "PS3.5 §7.1");
        return true;
    }

    /// <summary>Two characters that are no VR we know. Two capitals are a VR of a later edition, whose length has 32 bits
    /// (PS3.5 §6.2); anything else is an element that was written without VR.</summary>
    private bool AcceptUnknownVR(long at, uint tag, ref VR vr)
    {
        byte a = (byte)((ushort)vr >> 8), b = (byte)vr;
        if (char.IsAsciiLetterUpper((char)a) && char.IsAsciiLetterUpper((char)b))
        {
            bool reservedIsZero = ReadUInt16(_position + 6) == 0;
            Found(at, $"VR '{vr.ToText()}' is unknown; read as UN", "PS3.5 §6.2", tag);
            vr = reservedIsZero ? VR.UN : (VR)0xFFFF;
            return true;
        }
        if ((a is (byte)'?' or (byte)' ' or 0) && (b is (byte)'?' or (byte)' ' or 0) && ReadUInt32(_position + 4) > _source.Length - Offset)
        {
            Found(at, "no VR, where one should be; read as UN", "PS3.5 §7.1.2", tag);
            vr = (VR)0xFFFF;
            return true;
        }
        Found(at, "no VR, where one should be; read as Implicit VR", "PS3.5 §7.1.2", tag);
        return false;
    }

    /// <summary>Inside UN of undefined length: do the items hold VRs after all?</summary>
    private bool LooksExplicit()
    {
        if (!_source.Ensure(_position, 16)) return false;
        var span = _source.Span;
        var vr = (VR)(span[_position + 12] << 8 | span[_position + 13]);
        return ReadTag() == ItemTag && vr.IsKnown() && BinaryPrimitives.ReadUInt32LittleEndian(span[(_position + 12)..]) > 0x4000;
    }

    /// <summary>In Implicit VR, an element whose creator is known to write a sequence there, and which begins like one.</summary>
    private bool IsKnownPrivateSequence(uint tag, uint length)
    {
        var t = new Tag(tag);
        if (!t.IsPrivate || t.Element < 0x1000 || length < 8 || !_source.Ensure(_position, 8) || ReadTag() != ItemTag) return false;
        uint creator = t.PrivateCreator.Value;
        for (int i = _entryCount - 1; i >= 0 && _entries[i].Tag >= creator; i--)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Tag != creator) continue;
            if (entry.Attached is not null || entry.Length > 64) return false;
            var name = _source.Span.Slice((int)entry.Offset, (int)entry.Length);
            return PrivateDictionary.VROf(System.Text.Encoding.Latin1.GetString(name), t) == VR.SQ;
        }
        return false;
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
