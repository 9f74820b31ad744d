using Isocenter.Codecs.Video;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Makes DICOM objects of pictures, videos and documents. All objects of one wrapper are of one study, and of one series
/// for each modality.</summary>
/// <remarks>Nothing is encoded anew: JPEG, JPEG-LS, JPEG 2000 and video go into the object as they are, documents byte by byte.
/// Not safe for several threads at a time.</remarks>
public sealed class ObjectWrapper
{
    private readonly WrapOptions _options;
    private readonly CommonModules _modules;
    private readonly List<string> _remarks = [];

    /// <summary>Begins a study, or goes on with that of <see cref="WrapOptions.Like"/>.</summary>
    public ObjectWrapper(WrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _modules = new CommonModules(options);
    }

    /// <summary>What a person should know of the objects made so far.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Makes an object of one file: PNG, JPEG, JPEG-LS, JPEG 2000, GIF, BMP; MPEG-2, H.264, HEVC; PDF, CDA, STL.</summary>
    /// <param name="file">The whole of it.</param>
    /// <exception cref="PixelDataException">It is none of these, is damaged, or DICOM has no place for it; the message says
    /// which.</exception>
    public DicomFile Wrap(ReadOnlyMemory<byte> file)
    {
        if (PictureFile.Begins(file.Span)) return WrapFrames([file]);
        if (WrappedDocument.Identify(file.Span) is { } document) return document.Wrap(file, _modules);
        if (VideoStream.Begins(file.Span)) return WrappedVideo.Wrap(file, _options, _modules, _remarks);
        throw new PixelDataException(PixelDataProblem.Unsupported, "this is no picture (PNG, JPEG, JPEG-LS, JPEG 2000, GIF, BMP), video (MPEG-2, H.264, HEVC) or document (PDF, CDA, STL) that is known");
    }

    /// <summary>Makes one object of pictures of the same size: its frames, in this order.</summary>
    /// <exception cref="PixelDataException">As for <see cref="Wrap"/>; or they do not go together.</exception>
    public DicomFile WrapFrames(IReadOnlyList<ReadOnlyMemory<byte>> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var frames = new List<SourcePicture>();
        long total = 0;
        foreach (var picture in pictures)
        {
            var read = PictureFile.Read(picture);
            PictureFile.CheckTotal(total += read.Sum(frame => frame.Samples?.LongLength ?? frame.CompressedLength));
            frames.AddRange(read);
        }
        foreach (var frame in frames)
            if (frame.Remark is { } remark && !_remarks.Contains(remark)) _remarks.Add(remark);
        return WrappedPictures.Wrap(frames, _options, _modules);
    }
}
