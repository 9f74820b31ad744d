using Isocenter.Codecs;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>A file that is a bare code stream.</summary>
internal static class CodeStreamFile
{
    /// <summary>As much of it as tells what it is; empty when it is a DICOM file.</summary>
    public static ReadOnlySpan<byte> Head(string path)
    {
        var head = new byte[64 * 1024];
        using var stream = File.OpenRead(path);
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        // A DICOM file may begin with any 128 bytes.
        if (length >= 132 && head.AsSpan(128, 4).SequenceEqual("DICM"u8)) return [];
        // Colour profiles before the frame header of a JPEG can be longer than that.
        return length == head.Length && head.AsSpan().StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? File.ReadAllBytes(path) : head.AsSpan(0, length);
    }

    /// <summary>The whole of it as an image of one frame.</summary>
    public static StoredFrames Open(string path, FrameCodec codec, StoredFrameOptions options) =>
        StoredFrames.OfCodeStream(File.ReadAllBytes(path), codec, options);
}
