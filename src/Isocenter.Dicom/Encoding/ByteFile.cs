using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Dicom;

/// <summary>Bytes of known length that are not in memory. Safe from many threads.</summary>
internal abstract class ByteFile : IDisposable
{
    public long Length { get; protected init; }

    /// <summary>Reads what is there; 0 at the end only.</summary>
    public abstract int Read(long offset, Span<byte> destination);

    public void ReadExactly(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int n = Read(offset, destination);
            if (n == 0) throw new EndOfStreamException("the file became shorter than it was when it was read");
            destination = destination[n..];
            offset += n;
        }
    }

    public abstract void Dispose();
}

/// <summary>An open file, for the values that stay in it.</summary>
internal sealed class FileSource : ByteFile
{
    private readonly SafeFileHandle _handle;

    public FileSource(SafeFileHandle handle, long length)
    {
        _handle = handle;
        Length = length;
    }

    public override int Read(long offset, Span<byte> destination) => RandomAccess.Read(_handle, destination, offset);

    public override void Dispose() => _handle.Dispose();
}

/// <summary>A deflated data set too long to be kept inflated (PS3.5 §A.5). Reading forward goes on where the last reading
/// ended; reading backward inflates from the start again.</summary>
internal sealed class InflatedSource : ByteFile
{
    private readonly Lock _lock = new();
    private readonly Func<Stream> _open;
    private readonly ByteFile? _owner;
    private DeflateStream? _stream;
    private long _position;

    /// <param name="open">Opens the deflated bytes at their start.</param>
    /// <param name="length">Inflated, in bytes.</param>
    /// <param name="owner">The file they are in; closed with this.</param>
    public InflatedSource(Func<Stream> open, long length, ByteFile? owner)
    {
        _open = open;
        _owner = owner;
        Length = length;
    }

    public override int Read(long offset, Span<byte> destination)
    {
        lock (_lock)
        {
            if (_stream is null || offset < _position)
            {
                _stream?.Dispose();
                _stream = new DeflateStream(_open(), CompressionMode.Decompress);
                _position = 0;
            }
            Span<byte> passed = stackalloc byte[4096];
            try
            {
                while (_position < offset)
                {
                    int n = _stream.Read(passed[..(int)Math.Min(passed.Length, offset - _position)]);
                    if (n == 0) return 0;
                    _position += n;
                }
                int read = _stream.Read(destination);
                _position += read;
                return read;
            }
            catch (InvalidDataException e)
            {
                // It could be inflated so far when it was read first: the file has changed.
                throw new IOException("the deflated data set cannot be inflated any more", e);
            }
        }
    }

    public override void Dispose()
    {
        _stream?.Dispose();
        _owner?.Dispose();
    }
}
