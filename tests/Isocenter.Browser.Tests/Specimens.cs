using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Browser.Tests;

/// <summary>Computed objects of every kind that a viewer must show, or say that it cannot. Segmentation, structure set and dose
/// lie over the CT of the sample study (<see cref="DemoStudy"/>) and belong to it; the others are studies of their own.</summary>
internal static class Specimens
{
    private const double Radius = 40;               // mm, of the ball that is segmented
    private const double BallZ = 14;                // mm, where its middle is
    private const string DemoStart = "isocenter browser tests";

    /// <summary>The CT slices of the sample study, in order, without their pixels.</summary>
    public static IReadOnlyList<DataSet> SampleCT()
    {
        List<DataSet> slices = [];
        foreach (var file in DemoStudy.Create())
        {
            using (file)
            {
                if (file.DataSet.Get<string>(Tags.SOPClassUID) != SopClasses.CTImageStorage) break;
                var slice = file.DataSet.Copy();
                slice.Remove(Tags.PixelData);
                slices.Add(slice);
            }
        }
        return slices;
    }

    /// <summary>A Segmentation (PS3.3 §A.51): a ball, one bit a pixel.</summary>
    public static byte[] Segmentation(IReadOnlyList<DataSet> slices)
    {
        var ball = slices.Where(slice => RadiusAt(slice) > 0).ToList();
        int rows = ball[0].Get<int>(Tags.Rows), columns = ball[0].Get<int>(Tags.Columns), inFrame = rows * columns;
        byte[] pixels = new byte[(inFrame * ball.Count + 7) / 8];
        for (int frame = 0; frame < ball.Count; frame++)
        {
            double radius = RadiusAt(ball[frame]) / Spacing(ball[frame]);
            for (int at = 0; at < inFrame; at++)
            {
                double x = at % columns - columns / 2, y = at / columns - rows / 2;
                int bit = frame * inFrame + at;
                if (x * x + y * y < radius * radius) pixels[bit / 8] |= (byte)(1 << (bit % 8));
            }
        }
        var dataSet = OfSample(slices[0], SopClasses.SegmentationStorage, "SEG", 11, "Ball, segmented")
            .Set(Tags.ImageType, "DERIVED", "PRIMARY")
            .Set(Tags.ContentLabel, "BALL")
            .Set(Tags.ContentDescription, "A ball in the phantom")
            .Set(Tags.ContentCreatorName, "Isocenter")
            .Set(Tags.SegmentationType, "BINARY")
            .Set(Tags.LossyImageCompression, "00")
            .Set(Tags.FrameOfReferenceUID, slices[0].Get<string>(Tags.FrameOfReferenceUID))
            .Set(Tags.PositionReferenceIndicator, "")
            .Set(Tags.SegmentSequence, new DataSet()
                .Set(Tags.SegmentNumber, 1)
                .Set(Tags.SegmentLabel, "Ball")
                .Set(Tags.SegmentAlgorithmType, "MANUAL")
                .Set(Tags.RecommendedDisplayCIELabValue, 34885, 53485, 50171)
                .Set(Tags.SegmentedPropertyCategoryCodeSequence, Code("49755003", "SCT", "Morphologically Altered Structure"))
                .Set(Tags.SegmentedPropertyTypeCodeSequence, Code("4147007", "SCT", "Mass")))
            .Set(Tags.DimensionOrganizationSequence, new DataSet().Set(Tags.DimensionOrganizationUID, UidOf("dimensions")))
            .Set(Tags.DimensionIndexSequence,
                Dimension(Tags.ReferencedSegmentNumber, Tags.SegmentIdentificationSequence),
                Dimension(Tags.ImagePositionPatient, Tags.PlanePositionSequence))
            .Set(Tags.ReferencedSeriesSequence, new DataSet()
                .Set(Tags.SeriesInstanceUID, slices[0].Get<string>(Tags.SeriesInstanceUID))
                .Set(Tags.ReferencedInstanceSequence, [.. ball.Select(Reference)]))
            .Set(Tags.SharedFunctionalGroupsSequence, new DataSet()
                .Set(Tags.PlaneOrientationSequence, new DataSet().Set(Tags.ImageOrientationPatient, 1, 0, 0, 0, 1, 0))
                .Set(Tags.PixelMeasuresSequence, new DataSet()
                    .Set(Tags.SliceThickness, slices[0].Get<double>(Tags.SliceThickness))
                    .Set(Tags.SpacingBetweenSlices, slices[0].Get<double>(Tags.SpacingBetweenSlices))
                    .Set(Tags.PixelSpacing, Spacing(slices[0]), Spacing(slices[0])))
                .Set(Tags.SegmentIdentificationSequence, new DataSet().Set(Tags.ReferencedSegmentNumber, 1)))
            .Set(Tags.PerFrameFunctionalGroupsSequence, [.. ball.Select((slice, frame) => new DataSet()
                .Set(Tags.FrameContentSequence, new DataSet().Set(Tags.DimensionIndexValues, 1, frame + 1))
                .Set(Tags.PlanePositionSequence, new DataSet().Set(Tags.ImagePositionPatient, [.. slice.GetAll<double>(Tags.ImagePositionPatient)]))
                .Set(Tags.DerivationImageSequence, new DataSet()
                    .Set(Tags.DerivationCodeSequence, Code("113076", "DCM", "Segmentation"))
                    .Set(Tags.SourceImageSequence, Reference(slice).Set(Tags.PurposeOfReferenceCodeSequence, Code("121322", "DCM", "Source image for image processing operation")))))])
            .Set(Tags.NumberOfFrames, ball.Count);
        SetPixels(dataSet, rows, columns, 1, 1, "MONOCHROME2", pixels);
        return File(dataSet);
    }

