using System.Globalization;

namespace Isocenter.StandardTables;

/// <summary>Writes Tags.g.cs: one property per element.</summary>
internal static class TagsWriter
{
    public static string Write(IReadOnlyList<Element> elements)
    {
        var source = new Source(DataDictionaryWriter.Origin);
        source.Line("/// <summary>The tags of PS3.6 §6–§9 and PS3.7 Annex E by keyword. A repeating group stands at its lowest")
            .Line("/// tag: OverlayData is (6000,3000).</summary>")
            .Line("public static class Tags")
            .Line("{");
        foreach (var e in elements)
        {
            string retired = e.IsRetired ? " Retired." : "";
            string vr = e.PrintedVR == "" ? "" : " " + e.PrintedVR;
            source.Line($"    /// <summary>{Source.Xml(e.Name)}: {e.Printed}{vr} {e.VM}.{retired}</summary>");
            source.Line(string.Create(CultureInfo.InvariantCulture,
                $"    public static Tag {e.Keyword} => new(0x{e.Tag >> 16:X4}_{e.Tag & 0xFFFF:X4});"));
        }
        return source.Line("}").ToString();
    }
}
