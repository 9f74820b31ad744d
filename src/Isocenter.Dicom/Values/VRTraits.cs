namespace Isocenter.Dicom;

/// <summary>What <see cref="VRExtensions"/> says of a VR, in one look.</summary>
[Flags]
internal enum VRTraits : byte
{
    /// <summary>No VR of PS3.5 §6.2.</summary>
    None = 0,
    Known = 1,
    Text = 2,
    UsesCharacterSet = 4,
    MultiValuedText = 8,
    KeepsLeadingSpaces = 16,

    /// <summary>Binary numbers and tags, which the text models spell out.</summary>
    Numbers = 32,

    /// <summary>Bytes and words, which the text models keep as such.</summary>
    Binary = 64,
}

/// <summary>The traits of all VRs, by their two letters.</summary>
internal static class VRTable
{
    private const int Letters = 32;      // a power of two above 26

    private static readonly VRTraits[] Traits = Make();

    public static VRTraits Of(VR vr)
    {
        uint first = (uint)((ushort)vr >> 8) - 'A', second = (uint)((ushort)vr & 0xFF) - 'A';
        return first < 26 && second < 26 ? Traits[first * Letters + second] : VRTraits.None;
    }

    private static VRTraits[] Make()
    {
        var traits = new VRTraits[26 * Letters];
        foreach (var vr in Enum.GetValues<VR>())
        {
            if (!vr.IsKnown()) continue;
            var its = VRTraits.Known;
            if (vr.IsText()) its |= VRTraits.Text;
            if (vr.UsesSpecificCharacterSet()) its |= VRTraits.UsesCharacterSet;
            if (vr.IsMultiValuedText()) its |= VRTraits.MultiValuedText;
            if (ValueBytes.KeepsLeadingSpaces(vr)) its |= VRTraits.KeepsLeadingSpaces;
            if (vr is VR.US or VR.SS or VR.UL or VR.SL or VR.UV or VR.SV or VR.FL or VR.FD or VR.AT) its |= VRTraits.Numbers;
            if (vr is VR.OB or VR.OW or VR.OD or VR.OF or VR.OL or VR.OV or VR.UN) its |= VRTraits.Binary;
            traits[((ushort)vr / 256 - 'A') * Letters + (ushort)vr % 256 - 'A'] = its;
        }
        return traits;
    }
}
