using Isocenter.Dicom;

namespace Isocenter.Imaging.Phantom;

/// <summary>The ultrasound of the demo study: one heart beat of an artery with a plaque, with colour Doppler, as
/// Ultrasound Multi-frame Image Storage (PS3.3 §A.7).</summary>
internal static class DemoUltrasound
{
    private const int FrameTime = 40;             // ms
    private const double CentimetresPerPixel = 0.0125;

    public static DataSet Create(DemoStudyModules study)
    {
        var dataSet = study.Begin(SopClasses.UltrasoundMultiFrameImageStorage, "US", 3, "Artery, colour Doppler", 1, TimeSpan.FromMinutes(31));
        return DemoStudyModules.SetAcquisitionTime(dataSet)
            .Set(Tags.BodyPartExamined, "NECK")
            .Set(Tags.PatientOrientation, "")
            // US Image (§C.8.5.6): 0011 is 2D imaging with colour Doppler
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "VASCULAR", "0011")
            .Set(Tags.UltrasoundColorDataPresent, 1)
            .Set(Tags.TransducerType, "SECTOR_PHASED")
            .Set(Tags.HeartRate, 62)
            // Multi-frame, Cine (§C.7.6.5, §C.7.6.6)
            .Set(Tags.NumberOfFrames, UltrasoundPainter.Frames)
            .Set(Tags.FrameIncrementPointer, Tags.FrameTime)
            .Set(Tags.FrameTime, FrameTime)
            .Set(Tags.CineRate, 1000 / FrameTime)
            .Set(Tags.RecommendedDisplayFrameRate, 1000 / FrameTime)
            .Set(Tags.PreferredPlaybackSequencing, 0)
            .Set(Tags.SequenceOfUltrasoundRegions, Region(1), Region(2))
            // Image Pixel
            .Set(Tags.SamplesPerPixel, 3)
            .Set(Tags.PhotometricInterpretation, "RGB")
            .Set(Tags.PlanarConfiguration, 0)
            .Set(Tags.Rows, UltrasoundPainter.Height)
            .Set(Tags.Columns, UltrasoundPainter.Width)
            .Set(Tags.BitsAllocated, 8)
            .Set(Tags.BitsStored, 8)
            .Set(Tags.HighBit, 7)
            .Set(Tags.PixelRepresentation, 0)
            .SetOwnedBytes(Tags.PixelData, VR.OB, UltrasoundPainter.Paint(study.Options.Seed));
    }

    /// <summary>US Region Calibration (PS3.3 §C.8.5.5): centimetres both ways, from the middle of the skin.</summary>
    /// <param name="dataType">1 tissue, 2 colour flow.</param>
    private static DataSet Region(int dataType)
    {
        var (left, top, right, bottom) = dataType == 1 ? UltrasoundPainter.Sector : UltrasoundPainter.ColourBox;
        return new DataSet()
            .Set(Tags.RegionSpatialFormat, 1)      // 2D
            .Set(Tags.RegionDataType, dataType)
            .Set(Tags.RegionFlags, dataType == 1 ? 1 : 0)   // bit 0: the tissue is transparent where colour flow lies over it
            .Set(Tags.RegionLocationMinX0, left)
            .Set(Tags.RegionLocationMinY0, top)
            .Set(Tags.RegionLocationMaxX1, right)
            .Set(Tags.RegionLocationMaxY1, bottom)
            .Set(Tags.ReferencePixelX0, UltrasoundPainter.Width / 2 - left)
            .Set(Tags.ReferencePixelY0, UltrasoundPainter.SkinY - top)
            .Set(Tags.ReferencePixelPhysicalValueX, 0.0)
            .Set(Tags.ReferencePixelPhysicalValueY, 0.0)
            .Set(Tags.PhysicalUnitsXDirection, 3)  // cm
            .Set(Tags.PhysicalUnitsYDirection, 3)
            .Set(Tags.PhysicalDeltaX, CentimetresPerPixel)
            .Set(Tags.PhysicalDeltaY, CentimetresPerPixel);
    }
}