    /// <summary>An RT Structure Set (PS3.3 §A.19): the same ball as contours.</summary>
    public static byte[] StructureSet(IReadOnlyList<DataSet> slices) => File(OfSample(slices[0], SopClasses.RTStructureSetStorage, "RTSTRUCT", 12, "Ball, contoured")
        .Set(Tags.StructureSetLabel, "BALL")
        .Set(Tags.StructureSetDate, "20250314")
        .Set(Tags.StructureSetTime, "101500")
        .Set(Tags.ReferencedFrameOfReferenceSequence, new DataSet()
            .Set(Tags.FrameOfReferenceUID, slices[0].Get<string>(Tags.FrameOfReferenceUID))
            .Set(Tags.RTReferencedStudySequence, new DataSet()
                .Set(Tags.ReferencedSOPClassUID, "1.2.840.10008.3.1.2.3.1")
                .Set(Tags.ReferencedSOPInstanceUID, slices[0].Get<string>(Tags.StudyInstanceUID))
                .Set(Tags.RTReferencedSeriesSequence, new DataSet()
                    .Set(Tags.SeriesInstanceUID, slices[0].Get<string>(Tags.SeriesInstanceUID))
                    .Set(Tags.ContourImageSequence, [.. slices.Select(Reference)]))))
        .Set(Tags.StructureSetROISequence, new DataSet()
            .Set(Tags.ROINumber, 1)
            .Set(Tags.ReferencedFrameOfReferenceUID, slices[0].Get<string>(Tags.FrameOfReferenceUID))
            .Set(Tags.ROIName, "Ball")
            .Set(Tags.ROIGenerationAlgorithm, "MANUAL"))
        .Set(Tags.ROIContourSequence, new DataSet()
            .Set(Tags.ROIDisplayColor, 255, 64, 64)
            .Set(Tags.ReferencedROINumber, 1)
            .Set(Tags.ContourSequence, [.. slices.Where(slice => RadiusAt(slice) > 0).Select(Contour)]))
        .Set(Tags.RTROIObservationsSequence, new DataSet()
            .Set(Tags.ObservationNumber, 1)
            .Set(Tags.ReferencedROINumber, 1)
            .Set(Tags.RTROIInterpretedType, "GTV")
            .Set(Tags.ROIInterpreter, "")));

