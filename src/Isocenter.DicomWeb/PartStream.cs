using System.Buffers;

namespace Isocenter.DicomWeb;

/// <summary>The content of the present part of a <see cref="MultipartReader"/> as a stream, forward only.</summary>
public sealed class PartStream(MultipartReader reader) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException("the length of a part is not known before its end");

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException("forward only");
        set => throw new NotSupportedException("forward only");
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var piece = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (piece.IsEmpty) return 0;
        if (piece.Length > buffer.Length) piece = piece.Slice(0, buffer.Length);
        piece.CopyTo(buffer.Span);
        int length = (int)piece.Length;   // before the segments that it is counted by are given back
        reader.AdvanceTo(piece.End);
        return length;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("forward only");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("read only");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("read only");
}
