namespace Isocenter.Dicom;

/// <content>Encapsulated pixel data (PS3.5 §A.4).</content>
internal sealed partial class DataSetReader
{
    /// <summary>Offsets of 250 000 frames; what is longer where a table should be is not looked behind.</summary>
    private const uint MaxOffsetTable = 1_000_000;

    /// <summary>Encapsulated pixel data in a value of defined length, as some write them: at its start an item, and behind that
    /// another, or the delimiter.</summary>
    private bool HoldsFragments(uint length, long end)
    {
        if (_bigEndian || length < 16 || length > end - Offset || !_source.Ensure(_position, 16) || ReadTag() != ItemTag) return false;
        uint first = ReadUInt32(_position + 4);
        if (first > Math.Min(length - 16, MaxOffsetTable) || !_source.Ensure(_position, (int)first + 16)) return false;
        uint raw = ReadUInt32(_position + 8 + (int)first), next = raw << 16 | raw >> 16;
        return next is ItemTag or SequenceDelimiter;
    }

    private Fragments ReadFragments(uint tag, long end, bool isDefined)
    {
        ReadOnlyMemory<byte> table = default;
        int tableStart = 0, tableLength = 0;
        var fragments = new List<Fragment>();
        bool first = true;
        bool inFile = _source.File is not null;
        while (true)
        {
            long at = Offset;
            if (isDefined && at >= end) break;
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
                if (IsCodeStream(length))
                {
                    Found(at, "a fragment stands where the Basic Offset Table should", "PS3.5 §A.4", tag);
                    fragments.Add(new Fragment(inFile ? Offset : _position, length));
                    _position = _source.Skip(_position, length);
                    continue;
                }
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

    /// <summary>The item at the reader is no table of offsets, which begins with 0, but what a frame begins with: SOI, SOC, the
    /// signature of JP2, or the header of RLE, whose first segment is at 64.</summary>
    private bool IsCodeStream(uint length)
    {
        if (length < 64 || !_source.Ensure(_position, 8)) return false;
        var head = _source.Span.Slice(_position, 8);
        return head[0] == 0xFF && head[1] is 0xD8 or 0x4F && head[2] == 0xFF || head.SequenceEqual("\0\0\0\fjP  "u8)
            || ReadUInt32(_position) is > 0 and < 16 && ReadUInt32(_position + 4) == 64;
    }
}
