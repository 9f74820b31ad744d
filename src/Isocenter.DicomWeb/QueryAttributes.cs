using Isocenter.Dicom;

namespace Isocenter.DicomWeb;

/// <summary>The attributes that a search returns without being asked (PS3.18 Tables 10.6.3-3 to -5).</summary>
public static class QueryAttributes
{
    /// <summary>Of each study.</summary>
    public static IReadOnlyList<Tag> Study { get; } =
    [
        Tags.StudyDate, Tags.StudyTime, Tags.AccessionNumber, Tags.InstanceAvailability, Tags.ModalitiesInStudy,
        Tags.ReferringPhysicianName, Tags.TimezoneOffsetFromUTC, Tags.StudyDescription, Tags.PatientName, Tags.PatientID,
        Tags.PatientBirthDate, Tags.PatientSex, Tags.StudyInstanceUID, Tags.StudyID, Tags.NumberOfStudyRelatedSeries,
        Tags.NumberOfStudyRelatedInstances,
    ];

    /// <summary>Of each series.</summary>
    public static IReadOnlyList<Tag> Series { get; } =
    [
        Tags.Modality, Tags.TimezoneOffsetFromUTC, Tags.SeriesDescription, Tags.SeriesInstanceUID, Tags.SeriesNumber,
        Tags.SeriesDate, Tags.SeriesTime, Tags.NumberOfSeriesRelatedInstances, Tags.PerformedProcedureStepStartDate,
        Tags.PerformedProcedureStepStartTime, Tags.RequestAttributesSequence,
    ];

    /// <summary>Of each instance.</summary>
    public static IReadOnlyList<Tag> Instance { get; } =
    [
        Tags.SOPClassUID, Tags.SOPInstanceUID, Tags.InstanceAvailability, Tags.TimezoneOffsetFromUTC, Tags.InstanceNumber,
        Tags.Rows, Tags.Columns, Tags.BitsAllocated, Tags.NumberOfFrames,
    ];

    /// <summary>It is there "if known" only; the others of these tables are empty when they are not known.</summary>
    public static bool IsOptional(Tag tag) => tag == Tags.InstanceAvailability || tag == Tags.TimezoneOffsetFromUTC || tag == Tags.StudyDescription
        || tag == Tags.SeriesDescription || tag == Tags.SeriesDate || tag == Tags.SeriesTime || tag == Tags.Rows || tag == Tags.Columns
        || tag == Tags.BitsAllocated || tag == Tags.NumberOfFrames || tag == Tags.PerformedProcedureStepStartDate
        || tag == Tags.PerformedProcedureStepStartTime || tag == Tags.RequestAttributesSequence;
}