    private static DataSet Contour(DataSet slice)
    {
        const int Points = 90;
        List<double> points = [];
        for (int i = 0; i < Points; i++)
        {
            double angle = 2 * Math.PI * i / Points;
            points.AddRange(Math.Round(RadiusAt(slice) * Math.Cos(angle), 2), Math.Round(RadiusAt(slice) * Math.Sin(angle), 2), SliceZ(slice));
        }
        return new DataSet()
            .Set(Tags.ContourImageSequence, Reference(slice))
            .Set(Tags.ContourGeometricType, "CLOSED_PLANAR")
            .Set(Tags.NumberOfContourPoints, Points)
            .Set(Tags.ContourData, [.. points]);
    }

    /// <summary>A Basic Text SR (PS3.3 §A.35.1) about the sample.</summary>
    public static byte[] Report(IReadOnlyList<DataSet> slices) => File(OfSample(slices[0], SopClasses.BasicTextSRStorage, "SR", 13, "Report")
        .Set(Tags.CompletionFlag, "COMPLETE")
        .Set(Tags.VerificationFlag, "UNVERIFIED")
        .Set<DataSet>(Tags.ReferencedPerformedProcedureStepSequence)
        .Set<DataSet>(Tags.PerformedProcedureCodeSequence)
        .Set(Tags.ValueType, "CONTAINER")
        .Set(Tags.ContinuityOfContent, "SEPARATE")
        .Set(Tags.ConceptNameCodeSequence, Code("18747-6", "LN", "CT Report"))
        .Set(Tags.ContentSequence,
            Text("121071", "Finding", "A ball of 80 mm diameter in the middle of the phantom."),
            Text("121077", "Conclusion", "The phantom is in good health.")));

    private static DataSet Text(string code, string meaning, string text) => new DataSet()
        .Set(Tags.RelationshipType, "CONTAINS")
        .Set(Tags.ValueType, "TEXT")
        .Set(Tags.ConceptNameCodeSequence, Code(code, "DCM", meaning))
        .Set(Tags.TextValue, text);

