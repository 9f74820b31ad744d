using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Pictures as Secondary Capture or Visible Light images (PS3.3 §A.8, §A.32).</summary>
internal static class WrappedPictures
{
    private const int DefaultFrameTime = 100;       // ms

    public static DicomFile Wrap(List<SourcePicture> frames, WrapOptions options, CommonModules modules)
    {
        var first = frames[0];
        CheckAlike(frames);
        bool isSingle = frames.Count == 1;
        if (!isSingle && options.Kind != PictureKind.SecondaryCapture)
            throw new PixelDataException(PixelDataProblem.Unsupported, "visible light images have one frame: several pictures make one Secondary Capture, or an object each");
        if (options.Kind != PictureKind.SecondaryCapture && first.Layout.BitsStored != 8)
            throw new PixelDataException(PixelDataProblem.Unsupported, "visible light images have 8 bits a sample (PS3.3 §C.8.12.1.1.2); a Secondary Capture takes more");
        var dataSet = modules.Begin(SopClassOf(options.Kind, first, isSingle), ModalityOf(options.Kind), options.Kind == PictureKind.SecondaryCapture ? "WSD" : null);
        SetGeneralImage(dataSet);
        if (options.Kind == PictureKind.SecondaryCapture) dataSet.Set<string>(Tags.Laterality);
        else SetVisibleLight(dataSet, modules);
        SetPixels(dataSet, frames);
        if (first.Layout.SamplesPerPixel == 1) SetGrey(dataSet, first.Layout.BitsStored, isWordOrByte: !isSingle);
        if (!isSingle) SetFrames(dataSet, frames, options);
        if (first.IccProfile.Length > 0 && first.Layout.SamplesPerPixel == 3) dataSet.SetBytes(Tags.ICCProfile, VR.OB, first.IccProfile);
        return new DicomFile(dataSet, first.Codec is { } codec ? TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid)) : TransferSyntax.ExplicitVRLittleEndian);
    }

    private static void CheckAlike(List<SourcePicture> frames)
    {
        var first = frames[0];
        for (int i = 1; i < frames.Count; i++)
        {
            var (a, b) = (first.Layout, frames[i].Layout);
            if (a == b && frames[i].Photometric == first.Photometric && frames[i].Codec?.TransferSyntaxUid == first.Codec?.TransferSyntaxUid) continue;
            throw new PixelDataException(PixelDataProblem.Contradiction, string.Create(CultureInfo.InvariantCulture,
                $"frame {i + 1} is {b.Columns} × {b.Rows} pixels of {b.SamplesPerPixel} × {b.BitsStored} bits, {Name(frames[i])}; the first {a.Columns} × {a.Rows} of {a.SamplesPerPixel} × {a.BitsStored}, {Name(first)}: frames of one object are alike"));
        }

        static string Name(SourcePicture picture) => picture.Codec?.Name ?? "not compressed";
    }

    private static string SopClassOf(PictureKind kind, SourcePicture picture, bool isSingle) => kind switch
    {
        PictureKind.Photographic => SopClasses.VLPhotographicImageStorage,
        PictureKind.Endoscopic => SopClasses.VLEndoscopicImageStorage,
        PictureKind.Microscopic => SopClasses.VLMicroscopicImageStorage,
        _ when isSingle => SopClasses.SecondaryCaptureImageStorage,
        _ when picture.Layout.SamplesPerPixel == 3 => SopClasses.MultiFrameTrueColorSecondaryCaptureImageStorage,
        _ when picture.Layout.BitsAllocated == 8 => SopClasses.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
        _ => SopClasses.MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    };

    internal static string ModalityOf(PictureKind kind) => kind switch
    {
        PictureKind.Photographic => "XC",
        PictureKind.Endoscopic => "ES",
        PictureKind.Microscopic => "GM",
        _ => "OT",
    };

    /// <summary>General Image (PS3.3 §C.7.6.1): which way up it is, is not known.</summary>
    internal static void SetGeneralImage(DataSet dataSet) => dataSet
        .Set(Tags.ImageType, "ORIGINAL", "PRIMARY")
        .Set<string>(Tags.PatientOrientation);

    /// <summary>VL Image and Acquisition Context (PS3.3 §C.8.12.1, §C.7.6.14). The region must be named and is not known: it is
    /// somewhere on the body.</summary>
    internal static void SetVisibleLight(DataSet dataSet, CommonModules modules) => dataSet
        .Set(Tags.AcquisitionDateTime, modules.Date + modules.Time)
        .Set<DataSet>(Tags.AcquisitionContextSequence)
        .Set(Tags.AnatomicRegionSequence, new DataSet().Set(Tags.CodeValue, "38266002").Set(Tags.CodingSchemeDesignator, "SCT").Set(Tags.CodeMeaning, "Entire body"));

    /// <summary>The Image Pixel macro (PS3.3 §C.7.6.3), and what was lost before (§C.7.6.1.1.5).</summary>
    private static void SetPixels(DataSet dataSet, List<SourcePicture> frames)
    {
        var (layout, photometric) = (frames[0].Layout, frames[0].Photometric);
        dataSet
            .Set(Tags.SamplesPerPixel, layout.SamplesPerPixel)
            .Set(Tags.PhotometricInterpretation, photometric)
            .Set(Tags.Rows, layout.Rows)
            .Set(Tags.Columns, layout.Columns)
            .Set(Tags.BitsAllocated, layout.BitsAllocated)
            .Set(Tags.BitsStored, layout.BitsStored)
            .Set(Tags.HighBit, layout.BitsStored - 1)
            .Set(Tags.PixelRepresentation, layout.IsSigned ? 1 : 0);
        if (layout.SamplesPerPixel > 1) dataSet.Set(Tags.PlanarConfiguration, 0);
        if (frames[0].Codec is not null)
        {
            dataSet.SetFrames([.. frames.Select(frame => frame.CodeStream!.Value)]);
        }
        else
        {
            long length = frames.Sum(frame => frame.Samples!.LongLength);
            var pixels = new byte[length + (length & 1)];
            int at = 0;
            foreach (var frame in frames)
            {
                frame.Samples!.CopyTo(pixels, at);
                at += frame.Samples!.Length;
            }
            dataSet.SetOwnedBytes(Tags.PixelData, layout.BitsAllocated > 8 ? VR.OW : VR.OB, pixels);
        }
        if (frames.Find(frame => frame.LossyMethod is not null) is not { } lossy) dataSet.Set(Tags.LossyImageCompression, "00");
        else TranscodedAttributes.MarkLossy(dataSet, lossy.LossyMethod!, (double)layout.FrameLength * frames.Count / Math.Max(1, frames.Sum(frame => frame.CompressedLength)));
    }

    /// <summary>All grey levels are shown as they are: a window as wide as there are levels (PS3.3 §C.11.2.1.2.1), and for the
    /// multi-frame classes what PS3.3 §C.8.6.3 wants of them.</summary>
    private static void SetGrey(DataSet dataSet, int bitsStored, bool isWordOrByte)
    {
        long levels = 1L << bitsStored;
        dataSet.Set(Tags.WindowCenter, levels / 2).Set(Tags.WindowWidth, levels);
        if (!isWordOrByte) return;
        dataSet.Set(Tags.PresentationLUTShape, "IDENTITY").Set(Tags.RescaleIntercept, 0).Set(Tags.RescaleSlope, 1).Set(Tags.RescaleType, "US");
    }

    /// <summary>Multi-frame (PS3.3 §C.7.6.6): an animation has its time (Cine, §C.7.6.5), pictures are pages (§C.8.6.4).</summary>
    private static void SetFrames(DataSet dataSet, List<SourcePicture> frames, WrapOptions options)
    {
        dataSet.Set(Tags.NumberOfFrames, frames.Count);
        if (options.FrameRate is null && frames.TrueForAll(frame => frame.Delay == 0))
        {
            dataSet.Set(Tags.FrameIncrementPointer, Tags.PageNumberVector).Set(Tags.PageNumberVector, [.. Enumerable.Range(1, frames.Count)]);
            return;
        }
        double time = options.FrameRate is { } rate ? 1000 / rate : frames.Average(frame => frame.Delay > 0 ? frame.Delay : DefaultFrameTime);
        SetFrameTime(dataSet, time);
    }

    internal static void SetFrameTime(DataSet dataSet, double milliseconds)
    {
        int rate = Math.Max(1, (int)Math.Round(1000 / milliseconds));
        dataSet.Set(Tags.FrameIncrementPointer, Tags.FrameTime)
            .Set(Tags.FrameTime, milliseconds.ToString("0.######", CultureInfo.InvariantCulture))
            .Set(Tags.CineRate, rate)
            .Set(Tags.RecommendedDisplayFrameRate, rate);
    }
}
