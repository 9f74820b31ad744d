using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Imaging.Phantom;

/// <summary>The MR of the demo study: one Enhanced MR Image (PS3.3 §A.36), T2-weighted, a stack of axial frames.</summary>
internal static class DemoMR
{
    private const int Frames = 32;
    private const int Size = 256;
    private const double Spacing = 0.9375;            // 240 mm / 256
    private const double SliceThickness = 4, SliceDistance = 4.5;
    private const double LowestZ = -58;
    private const double FirstPixel = -(Size - 1) * Spacing / 2;
    private const int MaxValue = 4095;

    private static readonly TimeSpan Start = TimeSpan.FromMinutes(12);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(184);

    public static DataSet Create(DemoStudyModules study, HeadPhantom phantom)
    {
        var dataSet = study.Begin(SopClasses.EnhancedMRImageStorage, "MR", 2, "T2 TSE axial", 1, Start);
        var start = study.Options.StudyDateTime + Start;
        dataSet
            .Set(Tags.BodyPartExamined, "HEAD")
            .Set(Tags.PatientPosition, "HFS")
            .Set(Tags.ProtocolName, "Head T2")
            .Set(Tags.FrameOfReferenceUID, study.FrameOfReference.Value)
            .Set(Tags.PositionReferenceIndicator, "")
            .Set(Tags.AcquisitionContextSequence, Array.Empty<DataSet>());
        AddImage(dataSet, start);
        AddPulseSequence(dataSet);
        AddDimensions(dataSet, study);
        dataSet
            .Set(Tags.NumberOfFrames, Frames)
            .Set(Tags.SharedFunctionalGroupsSequence, SharedGroups())
            .Set(Tags.PerFrameFunctionalGroupsSequence, [.. Enumerable.Range(0, Frames).Select(frame => FrameGroups(frame, start))]);
        DemoStudyModules.SetGreyPixels(dataSet, Size, Size, 12, isSigned: false, Pixels(study, phantom));
        return dataSet;
    }