    /// <summary>A mammogram (PS3.3 §A.26): a computed breast of 12 bits, dark on bright as detectors see it.</summary>
    public static DataSet Mammogram(string laterality, string view)
    {
        const int Rows = 1024, Columns = 800;
        var random = new Random(Seed: 5);
        byte[] pixels = new byte[2 * Rows * Columns];
        for (int at = 0; at < Rows * Columns; at++)
        {
            double x = at % Columns / (Columns * 0.85), y = (at / Columns - Rows / 2) / (Rows * 0.45);
            if (laterality == "R") x = (Columns - 1 - at % Columns) / (Columns * 0.85);
            double inside = 1 - x * x - y * y;
            double tissue = inside <= 0 ? 0 : 900 + 1500 * Math.Sqrt(inside) + 300 * Math.Sin(x * 19) * Math.Cos(y * 17) + random.Next(120);
            if ((x - 0.4) * (x - 0.4) + (y - 0.2) * (y - 0.2) < 0.004) tissue += 700;
            BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * at), (ushort)Math.Min(tissue, 4095));
        }
        var dataSet = Begin(SopClasses.DigitalMammographyXRayImageStorageForPresentation, "MG", "Mammo^Marta", "Screening mammography", laterality + " " + view, laterality == "R" ? 1 : 2)
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "")
            .Set(Tags.ImageLaterality, laterality)
            .Set(Tags.BodyPartExamined, "BREAST")
            .Set(Tags.PatientOrientation, laterality == "R" ? "P" : "A", "F")
            .Set(Tags.PresentationIntentType, "FOR PRESENTATION")
            .Set(Tags.PixelIntensityRelationship, "LOG")
            .Set(Tags.PixelIntensityRelationshipSign, 1)
            .Set(Tags.PresentationLUTShape, "IDENTITY")
            .Set(Tags.RescaleIntercept, 0)
            .Set(Tags.RescaleSlope, 1)
            .Set(Tags.RescaleType, "US")
            .Set(Tags.ImagerPixelSpacing, 0.2, 0.2)
            .Set(Tags.WindowCenter, 2000)
            .Set(Tags.WindowWidth, 3600)
            .Set(Tags.ViewPosition, view)
            .Set(Tags.ViewCodeSequence, view == "CC"
                ? Code("399162004", "SCT", "cranio-caudal")
                : Code("399368009", "SCT", "medio-lateral oblique"))
            .Set(Tags.LossyImageCompression, "00")
            .Set(Tags.BurnedInAnnotation, "NO");
        SetPixels(dataSet, Rows, Columns, 16, 12, "MONOCHROME2", pixels);
        return dataSet;
    }

    /// <summary>A 12-lead ECG (PS3.3 §A.34.3) of ten seconds.</summary>
    public static byte[] Ecg()
    {
        string[] leads = ["Lead I", "Lead II", "Lead III", "Lead aVR", "Lead aVL", "Lead aVF", "Lead V1", "Lead V2", "Lead V3", "Lead V4", "Lead V5", "Lead V6"];
        const int Frequency = 500, Seconds = 10;
        byte[] samples = new byte[2 * leads.Length * Frequency * Seconds];
        for (int at = 0; at < Frequency * Seconds; at++)
        {
            double t = at / (double)Frequency % 0.9;
            double Wave(double middle, double width, double height) => height * Math.Exp(-(t - middle) * (t - middle) / (2 * width * width));
            double volt = Wave(0.15, 0.02, 0.15) + Wave(0.27, 0.007, -0.12) + Wave(0.30, 0.010, 1.2) + Wave(0.33, 0.009, -0.25) + Wave(0.55, 0.04, 0.3);
            for (int lead = 0; lead < leads.Length; lead++)
                BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(2 * (at * leads.Length + lead)), (short)(volt * 1000 * (lead == 3 ? -1 : 0.4 + lead * 0.08)));
        }
        return File(Begin(SopClasses.TwelveLeadECGWaveformStorage, "ECG", "Heart^Hanna", "Resting ECG", "12-lead ECG", 1)
            .Set(Tags.AcquisitionDateTime, "20250314101500")
            .Set<DataSet>(Tags.AcquisitionContextSequence)
            .Set(Tags.WaveformSequence, new DataSet()
                .Set(Tags.MultiplexGroupLabel, "RHYTHM")
                .Set(Tags.WaveformOriginality, "ORIGINAL")
                .Set(Tags.NumberOfWaveformChannels, leads.Length)
                .Set(Tags.NumberOfWaveformSamples, Frequency * Seconds)
                .Set(Tags.SamplingFrequency, Frequency)
                .Set(Tags.ChannelDefinitionSequence, [.. leads.Select((lead, at) => new DataSet()
                    .Set(Tags.ChannelSourceSequence, Code($"2:{at + 1}", "MDC", lead))
                    .Set(Tags.ChannelSensitivity, 1)
                    .Set(Tags.ChannelSensitivityUnitsSequence, Code("uV", "UCUM", "microvolt"))
                    .Set(Tags.ChannelSensitivityCorrectionFactor, 1)
                    .Set(Tags.ChannelBaseline, 0)
                    .Set(Tags.ChannelSampleSkew, 0)
                    .Set(Tags.WaveformBitsStored, 16))])
                .Set(Tags.WaveformBitsAllocated, 16)
                .Set(Tags.WaveformSampleInterpretation, "SS")
                .SetBytes(Tags.WaveformData, VR.OW, samples)));
    }

    /// <summary>A slide (PS3.3 §A.32.8): one level of a pyramid, in tiles of 256.</summary>
    /// <param name="size">Rows and columns of the level, a multiple of 256.</param>
    public static DataSet Slide(int size)
    {
        const int Tile = 256, Whole = 1024;
        int across = size / Tile;
        byte[] pixels = new byte[3 * size * size];
        for (int at = 0; at < size * size; at++)
        {
            int tile = at / (Tile * Tile), inTile = at % (Tile * Tile);
            double x = (tile % across * Tile + inTile % Tile) * (double)Whole / size, y = (tile / across * Tile + inTile / Tile) * (double)Whole / size;
            double tissue = Math.Pow((x - 512) / 420, 2) + Math.Pow((y - 512) / 330, 2) < 1 ? 1 : 0;
            double cell = tissue * Math.Max(0, Math.Sin(x / 9) * Math.Sin(y / 9));
            pixels[3 * at] = (byte)(244 - 30 * tissue - 120 * cell);
            pixels[3 * at + 1] = (byte)(240 - 110 * tissue - 90 * cell);
            pixels[3 * at + 2] = (byte)(244 - 50 * tissue - 40 * cell);
        }
        double spacing = 0.0005 * Whole / size;
        var dataSet = Begin(SopClasses.VLWholeSlideMicroscopyImageStorage, "SM", "Slide^Sina", "Biopsy", "H&E", 1, $"level {size}", Whole / size)
            .Set(Tags.ImageType, size == Whole ? "ORIGINAL" : "DERIVED", "PRIMARY", "VOLUME", size == Whole ? "NONE" : "RESAMPLED")
            .Set(Tags.FrameOfReferenceUID, UidOf("slide"))
            .Set(Tags.PositionReferenceIndicator, "SLIDE_CORNER")
            .Set(Tags.ContainerIdentifier, "SLIDE-1")
            .Set<DataSet>(Tags.IssuerOfTheContainerIdentifierSequence)
            .Set(Tags.ContainerTypeCodeSequence, Code("433466003", "SCT", "Microscope slide"))
            .Set<DataSet>(Tags.AcquisitionContextSequence)
            .Set(Tags.SpecimenDescriptionSequence, new DataSet()
                .Set(Tags.SpecimenIdentifier, "S-1")
                .Set(Tags.SpecimenUID, UidOf("specimen"))
                .Set<DataSet>(Tags.IssuerOfTheSpecimenIdentifierSequence)
                .Set<DataSet>(Tags.SpecimenPreparationSequence))
            .Set(Tags.AcquisitionDateTime, "20250314101500")
            .Set(Tags.VolumetricProperties, "VOLUME")
            .Set(Tags.BurnedInAnnotation, "NO")
            .Set(Tags.LossyImageCompression, "00")
            .Set(Tags.SpecimenLabelInImage, "NO")
            .Set(Tags.FocusMethod, "AUTO")
            .Set(Tags.ExtendedDepthOfField, "NO")
            .Set(Tags.ImagedVolumeWidth, 1000 * spacing * size / 1000)
            .Set(Tags.ImagedVolumeHeight, 1000 * spacing * size / 1000)
            .Set(Tags.ImagedVolumeDepth, 1)
            .Set(Tags.TotalPixelMatrixColumns, size)
            .Set(Tags.TotalPixelMatrixRows, size)
            .Set(Tags.TotalPixelMatrixFocalPlanes, 1)
            .Set(Tags.TotalPixelMatrixOriginSequence, new DataSet().Set(Tags.XOffsetInSlideCoordinateSystem, 10).Set(Tags.YOffsetInSlideCoordinateSystem, 10))
            .Set(Tags.ImageOrientationSlide, 0, -1, 0, -1, 0, 0)
            .Set(Tags.NumberOfOpticalPaths, 1)
            .Set(Tags.OpticalPathSequence, new DataSet()
                .Set(Tags.OpticalPathIdentifier, "1")
                .Set(Tags.IlluminationTypeCodeSequence, Code("111744", "DCM", "Brightfield illumination"))
                .Set(Tags.IlluminationColorCodeSequence, Code("371251000", "SCT", "White")))
            .Set(Tags.DimensionOrganizationType, "TILED_FULL")
            .Set(Tags.DimensionOrganizationSequence, new DataSet().Set(Tags.DimensionOrganizationUID, UidOf("tiles")))
            .Set(Tags.SharedFunctionalGroupsSequence, new DataSet()
                .Set(Tags.PixelMeasuresSequence, new DataSet().Set(Tags.SliceThickness, 0.001).Set(Tags.PixelSpacing, spacing, spacing))
                .Set(Tags.WholeSlideMicroscopyImageFrameTypeSequence, new DataSet().Set(Tags.FrameType, "ORIGINAL", "PRIMARY", "VOLUME", "NONE"))
                .Set(Tags.OpticalPathIdentificationSequence, new DataSet().Set(Tags.OpticalPathIdentifier, "1")))
            .Set(Tags.NumberOfFrames, across * across)
            .Set(Tags.PlanarConfiguration, 0);
        SetPixels(dataSet, Tile, Tile, 8, 8, "RGB", pixels);
        return dataSet;
    }

    /// <summary>An RT Dose (PS3.3 §A.18) around the ball.</summary>
    public static byte[] Dose(IReadOnlyList<DataSet> slices)
    {
        const int Size = 64, Frames = 24;
        byte[] pixels = new byte[2 * Size * Size * Frames];
        for (int at = 0; at < Size * Size * Frames; at++)
        {
            double x = at % Size - Size / 2, y = at / Size % Size - Size / 2, z = at / (Size * Size) - Frames / 2;
            BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * at), (ushort)(60_000 * Math.Exp(-(x * x + y * y + z * z) / 150)));
        }
        var dataSet = OfSample(slices[0], SopClasses.RTDoseStorage, "RTDOSE", 14, "Dose")
            .Set(Tags.FrameOfReferenceUID, slices[0].Get<string>(Tags.FrameOfReferenceUID))
            .Set(Tags.PositionReferenceIndicator, "")
            .Set(Tags.ImagePositionPatient, -96, -96, BallZ - 36)
            .Set(Tags.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
            .Set(Tags.PixelSpacing, 3, 3)
            .Set(Tags.SliceThickness, 3)
            .Set(Tags.NumberOfFrames, Frames)
            .Set(Tags.FrameIncrementPointer, Tags.GridFrameOffsetVector)
            .Set(Tags.GridFrameOffsetVector, [.. Enumerable.Range(0, Frames).Select(frame => frame * 3.0)])
            .Set(Tags.DoseUnits, "GY")
            .Set(Tags.DoseType, "PHYSICAL")
            .Set(Tags.DoseSummationType, "PLAN")
            .Set(Tags.DoseGridScaling, 0.001);
        SetPixels(dataSet, Size, Size, 16, 16, "MONOCHROME2", pixels);
        return File(dataSet);
    }

    /// <summary>An RT Plan (PS3.3 §A.20) of one beam.</summary>
    public static byte[] Plan(IReadOnlyList<DataSet> slices) => File(OfSample(slices[0], SopClasses.RTPlanStorage, "RTPLAN", 15, "Plan")
        .Set(Tags.RTPlanLabel, "BALL 1")
        .Set(Tags.RTPlanDate, "20250314")
        .Set(Tags.RTPlanTime, "101500")
        .Set(Tags.RTPlanGeometry, "TREATMENT_DEVICE")
        .Set(Tags.FractionGroupSequence, new DataSet()
            .Set(Tags.FractionGroupNumber, 1)
            .Set(Tags.NumberOfFractionsPlanned, 30)
            .Set(Tags.NumberOfBeams, 1)
            .Set(Tags.NumberOfBrachyApplicationSetups, 0)
            .Set(Tags.ReferencedBeamSequence, new DataSet().Set(Tags.ReferencedBeamNumber, 1).Set(Tags.BeamMeterset, 120)))
        .Set(Tags.BeamSequence, new DataSet()
            .Set(Tags.BeamNumber, 1)
            .Set(Tags.BeamName, "AP")
            .Set(Tags.BeamType, "STATIC")
            .Set(Tags.RadiationType, "PHOTON")));

    /// <summary>A Key Object Selection (PS3.3 §A.35.4) of three slices.</summary>
    public static byte[] KeyObjects(IReadOnlyList<DataSet> slices) => File(OfSample(slices[0], SopClasses.KeyObjectSelectionDocumentStorage, "KO", 16, "Key images")
        .Set<DataSet>(Tags.ReferencedPerformedProcedureStepSequence)
        .Set(Tags.ValueType, "CONTAINER")
        .Set(Tags.ContinuityOfContent, "SEPARATE")
        .Set(Tags.ConceptNameCodeSequence, Code("113000", "DCM", "Of Interest"))
        .Set(Tags.ContentTemplateSequence, new DataSet().Set(Tags.MappingResource, "DCMR").Set(Tags.TemplateIdentifier, "2010"))
        .Set(Tags.CurrentRequestedProcedureEvidenceSequence, new DataSet()
            .Set(Tags.StudyInstanceUID, slices[0].Get<string>(Tags.StudyInstanceUID))
            .Set(Tags.ReferencedSeriesSequence, new DataSet()
                .Set(Tags.SeriesInstanceUID, slices[0].Get<string>(Tags.SeriesInstanceUID))
                .Set(Tags.ReferencedSOPSequence, [.. slices.Skip(30).Take(3).Select(Reference)])))
        .Set(Tags.ContentSequence, [.. slices.Skip(30).Take(3).Select(slice => new DataSet()
            .Set(Tags.RelationshipType, "CONTAINS")
            .Set(Tags.ValueType, "IMAGE")
            .Set(Tags.ReferencedSOPSequence, Reference(slice)))]));

    /// <summary>A Grayscale Softcopy Presentation State (PS3.3 §A.33.1): one slice, a narrow window and a word.</summary>
    public static byte[] PresentationState(IReadOnlyList<DataSet> slices) => File(OfSample(slices[0], SopClasses.GrayscaleSoftcopyPresentationStateStorage, "PR", 17, "Presentation")
        .Set(Tags.ContentLabel, "NARROW")
        .Set(Tags.ContentDescription, "A narrow window")
        .Set(Tags.PresentationCreationDate, "20250314")
        .Set(Tags.PresentationCreationTime, "101500")
        .Set(Tags.ContentCreatorName, "Isocenter")
        .Set(Tags.ReferencedSeriesSequence, new DataSet()
            .Set(Tags.SeriesInstanceUID, slices[0].Get<string>(Tags.SeriesInstanceUID))
            .Set(Tags.ReferencedImageSequence, Reference(slices[32])))
        .Set(Tags.DisplayedAreaSelectionSequence, new DataSet()
            .Set(Tags.DisplayedAreaTopLeftHandCorner, 1, 1)
            .Set(Tags.DisplayedAreaBottomRightHandCorner, 512, 512)
            .Set(Tags.PresentationSizeMode, "SCALE TO FIT")
            .Set(Tags.PresentationPixelAspectRatio, 1, 1))
        .Set(Tags.SoftcopyVOILUTSequence, new DataSet().Set(Tags.WindowCenter, 35).Set(Tags.WindowWidth, 30))
        .Set(Tags.PresentationLUTShape, "IDENTITY"));

    /// <summary>An image whose header promises four times as many pixels as there are.</summary>
    public static byte[] Contradicting()
    {
        var dataSet = Begin(SopClasses.SecondaryCaptureImageStorage, "OT", "Broken^Berta", "Broken", "Too few pixels", 1).Set(Tags.ConversionType, "SYN");
        SetPixels(dataSet, 128, 128, 8, 8, "MONOCHROME2", new byte[64 * 64]);
        return File(dataSet);
    }

    /// <summary>A Part 10 file of it.</summary>
    public static byte[] File(DataSet dataSet)
    {
        using var file = new DicomFile(dataSet.Freeze(), TransferSyntax.ExplicitVRLittleEndian);
        return file.ToArray();
    }

    /// <summary>Begins an object of a study of its own, which others with the same name of the patient share.</summary>
    public static DataSet Begin(string sopClass, string modality, string name, string study, string series, int seriesNumber, string instance = "", int instanceNumber = 1) => new DataSet()
        .Set(Tags.SpecificCharacterSet, "ISO_IR 192")
        .Set(Tags.SOPClassUID, sopClass)
        .Set(Tags.SOPInstanceUID, UidOf($"{name} {series} {instance}"))
        .Set(Tags.StudyDate, "20250314")
        .Set(Tags.ContentDate, "20250314")
        .Set(Tags.StudyTime, "101500")
        .Set(Tags.ContentTime, "101500")
        .Set(Tags.AccessionNumber, "")
        .Set(Tags.Modality, modality)
        .Set(Tags.Manufacturer, "Isocenter")
        .Set(Tags.ReferringPhysicianName, "")
        .Set(Tags.StudyDescription, study)
        .Set(Tags.SeriesDescription, series)
        .Set(Tags.ManufacturerModelName, "Specimens")
        .Set(Tags.DeviceSerialNumber, "1")
        .Set(Tags.SoftwareVersions, "1")
        .Set(Tags.PatientName, name)
        .Set(Tags.PatientID, string.Create(CultureInfo.InvariantCulture, $"S-{name.Length}{name[0]}"))
        .Set(Tags.PatientBirthDate, "19700101")
        .Set(Tags.PatientSex, "F")
        .Set(Tags.StudyInstanceUID, UidOf(name))
        .Set(Tags.SeriesInstanceUID, UidOf($"{name} {series}"))
        .Set(Tags.StudyID, "1")
        .Set(Tags.SeriesNumber, seriesNumber)
        .Set(Tags.InstanceNumber, instanceNumber);

    /// <summary>Begins a further series of the sample study.</summary>
    private static DataSet OfSample(DataSet slice, string sopClass, string modality, int seriesNumber, string description)
    {
        var dataSet = Begin(sopClass, modality, "Sample", "", description, seriesNumber);
        foreach (var tag in new[] { Tags.PatientName, Tags.PatientID, Tags.PatientBirthDate, Tags.PatientSex, Tags.StudyInstanceUID, Tags.StudyDate, Tags.StudyTime, Tags.StudyID, Tags.AccessionNumber, Tags.StudyDescription })
            dataSet.Set(tag, slice.Get<string>(tag));
        return dataSet;
    }

    private static DataSet Reference(DataSet image) => new DataSet()
        .Set(Tags.ReferencedSOPClassUID, image.Get<string>(Tags.SOPClassUID))
        .Set(Tags.ReferencedSOPInstanceUID, image.Get<string>(Tags.SOPInstanceUID));

    private static DataSet Dimension(Tag pointer, Tag group) => new DataSet()
        .Set(Tags.DimensionOrganizationUID, UidOf("dimensions"))
        .Set(Tags.DimensionIndexPointer, pointer)
        .Set(Tags.FunctionalGroupPointer, group);

    private static DataSet Code(string value, string scheme, string meaning) => new DataSet()
        .Set(Tags.CodeValue, value)
        .Set(Tags.CodingSchemeDesignator, scheme)
        .Set(Tags.CodeMeaning, meaning);

    private static void SetPixels(DataSet dataSet, int rows, int columns, int bitsAllocated, int bitsStored, string photometricInterpretation, byte[] pixels) => dataSet
        .Set(Tags.SamplesPerPixel, photometricInterpretation == "RGB" ? 3 : 1)
        .Set(Tags.PhotometricInterpretation, photometricInterpretation)
        .Set(Tags.Rows, rows)
        .Set(Tags.Columns, columns)
        .Set(Tags.BitsAllocated, bitsAllocated)
        .Set(Tags.BitsStored, bitsStored)
        .Set(Tags.HighBit, bitsStored - 1)
        .Set(Tags.PixelRepresentation, 0)
        .SetOwnedBytes(Tags.PixelData, bitsAllocated == 16 ? VR.OW : VR.OB, pixels);

    private static double SliceZ(DataSet slice) => slice.GetAll<double>(Tags.ImagePositionPatient)[2];

    private static double Spacing(DataSet slice) => slice.GetAll<double>(Tags.PixelSpacing)[0];

    /// <summary>Of the ball's circle in this slice, in mm; 0: it does not reach so far.</summary>
    private static double RadiusAt(DataSet slice)
    {
        double z = SliceZ(slice) - BallZ;
        return Math.Abs(z) < Radius ? Math.Sqrt(Radius * Radius - z * z) : 0;
    }

    private static string UidOf(string part) => Uid.FromName(Encoding.UTF8.GetBytes($"{DemoStart} {part}")).Value;
}
