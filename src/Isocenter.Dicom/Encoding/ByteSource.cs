namespace Isocenter.Dicom;

/// <summary>What a <see cref="DataSetReader"/> reads from: bytes in memory, or a file of which only a window is kept.</summary>
/// <remarks>Positions count in the kept bytes; <see cref="Shift"/> turns them into offsets in the file.</remarks>
internal sealed class ByteSource
{
    private const int FirstRead = 8 * 1024;
    private readonly ByteFile? _file;
    private readonly long _maxKept;
    private byte[] _array = [];
    private int _filled;

    public ByteSource(ReadOnlyMemory<byte> memory)
    {
        Tree = new ReadTree(isPooled: false, firstChunk: Math.Clamp(memory.Length / 32, 8, 256)) { Memory = memory };
        _filled = memory.Length;
        Length = memory.Length;
    }

    /// <param name="file">Where the bytes are.</param>
    /// <param name="isPooled">The tables are given back when the file is closed.</param>
    /// <param name="maxKept">Most bytes that are kept in memory.</param>
    public ByteSource(ByteFile file, bool isPooled, long maxKept = int.MaxValue / 2)
    {
        _file = file;
        _maxKept = maxKept;
        Tree = new ReadTree(isPooled, firstChunk: 256);
        Length = file.Length;
    }

    /// <summary>The bytes, and what is found in them.</summary>
    public ReadTree Tree { get; }

    public ByteFile? File => _file;

    /// <summary>End of the input as an offset in the file.</summary>
    public long Length { get; }

    /// <summary>Offset in the file of position 0, at the place we are.</summary>
    public long Shift { get; private set; }

    public ReadOnlySpan<byte> Span => _file is null ? Tree.Memory.Span : _array;

    /// <summary>The position behind the last byte that is at hand.</summary>
    public int Filled => _filled;

    /// <summary>Sees to it that the <paramref name="count"/> bytes from <paramref name="position"/> are at hand.</summary>
    /// <returns>False when the input ends before.</returns>
    /// <exception cref="DicomFormatException">More would be kept than the limit allows.</exception>
    public bool Ensure(int position, long count)
    {
        if (position + count <= _filled) return true;
        if (_file is null || position + count + Shift > Length) return false;
        if (position + count > _maxKept)
        {
            throw new DicomFormatException($"the values that are not left in the file are longer than {_maxKept} bytes together, the limit of this reading",
                position + Shift);
        }
        Fill((int)(position + count));
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
            // Never more than the file holds: a length field alone allocates nothing. Growing fourfold makes few copies
            // of large headers; near the limit of what is there it is exact.
            long size = Math.Min(Math.Max(Math.Max(FirstRead, needed), 4L * _array.Length), Length - Shift);
            _array = Tree.Grow((int)Math.Max(Math.Min(size, _maxKept), needed), _filled);
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
