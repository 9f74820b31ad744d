using System.Globalization;
using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom.FileSets;

/// <summary>What a directory record says of an object: its type by the object's IOD, its keys by the tables of PS3.3
/// §F.5.</summary>
internal static class RecordKeys
{
    /// <summary>The record of an object with this module; the first that fits (PS3.3 Table F.4-1).</summary>
    private static readonly (string Module, string Type)[] TypeOfModule =
    [
        ("KeyObjectDocument", "KEY OBJECT DOC"), ("SRDocumentGeneral", "SR DOCUMENT"), ("RTDose", "RT DOSE"), ("StructureSet", "RT STRUCTURE SET"),
        ("RTGeneralPlan", "RT PLAN"), ("RTGeneralTreatmentRecord", "RT TREAT RECORD"), ("PresentationSeries", "PRESENTATION"),
        ("Waveform", "WAVEFORM"), ("MRSpectroscopyData", "SPECTROSCOPY"), ("RawData", "RAW DATA"), ("SpatialRegistration", "REGISTRATION"),
        ("DeformableSpatialRegistration", "REGISTRATION"), ("SpatialFiducials", "FIDUCIAL"), ("EncapsulatedDocument", "ENCAP DOC"),
        ("RealWorldValueMapping", "VALUE MAP"), ("StereometricRelationship", "STEREOMETRIC"), ("SurfaceMesh", "SURFACE"),
        ("TractographyResults", "TRACT"), ("HangingProtocolDefinition", "HANGING PROTOCOL"), ("ColorPaletteDefinition", "PALETTE"),
    ];

    /// <summary>The record type of an object; null when PS3.3 has none for it.</summary>
    public static string? TypeOf(DataSet instance)
    {
        if (instance.TryGet(Tags.SOPClassUID, out string? sopClass) && IodTables.Shared.FindIod(sopClass) is { } iod)
        {
            foreach (var (module, type) in TypeOfModule)
            {
                if (iod.Modules.Any(use => use.Name == module && use.Usage == 'M')) return type;
            }
        }
        return instance.Contains(Tags.Rows) ? "IMAGE" : null;
    }

    /// <summary>This record stands at the top and belongs to no patient.</summary>
    public static bool IsAtTop(string type) => type is "HANGING PROTOCOL" or "PALETTE";

    /// <summary>Copies the keys of a record from the object. What must have a value and has none gets one, with a finding:
    /// a medium without this object would be worse.</summary>
    /// <param name="record">Has its type.</param>
    /// <param name="instance">The object.</param>
    /// <param name="number">Counts the records of its kind, for numbers that must be made up.</param>
    /// <param name="findings">What had to be made up.</param>
    public static void Copy(DataSet record, DataSet instance, int number, List<Finding> findings)
    {
        var scope = new Scope(record, null, record, null);
        foreach (var row in IodTables.Shared.Module("DirectoryInformation").Rows.OfType<AttributeRule>())
        {
            if (row.Tag != Tags.DirectoryRecordSequence) continue;
            foreach (var macro in row.Items!.Rows.OfType<MacroRule>())
            {
                if (macro.Condition is { } condition && !condition.Holds(in scope)) continue;
                foreach (var key in AttributesOf(macro.Name)) CopyKey(record, instance, key, number, findings);
            }
        }
    }

    private static IEnumerable<AttributeRule> AttributesOf(string macro)
    {
        foreach (var row in IodTables.Shared.Macro(macro).Rows)
        {
            if (row is AttributeRule { IsAside: false } attribute) yield return attribute;
            else if (row is MacroRule inner)
            {
                foreach (var further in AttributesOf(inner.Name)) yield return further;
            }
        }
    }

    private static void CopyKey(DataSet record, DataSet instance, AttributeRule key, int number, List<Finding> findings)
    {
        if (key.Type == AttributeType.Type3 || record.Contains(key.Tag)) return;
        if (instance.TryFind(key.Tag, out var element) && !ElementValues.IsEmpty(element))
        {
            if (key.Tag == Tags.ContentSequence) AddConceptModifiers(record, element);
            else if (!AddMended(record, instance, key.Tag)) record.Add(element);
            return;
        }
        if (key.Tag == Tags.VerificationDateTime && LatestVerification(instance) is { } verified) record.SetText(key.Tag, VR.DT, verified);
        if (key.Type == AttributeType.Type2) record.SetBytes(key.Tag, DataDictionary.VROf(key.Tag), []);
        if (key.Type != AttributeType.Type1) return;
        var vr = DataDictionary.VROf(key.Tag);
        if (vr == VR.SQ) return;
        string value = vr switch
        {
            VR.IS => number.ToString(CultureInfo.InvariantCulture),
            VR.DA => "19000101",
            VR.TM => "000000",
            VR.CS => key.Tag == Tags.Modality ? "OT" : "UNKNOWN",
            _ => string.Create(CultureInfo.InvariantCulture, $"{(key.Tag == Tags.PatientID ? "UNKNOWN" : "")}{number}"),
        };
        record.Set(key.Tag, value);
        findings.Add(new Finding($"the object {instance.Get(Tags.SOPInstanceUID, "")} has no value; the record says '{value}'", null, key.Tag.ToString(), "PS3.3 §F.5"));
    }

    /// <summary>Dates and times as ACR-NEMA wrote them, and names of character sets that are spelt otherwise, are put down as the
    /// standard has them.</summary>
    private static bool AddMended(DataSet record, DataSet instance, Tag tag)
    {
        if (tag == Tags.SpecificCharacterSet && instance.CharacterSet is { Problems.Count: > 0, DefinedTerms: { Count: > 0 } terms }) record.Set(tag, VR.CS, terms.ToArray().AsSpan());
        else if (DataDictionary.VROf(tag) == VR.DA && instance.TryGet(tag, out DateOnly date)) record.Set(tag, date);
        else if (DataDictionary.VROf(tag) == VR.TM && instance.TryGet(tag, out PartialTime time)) record.Set(tag, time);
        else return false;
        return true;
    }

    /// <summary>A record has the time of the last verification, the report has it for each who verified (PS3.3 §F.5.26).</summary>
    private static string? LatestVerification(DataSet report) =>
        report.GetAll<DataSet>(Tags.VerifyingObserverSequence).Select(observer => observer.Get(Tags.VerificationDateTime, "")).Where(time => time.Length > 0).Max(StringComparer.Ordinal);

    /// <summary>Of the content of a report only what modifies its title belongs into the record (PS3.3 §F.5.26).</summary>
    private static void AddConceptModifiers(DataSet record, DataElement content)
    {
        DataSet[] modifiers = [.. content.Items.Where(item => item.Get(Tags.RelationshipType, "") == "HAS CONCEPT MOD").Select(item => item.Copy())];
        if (modifiers.Length > 0) record.Set(Tags.ContentSequence, VR.SQ, modifiers.AsSpan());
    }
}
