namespace Isocenter.Dicom;

/// <summary>How the length of an explicit VR stands in the bytes (PS3.5 §7.1.2), by one look in a table: the question the
/// reader asks for every element.</summary>
internal static class VRShape
{
    /// <summary>Not a VR we know, or one that needs more than a length: SQ, UN.</summary>
    public const byte Other = 0;

    /// <summary>16-bit length.</summary>
    public const byte Short = 1;

    /// <summary>Two reserved bytes and a 32-bit length.</summary>
    public const byte Long = 2;

    private static readonly byte[] Table = MakeTable();

    /// <param name="wire">The two characters of the VR, as a little-endian number.</param>
    public static byte Of(int wire)
    {
        int first = (wire & 0xFF) - 'A', second = (wire >> 8) - 'A';
        return (uint)first < 26 && (uint)second < 26 ? Table[first << 5 | second] : Other;
    }

    private static byte[] MakeTable()
    {
        var table = new byte[26 << 5];
        for (int i = 0; i < table.Length; i++)
        {
            var vr = (VR)(('A' + (i >> 5)) << 8 | 'A' + (i & 31));
            if (vr.IsKnown() && vr is not (VR.SQ or VR.UN)) table[i] = vr.HasLongLength() ? Long : Short;
        }
        return table;
    }
}