    /// <summary>Enhanced MR Image (PS3.3 §C.8.13.1).</summary>
    private static void AddImage(DataSet dataSet, DateTime start)
    {
        dataSet
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "T2", "NONE")
            .Set(Tags.AcquisitionNumber, 1)
            .Set(Tags.AcquisitionDateTime, DemoStudyModules.DateAndTime(start))
            .Set(Tags.AcquisitionDuration, Duration.TotalSeconds)
            .Set(Tags.ResonantNucleus, "1H")
            .Set(Tags.KSpaceFiltering, "NONE")
            .Set(Tags.MagneticFieldStrength, 3.0)
            .Set(Tags.ApplicableSafetyStandardAgency, "IEC")
            .Set(Tags.ContentQualification, "RESEARCH")
            .Set(Tags.PresentationLUTShape, "IDENTITY");
        AddFrameDescription(dataSet);
    }

    /// <summary>The Common CT/MR Image Description and MR Image Description Macros (PS3.3 §C.8.16.2, §C.8.13.3.1).</summary>
    private static DataSet AddFrameDescription(DataSet dataSet) => dataSet
        .Set(Tags.PixelPresentation, "MONOCHROME")
        .Set(Tags.VolumetricProperties, "VOLUME")
        .Set(Tags.VolumeBasedCalculationTechnique, "NONE")
        .Set(Tags.ComplexImageComponent, "MAGNITUDE")
        .Set(Tags.AcquisitionContrast, "T2");

    /// <summary>MR Pulse Sequence (PS3.3 §C.8.13.4).</summary>
    private static void AddPulseSequence(DataSet dataSet) => dataSet
        .Set(Tags.PulseSequenceName, "TSE")
        .Set(Tags.MRAcquisitionType, "2D")
        .Set(Tags.EchoPulseSequence, "SPIN")
        .Set(Tags.MultipleSpinEcho, "YES")
        .Set(Tags.MultiPlanarExcitation, "NO")
        .Set(Tags.PhaseContrast, "NO")
        .Set(Tags.TimeOfFlightContrast, "NO")
        .Set(Tags.SteadyStatePulseSequence, "NONE")
        .Set(Tags.EchoPlanarPulseSequence, "NO")
        .Set(Tags.SaturationRecovery, "NO")
        .Set(Tags.SpectrallySelectedSuppression, "NONE")
        .Set(Tags.GeometryOfKSpaceTraversal, "RECTILINEAR")
        .Set(Tags.RectilinearPhaseEncodeReordering, "LINEAR")
        .Set(Tags.SegmentedKSpaceTraversal, "PARTIAL")
        .Set(Tags.OversamplingPhase, "NONE")
        .Set(Tags.NumberOfKSpaceTrajectories, 1);

    /// <summary>Multi-frame Dimension (PS3.3 §C.7.6.17): stack, and place in the stack.</summary>
    private static void AddDimensions(DataSet dataSet, DemoStudyModules study)
    {
        string organization = study.UidOf("dimension organization").Value;
        DataSet Index(Tag pointer) => new DataSet()
            .Set(Tags.DimensionOrganizationUID, organization)
            .Set(Tags.DimensionIndexPointer, pointer)
            .Set(Tags.FunctionalGroupPointer, Tags.FrameContentSequence);
        dataSet
            .Set(Tags.DimensionOrganizationSequence, new DataSet().Set(Tags.DimensionOrganizationUID, organization))
            .Set(Tags.DimensionOrganizationType, "3D")
            .Set(Tags.DimensionIndexSequence, Index(Tags.StackID), Index(Tags.InStackPositionNumber));
    }

    /// <summary>What is the same in all frames (PS3.3 §A.36.2).</summary>
    private static DataSet SharedGroups() => new DataSet()
        .Set(Tags.PixelMeasuresSequence, new DataSet()
            .Set(Tags.PixelSpacing, Spacing, Spacing)
            .Set(Tags.SliceThickness, SliceThickness)
            .Set(Tags.SpacingBetweenSlices, SliceDistance))
        .Set(Tags.PlaneOrientationSequence, new DataSet().Set(Tags.ImageOrientationPatient, 1, 0, 0, 0, 1, 0))
        .Set(Tags.FrameAnatomySequence, new DataSet()
            .Set(Tags.FrameLaterality, "U")
            .Set(Tags.AnatomicRegionSequence, DemoStudyModules.Code("69536005", "SCT", "Head")))
        .Set(Tags.PixelValueTransformationSequence, new DataSet()
            .Set(Tags.RescaleIntercept, 0)
            .Set(Tags.RescaleSlope, 1)
            .Set(Tags.RescaleType, "US"))
        .Set(Tags.FrameVOILUTSequence, new DataSet()
            .Set(Tags.WindowCenter, 1500)
            .Set(Tags.WindowWidth, 3000))
        .Set(Tags.MRImageFrameTypeSequence, AddFrameDescription(new DataSet().Set(Tags.FrameType, "ORIGINAL", "PRIMARY", "T2", "NONE")))
        .Set(Tags.MRTimingAndRelatedParametersSequence, new DataSet()
            .Set(Tags.RepetitionTime, 5000)
            .Set(Tags.FlipAngle, 90)
            .Set(Tags.EchoTrainLength, 16)
            .Set(Tags.RFEchoTrainLength, 16)
            .Set(Tags.GradientEchoTrainLength, 0)
            .Set(Tags.GradientOutputType, "DB_DT")
            .Set(Tags.GradientOutput, 0.0)
            .Set(Tags.SpecificAbsorptionRateSequence, new DataSet()
                .Set(Tags.SpecificAbsorptionRateDefinition, "IEC_HEAD")
                .Set(Tags.SpecificAbsorptionRateValue, 0.0))
            .Set(Tags.OperatingModeSequence,
                new DataSet().Set(Tags.OperatingModeType, "STATIC FIELD").Set(Tags.OperatingMode, "IEC_NORMAL"),
                new DataSet().Set(Tags.OperatingModeType, "RF").Set(Tags.OperatingMode, "IEC_NORMAL"),
                new DataSet().Set(Tags.OperatingModeType, "GRADIENT").Set(Tags.OperatingMode, "IEC_NORMAL")))
        .Set(Tags.MRFOVGeometrySequence, new DataSet()
            .Set(Tags.InPlanePhaseEncodingDirection, "ROW")
            .Set(Tags.MRAcquisitionFrequencyEncodingSteps, Size)
            .Set(Tags.MRAcquisitionPhaseEncodingStepsInPlane, Size)
            .Set(Tags.PercentSampling, 100)
            .Set(Tags.PercentPhaseFieldOfView, 100))
        .Set(Tags.MREchoSequence, new DataSet().Set(Tags.EffectiveEchoTime, 98.0))
        .Set(Tags.MRModifierSequence, new DataSet()
            .Set(Tags.InversionRecovery, "NO")
            .Set(Tags.FlowCompensation, "NONE")
            .Set(Tags.Spoiling, "NONE")
            .Set(Tags.T2Preparation, "NO")
            .Set(Tags.SpectrallySelectedExcitation, "NONE")
            .Set(Tags.SpatialPresaturation, "NONE")
            .Set(Tags.PartialFourier, "NO")
            .Set(Tags.ParallelAcquisition, "NO"))
        .Set(Tags.MRImagingModifierSequence, new DataSet()
            .Set(Tags.MagnetizationTransfer, "NONE")
            .Set(Tags.BloodSignalNulling, "NO")
            .Set(Tags.Tagging, "NONE")
            .Set(Tags.TransmitterFrequency, 127.74)
            .Set(Tags.PixelBandwidth, 220.0))
        .Set(Tags.MRReceiveCoilSequence, new DataSet()
            .Set(Tags.ReceiveCoilName, "HEAD")
            .Set(Tags.ReceiveCoilManufacturerName, "")
            .Set(Tags.ReceiveCoilType, "VOLUME")
            .Set(Tags.QuadratureReceiveCoil, "YES"))
        .Set(Tags.MRTransmitCoilSequence, new DataSet()
            .Set(Tags.TransmitCoilName, "BODY")
            .Set(Tags.TransmitCoilManufacturerName, "")
            .Set(Tags.TransmitCoilType, "BODY"))
        .Set(Tags.MRAveragesSequence, new DataSet().Set(Tags.NumberOfAverages, 1));

    private static DataSet FrameGroups(int frame, DateTime start) => new DataSet()
        .Set(Tags.FrameContentSequence, new DataSet()
            .Set(Tags.FrameAcquisitionNumber, 1)
            .Set(Tags.FrameReferenceDateTime, DemoStudyModules.DateAndTime(start + Duration / 2))
            .Set(Tags.FrameAcquisitionDateTime, DemoStudyModules.DateAndTime(start))
            .Set(Tags.FrameAcquisitionDuration, Duration.TotalMilliseconds)
            .Set(Tags.StackID, "1")
            .Set(Tags.InStackPositionNumber, frame + 1)
            .Set(Tags.DimensionIndexValues, 1, frame + 1))
        .Set(Tags.PlanePositionSequence, new DataSet()
            .Set(Tags.ImagePositionPatient, FirstPixel, FirstPixel, LowestZ + frame * SliceDistance));

    private static byte[] Pixels(DemoStudyModules study, HeadPhantom phantom)
    {
        var plane = new PlaneGeometry(Size, Size, Spacing, FirstPixel, FirstPixel);
        var sampler = new PlaneSampler(phantom, TissueValues.T2, plane, study.Options.Seed + 1) { Grain = 70 };
        var pixels = new byte[2 * Frames * Size * Size];
        for (int frame = 0; frame < Frames; frame++)
        {
            var signal = sampler.Sample(LowestZ + frame * SliceDistance, frame);
            var stored = pixels.AsSpan(frame * 2 * Size * Size);
            for (int i = 0; i < signal.Length; i++)
            {
                // A magnitude is never negative: noise around nothing folds up.
                int value = Math.Min((int)MathF.Round(MathF.Abs(signal[i])), MaxValue);
                BinaryPrimitives.WriteUInt16LittleEndian(stored[(2 * i)..], (ushort)value);
            }
        }
        return pixels;
    }
}
