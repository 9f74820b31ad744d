using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Imaging.Phantom;

/// <summary>The CT series of the demo study: CT Image Storage (PS3.3 §A.3), axial slices from the upper jaw to the vertex.</summary>
internal static class DemoCT
{
    public const int Slices = 64;

    private const int Size = 512;
    private const double Spacing = 0.48828125;        // 250 mm / 512
    private const double SliceDistance = 2.5;
    private const double LowestZ = -66;
    private const double FirstPixel = -(Size - 1) * Spacing / 2;
    private const int Intercept = -1024;

    /// <summary>Stored outside the circle that was reconstructed; below anything that can be measured.</summary>
    private const short Padding = -2000;

    public static IEnumerable<DataSet> Create(DemoStudyModules study, HeadPhantom phantom)
    {
        var plane = new PlaneGeometry(Size, Size, Spacing, FirstPixel, FirstPixel);
        var sampler = new PlaneSampler(phantom, TissueValues.Hounsfield, plane, study.Options.Seed) { Grain = 10 };
        for (int slice = 0; slice < Slices; slice++)
        {
            double z = LowestZ + slice * SliceDistance;
            yield return CreateSlice(study, slice, z, Store(sampler.Sample(z, slice)));
        }
    }

    private static DataSet CreateSlice(DemoStudyModules study, int slice, double z, byte[] pixels)
    {
        var dataSet = study.Begin(SopClasses.CTImageStorage, "CT", 1, "CT head 2.5 mm", slice + 1, TimeSpan.FromSeconds(60));
        DemoStudyModules.SetAcquisitionTime(dataSet)
            // General Series, Patient Study
            .Set(Tags.BodyPartExamined, "HEAD")
            .Set(Tags.PatientPosition, "HFS")
            .Set(Tags.ProtocolName, "Head with contrast")
            // Frame of Reference, Image Plane
            .Set(Tags.FrameOfReferenceUID, study.FrameOfReference.Value)
            .Set(Tags.PositionReferenceIndicator, "")
            .Set(Tags.PixelSpacing, Spacing, Spacing)
            .Set(Tags.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
            .Set(Tags.ImagePositionPatient, FirstPixel, FirstPixel, z)
            .Set(Tags.SliceThickness, SliceDistance)
            .Set(Tags.SpacingBetweenSlices, SliceDistance)
            .Set(Tags.SliceLocation, z)
            // General Image
            .Set(Tags.PatientOrientation, "L", "P")
            // CT Image (§C.8.2.1)
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
            .Set(Tags.AcquisitionNumber, 1)
            .Set(Tags.KVP, 120)
            .Set(Tags.XRayTubeCurrent, 250)
            .Set(Tags.ExposureTime, 1000)
            .Set(Tags.Exposure, 250)
            .Set(Tags.GantryDetectorTilt, 0)
            .Set(Tags.DataCollectionDiameter, Size * Spacing)
            .Set(Tags.ReconstructionDiameter, Size * Spacing)
            .Set(Tags.ConvolutionKernel, "SMOOTH")
            .Set(Tags.RescaleIntercept, Intercept)
            .Set(Tags.RescaleSlope, 1)
            .Set(Tags.RescaleType, "HU")
            .Set(Tags.PixelPaddingValue, VR.SS, Padding)
            // Contrast/Bolus
            .Set(Tags.ContrastBolusAgent, "Iodine, simulated")
            // VOI LUT
            .Set(Tags.WindowCenter, 40, 500)
            .Set(Tags.WindowWidth, 80, 2500)
            .Set(Tags.WindowCenterWidthExplanation, "BRAIN", "BONE");
        DemoStudyModules.SetGreyPixels(dataSet, Size, Size, 16, isSigned: true, pixels);
        return dataSet;
    }

    private static byte[] Store(ReadOnlySpan<float> hounsfield)
    {
        var pixels = new byte[2 * Size * Size];
        for (int row = 0; row < Size; row++)
        {
            double y = row - (Size - 1) / 2.0;
            int half = (int)Math.Sqrt(Size * Size / 4.0 - y * y);      // of the circle's chord in this row
            int first = Size / 2 - half, end = Size / 2 + half;
            for (int column = 0; column < Size; column++)
            {
                int i = row * Size + column;
                // A scanner stores -1024 HU at least, and never the padding value where it measured.
                int value = column < first || column >= end ? Padding : Math.Clamp((int)MathF.Round(hounsfield[i]), -1024, 3071) - Intercept;
                BinaryPrimitives.WriteInt16LittleEndian(pixels.AsSpan(2 * i), (short)value);
            }
        }
        return pixels;
    }
}
