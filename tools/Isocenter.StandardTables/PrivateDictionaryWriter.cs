using System.Globalization;

namespace Isocenter.StandardTables;

/// <summary>Writes PrivateDictionary.g.cs: the tables behind the look-ups in PrivateDictionary.cs.</summary>
internal static class PrivateDictionaryWriter
{
    private static readonly string[] Choices = ["One", "USOrSS", "OBOrOW"];

    public static string Write(IReadOnlyList<PrivateElement> elements)
    {
        var source = new Source("Private elements: pydicom 2024d (GDCM), completed from DCMTK 2026 (private.dic).");
        var creators = elements.Select(e => e.Creator).Distinct().ToList();
        var names = elements.Select(e => e.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        var vms = elements.Select(e => e.VM).Distinct().OrderBy(v => v.Length).ThenBy(v => v, StringComparer.Ordinal).ToList();
        if (vms.Count > 64) throw new InvalidDataException("more VMs than six bits tell apart");

        source.Line("public static partial class PrivateDictionary").Line("{");
        var creatorOffsets = source.Pool("Creators", "The private creators in ordinal order.", creators);
        source.Line();
        source.Numbers(2, "CreatorOffsets", "Where each creator starts in Creators.", creatorOffsets).Line();
        var first = creators.Select(c => (long)Index(elements, c)).Append(elements.Count);
        source.Numbers(2, "FirstElements", "The first element of each creator; at the end their number.", first).Line();
        source.Numbers(4, "KeyTable", "Group in the high 16 bits, number within the block in the low 8; in order for each creator.",
            elements.Select(e => (long)e.Key)).Line();
        source.Numbers(2, "VRTable", "The VR of each element, its two characters.",
            elements.Select(e => (long)(e.VR[0] << 8 | e.VR[1]))).Line();
        source.Numbers(2, "FactTable", "Bits 0–5: index of the VM. Bits 6–8: VRChoice. Bit 9: in every odd group of the hundred.",
            elements.Select(e => (long)(vms.IndexOf(e.VM) | Array.IndexOf(Choices, e.Choice) << 6 | (e.Repeats ? 1 << 9 : 0)))).Line();
        var nameOffsets = source.Pool("Names", "The names in words.", names);
        var offsetOfName = names.Zip(nameOffsets).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        source.Line();
        source.Numbers(4, "NameOffsets", "Where the name of each element starts in Names.", elements.Select(e => offsetOfName[e.Name])).Line();
        source.Line("    private static string VMOf(int index) => index switch").Line("    {");
        for (int i = 0; i < vms.Count; i++)
            source.Line(string.Create(CultureInfo.InvariantCulture, $"        {i} => \"{vms[i]}\","));
        return source.Line("        _ => \"\",").Line("    };").Line("}").ToString();
    }

    private static int Index(IReadOnlyList<PrivateElement> elements, string creator)
    {
        for (int i = 0; i < elements.Count; i++)
            if (elements[i].Creator == creator) return i;
        throw new InvalidDataException($"no elements of {creator}");
    }
}
