using System.Buffers.Binary;
using System.Text;

namespace Isocenter.Dicom.Tests;

/// <summary>Builds encoded data sets byte by byte, right and wrong ones.</summary>
internal sealed class Bytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public Bytes Add(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Bytes Add(Bytes other) => Add(other.ToArray());

    public Bytes Tag(uint tag) => UInt16((ushort)(tag >> 16)).UInt16((ushort)tag);

    public Bytes UInt16(ushort value)
    {
        var place = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(place, value);
        return Add(place);
    }

    public Bytes UInt32(uint value)
    {
        var place = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(place, value);
        return Add(place);
    }

    /// <summary>An element in Explicit VR Little Endian; the length may lie.</summary>
    public Bytes Element(uint tag, string vr, byte[] value, uint? length = null)
    {
        Tag(tag).Add((byte)vr[0], (byte)vr[1]);
        uint written = length ?? (uint)value.Length;
        if (vr is "OB" or "OW" or "SQ" or "UN" or "UT" or "UC" or "UR") UInt16(0).UInt32(written);
        else UInt16((ushort)written);
        return Add(value);
    }

    public Bytes Text(uint tag, string vr, string text) => Element(tag, vr, Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + " "));

    public Bytes Item(byte[] content, uint? length = null) => Tag(0xFFFE_E000).UInt32(length ?? (uint)content.Length).Add(content);

    public Bytes ItemEnd() => Tag(0xFFFE_E00D).UInt32(0);

    public Bytes SequenceEnd() => Tag(0xFFFE_E0DD).UInt32(0);

    /// <summary>As a file in Explicit VR Little Endian.</summary>
    public byte[] ToFile(string transferSyntax = "1.2.840.10008.1.2.1", uint? groupLength = null)
    {
        var meta = new Bytes().Element(0x0002_0010, "UI", Padded(transferSyntax));
        return new Bytes().Add(new byte[128]).Add("DICM"u8.ToArray())
            .Element(0x0002_0000, "UL", new Bytes().UInt32(groupLength ?? (uint)meta._bytes.Count).ToArray()).Add(meta).Add(this).ToArray();
    }

    private static byte[] Padded(string uid) => Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + "\0");
}
