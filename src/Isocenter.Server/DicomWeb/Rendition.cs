using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>One instance, or one frame of it, in a Rendered Media Type (PS3.18 §8.7.4).</summary>
/// <param name="ContentType">The media type.</param>
/// <param name="Content">The bytes.</param>
internal sealed record Rendition(string ContentType, ReadOnlyMemory<byte> Content)
{
    /// <summary>What an image can be made into, the default first (PS3.18 Table 8.7.4-1).</summary>
    public static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/gif", "image/jp2"];
    private static readonly string[] TextTypes = ["text/html", "text/plain", "text/xml"];
    private const int MaxAnimatedFrames = 1000;

    /// <summary>What of the object was left out, because it makes no sense.</summary>
    public IReadOnlyList<Finding> Findings { get; private init; } = [];
    private const long MaxDocumentLength = 1L << 30;

    /// <summary>Makes it, in the first accepted type that is possible.</summary>
    /// <param name="file">The object.</param>
    /// <param name="frameIndex">From 0; null: the whole object, of which a frame stands for the rest where only one is shown.</param>
    /// <param name="accepted">What the client takes.</param>
    /// <param name="parameters">How it shall look.</param>
    /// <param name="isThumbnail">A picture in any case.</param>
    /// <param name="presentation">How a presentation state says it shall look.</param>
    /// <param name="superimposed">What a blending state may lay over it.</param>
    /// <param name="registrations">What brings them together.</param>
    /// <exception cref="NotAcceptableException">None can be made.</exception>
    /// <exception cref="PixelDataException">There is no picture; the reason is in it.</exception>
    public static Rendition Of(DicomFile file, int? frameIndex, IReadOnlyList<Accepted> accepted, RenderParameters parameters, bool isThumbnail,
        PresentationState? presentation = null, IReadOnlyList<SuperimposedImage>? superimposed = null, IReadOnlyList<DataSet>? registrations = null)
    {
        var dataSet = file.DataSet;
        if (!isThumbnail && frameIndex is null)
        {
            if (dataSet.TryFind(Tags.EncapsulatedDocument, out var document)) return OfDocument(dataSet, document, accepted);
            if (StructuredReportText.IsReport(dataSet))
            {
                string text = Choose(accepted, TextTypes, "a structured report");
                return new Rendition(text + "; charset=utf-8", StructuredReportText.Write(dataSet, isHtml: text != "text/plain", isXml: text == "text/xml"));
            }
            if (MediaTypes.OfFrames(file.TransferSyntax) is var video && video.StartsWith("video/", StringComparison.Ordinal)
                && accepted.Any(a => a.Matches(video) || a.Matches("video/mpeg") && video == "video/mpeg2"))
            {
                byte[] stream = PixelDataFrames.Of(WithoutFrames(dataSet)).Read(0);
                return new Rendition(video == "video/mpeg2" ? "video/mpeg" : video, stream);
            }
        }
        string type = Choose(accepted, ImageTypes, isThumbnail ? "thumbnails" : "pictures");
        if (type == "image/gif" && parameters.Profile is not (null or "no")) throw new BadParameterException("a GIF has no ICC profile (PS3.18 §8.3.5.1.5)");
        return Draw(file, frameIndex, type, parameters, isThumbnail, presentation, superimposed ?? [], registrations ?? []);
    }

    /// <summary>Of one picture; a header has its limits.</summary>
    private const int MaxWarnings = 10;

    /// <summary>Says in the header of the answer what was left out.</summary>
    public void Warn(HttpContext http)
    {
        foreach (var finding in Findings.Take(MaxWarnings)) WarningHeader.Add(http, finding.Problem);
    }

    /// <summary>It would be this type, as far as that is known without opening the object.</summary>
    public static string Choose(IReadOnlyList<Accepted> accepted, ReadOnlySpan<string> types, string what)
    {
        foreach (var one in accepted)
        {
            foreach (string type in types)
            {
                if (one.Matches(type)) return type;
            }
        }
        throw new NotAcceptableException($"{what} come as {string.Join(", ", types.ToArray())}");
    }

