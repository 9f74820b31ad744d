using System.Globalization;

namespace Isocenter.StandardTables;

/// <summary>One line of PS3.6 Annex A.</summary>
/// <remarks>Kind: the member of UidKind.</remarks>
internal sealed record KnownUid(string Value, string Name, string Keyword, string Kind, bool IsRetired);

/// <summary>Reads ps3.6/uids.tsv.</summary>
internal static class Uids
{
    /// <summary>All UIDs that have a name, in ordinal order of the text.</summary>
    public static IReadOnlyList<KnownUid> Read(string standard)
    {
        var uids = new List<KnownUid>();
        foreach (var row in Tsv.Read(standard, "ps3.6", "uids.tsv"))
        {
            // Two retired SOP classes of 2015c stand there without a name; the standard no longer prints one.
            if (row["keyword"] == "") continue;
            string kind = KindOf(row["type"], row["keyword"]);
            uids.Add(new KnownUid(row["uid"], NameOf(row["name"], kind), row["keyword"], kind, row["retired"] != ""));
        }
        uids.Sort((a, b) => string.CompareOrdinal(a.Value, b.Value));
        for (int i = 1; i < uids.Count; i++)
            if (uids[i].Value == uids[i - 1].Value) throw new InvalidDataException($"{uids[i].Value} stands twice");
        foreach (var group in uids.GroupBy(u => u.Keyword, StringComparer.Ordinal).Where(g => g.Count() > 1))
            throw new InvalidDataException($"the keyword {group.Key} stands twice");
        return uids;
    }

    private static string NameOf(string name, string kind)
    {
        const string Retired = " (Retired)";
        if (name.EndsWith(Retired, StringComparison.Ordinal)) name = name[..^Retired.Length];
        // "JPEG Baseline (Process 1): Default Transfer Syntax for …": the name ends at the colon.
        int colon = name.IndexOf(": ", StringComparison.Ordinal);
        if (kind == "TransferSyntax" && colon > 0) name = name[..colon];
        // The table lost what follows an ampersand in "(Process 2 & 4)"; the pairs of PS3.6 always differ by 2.
        int open = name.LastIndexOf("(Process ", StringComparison.Ordinal);
        if (open > 0 && !name.Contains(')', StringComparison.Ordinal))
        {
            int process = int.Parse(name.AsSpan(open + 9), NumberStyles.None, CultureInfo.InvariantCulture);
            name = string.Create(CultureInfo.InvariantCulture, $"{name} & {process + 2})");
        }
        return name;
    }

    private static string KindOf(string type, string keyword) => type switch
    {
        "SopClass" or "SOP Class" => "SopClass",
        "TransferSyntax" => "TransferSyntax",
        "MetaSopClass" => "MetaSopClass",
        "WellKnownSopInstance" => "SopInstance",
        "Well-known frame of reference" or "SynchronizationFrameOfReference" => "FrameOfReference",
        "CodingScheme" or "DicomUidsAsCodingScheme" => "CodingScheme",
        "ApplicationContextName" => "ApplicationContext",
        "LdapOid" or "ServiceClass" or "MappingResource" or "ApplicationHostingModel" => "Other",
        _ => throw new InvalidDataException($"{keyword}: unknown type {type}"),
    };
}
