using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>A stored file as it is given out: Part 10, with zeros where the seal is (PS3.10 §7.1: an unused preamble is
/// zero). Read only, seekable, one reader at a time.</summary>
internal sealed class StoredFileStream(SafeFileHandle handle, long length) : Stream, IStoredBytes
{
    private long _position;

    public SafeFileHandle File => handle;

    public int SameFrom => Seal.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= length) return 0;
        if (buffer.IsEmpty) return 0;
        if (buffer.Length > length - _position) buffer = buffer[..(int)(length - _position)];
        int n = RandomAccess.Read(handle, buffer, _position);
        return Took(buffer[..n]);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads in place: a piece comes out of the page cache, or from a disk that reads ahead, sooner than the thread pool
    /// would take up an asynchronous read, which on Linux is a blocking one on another thread all the same.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        try
        {
            return new ValueTask<int>(Read(buffer.Span));
        }
        catch (Exception e) when (e is IOException or ArchiveException)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) handle.Dispose();
        base.Dispose(disposing);
    }

    private int Took(Span<byte> bytes)
    {
        if (bytes.IsEmpty && _position < length)
            throw new ArchiveException(ArchiveProblem.ObjectDamaged, $"a stored file ends at byte {_position} of {length}");
        if (_position < Seal.Length) bytes[..(int)Math.Min(bytes.Length, Seal.Length - _position)].Clear();
        _position += bytes.Length;
        return bytes.Length;
    }
}
