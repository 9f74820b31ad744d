using System.Globalization;
using System.Numerics;

namespace Isocenter.StandardTables;

/// <summary>Writes DataDictionary.g.cs: the tables behind the look-ups in DataDictionary.cs.</summary>
internal static class DataDictionaryWriter
{
    public const string Origin = "PS3.6 2026b and PS3.7 2026b/2026c: tags, VRs and VMs from DCMTK (dicom.dic), "
        + "names from pydicom 2024d and dicom3tools.";

    private static readonly string[] Choices = ["One", "USOrSS", "OBOrOW", "USOrOW", "USOrSSOrOW"];

    public static string Write(IReadOnlyList<Element> elements)
    {
        var vms = elements.Select(e => e.VM).Distinct()
            .OrderBy(v => v.Length).ThenBy(v => v, StringComparer.Ordinal).ToList();
        var source = new Source(Origin);
        source.Line("public static partial class DataDictionary").Line("{");

        source.Numbers(4, "TagTable", "The tags in order; a repeating one at the tag the table prints.",
            elements.Select(e => (long)e.Tag)).Line();
        source.Numbers(2, "VRTable", "The VR of each entry, its two characters.",
            elements.Select(e => e.VR == "None" ? 0L : e.VR[0] << 8 | e.VR[1])).Line();
        source.Numbers(2, "FactTable", "Bits 0–4: index of the VM. Bits 5–7: VRChoice. Bit 11: retired.",
            elements.Select(e => (long)Facts(e, vms))).Line();

        // Repeating entries by mask, then by the bits of the tag that count.
        var repeating = elements.Select((e, i) => (Element: e, Index: (long)i)).Where(r => !r.Element.IsSingle)
            .OrderByDescending(r => r.Element.Mask).ThenBy(r => r.Element.Tag & r.Element.Mask).ToList();
        var masks = repeating.Select(r => r.Element.Mask).Distinct().ToList();
        source.Numbers(4, "MaskTable", "The bits of a tag that count, for each kind of repeating group or element.",
            masks.Select(m => (long)m)).Line();
        source.Numbers(2, "MaskStarts", "The first repeating entry of each mask; at the end their number.",
            masks.Select(m => (long)repeating.FindIndex(r => r.Element.Mask == m)).Append(repeating.Count)).Line();
        source.Numbers(4, "RepeatingKeys", "The tag under its mask of each repeating entry, in order for each mask.",
            repeating.Select(r => (long)(r.Element.Tag & r.Element.Mask))).Line();
        source.Numbers(2, "RepeatingTable", "The index of each repeating entry.", repeating.Select(r => r.Index)).Line();

        var (multiplier, shift, slots) = Hash([.. elements.Select(e => e.Tag)]);
        source.Line("    /// <summary>Slot of a tag: (tag * HashMultiplier) >> HashShift, then the next ones until one is 0.</summary>")
            .Line(string.Create(CultureInfo.InvariantCulture, $"    private const uint HashMultiplier = 0x{multiplier:X8};")).Line()
            .Line("    /// <summary>See <see cref=\"HashMultiplier\"/>.</summary>")
            .Line(string.Create(CultureInfo.InvariantCulture, $"    private const int HashShift = {shift};")).Line();
        source.Numbers(2, "SlotTable", "Index of the entry plus 1, or 0.", slots).Line();

        var offsets = source.Pool("Words", "Keyword, tab, name of each entry.",
            [.. elements.Select(e => $"{e.Keyword}\t{e.Name}")]);
        source.Line();
        source.Numbers(4, "WordOffsets", "Where the line of each entry starts in Words.", offsets).Line();
        source.Numbers(2, "KeywordOrder", "The entries in ordinal order of their keywords.",
            Enumerable.Range(0, elements.Count).OrderBy(i => elements[i].Keyword, StringComparer.Ordinal).Select(i => (long)i)).Line();

        source.Line("    private static string VMOf(int index) => index switch").Line("    {");
        for (int i = 0; i < vms.Count; i++)
            source.Line(string.Create(CultureInfo.InvariantCulture, $"        {i} => \"{vms[i]}\","));
        return source.Line("        _ => \"\",").Line("    };").Line("}").ToString();
    }

    private static int Facts(Element e, List<string> vms)
    {
        int vm = vms.IndexOf(e.VM), choice = Array.IndexOf(Choices, e.Choice);
        if (vm > 31 || choice is < 0 or > 7) throw new InvalidDataException($"{e.Keyword}: the bits do not suffice");
        return vm | choice << 5 | (e.IsRetired ? 1 << 11 : 0);
    }

    /// <summary>Looks for the multiplier that makes the longest probe short, at a third of the slots filled.</summary>
    private static (uint Multiplier, int Shift, long[] Slots) Hash(uint[] tags)
    {
        int bits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)tags.Length * 2));
        int shift = 32 - bits, shortest = int.MaxValue;
        uint best = 0, candidate = 0x9E37_79B1;
        for (int attempt = 0; attempt < 400; attempt++, candidate = unchecked(candidate * 0x85EB_CA6B + 0x2C1B_3C6D) | 1)
        {
            int longest = Fill(tags, candidate, shift, new long[1 << bits]);
            if (longest < shortest) (shortest, best) = (longest, candidate);
        }
        var slots = new long[1 << bits];
        Fill(tags, best, shift, slots);
        return (best, shift, slots);
    }

    private static int Fill(uint[] tags, uint multiplier, int shift, long[] slots)
    {
        int longest = 0;
        for (int i = 0; i < tags.Length; i++)
        {
            uint slot = unchecked(tags[i] * multiplier) >> shift;
            int probes = 1;
            for (; slots[slot] != 0; probes++) slot = (slot + 1) & (uint)(slots.Length - 1);
            slots[slot] = i + 1;
            longest = Math.Max(longest, probes);
        }
        return longest;
    }
}
