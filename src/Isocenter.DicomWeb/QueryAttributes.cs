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
}
