using System.Buffers;
using System.IO.Compression;

namespace Isocenter.Codecs.Deflate;

/// <summary>Encodes Deflated Image Frame Compression, transfer syntax 1.2.840.10008.1.2.8.1 (PS3.5 §8.2.16).</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class DeflateEncoder
{
    private const int Piece = 256 * 1024;

    /// <summary>Encodes one frame.</summary>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How the samples lie; the stream has them in the same order.</param>
    /// <param name="output">Receives the raw deflate stream.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancel">Looked at between pieces of 256 KiB.</param>
    public static void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output,
        DeflateEncodeOptions? options = null, CancellationToken cancel = default)
    {
        layout.Check(samples.Length);
        Deflate(samples, output, options, cancel);
    }

    /// <summary>Deflates a frame of any layout, as that of single bits, which are packed eight to a byte.</summary>
    /// <inheritdoc cref="Encode"/>
    public static void Deflate(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output, DeflateEncodeOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var target = new BufferStream(output);
        using var deflate = new DeflateStream(target, (options ?? DeflateEncodeOptions.Default).Level, leaveOpen: true);
        while (!bytes.IsEmpty)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(Piece, bytes.Length);
            deflate.Write(bytes[..count]);
            bytes = bytes[count..];
        }
    }

    private sealed class BufferStream(IBufferWriter<byte> output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>How hard to look for repetitions.</summary>
public sealed record DeflateEncodeOptions
{
    /// <summary>The defaults: a balance of size and time.</summary>
    public static DeflateEncodeOptions Default { get; } = new();

    /// <summary>Size against time.</summary>
    public CompressionLevel Level { get; init; } = CompressionLevel.Optimal;
}
