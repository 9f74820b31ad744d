using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>A generated table of 16-bit numbers, little-endian bytes in the image of the assembly.</summary>
internal readonly ref struct UInt16Table(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length / sizeof(ushort);

    public ushort this[int index] => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(index * sizeof(ushort))..]);
}

/// <summary>A generated table of 32-bit numbers, little-endian bytes in the image of the assembly.</summary>
internal readonly ref struct UInt32Table(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Length => _bytes.Length / sizeof(uint);

    public uint this[int index] => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(index * sizeof(uint))..]);

    /// <summary>The index of a number between two indexes, where the table is in order, or -1.</summary>
    public int IndexOf(uint number, int start, int end)
    {
        int low = start, high = end - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            uint found = this[middle];
            if (found == number) return middle;
            if (found < number) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }
}
