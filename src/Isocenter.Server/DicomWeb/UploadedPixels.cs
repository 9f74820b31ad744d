using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>Images and videos of a store request become Pixel Data; what the metadata do not say of them is read from the
/// code stream (PS3.18 §10.5.2.1.1, Table 10.5.2-1).</summary>
internal static class UploadedPixels
{
    /// <summary>Pictures that no transfer syntax holds as they are: their samples are stored (PS3.18 Table 10.5.2-1).</summary>
    private static readonly string[] Decoded = ["image/png", "image/gif", "image/bmp"];

    /// <summary>What is taken of the object that such pictures make.</summary>
    private static readonly Tag[] OfPictures =
    [
        Tags.SamplesPerPixel, Tags.PhotometricInterpretation, Tags.PlanarConfiguration, Tags.NumberOfFrames, Tags.Rows, Tags.Columns, Tags.BitsAllocated,
        Tags.BitsStored, Tags.HighBit, Tags.PixelRepresentation, Tags.ICCProfile, Tags.PixelData,
    ];

    /// <summary>Puts the frames into the data set.</summary>
    /// <param name="dataSet">Receives pixel data and, where they are missing, the attributes that describe them.</param>
    /// <param name="frames">One part a frame; a video is one part.</param>
    /// <param name="type">Their Content-Type.</param>
    /// <param name="named">The transfer syntax that the metadata name, or empty.</param>
    /// <returns>The transfer syntax of the object.</returns>
    /// <exception cref="ArgumentException">They cannot be stored as they are.</exception>
    public static TransferSyntax Put(DataSet dataSet, IReadOnlyList<ReadOnlyMemory<byte>> frames, MediaType type, string named)
    {
        if (Decoded.Contains(type.Type)) return PutDecoded(dataSet, frames);
        bool isVideo = type.Type.StartsWith("video/", StringComparison.Ordinal);
        var codec = isVideo ? null : FrameCodecs.Identify(frames[0].Span);
        string uid = type["transfer-syntax"] ?? "";
        if (uid.Length == 0) uid = named;
        if (uid.Length == 0) uid = codec?.TransferSyntaxUid ?? (MediaTypes.SyntaxesOf(type.Type) is [var first, ..] ? first : "");
        if (!Uid.TryParse(uid, null, out var parsed) || TransferSyntax.Of(parsed) is not { IsKnown: true, IsEncapsulated: true } syntax)
            throw new ArgumentException($"{type.Type} cannot be stored as pixel data: no transfer syntax holds it as it is");
        if (codec is { HasHeader: true }) Describe(dataSet, codec.ReadInfo(frames[0].Span), codec, frames.Count);
        dataSet.SetFragments(Tags.PixelData, Fragments.FromFrames(frames));
        return syntax;
    }

    private static TransferSyntax PutDecoded(DataSet dataSet, IReadOnlyList<ReadOnlyMemory<byte>> pictures)
    {
        using var wrapped = new ObjectWrapper(new WrapOptions()).WrapFrames(pictures);
        foreach (var tag in OfPictures)
        {
            // What the metadata say of pixels that they have not is not kept.
            dataSet.Remove(tag);
            if (wrapped.DataSet.TryFind(tag, out var element)) dataSet.Add(element);
        }
        return wrapped.TransferSyntax;
    }

    private static void Describe(DataSet dataSet, CodeStreamInfo info, FrameCodec codec, int frames)
    {
        int allocated = info.BitsPerSample <= 8 ? 8 : info.BitsPerSample <= 16 ? 16 : 32;
        SetMissing(Tags.SamplesPerPixel, info.Components);
        SetMissing(Tags.Rows, info.Rows);
        SetMissing(Tags.Columns, info.Columns);
        SetMissing(Tags.BitsAllocated, allocated);
        SetMissing(Tags.BitsStored, info.BitsPerSample);
        SetMissing(Tags.HighBit, info.BitsPerSample - 1);
        SetMissing(Tags.PixelRepresentation, info.IsSigned ? 1 : 0);
        if (info.Components > 1) SetMissing(Tags.PlanarConfiguration, 0);
        if (frames > 1 && dataSet.Get(Tags.NumberOfFrames, 0) == 0) dataSet.Set(Tags.NumberOfFrames, frames);
        if (dataSet.Get(Tags.PhotometricInterpretation, "").Length == 0)
        {
            dataSet.Set(Tags.PhotometricInterpretation, info.Components == 1 ? "MONOCHROME2" : info.Transform switch
            {
                ColourTransform.Ycc => "YBR_FULL_422",
                ColourTransform.Reversible => "YBR_RCT",
                ColourTransform.Irreversible => "YBR_ICT",
                _ => "RGB",
            });
        }
        if (!info.IsReversible && dataSet.Get(Tags.LossyImageCompression, "") != "01")
        {
            dataSet.Set(Tags.LossyImageCompression, "01");
            if (codec.LossyMethod is { } method) dataSet.Set(Tags.LossyImageCompressionMethod, method);
        }

        void SetMissing(Tag tag, int value)
        {
            if (!dataSet.TryFind(tag, out var element) || element.IsEmpty) dataSet.Set(tag, (ushort)value);
        }
    }
}
