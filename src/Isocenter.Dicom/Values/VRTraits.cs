namespace Isocenter.Dicom;

/// <summary>What <see cref="VRExtensions"/> says of a VR, in one look: these are the questions asked for every element.</summary>
[Flags]
internal enum VRTraits : ushort
{
    /// <summary>No VR of PS3.5 §6.2.</summary>
    None = 0,
    Known = 1,

    /// <summary>Characters.</summary>
    Text = 2,

    /// <summary>Characters of the Specific Character Set (PS3.5 §6.1.2.2).</summary>
    UsesCharacterSet = 4,

    /// <summary>Characters in which a backslash separates values (PS3.5 §6.4).</summary>
    MultiValuedText = 8,

    /// <summary>Spaces in front belong to the value (PS3.5 Table 6.2-1). In dates and times they should not be there: the text
    /// models show them, typed reading forgives them.</summary>
    KeepsLeadingSpaces = 16,

    /// <summary>Binary numbers and tags, which the text models spell out.</summary>
    Numbers = 32,

    /// <summary>Bytes and words, which the text models keep as such.</summary>
    Binary = 64,

    /// <summary>32-bit length after two reserved bytes (PS3.5 Table 7.1-1).</summary>
    LongLength = 128,

    /// <summary>SQ and UN: the length is not all there is to reading the value.</summary>
    Structured = 256,
}

/// <summary>The traits of all VRs, by their two letters.</summary>
internal static class VRTable
{
    private const int Letters = 32;      // a power of two above 26

    /// <summary>The traits, and above them the binary logarithm of the unit in which byte order turns (PS3.5 §7.3).</summary>
    private const int UnitShift = 12;

    private const string ShortLength = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";
    private const string LongLength = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
    private const string Texts = "AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT";
    private const string CharacterSets = "LO LT PN SH ST UC UT";
    private const string SingleTexts = "LT ST UR UT";
    private const string LeadingSpaces = "AS DA DT LT PN ST TM UC UR UT";
    private const string Numbers = "AT FD FL SL SS SV UL US UV";
    private const string Binary = "OB OD OF OL OV OW UN";
    private const string Units2 = "AT OW SS US";       // AT is two 16-bit numbers (PS3.5 §7.3)
    private const string Units4 = "FL OF OL SL UL";
    private const string Units8 = "FD OD OV SV UV";

    private static readonly ushort[] Table = Make();

    public static VRTraits Of(VR vr) => (VRTraits)(At(((ushort)vr >> 8) - 'A', ((ushort)vr & 0xFF) - 'A') & (1 << UnitShift) - 1);

    /// <param name="wire">The two characters of a VR as a little-endian number, as they are loaded from the bytes.</param>
    public static VRTraits OfWire(int wire) => (VRTraits)(At((wire & 0xFF) - 'A', (wire >> 8) - 'A') & (1 << UnitShift) - 1);

    /// <summary>Bytes of the unit in which byte order turns.</summary>
    public static int UnitOf(VR vr) => 1 << (At(((ushort)vr >> 8) - 'A', ((ushort)vr & 0xFF) - 'A') >> UnitShift);

    private static int At(int first, int second) => (uint)first < 26 && (uint)second < 26 ? Table[first * Letters | second] : 0;

    private static ushort[] Make()
    {
        var table = new ushort[26 * Letters];
        Mark(ShortLength, (int)VRTraits.Known);
        Mark(LongLength, (int)(VRTraits.Known | VRTraits.LongLength));
        Mark(Texts, (int)(VRTraits.Text | VRTraits.MultiValuedText));
        Mark(CharacterSets, (int)VRTraits.UsesCharacterSet);
        Mark(LeadingSpaces, (int)VRTraits.KeepsLeadingSpaces);
        Mark(Numbers, (int)VRTraits.Numbers);
        Mark(Binary, (int)VRTraits.Binary);
        Mark("SQ UN", (int)VRTraits.Structured);
        Mark(Units2, 1 << UnitShift);
        Mark(Units4, 2 << UnitShift);
        Mark(Units8, 3 << UnitShift);
        foreach (var range in SingleTexts.AsSpan().Split(' '))
            table[IndexOf(SingleTexts.AsSpan()[range])] &= unchecked((ushort)~(int)VRTraits.MultiValuedText);
        return table;

        void Mark(string vrs, int traits)
        {
            foreach (var range in vrs.AsSpan().Split(' ')) table[IndexOf(vrs.AsSpan()[range])] |= (ushort)traits;
        }
    }

    private static int IndexOf(ReadOnlySpan<char> vr) => (vr[0] - 'A') * Letters | vr[1] - 'A';
}
