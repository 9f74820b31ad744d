using System.Buffers.Binary;
using System.IO.Hashing;

namespace Isocenter.Archive;

/// <summary>What the preamble of a stored file says (docs/formats/stored-object.md): the file is whole, and how to check
/// it. PS3.10 §7.1 leaves the 128 bytes to the implementation.</summary>
/// <param name="DataSetOffset">First byte of the data set, from the start of the file.</param>
/// <param name="FileLength">Bytes of the whole file.</param>
/// <param name="MetaHash">XXH3-64 of the bytes from 128 to <paramref name="DataSetOffset"/>.</param>
/// <param name="DataSetHash">XXH3-128 of the data set as received.</param>
/// <param name="Id">The name of the file when it was written.</param>
internal readonly record struct Seal(long DataSetOffset, long FileLength, ulong MetaHash, ContentHash DataSetHash, ObjectId Id)
{
    public const int Length = 128;
    private const ushort Version = 1;
    private const int Checksum = 120;

    private static ReadOnlySpan<byte> Magic => "ISOCSEAL"u8;

    public void Write(Span<byte> preamble)
    {
        preamble = preamble[..Length];
        preamble.Clear();
        Magic.CopyTo(preamble);
        BinaryPrimitives.WriteUInt16LittleEndian(preamble[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(preamble[12..], checked((uint)DataSetOffset));
        BinaryPrimitives.WriteInt64LittleEndian(preamble[16..], FileLength);
        BinaryPrimitives.WriteUInt64LittleEndian(preamble[24..], MetaHash);
        DataSetHash.WriteLittleEndian(preamble[32..]);
        BinaryPrimitives.WriteInt64LittleEndian(preamble[48..], Id.High);
        BinaryPrimitives.WriteUInt64LittleEndian(preamble[56..], Id.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(preamble[Checksum..], XxHash3.HashToUInt64(preamble[..Checksum]));
    }

    /// <returns>False when there is no seal, or its own checksum is wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> preamble, out Seal seal)
    {
        seal = default;
        if (preamble.Length < Length || !preamble.StartsWith(Magic)) return false;
        if (BinaryPrimitives.ReadUInt64LittleEndian(preamble[Checksum..]) != XxHash3.HashToUInt64(preamble[..Checksum])) return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(preamble[8..]) != Version) return false;
        seal = new Seal(
            BinaryPrimitives.ReadUInt32LittleEndian(preamble[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(preamble[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(preamble[24..]),
            ContentHash.ReadLittleEndian(preamble[32..]),
            new ObjectId(BinaryPrimitives.ReadInt64LittleEndian(preamble[48..]), BinaryPrimitives.ReadUInt64LittleEndian(preamble[56..])));
        return seal.DataSetOffset > Length && seal.FileLength >= seal.DataSetOffset;
    }
}
