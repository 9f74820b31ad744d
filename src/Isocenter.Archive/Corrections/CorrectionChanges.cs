using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Which attributes a correction may change, and what it changes for a move.</summary>
internal static class CorrectionChanges
{
    /// <summary>What makes a patient: it goes with the study as a whole, empty where the other patient has none.</summary>
    private static readonly Tag[] OfPatient =
    [
        Tags.PatientName, Tags.PatientID, Tags.IssuerOfPatientID, Tags.PatientBirthDate, Tags.PatientBirthTime, Tags.PatientSex,
        Tags.OtherPatientIDs, Tags.OtherPatientNames,
    ];

    private static readonly Tag[] OfStudy =
    [
        Tags.StudyDate, Tags.StudyTime, Tags.AccessionNumber, Tags.StudyID, Tags.StudyDescription, Tags.ReferringPhysicianName,
    ];

    /// <exception cref="CorrectionException">An attribute cannot be corrected, or not to this value.</exception>
    public static void Check(DataSet changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        bool isAny = false;
        foreach (var change in changes)
        {
            if (change.Tag == Tags.SpecificCharacterSet) continue;
            isAny = true;
            if (!IndexedAttributes.TryLevelOf(change.Tag, out var level) || level > QueryLevel.Study || change.IsSequence || change.Tag == Tags.StudyInstanceUID
                || change.Tag == Tags.TimezoneOffsetFromUTC) throw new CorrectionException($"{change.Tag} cannot be corrected: it is no attribute of patient or study");
        }
        if (ValueCheck.Run(changes) is [{ } finding, ..]) throw new CorrectionException(finding.ToString());
        if (!isAny) throw new CorrectionException("there is nothing to correct");
    }

    public static DataSet ToPatient(byte[] attributes) => Take(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192"), attributes, OfPatient);

    /// <param name="study">Study Instance UID.</param>
    /// <param name="target">Patient and study attributes of the study that is there; null: it is a new one.</param>
    public static DataSet ToStudy(string study, (byte[] Patient, byte[] Study)? target)
    {
        var changes = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.StudyInstanceUID, study);
        return target is { } there ? Take(Take(changes, there.Patient, OfPatient), there.Study, OfStudy) : changes;
    }

    public static (byte[] Patient, byte[] Study)? AttributesOfStudy(IndexConnection index, string study)
    {
        using var row = index.Read("SELECT p.attributes, st.attributes FROM studies st JOIN patients p ON p.key = st.patient_key WHERE st.study_uid = @0 AND st.series_count > 0", study);
        return row.Read() ? (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    private static DataSet Take(DataSet changes, byte[] attributes, Tag[] tags)
    {
        var from = LevelAttributes.Read(attributes);
        foreach (var tag in tags)
        {
            if (from.TryFind(tag, out var element)) AttributeText.Copy(element, changes);
            else changes.SetBytes(tag, DataDictionary.VROf(tag), []);
        }
        return changes;
    }
}
