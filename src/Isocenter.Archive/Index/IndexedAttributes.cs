using System.Collections.Frozen;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The attributes that the index keeps, and the level each belongs to (the information models of PS3.4 §C.6.1
/// and §C.6.2, and the modules of PS3.3 §A.1.2). What is not here cannot be searched for or answered.</summary>
internal static class IndexedAttributes
{
    private static readonly FrozenDictionary<Tag, QueryLevel> Levels = Make();

    /// <summary>Answered from counts and sets instead of from the objects (PS3.4 Tables C.6-1 to C.6-4).</summary>
    private static readonly FrozenDictionary<Tag, QueryLevel> Computed = new Dictionary<Tag, QueryLevel>
    {
        [Tags.NumberOfPatientRelatedStudies] = QueryLevel.Patient,
        [Tags.NumberOfPatientRelatedSeries] = QueryLevel.Patient,
        [Tags.NumberOfPatientRelatedInstances] = QueryLevel.Patient,
        [Tags.ModalitiesInStudy] = QueryLevel.Study,
        [Tags.SOPClassesInStudy] = QueryLevel.Study,
        [Tags.NumberOfStudyRelatedSeries] = QueryLevel.Study,
        [Tags.NumberOfStudyRelatedInstances] = QueryLevel.Study,
        [Tags.NumberOfSeriesRelatedInstances] = QueryLevel.Series,
        [Tags.AvailableTransferSyntaxUID] = QueryLevel.Image,
        [Tags.InstanceAvailability] = QueryLevel.Patient,
    }.ToFrozenDictionary();

    /// <summary>They all stand before it.</summary>
    public static readonly Tag End = new(0x0071_0000);

    /// <summary>It is taken from objects, or says how their text is to be read.</summary>
    public static bool IsWanted(Tag tag) => Levels.ContainsKey(tag) || tag == Tags.SpecificCharacterSet;

    /// <returns>False when the index does not keep this attribute.</returns>
    public static bool TryLevelOf(Tag tag, out QueryLevel level) => Levels.TryGetValue(tag, out level);

    public static bool IsComputed(Tag tag, out QueryLevel level) => Computed.TryGetValue(tag, out level);

    public static IEnumerable<Tag> ComputedUpTo(QueryLevel level) => Computed.Where(pair => pair.Value <= level).Select(pair => pair.Key).Order();

    /// <summary>The attribute that tells the entities of a level apart.</summary>
    public static Tag UniqueKeyOf(QueryLevel level) => level switch
    {
        QueryLevel.Patient => Tags.PatientID,
        QueryLevel.Study => Tags.StudyInstanceUID,
        QueryLevel.Series => Tags.SeriesInstanceUID,
        _ => Tags.SOPInstanceUID,
    };

    private static FrozenDictionary<Tag, QueryLevel> Make()
    {
        var levels = new Dictionary<Tag, QueryLevel>();
        Add(QueryLevel.Patient,
            Tags.PatientName, Tags.PatientID, Tags.IssuerOfPatientID, Tags.IssuerOfPatientIDQualifiersSequence,
            Tags.PatientBirthDate, Tags.PatientBirthTime, Tags.PatientSex, Tags.OtherPatientIDs, Tags.OtherPatientNames,
            Tags.OtherPatientIDsSequence, Tags.EthnicGroup, Tags.PatientComments, Tags.PatientSpeciesDescription,
            Tags.PatientIdentityRemoved);
        Add(QueryLevel.Study,
            Tags.StudyDate, Tags.StudyTime, Tags.AccessionNumber, Tags.IssuerOfAccessionNumberSequence, Tags.ReferringPhysicianName,
            Tags.TimezoneOffsetFromUTC, Tags.StudyDescription, Tags.ProcedureCodeSequence, Tags.PhysiciansOfRecord,
            Tags.NameOfPhysiciansReadingStudy, Tags.AdmittingDiagnosesDescription, Tags.ReferencedStudySequence,
            Tags.PatientAge, Tags.PatientSize, Tags.PatientWeight, Tags.Occupation, Tags.AdditionalPatientHistory,
            Tags.StudyInstanceUID, Tags.StudyID, Tags.RequestedProcedureDescription, Tags.StudyComments, Tags.AdmissionID);
        Add(QueryLevel.Series,
            Tags.SeriesDate, Tags.SeriesTime, Tags.Modality, Tags.Manufacturer, Tags.InstitutionName, Tags.StationName,
            Tags.SeriesDescription, Tags.SeriesDescriptionCodeSequence, Tags.InstitutionalDepartmentName,
            Tags.PerformingPhysicianName, Tags.OperatorsName, Tags.ManufacturerModelName, Tags.ReferencedPerformedProcedureStepSequence,
            Tags.BodyPartExamined, Tags.DeviceSerialNumber, Tags.SoftwareVersions, Tags.ProtocolName, Tags.PatientPosition,
            Tags.SeriesInstanceUID, Tags.SeriesNumber, Tags.FrameOfReferenceUID, Tags.Laterality,
            Tags.PerformedProcedureStepStartDate, Tags.PerformedProcedureStepStartTime, Tags.PerformedProcedureStepID,
            Tags.PerformedProcedureStepDescription, Tags.RequestAttributesSequence);
        Add(QueryLevel.Image,
            Tags.ImageType, Tags.InstanceCreationDate, Tags.InstanceCreationTime, Tags.SOPClassUID, Tags.SOPInstanceUID,
            Tags.AcquisitionDate, Tags.ContentDate, Tags.AcquisitionDateTime, Tags.AcquisitionTime, Tags.ContentTime,
            Tags.DerivationDescription, Tags.SliceThickness, Tags.AcquisitionNumber, Tags.InstanceNumber,
            Tags.ImagePositionPatient, Tags.ImageOrientationPatient, Tags.SliceLocation, Tags.ImageComments,
            Tags.SamplesPerPixel, Tags.PhotometricInterpretation, Tags.NumberOfFrames, Tags.Rows, Tags.Columns,
            Tags.PixelSpacing, Tags.BitsAllocated, Tags.BitsStored, Tags.WindowCenter, Tags.WindowWidth,
            Tags.ObservationDateTime, Tags.ConceptNameCodeSequence, Tags.CompletionFlag, Tags.VerificationFlag,
            Tags.VerifyingObserverSequence, Tags.DocumentTitle, Tags.MIMETypeOfEncapsulatedDocument, Tags.ContentLabel,
            Tags.ContentDescription, Tags.PresentationCreationDate, Tags.PresentationCreationTime, Tags.ContentCreatorName);
        return levels.ToFrozenDictionary();

        void Add(QueryLevel level, params ReadOnlySpan<Tag> tags)
        {
            foreach (var tag in tags) levels.Add(tag, level);
        }
    }
}
