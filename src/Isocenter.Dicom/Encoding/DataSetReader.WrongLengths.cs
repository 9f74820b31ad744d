using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <content>Lengths of sequences and items that contradict each other: which of them is right shows by what stands where they
/// lead (PS3.5 §7.5). Whoever follows them blindly loses the rest of the data set.</content>
internal sealed partial class DataSetReader
{
    /// <summary>How far elements are followed in search of a delimiter.</summary>
    private const int MaxSteps = 64;

    /// <summary>How often one reading looks at a place that is not in memory. Lengths lie seldom; a file of nothing but lies must
    /// not cost a system call for each.</summary>
    private const int MaxFarLooks = 1 << 14;

    private int _farLooks;

    /// <summary>What ends a sequence or an item.</summary>
    private enum EndedBy
    {
        Length,
        Delimiter,

        /// <summary>Its length is wrong: what cannot belong to it.</summary>
        Content,
    }

    /// <summary>Where the data set around it ends, so does what has no delimiter; at the end of the input something is missing.</summary>
    private void Unended(long at, string problem, uint? tag = null)
    {
        if (at >= _source.Length) Truncated(at, problem, "PS3.5 §7.5", tag);
        else Found(at, problem, "PS3.5 §7.5", tag);
    }

    /// <summary>At the end that the length of a sequence gives there is one more item. Within an item, that may be one of the
    /// sequence around it.</summary>
    private bool GoesOn(long at, long limit) =>
        _depth == 0 && limit - at >= 8 && _source.Ensure(_position, 8) && ReadTag() == ItemTag;

    /// <summary>The length of an item leads to the next one or a delimiter.</summary>
    private bool LeadsToNext(long itemEnd, long end)
    {
        if (itemEnd > end - 8) return false;
        long position = itemEnd - _source.Shift;
        if (position > _source.Filled - 4) return !TryPeek(itemEnd, out uint tag, out _) || IsDelimiter(tag);
        uint raw = BinaryPrimitives.ReadUInt32LittleEndian(_source.Span[(int)position..]);
        return IsDelimiter(_bigEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw << 16 | raw >> 16);
    }

    private static bool IsDelimiter(uint tag) => tag is ItemTag or SequenceDelimiter or ItemDelimiter;

    /// <summary>The length of an item does not lead to the next one: finds out whether it is wrong, or that of its sequence.</summary>
    private void FindEnd(uint tag, uint length, bool explicitVR, long limit, ref long itemEnd, ref EndedBy itemUntil, ref long end, ref EndedBy until)
    {
        long at = Offset - 8;
        bool itemIsGood = itemEnd <= limit && IsContinuation(itemEnd, limit, tag, explicitVR);
        if (until == EndedBy.Length)
        {
            if (itemEnd > end && itemIsGood)
            {
                (end, until) = (limit, EndedBy.Content);
                return;
            }
            if (itemEnd > end)
            {
                if (end >= _source.Length) IsComplete = false;
                Found(at, $"item length {length} runs past the end, {end - Offset} bytes left", "PS3.5 §7.5", tag);
                itemEnd = end;
                return;
            }
            // The loop finds the element that follows, and ends the sequence there.
            if (itemIsGood && !IsContinuation(end, limit, tag, explicitVR) || IsZero(itemEnd)) return;
        }
        else
        {
            // The delimiter of the sequence is missing, unless the elements that follow lead to it after all.
            if (itemIsGood && itemEnd <= end && (itemEnd == end || !LeadsToDelimiter(itemEnd, end, explicitVR))) return;
        }
        Found(at, $"item length {length} leads to no other item; the item ends where one begins", "PS3.5 §7.5", tag);
        (itemEnd, itemUntil) = (end, EndedBy.Content);
    }

