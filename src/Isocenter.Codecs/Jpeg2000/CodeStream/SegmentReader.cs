using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Reads the parameters of marker segments, big endian, and never past the end of the segment.</summary>
internal ref struct SegmentReader
{
    private readonly ReadOnlySpan<byte> _stream;
    private readonly int _end;

    /// <param name="stream">The whole code stream, so that errors tell the byte.</param>
    /// <param name="start">First byte that may be read.</param>
    /// <param name="end">First byte that may not.</param>
    public SegmentReader(ReadOnlySpan<byte> stream, int start, int end)
    {
        _stream = stream;
        Position = start;
        _end = end;
    }

    /// <summary>Bytes from the start of the code stream.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _end - Position;

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>A component index: one byte, two where the image has more than 256 components (Table A.22).</summary>
    public int Component(int components) => components < 257 ? U8() : U16();

    /// <summary>The next bytes; they alias the code stream.</summary>
    public ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || Remaining < length)
            throw Damage.At(Position, $"{length} bytes are wanted where {Remaining} are left of the marker segment", "ISO/IEC 15444-1 §A");
        var taken = _stream.Slice(Position, length);
        Position += length;
        return taken;
    }
}
