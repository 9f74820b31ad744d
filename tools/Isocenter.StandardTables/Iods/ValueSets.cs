using System.Globalization;
using System.Text.RegularExpressions;

namespace Isocenter.StandardTables.Iods;

/// <summary>Lists of permitted values: strval/*.tpl, binval.tpl, tagval.tpl.</summary>
internal static partial class ValueSets
{
    /// <summary>By kind (StringValues, BinaryValues, BinaryBitMap, TagValues) and name: the values separated by
    /// backslashes. An empty text
    /// is permitted where it stands in the list. Numbers are decimal, tags have eight digits, bit maps are the bits that are defined.</summary>
    public static IReadOnlyDictionary<(string Kind, string Name), string> Read(string dicom3tools)
    {
        var sets = new Dictionary<(string, string), string>();
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(dicom3tools, "strval"), "*.tpl").Order(StringComparer.Ordinal),
            Path.Combine(dicom3tools, "binval.tpl"),
            Path.Combine(dicom3tools, "tagval.tpl"),
        ];
        foreach (string file in files)
        {
            (string Kind, string Name)? open = null;
            var values = new List<string>();
            int number = 0;
            foreach (string text in File.ReadLines(file))
            {
                number++;
                string line = Template.WithoutComment(text).Trim();
                if (line.Length == 0) continue;
                if (open is null)
                {
                    var head = Head().Match(line);
                    if (!head.Success) throw new InvalidDataException($"{Path.GetFileName(file)} line {number}: not understood: {line}");
                    open = (head.Groups[1].Value, head.Groups[2].Value);
                    values.Clear();
                    line = line[head.Length..].Trim();
                }
                bool ends = line.EndsWith('}');
                if (ends) line = line[..^1].Trim();
                if (line.Length > 0) values.Add(ValueOf(open.Value.Kind, line));
                if (!ends) continue;
                sets.Add(open.Value, string.Join('\\', values.Distinct(StringComparer.Ordinal)));
                open = null;
            }
        }
        return sets;
    }

    /// <summary>What stands before the description and the comma.</summary>
    private static string ValueOf(string kind, string line)
    {
        if (kind == "TagValues")
        {
            var tag = TagLine().Match(line);
            return tag.Success ? (tag.Groups[1].Value + tag.Groups[2].Value).ToUpperInvariant() : throw new InvalidDataException($"not a tag: {line}");
        }
        int end = line.IndexOf('=', StringComparison.Ordinal);
        string value = (end >= 0 ? line[..end] : line.TrimEnd(',')).Trim();
        if (value is ['"', .., '"']) value = value[1..^1];
        if (value.Contains('"', StringComparison.Ordinal) || value.Contains('\\', StringComparison.Ordinal) || value.Contains('\t', StringComparison.Ordinal))
            throw new InvalidDataException($"a value of unexpected characters: {line}");
        if (kind == "StringValues") return value == "***EMPTYVALUE***" ? "" : value;
        long number = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.ToInt64(value, 16) : long.Parse(value, CultureInfo.InvariantCulture);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^(StringValues|BinaryValues|BinaryBitMap|TagValues)=\"([A-Za-z0-9_]+)\"\\s*\\{")]
    private static partial Regex Head();

    [GeneratedRegex("^0x([0-9A-Fa-f]{4}),\\s*0x([0-9A-Fa-f]{4})")]
    private static partial Regex TagLine();
}
