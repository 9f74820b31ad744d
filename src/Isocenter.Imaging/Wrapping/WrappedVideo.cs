using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Codecs.Video;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Videos as Video Photographic, Endoscopic or Microscopic images (PS3.3 §A.32.5 to §A.32.7), one fragment, as they are
/// (PS3.5 §8.2.5 to §8.2.11).</summary>
internal static class WrappedVideo
{
    private const int MainOfMpeg2 = 4, MainLevelOfMpeg2 = 8, LowLevelOfMpeg2 = 10, HighOfH264 = 100, Level51OfHevc = 153;

    public static DicomFile Wrap(ReadOnlyMemory<byte> file, WrapOptions options, CommonModules modules, List<string> remarks)
    {
        VideoInfo video;
        try
        {
            video = VideoStream.Read(file.Span);
        }
        catch (CodecException e)
        {
            throw new PixelDataException(PixelDataProblem.Damaged, e.Message, e);
        }
        if (video.Frames < 1 || video.Columns < 1 || video.Rows < 1) throw new PixelDataException(PixelDataProblem.Damaged, "the video has no pictures");
        var syntax = SyntaxOf(video);
        double rate = options.FrameRate ?? video.FrameRate;
        if (!(rate is > 0.001 and < 100_000)) throw new PixelDataException(PixelDataProblem.Unsupported, "the video does not say how many frames it has a second, and nobody else does");
        if (video.Format != VideoFormat.Mpeg2 && video.Container is not ("MP4" or "transport stream"))
            remarks.Add("H.264 and HEVC belong into a transport stream or an MP4 file (PS3.5 §8.2.7): this one is stored as it is, bare");

        var kind = options.Kind == PictureKind.SecondaryCapture ? PictureKind.Photographic : options.Kind;
        var dataSet = modules.Begin(kind switch
        {
            PictureKind.Endoscopic => SopClasses.VideoEndoscopicImageStorage,
            PictureKind.Microscopic => SopClasses.VideoMicroscopicImageStorage,
            _ => SopClasses.VideoPhotographicImageStorage,
        }, WrappedPictures.ModalityOf(kind), null);
        WrappedPictures.SetGeneralImage(dataSet);
        WrappedPictures.SetVisibleLight(dataSet, modules);
        int allocated = video.BitsPerSample > 8 ? 16 : 8;
        dataSet
            .Set(Tags.NumberOfFrames, video.Frames)
            .Set(Tags.SamplesPerPixel, 3)
            .Set(Tags.PhotometricInterpretation, "YBR_PARTIAL_420")
            .Set(Tags.PlanarConfiguration, 0)
            .Set(Tags.Rows, video.Rows)
            .Set(Tags.Columns, video.Columns)
            .Set(Tags.BitsAllocated, allocated)
            .Set(Tags.BitsStored, video.BitsPerSample)
            .Set(Tags.HighBit, video.BitsPerSample - 1)
            .Set(Tags.PixelRepresentation, 0);
        WrappedPictures.SetFrameTime(dataSet, 1000 / rate);
        double plain = (double)video.Rows * video.Columns * 3 * (allocated / 8) * video.Frames;
        TranscodedAttributes.MarkLossy(dataSet, video.Format switch { VideoFormat.Mpeg2 => "ISO_13818_2", VideoFormat.H264 => "ISO_14496_10", _ => "ISO_23008_2" }, plain / file.Length);
        dataSet.SetFrames([file], OffsetTable.None);
        return new DicomFile(dataSet, syntax);
    }

    /// <summary>The transfer syntax that a decoder of this profile and level is promised by (PS3.5 §10.8 to §10.15).</summary>
    private static TransferSyntax SyntaxOf(VideoInfo video)
    {
        switch (video.Format)
        {
            // An MP4 file with MPEG-2 does not say; the size tells Main from High Level (ISO/IEC 13818-2 Table 8-11).
            case VideoFormat.Mpeg2 when video.Container == "MP4" && video.Profile == 0:
                return video.Columns <= 720 && video.Rows <= 576 ? TransferSyntax.MPEG2MPML : TransferSyntax.MPEG2MPHL;
            case VideoFormat.Mpeg2 when video.Profile is MainOfMpeg2 or MainOfMpeg2 + 1:        // Simple is part of Main
                return video.Level is MainLevelOfMpeg2 or LowLevelOfMpeg2 ? TransferSyntax.MPEG2MPML : TransferSyntax.MPEG2MPHL;
            case VideoFormat.Mpeg2 when video.Profile == 0:
                throw Refused("MPEG-1 video");
            case VideoFormat.H264 when video.Profile is 66 or 77 or HighOfH264 && video.Level is > 0 and <= 42:
                return video.Level <= 41 ? TransferSyntax.MPEG4HP41 : TransferSyntax.MPEG4HP422D;
            case VideoFormat.Hevc when video.Profile == 1 && video.Level <= Level51OfHevc:
                return TransferSyntax.HEVCMP51;
            case VideoFormat.Hevc when video.Profile == 2 && video.Level <= Level51OfHevc:
                return TransferSyntax.HEVCM10P51;
            default:
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"{video.Format} video of profile {video.Profile}, level {video.Level}"));
        }

        static PixelDataException Refused(string what) => new(PixelDataProblem.Unsupported,
            $"{what} has no transfer syntax: DICOM carries MPEG-2 Main Profile, H.264 up to High Profile at level 4.2, HEVC Main and Main 10 up to level 5.1");
    }
}
