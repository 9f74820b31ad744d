using System.Text.Json;
using System.Text.RegularExpressions;

namespace Isocenter.StandardTables;

/// <summary>Which SOP classes store composite instances (PS3.4 §B.5, §B.6) or non-patient objects (PS3.4 §GG.3).</summary>
internal sealed partial class StorageClasses
{
    public const string Origin = "PS3.4 Annex B: by name, checked against highdicom (2026b), innolitics (2024e) and dicom3tools (2024e).";

    /// <summary>PS3.4 Table GG.3-1.</summary>
    private static readonly HashSet<string> NonPatient = new(StringComparer.Ordinal)
    {
        "HangingProtocolStorage", "ColorPaletteStorage", "GenericImplantTemplateStorage", "ImplantAssemblyTemplateStorage",
        "ImplantTemplateGroupStorage", "CTDefinedProcedureProtocolStorage", "XADefinedProcedureProtocolStorage",
        "ProtocolApprovalStorage", "InventoryStorage",
    };

    /// <summary>Named Storage, but nothing is stored by C-STORE with them.</summary>
    private static readonly HashSet<string> NotStored = new(StringComparer.Ordinal)
    {
        "MediaStorageDirectoryStorage", "StorageCommitmentPushModel", "StorageCommitmentPullModel",
    };

    /// <summary>SOP classes of the Storage Service Class, retired ones included.</summary>
    public static bool IsStorage(KnownUid uid) =>
        uid.Kind == "SopClass" && uid.Name.Contains("Storage", StringComparison.Ordinal)
        && !NotStored.Contains(uid.Keyword) && !NonPatient.Contains(uid.Keyword);

    /// <summary>SOP classes of the Non-Patient Object Storage Service Class.</summary>
    public static bool IsNonPatientStorage(KnownUid uid) => NonPatient.Contains(uid.Keyword);

    /// <summary>Every class that another list gives an IOD must be among ours.</summary>
    /// <exception cref="InvalidDataException">One is not.</exception>
    public static void Check(string standard, IReadOnlyList<KnownUid> uids)
    {
        var ours = uids.Where(u => IsStorage(u) || IsNonPatientStorage(u) || NotStored.Contains(u.Keyword))
            .Select(u => u.Value).ToHashSet(StringComparer.Ordinal);
        int nonPatient = uids.Count(IsNonPatientStorage);
        if (nonPatient != NonPatient.Count) throw new InvalidDataException($"{nonPatient} non-patient storage classes instead of {NonPatient.Count}");
        foreach (string uid in Elsewhere(standard))
            if (!ours.Contains(uid)) throw new InvalidDataException($"{uid} is a storage class in another list, not in ours");
    }

    private static IEnumerable<string> Elsewhere(string standard)
    {
        string ps33 = Path.Combine(standard, "ps3.3");
        using (var map = JsonDocument.Parse(File.ReadAllText(Path.Combine(ps33, "highdicom", "sop_class_iod_map.json"))))
            foreach (var property in map.RootElement.EnumerateObject()) yield return property.Name;
        using (var sops = JsonDocument.Parse(File.ReadAllText(Path.Combine(ps33, "innolitics", "sops.json"))))
            foreach (var sop in sops.RootElement.EnumerateArray()) yield return sop.GetProperty("id").GetString()!;
        foreach (string line in File.ReadLines(Path.Combine(ps33, "dicom3tools", "sopcl.tpl")))
        {
            var match = StandardClass().Match(line);
            if (match.Success) yield return match.Groups[1].Value;
        }
    }

    [GeneratedRegex("^[^#]*Name=\"[^\"]*Storage[^\"]*\".*Uid=\"(1\\.2\\.840\\.10008\\.5\\.1\\.4\\.1\\.1\\.[0-9.]+)\"")]
    private static partial Regex StandardClass();
}
