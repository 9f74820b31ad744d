using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Rle;

/// <summary>The 64 bytes in front of the segments of an RLE frame: their number and their offsets, as 32-bit little-endian
/// numbers (PS3.5 §G.5).</summary>
internal readonly struct RleHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 64;

    /// <summary>Most segments a header has room for.</summary>
    public const int MaxSegments = 15;

    private readonly Offsets _offsets;
    private readonly int _codeStreamLength;

    private RleHeader(int count, Offsets offsets, int codeStreamLength)
    {
        Count = count;
        _offsets = offsets;
        _codeStreamLength = codeStreamLength;
    }

    /// <summary>How many segments there are, 1 to 15.</summary>
    public int Count { get; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="CodecException">It is cut off, or there are no segments or too many.</exception>
    public static RleHeader Read(ReadOnlySpan<byte> codeStream)
    {
        if (codeStream.Length < Length)
            throw Damaged($"the header has 64 bytes, {codeStream.Length} are there", 0);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(codeStream);
        if (count is 0 or > MaxSegments)
            throw Damaged($"{count} segments are outside 1 to {MaxSegments}", 0);
        var offsets = default(Offsets);
        for (int i = 0; i < MaxSegments; i++)
            offsets[i] = BinaryPrimitives.ReadUInt32LittleEndian(codeStream[(4 + 4 * i)..]);
        return new RleHeader((int)count, offsets, codeStream.Length);
    }

    /// <summary>Where a segment lies: from its offset to the nearest one behind it, or to the end.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="range">Empty when the offset points nowhere.</param>
    /// <param name="damage">Is then set, if it was not.</param>
    public void FindSegment(int index, out Range range, ref CodecException? damage)
    {
        uint start = _offsets[index], end = (uint)_codeStreamLength;
        if (start < Length || start > _codeStreamLength)
        {
            damage ??= Damaged($"segment {index + 1} begins at byte {start}, outside {Length} to {_codeStreamLength}", 4 + 4 * index);
            range = _codeStreamLength.._codeStreamLength;
            return;
        }
        for (int i = 0; i < Count; i++)
        {
            if (_offsets[i] > start && _offsets[i] < end) end = _offsets[i];
        }
        range = (int)start..(int)end;
    }

    internal static CodecException Damaged(string problem, long offset, string rule = "PS3.5 §G.5") => new("RLE", problem, offset, rule);

    [InlineArray(MaxSegments)]
    private struct Offsets
    {
        private uint _first;
    }
}
