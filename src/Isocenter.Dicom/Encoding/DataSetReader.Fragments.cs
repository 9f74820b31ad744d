namespace Isocenter.Dicom;

/// <content>Encapsulated pixel data (PS3.5 §A.4).</content>
internal sealed partial class DataSetReader
{
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
}
