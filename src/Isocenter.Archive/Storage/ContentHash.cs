using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Isocenter.Archive;

/// <summary>XXH3-128 of a data set. Two words, because code that has a UInt128 in it is not compiled ahead of time: all of ingest
/// would be when the first object comes.</summary>
/// <param name="High">The upper half.</param>
/// <param name="Low">The lower half.</param>
internal readonly record struct ContentHash(ulong High, ulong Low)
{
    public const int Length = 16;

    public static ContentHash Of(XxHash128 hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        hash.GetCurrentHash(bytes);
        return Read(bytes);
    }

    /// <summary>As the index has it: big endian.</summary>
    public static ContentHash Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>As a seal has it: little endian.</summary>
    public static ContentHash ReadLittleEndian(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes));

    public void WriteLittleEndian(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], High);
    }

    /// <summary>Big endian.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Low);
        return bytes;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
