namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Small objects that break no rule, to be broken by the tests.</summary>
internal static class ValidObjects
{
    /// <summary>A CT Image of 2 × 2 pixels.</summary>
    public static DataSet CTImage() => new DataSet()
        .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .Set(Tags.SOPClassUID, SopClasses.CTImageStorage)
        .Set(Tags.SOPInstanceUID, "1.2.826.0.1.3680043.10.1")
        .Set(Tags.StudyDate, "20250314")
        .Set(Tags.StudyTime, "0926")
        .Set(Tags.AccessionNumber, "")
        .Set(Tags.Modality, "CT")
        .Set(Tags.Manufacturer, "")
        .Set(Tags.ReferringPhysicianName, "")
        .Set(Tags.PatientName, "Doe^Jane")
        .Set(Tags.PatientID, "P-1")
        .Set(Tags.PatientBirthDate, "19600229")
        .Set(Tags.PatientSex, "F")
        .Set(Tags.BodyPartExamined, "HEAD")
        .Set(Tags.SliceThickness, "5")
        .Set(Tags.KVP, "120")
        .Set(Tags.PatientPosition, "HFS")
        .Set(Tags.StudyInstanceUID, "1.2.826.0.1.3680043.10.2")
        .Set(Tags.SeriesInstanceUID, "1.2.826.0.1.3680043.10.3")
        .Set(Tags.StudyID, "1")
        .Set(Tags.SeriesNumber, "1")
        .Set(Tags.AcquisitionNumber, "1")
        .Set(Tags.InstanceNumber, "1")
        .Set(Tags.ImagePositionPatient, "0", "0", "0")
        .Set(Tags.ImageOrientationPatient, "1", "0", "0", "0", "1", "0")
        .Set(Tags.FrameOfReferenceUID, "1.2.826.0.1.3680043.10.4")
        .Set(Tags.PositionReferenceIndicator, "")
        .Set(Tags.SamplesPerPixel, (ushort)1)
        .Set(Tags.PhotometricInterpretation, "MONOCHROME2")
        .Set(Tags.Rows, (ushort)2)
        .Set(Tags.Columns, (ushort)2)
        .Set(Tags.PixelSpacing, "1", "1")
        .Set(Tags.BitsAllocated, (ushort)16)
        .Set(Tags.BitsStored, (ushort)12)
        .Set(Tags.HighBit, (ushort)11)
        .Set(Tags.PixelRepresentation, (ushort)0)
        .Set(Tags.RescaleIntercept, "-1024")
        .Set(Tags.RescaleSlope, "1")
        .Set(Tags.RescaleType, "HU")
        .SetBytes(Tags.PixelData, VR.OW, new byte[8]);

    /// <summary>A Basic Text SR with one text.</summary>
    public static DataSet Report() => new DataSet()
        .Set(Tags.SOPClassUID, SopClasses.BasicTextSRStorage)
        .Set(Tags.SOPInstanceUID, "1.2.826.0.1.3680043.10.5")
        .Set(Tags.StudyDate, "20250314")
        .Set(Tags.ContentDate, "20250314")
        .Set(Tags.StudyTime, "0926")
        .Set(Tags.ContentTime, "0926")
        .Set(Tags.AccessionNumber, "")
        .Set(Tags.Modality, "SR")
        .Set(Tags.Manufacturer, "")
        .Set(Tags.ReferringPhysicianName, "")
        .Set<DataSet>(Tags.ReferencedPerformedProcedureStepSequence)
        .Set(Tags.PatientName, "Doe^Jane")
        .Set(Tags.PatientID, "P-1")
        .Set(Tags.PatientBirthDate, "")
        .Set(Tags.PatientSex, "")
        .Set(Tags.StudyInstanceUID, "1.2.826.0.1.3680043.10.2")
        .Set(Tags.SeriesInstanceUID, "1.2.826.0.1.3680043.10.6")
        .Set(Tags.StudyID, "1")
        .Set(Tags.SeriesNumber, "1")
        .Set(Tags.InstanceNumber, "1")
        .Set(Tags.ValueType, "CONTAINER")
        .Set(Tags.ConceptNameCodeSequence, Code("126000", "Imaging Measurement Report"))
        .Set(Tags.ContinuityOfContent, "SEPARATE")
        .Set<DataSet>(Tags.PerformedProcedureCodeSequence)
        .Set(Tags.CompletionFlag, "COMPLETE")
        .Set(Tags.VerificationFlag, "UNVERIFIED")
        .Set(Tags.ContentSequence, Text("All is well."));

    public static DataSet Text(string text) => new DataSet()
        .Set(Tags.RelationshipType, "CONTAINS")
        .Set(Tags.ValueType, "TEXT")
        .Set(Tags.ConceptNameCodeSequence, Code("121071", "Finding"))
        .Set(Tags.TextValue, text);

    public static DataSet Code(string value, string meaning) => new DataSet()
        .Set(Tags.CodeValue, value)
        .Set(Tags.CodingSchemeDesignator, "DCM")
        .Set(Tags.CodeMeaning, meaning);

    /// <summary>A multi-frame true colour secondary capture with two frames.</summary>
    public static DataSet MultiFrame() => new DataSet()
        .Set(Tags.SOPClassUID, SopClasses.MultiFrameTrueColorSecondaryCaptureImageStorage)
        .Set(Tags.NumberOfFrames, "2")
        .Set(Tags.SharedFunctionalGroupsSequence, new DataSet())
        .Set(Tags.PerFrameFunctionalGroupsSequence, FrameOf(1), FrameOf(2));

    private static DataSet FrameOf(uint index) => new DataSet()
        .Set(Tags.FrameContentSequence, new DataSet().Set(Tags.InStackPositionNumber, index).Set(Tags.DimensionIndexValues, index));

    /// <summary>Group 0002 for an object.</summary>
    public static DataSet Meta(DataSet dataSet) => FileMetaInformation.Create(
        dataSet.Get(Tags.SOPClassUID, "1.2"), dataSet.Get(Tags.SOPInstanceUID, "1.2.3"), TransferSyntax.ExplicitVRLittleEndian)
        .Set(Tags.FileMetaInformationGroupLength, 100u);
}
