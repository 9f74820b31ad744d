using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Values that stand behind an address.</summary>
internal static class BulkValues
{
    /// <summary>The value may stand behind an address, and is worth it.</summary>
    /// <param name="entry">The element.</param>
    /// <param name="isTop">It is no element of an item.</param>
    /// <param name="inlineLimit">Bytes that stand in the text without a question, but for Pixel Data.</param>
    public static bool MayBeBulk(in Entry entry, bool isTop, int inlineLimit)
    {
        if (entry.Attached is Fragments) return true;
        if (entry.Attached is ItemList) return false;
        long length = DataSet.LengthOf(in entry);
        if (length == 0) return false;
        if (isTop && TextValues.IsPixelData(entry.Tag)) return true;
        return length > inlineLimit && Allows(entry.VR);
    }

    /// <summary>The VRs that may (PS3.18 §F.2.2).</summary>
    private static bool Allows(VR vr) => vr is VR.DS or VR.FL or VR.FD or VR.IS or VR.LT or VR.OB or VR.OD or VR.OF or VR.OL
        or VR.OV or VR.OW or VR.SL or VR.SS or VR.ST or VR.SV or VR.UC or VR.UL or VR.UN or VR.US or VR.UT or VR.UV;

    /// <summary>As <see cref="BulkDataUri"/> gets it: 00540016/1/00181075.</summary>
    /// <param name="path">The items on the way, counted from 0.</param>
    /// <param name="tag">The element.</param>
    public static string PathOf(List<(uint Tag, int Item)>? path, uint tag)
    {
        if (path is null or []) return new Tag(tag).ToHex();
        var text = new StringBuilder();
        foreach (var (sequence, item) in path) text.Append(CultureInfo.InvariantCulture, $"{sequence:X8}/{item + 1}/");
        return text.Append(CultureInfo.InvariantCulture, $"{tag:X8}").ToString();
    }
}