    private static Rendition OfDocument(DataSet dataSet, DataElement document, IReadOnlyList<Accepted> accepted)
    {
        string type = dataSet.Get(Tags.MIMETypeOfEncapsulatedDocument, "application/octet-stream").ToLowerInvariant();
        if (!accepted.Any(a => a.Matches(type))) throw new NotAcceptableException($"the document is {type}");
        if (document.Length > MaxDocumentLength) throw new NotAcceptableException("the document is too long to be sent as one; it comes as bulk data");
        long length = dataSet.TryGet(Tags.EncapsulatedDocumentLength, out long named) && named > 0 && named <= document.Length ? named : document.Length;
        byte[] bytes = new byte[(int)length];
        for (int at = 0; at < bytes.Length;)
        {
            int n = document.Read(at, bytes.AsSpan(at));
            if (n == 0) break;
            at += n;
        }
        return new Rendition(type, bytes);
    }

    /// <summary>A video is one stream in as many fragments as it likes, however many frames are said to be in it.</summary>
    private static DataSet WithoutFrames(DataSet dataSet)
    {
        var one = new DataSet();
        if (dataSet.TryFind(Tags.PixelData, out var pixels)) one.Add(pixels);
        return one;
    }

    private static Rendition Draw(DicomFile file, int? frameIndex, string type, RenderParameters parameters, bool isThumbnail,
        PresentationState? presentation, IReadOnlyList<SuperimposedImage> superimposed, IReadOnlyList<DataSet> registrations)
    {
        var dataSet = file.DataSet;
        int count = FrameRenderer.FrameCount(dataSet);
        var options = parameters.ToOptions(dataSet) with { PresentationState = presentation, Superimposed = superimposed, Registrations = registrations, Magnify = !isThumbnail };
        // What cannot carry a profile is seen as sRGB.
        if (type == "image/gif" && parameters.Profile is null) options = options with { ColourSpace = RgbSpace.Srgb };
        IReadOnlyList<Finding> findings = [];
        if (type == "image/gif" && frameIndex is null && !isThumbnail && count is > 1 and <= MaxAnimatedFrames)
        {
            var first = Frame(0);
            using var stream = new MemoryStream();
            double milliseconds = dataSet.TryGet(Tags.FrameTime, out double time) && time > 0 ? time : 100;
            using (var gif = new GifWriter(stream, first, TimeSpan.FromMilliseconds(Math.Min(milliseconds, 60_000))))
            {
                gif.Add(first);
                for (int i = 1; i < count; i++) gif.Add(Frame(i));
            }
            return new Rendition(type, stream.GetBuffer().AsMemory(0, (int)stream.Length)) { Findings = findings };
        }
        var content = Encode(Frame(frameIndex ?? FrameRenderer.RepresentativeFrame(dataSet)), type, parameters);
        return new Rendition(type, content) { Findings = findings };

        Picture Frame(int index)
        {
            var picture = FrameRenderer.Render(dataSet, index, options, file.TransferSyntax);
            findings = picture.Findings;
            return parameters.Finish(picture, dataSet);
        }
    }

    /// <summary>The thumbnail of what has no pixels.</summary>
    public static Rendition OfObject(DataSet dataSet, IReadOnlyList<Accepted> accepted, RenderParameters parameters)
    {
        string type = Choose(accepted, ImageTypes, "thumbnails");
        int width = parameters.Viewport?.Width ?? 256, height = parameters.Viewport?.Height ?? width;
        return new Rendition(type, Encode(ObjectThumbnail.Of(dataSet, Math.Clamp(width, 16, 2048), Math.Clamp(height, 16, 2048)), type, parameters));
    }

    private static ReadOnlyMemory<byte> Encode(Picture one, string type, RenderParameters parameters)
    {
        if (type == "image/jpeg") return JpegPicture.ToArray(one, parameters.Quality ?? 90);
        if (type == "image/jp2") return Jp2Picture.ToArray(one, parameters.Quality);
        if (type == "image/png") return PngWriter.ToArray(one);
        using var single = new MemoryStream();
        using (var gif = new GifWriter(single, one)) gif.Add(one);
        return single.GetBuffer().AsMemory(0, (int)single.Length);
    }
}
