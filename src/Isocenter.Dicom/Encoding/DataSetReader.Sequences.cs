using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <content>Sequences and their items (PS3.5 §7.5), and what hides one: UN (PS3.5 §6.2.2).</content>
internal sealed partial class DataSetReader
{
    /// <summary>Reads items up to <paramref name="end"/> or the delimiter.</summary>
    /// <param name="entry">The sequence.</param>
    /// <param name="end">Where its length says that it ends; <paramref name="limit"/> when that is undefined.</param>
    /// <param name="limit">Where the data set ends that holds it.</param>
    /// <param name="undefined">It ends at its delimiter.</param>
    /// <param name="explicitVR">Its items hold VRs.</param>
    private void ReadSequence(ref Entry entry, long end, long limit, bool undefined, bool explicitVR)
    {
        uint tag = entry.Tag;
        if (_depth >= _options.MaxDepth)
        {
            throw new DicomFormatException($"sequences are nested deeper than {_options.MaxDepth} levels, the limit of this reading",
                Offset, PathOf(tag));
        }
        if (_depth == _path.Length) Array.Resize(ref _path, Math.Max(8, 2 * _depth));
        int first = _itemCount;
        var until = undefined ? EndedBy.Delimiter : EndedBy.Length;
        long announced = end;
        while (true)
        {
            long at = Offset;
            if (at >= end)
            {
                if (until == EndedBy.Delimiter) Unended(at, "the sequence ends without its delimiter", tag);
                if (until != EndedBy.Length || !GoesOn(at, limit)) break;
                (end, until) = (limit, EndedBy.Content);
            }
            if (end - at < 8 && until == EndedBy.Length && IsContinuation(at, limit, tag, explicitVR))
            {
                (end, until) = (limit, EndedBy.Content);
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
                else if (length != 0) Found(at, $"the sequence delimiter has length {length}, not 0", "PS3.5 §7.5.1", tag);
                if (until == EndedBy.Length && Offset < end) continue;
                break;
            }
            if (itemTag == ItemDelimiter)
            {
                if (until == EndedBy.Content) break;
                Found(at, "an item delimiter stands between the items", "PS3.5 §7.5", tag);
                _position += 8;
                continue;
            }
            if (itemTag != ItemTag)
            {
                if (until == EndedBy.Content) break;
                if (undefined)
                {
                    // The delimiter is missing; what follows belongs to the data set around us.
                    Found(at, $"the sequence ends without its delimiter, at {new Tag(itemTag)}", "PS3.5 §7.5", tag);
                    break;
                }
                if (IsContinuation(at, limit, tag, explicitVR))
                {
                    until = EndedBy.Content;
                    break;
                }
                Truncated(at, $"{new Tag(itemTag)} stands where an item should begin", "PS3.5 §7.5", tag);
                _position = _source.Skip(_position, end - at);
                break;
            }
            _position += 8;
            // An item that ends at its delimiter may show that the length of its sequence is wrong.
            if (length == Undefined && until == EndedBy.Length && _itemCount == first && !IsContinuation(end, limit, tag, explicitVR)) (end, until) = (limit, EndedBy.Content);
            var itemUntil = length == Undefined ? EndedBy.Delimiter : EndedBy.Length;
            long itemEnd = length == Undefined ? end : Offset + length;
            if (length != Undefined && (undefined || itemEnd != end) && !LeadsToNext(itemEnd, end))
                FindEnd(tag, length, explicitVR, limit, ref itemEnd, ref itemUntil, ref end, ref until);
            _path[_depth++] = (tag, _itemCount - first);
            var item = ReadElements(itemEnd, explicitVR || HoldsVRs(itemEnd), isItem: true, itemUntil, stopBefore: null);
            _depth--;
            if (_itemCount == _items.Length) GrowItems();
            _items[_itemCount++] = item;
        }
        if (until == EndedBy.Content && Offset != announced)
            Found(Offset, $"the sequence ends here, {Math.Abs(Offset - announced)} bytes {(Offset < announced ? "before" : "behind")} the end that its length gives", "PS3.5 §7.5", tag);
        entry.Flags |= EntryFlags.HasRows;
        entry.Offset = (uint)(_itemCount - first > HandOver && first == 0
            ? _tree.TakeItems(ref _items)
            : _tree.AddItems(_items.AsSpan(first, _itemCount - first)));
        entry.Length = (uint)(_itemCount - first);
        _itemCount = first;
    }

    private void GrowItems()
    {
        var larger = ArrayPool<EntryRange>.Shared.Rent(Math.Max(16, 2 * _itemCount));
        _items.AsSpan(0, _itemCount).CopyTo(larger);
        if (_items.Length > 0) ArrayPool<EntryRange>.Shared.Return(_items);
        _items = larger;
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

    /// <summary>UN of undefined length in a big endian data set: its items are little endian (PS3.5 §6.2.2 Note 2). Numbers
    /// are turned, so that all of the data set is of one byte order; written, it is a sequence like any other.</summary>
    private void ReadLittleEndianSequence(ref Entry entry, long end)
    {
        entry.VR = VR.SQ;
        (_bigEndian, _turnsValues) = (false, true);
        ReadSequence(ref entry, end, end, undefined: true, explicitVR: false);
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
}
