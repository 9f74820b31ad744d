using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Reads a data set in one pass (PS3.5 §7). Elements refer to the bytes; nothing is decoded.</summary>
/// <remarks>Lenient: what can be read is read, what is wrong becomes a <see cref="Finding"/>. Throws only when going on
/// makes no sense, with the place. Recursion ends at <see cref="ReadOptions.MaxDepth"/>.</remarks>
internal sealed class DataSetReader
{
    private const uint ItemTag = 0xFFFE_E000;
    private const uint ItemDelimiter = 0xFFFE_E00D;
    private const uint SequenceDelimiter = 0xFFFE_E0DD;
    private const uint PixelData = 0x7FE0_0010;
    private const uint Undefined = 0xFFFF_FFFF;

    private readonly ByteSource _source;
    private readonly ReadOptions _options;
    private readonly List<(uint Tag, int Item)> _path = [];
    private readonly Stack<Entry[]> _scratch = new();
    private List<Finding>? _findings;
    private int _position;
    private bool _bigEndian;
    private bool _hasImplicitItems;

    public DataSetReader(ByteSource source, ReadOptions options, int position = 0)
    {
        _source = source;
        _options = options;
        _position = position;
    }

    public List<Finding> Findings => _findings ??= [];

    /// <summary>False once the input turned out to end too early.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Where we are, as an offset in the file.</summary>
    public long Offset => _position + _source.Shift;

    public int Position => _position;

    /// <summary>Reads the elements of a whole data set, to the end of the input or to the stop.</summary>
    /// <param name="explicitVR">The VR stands in each element.</param>
    /// <param name="bigEndian">Numbers are big endian.</param>
    /// <param name="stopBefore">Ends before the first element at or after this tag.</param>
    public DataSet Read(bool explicitVR, bool bigEndian, uint? stopBefore)
    {
        _bigEndian = bigEndian;
        var dataSet = new DataSet(_source.Buffer, bigEndian, parent: null);
        ReadElements(dataSet, _source.Length, explicitVR, isItem: false, undefined: false, stopBefore, 0);
        if (!explicitVR || _hasImplicitItems) ImpliedVRs.Choose(dataSet, isImplicit: !explicitVR);
        return dataSet;
    }

    /// <summary>Reads elements up to <paramref name="end"/> (an offset in the file) or an item delimiter.</summary>
    private void ReadElements(DataSet dataSet, long end, bool explicitVR, bool isItem, bool undefined, uint? stopBefore, int depth)
    {
        var entries = _scratch.Count > 0 ? _scratch.Pop() : new Entry[depth == 0 ? 256 : 32];
        int count = 0;
        uint last = 0;
        bool sorted = true, inOrder = true;
        while (true)
        {
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
            if (stopBefore is { } stop && tag >= stop && tag < 0xFFFE_0000) break;
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

            if (depth == 0 && count > 0 && IsTrailer(at, end, tag, last, explicitVR))
            {
                _position = _source.Skip(_position, end - at);
                break;
            }

            if (tag == last && count > 0)
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

            if (count == entries.Length) Array.Resize(ref entries, 2 * count);
            ref var entry = ref entries[count];
            entry = default;
            entry.Tag = tag;
            count++;
            ReadElement(dataSet, ref entry, end, explicitVR, depth);
        }
        foreach (uint tag in dataSet.SetEntries(entries.AsSpan(0, count), sorted))
            Found(Offset, $"{new Tag(tag)} stands twice before this place; the first is kept", "PS3.5 §7.1", tag);
        Array.Clear(entries, 0, count);
        _scratch.Push(entries);
    }

    /// <summary>Reads VR, length and value of the element at the position. When the value runs past the end, what there
    /// is of it is kept.</summary>
    private void ReadElement(DataSet dataSet, ref Entry entry, long end, bool explicitVR, int depth)
    {
        long at = Offset;
        uint length;
        if (explicitVR)
        {
            var span = _source.Span;
            var vr = (VR)(span[_position + 4] << 8 | span[_position + 5]);
            if (!vr.IsKnown() && !AcceptUnknownVR(at, entry.Tag, ref vr))
            {
                entry.VR = ImpliedVR(dataSet, entry.Tag);
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
            entry.VR = ImpliedVR(dataSet, entry.Tag);
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
                    if (entry.VR == VR.UN && !inner)
                    {
                        entry.Flags |= EntryFlags.WasUnknown;
                        _hasImplicitItems = true;
                    }
                    entry.Attached = ReadSequence(dataSet, entry.Tag, end, undefined: true, inner, depth);
                    entry.VR = VR.SQ;
                    return;
                }
                entry.VR = VR.SQ;
                entry.Attached = ReadSequence(dataSet, entry.Tag, end, undefined: true, explicitVR, depth);
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
        if (entry.VR == VR.SQ)
        {
            long sequenceEnd = Offset + length;
            entry.Attached = ReadSequence(dataSet, entry.Tag, sequenceEnd, undefined: false, explicitVR, depth);
            return;
        }
        if ((length & 1) != 0 && whole) Found(at, $"value length {length} is odd", "PS3.5 §7.1.1", entry.Tag);
        if (_source.File is { } file && length >= _options.LargeValueThreshold)
        {
            entry.Attached = new ExternalValue(file, Offset, length);
            _position = _source.Skip(_position, length);
            return;
        }
        _source.Ensure(_position, length);
        entry.Offset = (uint)_position;
        entry.Length = length;
        _position += (int)length;
    }

    private ItemList ReadSequence(DataSet parent, uint tag, long end, bool undefined, bool explicitVR, int depth)
    {
        if (depth >= _options.MaxDepth)
        {
            throw new DicomFormatException($"sequences are nested deeper than {_options.MaxDepth} levels, the limit of this reading",
                Offset, PathOf(tag));
        }
        var items = new ItemList();
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
            _path.Add((tag, items.Count));
            var item = new DataSet(_source.Buffer, _bigEndian, parent) { HasUndefinedLength = undefinedItem };
            ReadElements(item, itemEnd, explicitVR, isItem: true, undefinedItem, stopBefore: null, depth + 1);
            _path.RemoveAt(_path.Count - 1);
            items.Add(item);
        }
        return items;
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
        if (tableLength > 0) table = _source.Buffer.Memory.Slice(tableStart, tableLength);
        return new Fragments(_source.Buffer, _source.File, table, fragments);
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

    private static VR ImpliedVR(DataSet dataSet, uint tag)
    {
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

    private void Truncated(long at, string problem, string rule, uint? tag = null)
    {
        IsComplete = false;
        Found(at, problem, rule, tag);
    }

    private void Found(long at, string problem, string rule, uint? tag = null)
    {
        if (Findings.Count < _options.MaxFindings)
            Findings.Add(new Finding(problem, at, PathOf(tag), rule));
        else if (Findings.Count == _options.MaxFindings)
            Findings.Add(new Finding("more findings are not recorded"));
    }

    private string PathOf(uint? tag)
    {
        var text = new StringBuilder();
        foreach (var (sequence, item) in _path)
        {
            // Far down, the ends of the path are what helps.
            if (text.Length > 400) break;
            text.Append(new Tag(sequence)).Append('[').Append((item + 1).ToString(CultureInfo.InvariantCulture)).Append(']');
        }
        if (tag is { } t) text.Append(new Tag(t));
        return text.ToString();
    }
}
