namespace Isocenter.Dicom;

/// <summary>What there is to know of each VR in one byte, by one look in a table: these are the questions that are asked
/// for every element.</summary>
internal static class VRTraits
{
    /// <summary>Low two bits: the unit of the value is 1, 2, 4 or 8 bytes (PS3.5 §7.3).</summary>
    public const int UnitShift = 3;

    /// <summary>32-bit length after two reserved bytes (PS3.5 Table 7.1-1).</summary>
    public const int LongLength = 4;

    /// <summary>Characters.</summary>
    public const int Text = 8;

    /// <summary>Characters of the Specific Character Set (PS3.5 §6.1.2.2).</summary>
    public const int CharacterSet = 16;

    /// <summary>Characters in which a backslash separates values (PS3.5 §6.4).</summary>
    public const int Multiple = 32;

    /// <summary>SQ and UN: the length is not all there is to reading the value.</summary>
    public const int Structured = 64;

    /// <summary>Set for each of the 34 VRs of PS3.5 §6.2.</summary>
    public const int Known = 128;

    private const string ShortLength = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";
    private const string LongLengths = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";
    private const string Texts = "AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT";
    private const string CharacterSets = "LO LT PN SH ST UC UT";
    private const string SingleTexts = "LT ST UR UT";
    private const string Units2 = "AT OW SS US";       // AT is two 16-bit numbers (PS3.5 §7.3)
    private const string Units4 = "FL OF OL SL UL";
    private const string Units8 = "FD OD OV SV UV";

    private static readonly byte[] Table = MakeTable();

    /// <summary>The traits of a VR; 0 when we do not know it.</summary>
    public static int Of(VR vr) => At(((ushort)vr >> 8) - 'A', ((ushort)vr & 0xFF) - 'A');

    /// <param name="wire">The two characters of a VR as a little-endian number, as they are loaded from the bytes.</param>
    public static int OfWire(int wire) => At((wire & 0xFF) - 'A', (wire >> 8) - 'A');

    private static int At(int first, int second) => (uint)first < 26 && (uint)second < 26 ? Table[first << 5 | second] : 0;

    private static byte[] MakeTable()
    {
        var table = new byte[26 << 5];
        Mark(ShortLength, Known);
        Mark(LongLengths, Known | LongLength);
        Mark(Texts, Text | Multiple);
        Mark(CharacterSets, CharacterSet);
        Mark(Units2, 1);
        Mark(Units4, 2);
        Mark(Units8, 3);
        Mark("SQ UN", Structured);
        foreach (var range in SingleTexts.AsSpan().Split(' ')) table[IndexOf(SingleTexts.AsSpan()[range])] &= unchecked((byte)~Multiple);
        return table;

        void Mark(string vrs, int traits)
        {
            foreach (var range in vrs.AsSpan().Split(' ')) table[IndexOf(vrs.AsSpan()[range])] |= (byte)traits;
        }
    }

    private static int IndexOf(ReadOnlySpan<char> vr) => vr[0] - 'A' << 5 | vr[1] - 'A';
}