    /// <summary>In Implicit VR, an item whose first element has a VR all the same, and as implicit would be longer than the item.</summary>
    private bool HoldsVRs(long itemEnd)
    {
        if (_bigEndian || itemEnd - Offset < 8 || !_source.Ensure(_position, 8)) return false;
        var span = _source.Span.Slice(_position, 8);
        if (!((VR)(span[4] << 8 | span[5])).IsKnown() || BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) <= itemEnd - Offset - 8) return false;
        Found(Offset, "the item is written with VRs, against its transfer syntax", "PS3.5 §10");
        return true;
    }

    /// <summary>What stands there can follow the element: the end, a delimiter, or an element with a higher tag.</summary>
    private bool IsContinuation(long offset, long limit, uint after, bool explicitVR)
    {
        if (offset == limit) return true;
        if (offset > limit - 8 || !TryPeek(offset, out uint tag, out ulong rest)) return false;
        if (tag is ItemDelimiter or SequenceDelimiter) return (uint)rest == 0;
        return tag > after && tag < 0xFFFE_0000 && LooksLikeElement(offset, limit, tag, rest, explicitVR);
    }

    private bool LooksLikeElement(long offset, long limit, uint tag, ulong rest, bool explicitVR)
    {
        if (explicitVR) return ((VR)(((int)rest & 0xFF) << 8 | (int)rest >> 8 & 0xFF)).IsKnown();
        uint length = _bigEndian ? BinaryPrimitives.ReverseEndianness((uint)rest) : (uint)rest;
        var t = new Tag(tag);
        return (length == Undefined || length <= limit - offset - 8) && (t.IsPrivate || t.IsGroupLength || DataDictionary.TryFind(t, out _));
    }

    /// <summary>Following the elements from there one comes to a delimiter or an item.</summary>
    private bool LeadsToDelimiter(long offset, long end, bool explicitVR)
    {
        for (int i = 0; i < MaxSteps && offset <= end - 8; i++)
        {
            if (!TryPeek(offset, out uint tag, out ulong rest)) return false;
            if (tag is ItemTag or ItemDelimiter or SequenceDelimiter) return true;
            if (!LooksLikeElement(offset, end, tag, rest, explicitVR)) return false;
            int header = 8;
            uint length = _bigEndian ? BinaryPrimitives.ReverseEndianness((uint)rest) : (uint)rest;
            if (explicitVR)
            {
                length = (uint)rest >> 16;
                if (_bigEndian) length = BinaryPrimitives.ReverseEndianness((ushort)length);
                if (((VR)(((int)rest & 0xFF) << 8 | (int)rest >> 8 & 0xFF)).HasLongLength())
                {
                    length = (uint)(rest >> 32);
                    if (_bigEndian) length = BinaryPrimitives.ReverseEndianness(length);
                    header = 12;
                }
            }
            if (length == Undefined) return false;
            offset += header + length;
        }
        return false;
    }

    private bool IsZero(long offset) => TryPeek(offset, out uint tag, out ulong rest) && tag == 0 && (uint)rest == 0;

    /// <summary>Looks at the next twelve bytes of a place ahead of us (eight near the end), without reading up to it.</summary>
    /// <param name="offset">In the file.</param>
    /// <param name="tag">The tag there.</param>
    /// <param name="rest">What follows the tag: VR and length, as they stand there.</param>
    private bool TryPeek(long offset, out uint tag, out ulong rest)
    {
        Span<byte> bytes = stackalloc byte[12];
        bytes.Clear();
        long position = offset - _source.Shift;
        int count = (int)Math.Min(12, _source.Length - offset);
        (tag, rest) = (0, 0);
        if (count < 8) return false;
        if (position >= _position && position + count <= _source.Filled) _source.Span.Slice((int)position, count).CopyTo(bytes);
        // Inflated bytes can be had forward only.
        else if (_source.File is not FileSource file || _farLooks++ >= MaxFarLooks || file.Read(offset, bytes[..count]) < 8) return false;
        uint raw = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        tag = _bigEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw << 16 | raw >> 16;
        rest = BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]);
        return true;
    }
}
