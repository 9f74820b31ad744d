namespace Isocenter.Dicom;

/// <content>Bytes that are no element as PS3.5 §7.1 has them: ends, trailers, VRs that are none.</content>
internal sealed partial class DataSetReader
{
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
    /// (PS3.5 §6.2); small letters are a VR whose writer did not know better; anything else is an element that was written
    /// without VR, or with blanks for it: whichever leads to a next element.</summary>
    private bool AcceptUnknownVR(long at, uint tag, long end, ref VR vr)
    {
        byte a = (byte)((ushort)vr >> 8), b = (byte)vr;
        if (char.IsAsciiLetterUpper((char)a) && char.IsAsciiLetterUpper((char)b))
        {
            bool reservedIsZero = ReadUInt16(_position + 6) == 0;
            Found(at, $"VR '{vr.ToText()}' is unknown; read as UN", "PS3.5 §6.2", tag);
            vr = reservedIsZero ? VR.UN : (VR)0xFFFF;
            return true;
        }
        bool leadsOnWithout = IsContinuation(at + 8 + ReadUInt32(_position + 4), end, tag, explicitVR: true);
        var capitals = (VR)((ushort)vr & 0xDFDF);
        if (!leadsOnWithout && char.IsAsciiLetter((char)a) && char.IsAsciiLetter((char)b) && capitals.IsKnown())
        {
            Found(at, $"VR '{vr.ToText()}' is not in capitals", "PS3.5 §6.2", tag);
            vr = capitals;
            return true;
        }
        bool isBlank = (a is (byte)'?' or (byte)' ' or 0) && (b is (byte)'?' or (byte)' ' or 0) && ReadUInt32(_position + 4) > _source.Length - Offset;
        if (isBlank || !leadsOnWithout && IsContinuation(at + 8 + ReadUInt16(_position + 6), end, tag, explicitVR: true))
        {
            Found(at, "no VR, where one should be; read as UN", "PS3.5 §7.1.2", tag);
            vr = (VR)0xFFFF;
            return true;
        }
        Found(at, "no VR, where one should be; read as Implicit VR", "PS3.5 §7.1.2", tag);
        return false;
    }
}
