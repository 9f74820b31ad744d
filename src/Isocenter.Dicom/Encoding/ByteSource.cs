using Microsoft.Win32.SafeHandles;

namespace Isocenter.Dicom;

/// <summary>The bytes that the elements of one reading refer to. Shared by all its data sets.</summary>
internal sealed class ReadBuffer(ReadOnlyMemory<byte> memory)
{
    public ReadOnlyMemory<byte> Memory { get; set; } = memory;
}

/// <summary>An open file, for the values that stay in it.</summary>
internal sealed class FileSource(SafeFileHandle handle) : IDisposable
{
    public long Length { get; } = RandomAccess.GetLength(handle);

    public int Read(long offset, Span<byte> destination) => RandomAccess.Read(handle, destination, offset);

    public void ReadExactly(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int n = RandomAccess.Read(handle, destination, offset);
            if (n == 0) throw new EndOfStreamException("the file became shorter than it was when it was read");
            destination = destination[n..];
            offset += n;
        }
    }

    public void Dispose() => handle.Dispose();
}

/// <summary>What a <see cref="DataSetReader"/> reads from: bytes in memory, or a file of which only a window is kept.</summary>
/// <remarks>Positions count in the kept bytes; <see cref="Shift"/> turns them into offsets in the file.</remarks>
internal sealed class ByteSource
{
    private const int FirstRead = 8 * 1024;
    private readonly FileSource? _file;
    private byte[] _array = [];
    private int _filled;

    public ByteSource(ReadOnlyMemory<byte> memory, long shift = 0)
    {
        Buffer = new ReadBuffer(memory);
        _filled = memory.Length;
        Shift = shift;
        Length = memory.Length + shift;
    }

    public ByteSource(FileSource file)
    {
        _file = file;
        Buffer = new ReadBuffer(default);
        Length = file.Length;
    }

    public ReadBuffer Buffer { get; }

    public FileSource? File => _file;

    /// <summary>End of the input as an offset in the file.</summary>
    public long Length { get; }

    /// <summary>Offset in the file of position 0, at the place we are.</summary>
    public long Shift { get; private set; }

    public ReadOnlySpan<byte> Span => Buffer.Memory.Span;

    /// <summary>Sees to it that the <paramref name="count"/> bytes from <paramref name="position"/> are at hand.</summary>
    /// <returns>False when the input ends before.</returns>
    public bool Ensure(int position, long count)
    {
        if (position + count <= _filled) return true;
        if (_file is null || position + count + Shift > Length) return false;
        Fill(checked((int)(position + count)));
        return true;
    }

    /// <summary>Skips <paramref name="count"/> bytes from <paramref name="position"/> without keeping those that were
    /// not read yet. The position stays; the bytes after the skipped ones stand there now.</summary>
    /// <returns>The position to go on from.</returns>
    public int Skip(int position, long count)
    {
        if (position + count <= _filled) return position + (int)count;
        _filled = position;
        Shift += count;
        return position;
    }

    private void Fill(int needed)
    {
        if (needed > _array.Length)
        {
            // Never more than the file holds: a length field alone allocates nothing.
            long size = Math.Min(Math.Max(Math.Max(FirstRead, needed), 2L * _array.Length), Length - Shift);
            Array.Resize(ref _array, checked((int)Math.Max(size, needed)));
            Buffer.Memory = _array;
        }
        int end = (int)Math.Min(_array.Length, Length - Shift);
        while (_filled < needed)
        {
            int n = _file!.Read(_filled + Shift, _array.AsSpan(_filled, end - _filled));
            if (n == 0) throw new EndOfStreamException("the file became shorter while it was read");
            _filled += n;
        }
    }
}
