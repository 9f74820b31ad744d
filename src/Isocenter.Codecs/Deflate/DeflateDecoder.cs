using System.Buffers;
using System.IO.Compression;

namespace Isocenter.Codecs.Deflate;

/// <summary>Decodes Deflated Image Frame Compression, transfer syntax 1.2.840.10008.1.2.8.1 (PS3.5 §8.2.16): the bytes of an
/// uncompressed frame as a raw deflate stream (RFC 1951).</summary>
/// <remarks>Holds no state between calls; safe from many threads. No more is inflated than the frame has room for.</remarks>
public static class DeflateDecoder
{
    private const int Piece = 256 * 1024;

    /// <summary>Decodes one frame.</summary>
    /// <param name="codeStream">The deflate stream; with a zlib header in front (RFC 1950) it is read too. What follows its
    /// end is ignored.</param>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How the samples lie. The stream has them in the same order.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancel">Looked at between pieces of 256 KiB.</param>
    /// <exception cref="CodecException">The stream is damaged or ends before the frame is full. What was inflated before is
    /// in <paramref name="samples"/>; the rest is zero.</exception>
    public static void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout,
        DecodeOptions? options = null, CancellationToken cancel = default)
    {
        layout.Check(samples.Length);
        Inflate(codeStream, samples, cancel);
    }

    /// <summary>Inflates a frame of any layout, as that of single bits, which are packed eight to a byte.</summary>
    /// <inheritdoc cref="Decode"/>
    public static void Inflate(ReadOnlySpan<byte> codeStream, Span<byte> bytes, CancellationToken cancel = default)
    {
        int skipped = HasZlibHeader(codeStream) ? 2 : 0;
        byte[] rented = ArrayPool<byte>.Shared.Rent(codeStream.Length - skipped);
        int done = 0;
        try
        {
            codeStream[skipped..].CopyTo(rented);
            using var source = new MemoryStream(rented, 0, codeStream.Length - skipped, writable: false);
            using var inflate = new DeflateStream(source, CompressionMode.Decompress);
            while (done < bytes.Length)
            {
                cancel.ThrowIfCancellationRequested();
                int read = inflate.Read(bytes.Slice(done, Math.Min(Piece, bytes.Length - done)));
                if (read == 0) break;
                done += read;
            }
        }
        catch (InvalidDataException)
        {
            bytes[done..].Clear();
            throw Damaged($"the stream is damaged; {done} of {bytes.Length} bytes were inflated before");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        if (done == bytes.Length) return;
        bytes[done..].Clear();
        throw Damaged($"the stream ends after {done} of {bytes.Length} bytes");
    }

    /// <summary>Deflate, a window of at most 32 KiB, no dictionary, and a checksum that fits. The first byte of a raw stream
    /// can look so too; the second then begins no block that makes sense.</summary>
    private static bool HasZlibHeader(ReadOnlySpan<byte> codeStream) =>
        codeStream.Length > 2 && codeStream[0] == 0x78 && (codeStream[0] << 8 | codeStream[1]) % 31 == 0 && (codeStream[1] & 0x20) == 0;

    private static CodecException Damaged(string problem) => new("Deflate", problem, rule: "PS3.5 §8.2.16");
}
