using Isocenter.Dicom;

namespace Isocenter.Cli.Querying;

/// <summary>A level of the Query/Retrieve models (PS3.4 §C.3.1): its name, its unique key, what is asked for at it
/// unless told otherwise.</summary>
internal sealed record QueryLevel(string Name, Tag UniqueKey, IReadOnlyList<Tag> Columns)
{
    public static QueryLevel Patient { get; } = new("PATIENT", Tags.PatientID,
        [Tags.PatientID, Tags.PatientName, Tags.PatientBirthDate, Tags.PatientSex]);

    public static QueryLevel Study { get; } = new("STUDY", Tags.StudyInstanceUID,
        [Tags.PatientID, Tags.PatientName, Tags.StudyDate, Tags.ModalitiesInStudy, Tags.StudyDescription, Tags.AccessionNumber,
            Tags.NumberOfStudyRelatedInstances, Tags.StudyInstanceUID]);

    public static QueryLevel Series { get; } = new("SERIES", Tags.SeriesInstanceUID,
        [Tags.Modality, Tags.SeriesNumber, Tags.SeriesDescription, Tags.NumberOfSeriesRelatedInstances, Tags.SeriesInstanceUID]);

    public static QueryLevel Image { get; } = new("IMAGE", Tags.SOPInstanceUID,
        [Tags.InstanceNumber, Tags.SOPClassUID, Tags.SOPInstanceUID]);

    public static IReadOnlyList<QueryLevel> All { get; } = [Patient, Study, Series, Image];

    public static QueryLevel? Of(string name) =>
        All.FirstOrDefault(level => level.Name.Equals(name == "INSTANCE" ? "IMAGE" : name, StringComparison.OrdinalIgnoreCase));
}
