using System.Diagnostics.CodeAnalysis;

namespace Isocenter.Dicom;

/// <summary>Value Representation: the data type and format of a value (PS3.5 §6.2). The number of each member is its
/// two characters as they stand on the wire, first character in the high byte.</summary>
[SuppressMessage("Design", "CA1027:Mark enums with FlagsAttribute", Justification = "They are names, not flags.")]
[SuppressMessage("Naming", "CA1712:Do not prefix enum values with type name", Justification = "They are the standard's.")]
public enum VR : ushort
{
    /// <summary>No VR: item tags and delimiters, and values whose VR is not known yet.</summary>
    None = 0,
    /// <summary>Application Entity: 16 bytes at most.</summary>
    AE = 'A' << 8 | 'E',
    /// <summary>Age String: nnnD, nnnW, nnnM or nnnY.</summary>
    AS = 'A' << 8 | 'S',
    /// <summary>Attribute Tag.</summary>
    AT = 'A' << 8 | 'T',
    /// <summary>Code String: 16 bytes at most of upper case, digits, space and underscore.</summary>
    CS = 'C' << 8 | 'S',
    /// <summary>Date: YYYYMMDD.</summary>
    DA = 'D' << 8 | 'A',
    /// <summary>Decimal String: 16 bytes at most.</summary>
    DS = 'D' << 8 | 'S',
    /// <summary>Date Time: YYYYMMDDHHMMSS.FFFFFF&amp;ZZXX.</summary>
    DT = 'D' << 8 | 'T',
    /// <summary>Floating Point Double.</summary>
    FD = 'F' << 8 | 'D',
    /// <summary>Floating Point Single.</summary>
    FL = 'F' << 8 | 'L',
    /// <summary>Integer String: 12 bytes at most.</summary>
    IS = 'I' << 8 | 'S',
    /// <summary>Long String: 64 characters at most.</summary>
    LO = 'L' << 8 | 'O',
    /// <summary>Long Text: 10240 characters at most.</summary>
    LT = 'L' << 8 | 'T',
    /// <summary>Other Byte.</summary>
    OB = 'O' << 8 | 'B',
    /// <summary>Other Double.</summary>
    OD = 'O' << 8 | 'D',
    /// <summary>Other Float.</summary>
    OF = 'O' << 8 | 'F',
    /// <summary>Other Long.</summary>
    OL = 'O' << 8 | 'L',
    /// <summary>Other 64-bit Very Long.</summary>
    OV = 'O' << 8 | 'V',
    /// <summary>Other Word.</summary>
    OW = 'O' << 8 | 'W',
    /// <summary>Person Name: five components in up to three groups.</summary>
    PN = 'P' << 8 | 'N',
    /// <summary>Short String: 16 characters at most.</summary>
    SH = 'S' << 8 | 'H',
    /// <summary>Signed Long.</summary>
    SL = 'S' << 8 | 'L',
    /// <summary>Sequence of Items.</summary>
    SQ = 'S' << 8 | 'Q',
    /// <summary>Signed Short.</summary>
    SS = 'S' << 8 | 'S',
    /// <summary>Short Text: 1024 characters at most.</summary>
    ST = 'S' << 8 | 'T',
    /// <summary>Signed 64-bit Very Long.</summary>
    SV = 'S' << 8 | 'V',
    /// <summary>Time: HHMMSS.FFFFFF.</summary>
    TM = 'T' << 8 | 'M',
    /// <summary>Unlimited Characters.</summary>
    UC = 'U' << 8 | 'C',
    /// <summary>Unique Identifier: 64 bytes at most.</summary>
    UI = 'U' << 8 | 'I',
    /// <summary>Unsigned Long.</summary>
    UL = 'U' << 8 | 'L',
    /// <summary>Unknown.</summary>
    UN = 'U' << 8 | 'N',
    /// <summary>Universal Resource Identifier or Locator.</summary>
    UR = 'U' << 8 | 'R',
    /// <summary>Unsigned Short.</summary>
    US = 'U' << 8 | 'S',
    /// <summary>Unlimited Text.</summary>
    UT = 'U' << 8 | 'T',
    /// <summary>Unsigned 64-bit Very Long.</summary>
    UV = 'U' << 8 | 'V',
}

/// <summary>What the standard says of each VR (PS3.5 Tables 6.2-1, 7.1-1, 7.1-2).</summary>
public static class VRExtensions
{
    /// <summary>One of the 34 VRs of PS3.5 §6.2.</summary>
    public static bool IsKnown(this VR vr) => VRTable.Of(vr) != VRTraits.None;

    /// <summary>In Explicit VR, a 32-bit length after two reserved bytes instead of a 16-bit one (PS3.5 Table 7.1-1).</summary>
    public static bool HasLongLength(this VR vr) => (VRTable.Of(vr) & VRTraits.LongLength) != 0;

    /// <summary>Values are characters.</summary>
    public static bool IsText(this VR vr) => (VRTable.Of(vr) & VRTraits.Text) != 0;

    /// <summary>Text whose repertoire is set by Specific Character Set (0008,0005) (PS3.5 §6.1.2.2).</summary>
    public static bool UsesSpecificCharacterSet(this VR vr) => (VRTable.Of(vr) & VRTraits.UsesCharacterSet) != 0;

    /// <summary>Text in which a backslash separates values (PS3.5 §6.4). LT, ST, UT and UR hold one value.</summary>
    public static bool IsMultiValuedText(this VR vr) => (VRTable.Of(vr) & VRTraits.MultiValuedText) != 0;

    /// <summary>Bytes in one binary value, and the unit in which byte order turns; 1 for text and byte streams.</summary>
    public static int UnitSize(this VR vr) => VRTable.UnitOf(vr);

    /// <summary>The two characters of the VR.</summary>
    public static string ToText(this VR vr) => vr == VR.None ? "--" : $"{(char)((ushort)vr >> 8)}{(char)((ushort)vr & 0xFF)}";
}
