using System.Buffers.Binary;
using Isocenter.Codecs;
using Isocenter.Codecs.Video;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>A file that lies in a DICOM object as it was: a document, a video, a compressed picture.</summary>
/// <param name="Extension">As pdf, without a dot.</param>
/// <param name="Bytes">The whole of it, without padding.</param>
public sealed record WrappedContent(string Extension, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The document of an Encapsulated PDF, CDA, STL, OBJ or MTL object; null when it has none.</summary>
    public static WrappedContent? Document(DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (!dataSet.TryFind(Tags.EncapsulatedDocument, out var element)) return null;
        var bytes = element.Bytes;
        if (dataSet.TryGet(Tags.EncapsulatedDocumentLength, out uint length) && length == bytes.Length - 1) bytes = bytes[..(int)length];
        return new WrappedContent(dataSet.Get(Tags.MIMETypeOfEncapsulatedDocument, "").Trim().ToUpperInvariant() switch
        {
            "APPLICATION/PDF" => "pdf",
            "TEXT/XML" or "APPLICATION/XML" => "xml",
            "MODEL/STL" or "APPLICATION/SLA" => "stl",
            "MODEL/OBJ" => "obj",
            "MODEL/MTL" => "mtl",
            _ => "bin",
        }, bytes);
    }

    /// <summary>The video of an object whose transfer syntax is one; otherwise null.</summary>
    /// <exception cref="PixelDataException">There is none in it, or it does not fit into memory.</exception>
    public static WrappedContent? Video(DataSet dataSet, TransferSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(syntax);
        if (FrameCodecs.Find(syntax.Uid.Value) is not { IsVideo: true }) return null;
        if (!dataSet.TryFind(Tags.PixelData, out var element) || element.Fragments is not { Count: > 0 } fragments)
            throw new PixelDataException(PixelDataProblem.None, "the object has no encapsulated pixel data");
        if (fragments.Length > Array.MaxLength) throw new PixelDataException(PixelDataProblem.TooLarge, "the video does not fit into memory");
        var bytes = new byte[fragments.Length];
        int at = 0;
        for (int i = 0; i < fragments.Count; i++)
        {
            int length = (int)fragments.Items[i].Length;
            fragments.Read(i, 0, bytes.AsSpan(at, length));
            at += length;
        }
        string? container = null;
        var format = VideoFormat.Mpeg2;
        try
        {
            var video = VideoStream.Read(bytes);
            (container, format) = (video.Container, video.Format);
        }
        catch (CodecException)
        {
            return new WrappedContent("video", bytes);
        }
        return container switch
        {
            "MP4" => new WrappedContent("mp4", bytes.AsMemory(0, LengthOfMp4(bytes))),
            "transport stream" => new WrappedContent("ts", bytes.AsMemory(0, bytes.Length - bytes.Length % 4)),       // 188 or 192 bytes a packet
            "program stream" => new WrappedContent("mpg", bytes.AsMemory(0, bytes.AsSpan().EndsWith<byte>([0, 0, 1, 0xB9, 0]) ? bytes.Length - 1 : bytes.Length)),
            _ => new WrappedContent(format switch { VideoFormat.Mpeg2 => "m2v", VideoFormat.H264 => "h264", _ => "h265" }, bytes),
        };
    }

    /// <summary>The code stream of a frame, without being decoded; null when the object has no compressed frames.</summary>
    /// <param name="dataSet">The object.</param>
    /// <param name="frameIndex">From 0.</param>
    /// <exception cref="DicomFormatException">The fragments make no sense.</exception>
    public static WrappedContent? CodeStream(DataSet dataSet, int frameIndex)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (!dataSet.TryFind(Tags.PixelData, out var element) || element.Fragments is null) return null;
        var frames = PixelDataFrames.Of(dataSet);
        if ((uint)frameIndex >= (uint)frames.Count) throw new PixelDataException(PixelDataProblem.NoSuchFrame, $"there is no frame {frameIndex + 1}");
        byte[] bytes = frames.Read(frameIndex);
        if (FrameCodecs.Identify(bytes) is not { } codec) return null;
        bool isPadded = bytes.AsSpan().EndsWith<byte>([0xFF, 0xD9, 0]);      // EOI and EOC are the same
        string extension = codec.Family switch { "JPEG" => "jpg", "JPEG-LS" => "jls", "JPEG XL" => "jxl", _ => codec.Name.StartsWith("htj2k", StringComparison.Ordinal) ? "jhc" : "j2k" };
        return new WrappedContent(extension, bytes.AsMemory(0, bytes.Length - (isPadded ? 1 : 0)));
    }

    /// <summary>The boxes of the file, without a byte of padding behind the last.</summary>
    private static int LengthOfMp4(ReadOnlySpan<byte> bytes)
    {
        long at = 0;
        while (bytes.Length - at >= 8)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)at..]);
            if (length == 1 && bytes.Length - at >= 16) length = BinaryPrimitives.ReadInt64BigEndian(bytes[((int)at + 8)..]);
            if (length < 8 || length > bytes.Length - at) return bytes.Length;
            at += length;
        }
        return bytes.Length - at == 1 && bytes[^1] == 0 ? (int)at : bytes.Length;
    }
}
