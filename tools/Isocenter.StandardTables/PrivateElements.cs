using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Isocenter.StandardTables;

/// <summary>One private element.</summary>
/// <remarks>Key: group in the high 16 bits, number within the private block in the low 8. Repeats: every odd group
/// from this one to the xxFF, as (60xx,ee).</remarks>
internal sealed record PrivateElement(string Creator, uint Key, bool Repeats, string VR, string Choice, string VM, string Name);

/// <summary>Reads private/pydicom-gdcm-private.json and private/dcmtk-private.dic. Where both know an element the first
/// wins, for it has names in words, unless it says UN.</summary>
/// <remarks>Some lines give the block, as (01F1,1001): PS3.5 §7.8.1 lets a creator reserve any block, so the low
/// byte is taken, unless the same creator uses it for something else.</remarks>
internal static partial class PrivateElements
{
    /// <summary>All elements, by creator (ordinal) and key.</summary>
    public static IReadOnlyList<PrivateElement> Read(string standard)
    {
        var elements = new Dictionary<(string, uint), PrivateElement>();
        var withBlock = new List<PrivateElement>();
        foreach (var (element, hasBlock) in Gdcm(standard).Concat(Dcmtk(standard)))
        {
            if (hasBlock) withBlock.Add(element);
            else Add(elements, element);
        }
        foreach (var element in withBlock) Add(elements, element);
        return [.. elements.Values.OrderBy(e => e.Creator, StringComparer.Ordinal).ThenBy(e => e.Key)];
    }

    private static void Add(Dictionary<(string, uint), PrivateElement> elements, PrivateElement element)
    {
        if ((element.Key >> 16 & 1) == 0) return;           // an even group is not private, whatever the table says
        var key = (element.Creator, element.Key);
        if (elements.TryGetValue(key, out var known))
        {
            if (known.VR == "UN") known = known with { VR = element.VR, Choice = element.Choice, VM = element.VM };
            if (known.Name == "Unknown") known = known with { Name = element.Name };
        }
        elements[key] = known ?? element;
    }

    private static IEnumerable<(PrivateElement Element, bool HasBlock)> Gdcm(string standard)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(standard, "private", "pydicom-gdcm-private.json")));
        foreach (var creator in document.RootElement.GetProperty("creators").EnumerateObject())
            foreach (var line in creator.Value.EnumerateObject())
            {
                var tag = GdcmTag().Match(line.Name);
                if (!tag.Success) continue;                 // ggggeexx: the creator elements themselves, PS3.5 §7.8.1
                bool repeats = tag.Groups[1].Value.EndsWith("xx", StringComparison.Ordinal);
                string block = tag.Groups[2].Value;
                var (vr, choice) = VROf(line.Value[0].GetString()!);
                yield return (new PrivateElement(creator.Name.Trim(),
                    Key(tag.Groups[1].Value.Replace("xx", "01", StringComparison.Ordinal), tag.Groups[3].Value), repeats,
                    vr, choice, line.Value[1].GetString()!, line.Value[2].GetString()!), block is not ("xx" or "00"));
            }
    }

    private static IEnumerable<(PrivateElement Element, bool HasBlock)> Dcmtk(string standard)
    {
        foreach (string line in File.ReadLines(Path.Combine(standard, "private", "dcmtk-private.dic")))
        {
            if (line.StartsWith('#') || line.Trim().Length == 0) continue;
            string[] cells = line.Split('\t', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var tag = DcmtkTag().Match(cells[0]);
            if (!tag.Success || cells.Length < 4) throw new InvalidDataException($"dcmtk-private.dic: {line}");
            var (vr, choice) = VROf(cells[1]);
            string element = tag.Groups[4].Value;
            yield return (new PrivateElement(tag.Groups[3].Value.Trim(), Key(tag.Groups[1].Value, element[^2..]),
                tag.Groups[2].Length > 0, vr, choice, cells[3], WordEnds().Replace(cells[2], " ")), element.Length == 4);
        }
    }

    private static uint Key(string group, string element) =>
        uint.Parse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) << 16
        | uint.Parse(element, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static (string VR, string Choice) VROf(string vr) => vr switch
    {
        "OB_OW" or "ox" or "px" => ("OW", "OBOrOW"),
        "US or SS" or "xs" => ("US", "USOrSS"),
        { Length: 2 } when char.IsAsciiLetterUpper(vr[0]) && char.IsAsciiLetterUpper(vr[1]) => (vr, "One"),
        _ => throw new InvalidDataException($"unknown VR of a private element, {vr}"),
    };

    [GeneratedRegex("^([0-9A-Fa-f]{2}(?:[0-9A-Fa-f]{2}|xx))([0-9A-Fa-f]{2}|xx)([0-9A-Fa-f]{2})$")]
    private static partial Regex GdcmTag();

    [GeneratedRegex("^\\(([0-9A-Fa-f]{4})(-o-[0-9A-Fa-f]{4})?,\"([^\"]*)\",([0-9A-Fa-f]{2}(?:[0-9A-Fa-f]{2})?)\\)$")]
    private static partial Regex DcmtkTag();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex WordEnds();
}
