namespace Isocenter.Dicom;

/// <summary>One item of encapsulated Pixel Data.</summary>
/// <param name="Offset">First byte of its content, from the start of the file or of the buffer.</param>
/// <param name="Length">Bytes of content.</param>
public readonly record struct Fragment(long Offset, long Length);

/// <summary>Encapsulated Pixel Data: the Basic Offset Table and the fragments (PS3.5 §A.4). Their bytes stay where they
/// were read from.</summary>
public sealed class Fragments
{
    private readonly ReadBuffer? _buffer;
    private readonly ByteFile? _file;
    private readonly List<Fragment> _fragments;

    internal Fragments(ReadBuffer? buffer, ByteFile? file, ReadOnlyMemory<byte> basicOffsetTable, List<Fragment> fragments)
    {
        _buffer = buffer;
        _file = file;
        BasicOffsetTable = basicOffsetTable;
        _fragments = fragments;
    }

    /// <summary>Makes fragments of code streams, one for each, with a Basic Offset Table.</summary>
    /// <param name="frames">One whole compressed frame each. They are copied; odd ones are padded with a zero.</param>
    /// <exception cref="ArgumentException">They are longer than 2 GiB together.</exception>
    public static Fragments FromFrames(IReadOnlyList<ReadOnlyMemory<byte>> frames) => FromFrames(frames, withTable: true);

    internal static Fragments FromFrames(IReadOnlyList<ReadOnlyMemory<byte>> frames, bool withTable)
    {
        ArgumentNullException.ThrowIfNull(frames);
        long total = frames.Sum(frame => (frame.Length + 1L) & ~1L);
        if (total > Array.MaxLength) throw new ArgumentException($"{total} bytes of frames do not fit into memory", nameof(frames));
        var bytes = new byte[(int)total];
        var table = new byte[withTable ? 4 * frames.Count : 0];
        var fragments = new List<Fragment>(frames.Count);
        int at = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            if (withTable) System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 * i), (uint)(at + 8L * i));
            frames[i].CopyTo(bytes.AsMemory(at));
            int padded = (frames[i].Length + 1) & ~1;
            fragments.Add(new Fragment(at, padded));
            at += padded;
        }
        return new Fragments(new ReadBuffer(bytes), null, table, fragments);
    }

    /// <summary>How many fragments, the Basic Offset Table not counted.</summary>
    public int Count => _fragments.Count;

    /// <summary>They are read from a file when they are asked for, and their offsets are from its start.</summary>
    public bool AreInFile => _file is not null;

    /// <summary>Where they are.</summary>
    public IReadOnlyList<Fragment> Items => _fragments;

    /// <summary>The content of the first item: 32-bit little-endian offsets, or empty.</summary>
    public ReadOnlyMemory<byte> BasicOffsetTable { get; }

    /// <summary>Bytes of all fragments together.</summary>
    public long Length => _fragments.Sum(fragment => fragment.Length);

    /// <summary>The content of fragment <paramref name="index"/> (from 0).</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            var fragment = _fragments[index];
            if (_file is null) return _buffer!.Memory.Slice((int)fragment.Offset, (int)fragment.Length);
            var bytes = new byte[checked((int)fragment.Length)];
            _file.ReadExactly(fragment.Offset, bytes);
            return bytes;
        }
    }

    /// <summary>Copies part of one fragment.</summary>
    public void Read(int index, long offset, Span<byte> destination)
    {
        var fragment = _fragments[index];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + destination.Length, fragment.Length);
        if (_file is null)
            _buffer!.Memory.Span.Slice((int)(fragment.Offset + offset), destination.Length).CopyTo(destination);
        else
            _file.ReadExactly(fragment.Offset + offset, destination);
    }
}
