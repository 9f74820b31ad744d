using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>Coded values against the context groups that they are taken from (PS3.3 §8, PS3.16 §6).</summary>
internal static class CodeRules
{
    /// <summary>What holds for any item that is a code: it is one of its scheme, and of the group that it names itself.</summary>
    public static void Check(ValidationRun run, DataSet item)
    {
        if (!TryCode(item, out var code)) return;
        if (code.Scheme == "DCM") CheckDcm(run, code);
        if (item.Contains(Tags.ContextIdentifier)) CheckDeclared(run, item, code);
    }

    /// <summary>The code of a macro is from one of these groups.</summary>
    /// <param name="run">Is told.</param>
    /// <param name="item">That the macro stands in.</param>
    /// <param name="use">Of context groups.</param>
    /// <param name="table">The module.</param>
    public static void CheckUse(ValidationRun run, DataSet item, ContextGroupUse use, RuleTable table)
    {
        if (!use.IsDefined && !run.WantsNotes || !TryCode(item, out var code)) return;
        bool isExtensible = false;
        foreach (int cid in use.Cids)
        {
            // A group that is newer than the tables, or one in words, says nothing.
            if (ContextGroups.Shared.Find(cid) is not { } group || HasOpenPart(group) || IsIn(group, code)) return;
            isExtensible |= group.IsExtensible;
        }
        string message = $"is {code}, not in {Describe(use)}, which the {table.Title} names as {(use.IsDefined ? "Defined" : "Baseline")} Context Group";
        var severity = !use.IsDefined ? ValidationSeverity.Note : isExtensible ? ValidationSeverity.Warning : ValidationSeverity.Error;
        if (isExtensible && use.IsDefined) message += "; the group may be extended";
        run.Add(severity, ValidationRule.ContextGroup, code.Tag, table.Section, message);
    }

    private static void CheckDcm(ValidationRun run, Code code)
    {
        const string Section = "PS3.16 Annex D";
        var dcm = ContextGroups.Shared.Dcm;
        if (dcm.Retired.Contains(code.Value)) run.Warning(ValidationRule.Retired, code.Tag, Section, $"is {code}, a retired code");
        else if (!dcm.Current.Contains(code.Value)) run.Warning(ValidationRule.ContextGroup, code.Tag, Section, $"is {code}, no code that the standard has defined");
    }

    /// <summary>Context Identifier and its companions (PS3.3 §8.6).</summary>
    private static void CheckDeclared(ValidationRun run, DataSet item, Code code)
    {
        const string Section = "PS3.3 §8.6";
        string identifier = item.Get(Tags.ContextIdentifier, "");
        if (identifier.Length == 0 || item.Get(Tags.MappingResource, "DCMR") != "DCMR") return;
        bool isNumber = int.TryParse(identifier, NumberStyles.None, CultureInfo.InvariantCulture, out int cid);
        if (!isNumber || ContextGroups.Shared.Find(cid) is not { } group)
        {
            run.Warning(ValidationRule.ContextGroup, Tags.ContextIdentifier, Section, $"is '{identifier}', no context group of PS3.16");
            return;
        }
        string uid = item.Get(Tags.ContextUID, "");
        if (uid.Length > 0 && uid != group.Uid) run.Error(ValidationRule.ContextGroup, Tags.ContextUID, Section, $"is '{uid}', but that of {group.Title()} is {group.Uid}");
        bool isExtension = item.Get(Tags.ContextGroupExtensionFlag, "") == "Y";
        if (isExtension && !group.IsExtensible) run.Error(ValidationRule.ContextGroup, Tags.ContextGroupExtensionFlag, Section, $"is 'Y', but {group.Title()} cannot be extended");
        if (isExtension || HasOpenPart(group) || IsIn(group, code)) return;
        string message = $"is {code}, not in {group.Title()}, which the item names as its context group";
        if (group.IsExtensible) run.Warning(ValidationRule.ContextGroup, code.Tag, Section, message + " without saying that it is an extension");
        else run.Error(ValidationRule.ContextGroup, code.Tag, Section, message);
    }

    /// <summary>The code of an item, where it has one with its scheme.</summary>
    public static bool TryCode(DataSet item, out Code code)
    {
        code = default;
        foreach (var tag in new[] { Tags.CodeValue, Tags.LongCodeValue })
        {
            string value = item.Get(tag, "").Trim();
            string scheme = item.Get(Tags.CodingSchemeDesignator, "").Trim();
            if (value.Length == 0 || scheme.Length == 0) continue;
            code = new Code(tag, scheme, value, item.Get(Tags.CodeMeaning, "").Trim());
            return true;
        }
        return false;
    }

    /// <summary>The code is in the group, or in one that it includes.</summary>
    public static bool IsIn(ContextGroup group, Code code) => ContextGroups.Shared.Contains(group, code.GroupScheme, code.Value);

    /// <summary>It, or a group in it, is given in words, or is newer than the tables.</summary>
    public static bool HasOpenPart(ContextGroup group) => HasOpenPart(group, []);

    private static bool HasOpenPart(ContextGroup group, HashSet<int> seen) =>
        seen.Add(group.Cid) && (group.IsEmpty || group.Includes.Any(cid => ContextGroups.Shared.Find(cid) is not { } included || HasOpenPart(included, seen)));

    private static string Describe(ContextGroupUse use) => string.Join(" or ", use.Cids.Select(cid => ContextGroups.Shared.Find(cid)!.Title()));

    /// <summary>As messages name it.</summary>
    public static string Title(this ContextGroup group) => string.Create(CultureInfo.InvariantCulture, $"CID {group.Cid} {group.Name}");
}

/// <summary>A code of a data set (PS3.3 §8.1).</summary>
/// <param name="Tag">Where its value stands.</param>
/// <param name="Scheme">Coding Scheme Designator, as written.</param>
/// <param name="Value">Code value.</param>
/// <param name="Meaning">Code meaning; empty when there is none.</param>
internal readonly record struct Code(Tag Tag, string Scheme, string Value, string Meaning)
{
    /// <summary>The designator under which the groups list it: they have SNOMED-RT as SRT.</summary>
    public string GroupScheme => Scheme is "SNM3" or "99SDM" ? "SRT" : Scheme;

    /// <summary>As PS3.16 writes codes.</summary>
    public override string ToString() => $"({Value}, {Scheme}, \"{Meaning}\")";
}
