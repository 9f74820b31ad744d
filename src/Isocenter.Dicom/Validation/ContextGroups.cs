using System.Collections.Concurrent;
using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>The context groups of PS3.16 Annex B and the codes of its Annex D, from the resource ContextGroups.txt, whose
/// head describes its lines.</summary>
/// <remarks>At first use the resource is loaded; a group is read when it is asked for. What has been read never changes. Safe
/// from many threads.</remarks>
internal sealed class ContextGroups
{
    private static readonly Lazy<ContextGroups> OnFirstUse = new(() => new ContextGroups(TableText.Load("ContextGroups.txt")));

    private readonly TableText _text;
    private readonly ConcurrentDictionary<int, ContextGroup> _groups = [];
    private readonly Lazy<DcmCodes> _dcm;

    private ContextGroups(TableText text)
    {
        _text = text;
        _dcm = new(ReadDcm);
    }

    /// <summary>Those of the resource.</summary>
    public static ContextGroups Shared => OnFirstUse.Value;

    /// <summary>The codes of the scheme DCM.</summary>
    public DcmCodes Dcm => _dcm.Value;

    /// <summary>A context group; null when PS3.16 has none of that number.</summary>
    public ContextGroup? Find(int cid) => _text.Contains(KeyOf(cid)) ? _groups.GetOrAdd(cid, Read) : null;

    /// <summary>The code is in the group or in one that it includes.</summary>
    public bool Contains(ContextGroup group, string scheme, string value) => Contains(group, scheme, value, []);

    private bool Contains(ContextGroup group, string scheme, string value, HashSet<int> seen)
    {
        if (!seen.Add(group.Cid)) return false;
        if (group.Codes.TryGetValue(scheme, out var values) && values.Contains(value)) return true;
        foreach (int cid in group.Includes)
        {
            if (Find(cid) is { } included && Contains(included, scheme, value, seen)) return true;
        }
        return false;
    }

    private static string KeyOf(int cid) => "group\t" + cid.ToString(CultureInfo.InvariantCulture);

    private ContextGroup Read(int cid)
    {
        string[] lines = _text.LinesOf(KeyOf(cid));
        string[] head = lines[0].Split('\t');
        return Read(lines, cid, head[2], head[3] == "extensible", head[4]);
    }

    /// <summary>A group of the rows below its first line.</summary>
    public static ContextGroup Read(string[] lines, int cid, string name, bool isExtensible, string uid)
    {
        int[] includes = [];
        var codes = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (string line in lines.AsSpan(1))
        {
            string[] fields = line[1..].Split('\t');
            if (fields[0] == "+") includes = [.. CidsOf(fields[1])];
            else codes[fields[0]] = [.. fields[1].Split('\\')];
        }
        return new ContextGroup(cid, name, isExtensible, uid, includes, codes);
    }

    /// <summary>Numbers of groups, with backslashes between them.</summary>
    public static IEnumerable<int> CidsOf(string text) => text.Split('\\').Select(cid => int.Parse(cid, CultureInfo.InvariantCulture));

    private DcmCodes ReadDcm()
    {
        var rows = _text.LinesOf("scheme\tDCM").Skip(1).Select(line => line[1..].Split('\t')).ToDictionary(fields => fields[0], fields => fields[1].Split('\\'));
        return new DcmCodes([.. rows["current"]], [.. rows["retired"]]);
    }
}

/// <summary>A context group (PS3.16 Annex B).</summary>
/// <param name="Cid">Its number.</param>
/// <param name="Name">In words.</param>
/// <param name="IsExtensible">An application may add codes to it.</param>
/// <param name="Uid">That identifies it.</param>
/// <param name="Includes">Groups that are part of it.</param>
/// <param name="Codes">By scheme; those of the included groups are not repeated.</param>
internal sealed record ContextGroup(int Cid, string Name, bool IsExtensible, string Uid, IReadOnlyList<int> Includes, IReadOnlyDictionary<string, HashSet<string>> Codes)
{
    /// <summary>Groups whose members the standard gives in words, such as all codes of another scheme.</summary>
    public bool IsEmpty => Codes.Count == 0 && Includes.Count == 0;
}

/// <summary>Code values of PS3.16 Annex D.</summary>
internal sealed record DcmCodes(HashSet<string> Current, HashSet<string> Retired);
