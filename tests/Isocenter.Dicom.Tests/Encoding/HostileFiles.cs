using System.IO.Compression;

namespace Isocenter.Dicom.Tests;

/// <summary>Files made to exhaust a reader's stack, memory or time.</summary>
internal static class HostileFiles
{
    /// <summary>Each by what it is.</summary>
    public static IReadOnlyDictionary<string, Func<byte[]>> All { get; } = new Dictionary<string, Func<byte[]>>
    {
        ["1000 nested sequences of undefined length"] = () => Nested(1000, undefined: true),
        ["100000 nested sequences of undefined length"] = () => Nested(100_000, undefined: true),
        ["20000 nested sequences of defined length"] = () => Nested(20_000, undefined: false),
        ["100000 nested sequences in UN"] = () => NestedUnknown(100_000),
        ["a million empty items"] = () => new Bytes().Element(0x0008_1140, "SQ", Repeat(new Bytes().Item([]).ToArray(), 1_000_000)).ToFile(),
        ["a million empty elements"] = () => new Bytes().Add(Elements(1_000_000)).ToFile(),
        ["a million elements in reverse order"] = () => new Bytes().Add(Elements(1_000_000, reverse: true)).ToFile(),
        ["a million times the same element"] = () => new Bytes().Add(Repeat(new Bytes().Text(0x0010_0010, "PN", "").ToArray(), 1_000_000)).ToFile(),
        ["half a million items with one element each"] = () => new Bytes()
            .Element(0x0008_1140, "SQ", Repeat(new Bytes().Item(new Bytes().Text(0x0008_1155, "UI", "").ToArray()).ToArray(), 500_000)).ToFile(),
        ["a million empty fragments"] = () => new Bytes()
            .Element(0x7FE0_0010, "OB", Repeat(new Bytes().Item([]).ToArray(), 1_000_000), 0xFFFF_FFFF).SequenceEnd().ToFile("1.2.840.10008.1.2.4.50"),
        ["every length says 4 GiB"] = () => Repeat(new Bytes().Element(0x0008_1140, "SQ", [], 0xFFFF_FFFE).ToArray(), 8_000, new Bytes().ToFile()),
        ["a million odd lengths"] = () => new Bytes().Add(Repeat(new Bytes().Element(0x0009_0001, "OB", [1]).ToArray(), 1_000_000)).ToFile(),
        ["a deflated 256 MiB of zeros"] = () => Deflated(256 << 20),
        ["a deflated 32 MB of small elements"] = () => DeflatedElements(32 << 20),
        ["a deflated file cut off after 10 KB"] = () => Deflated(64 << 20)[..(10 * 1024)],
        ["a pixel data length of 2 GiB over 64 bytes"] = () => new Bytes().Element(0x7FE0_0010, "OW", new byte[64], 0x7FFF_FFFE).ToFile(),
    };

    private static byte[] Nested(int depth, bool undefined)
    {
        if (undefined) return Repeat(new Bytes().Element(0x0008_1140, "SQ", [], 0xFFFF_FFFF).Item([], 0xFFFF_FFFF).ToArray(), depth, new Bytes().ToFile());
        var file = new Bytes();
        for (int i = 0; i < depth; i++)
        {
            uint left = (uint)((depth - i - 1) * 20);
            file.Element(0x0008_1140, "SQ", [], left + 8).Item([], left);
        }
        return file.ToFile();
    }

    private static byte[] NestedUnknown(int depth) =>
        Repeat(new Bytes().Tag(0x0008_1140).UInt32(0xFFFF_FFFF).Item([], 0xFFFF_FFFF).ToArray(), depth,
            new Bytes().Element(0x0009_1001, "UN", [], 0xFFFF_FFFF).Item([], 0xFFFF_FFFF).ToFile());

    private static byte[] Elements(int count, bool reverse = false)
    {
        byte[] all = Repeat(new Bytes().Element(0, "LO", []).ToArray(), count);
        for (int i = 0; i < count; i++)
        {
            uint tag = 0x0009_0000 + 2u * (uint)(reverse ? count - i : i + 1);
            (all[8 * i], all[8 * i + 1], all[8 * i + 2], all[8 * i + 3]) = ((byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8));
        }
        return all;
    }

    private static byte[] Repeat(byte[] part, int count, byte[]? head = null)
    {
        head ??= [];
        var all = new byte[head.Length + part.Length * count];
        head.CopyTo(all, 0);
        for (int i = 0; i < count; i++) part.CopyTo(all, head.Length + i * part.Length);
        return all;
    }

    /// <summary>Pixel data of zeros, deflated.</summary>
    private static byte[] Deflated(long length) => Deflate(stream =>
    {
        stream.Write(new Bytes().Text(0x0008_0060, "CS", "OT").Element(0x7FE0_0010, "OW", [], (uint)length).ToArray());
        var zeros = new byte[1 << 20];
        for (long written = 0; written < length; written += zeros.Length) stream.Write(zeros);
    });

    private static byte[] DeflatedElements(int length) => Deflate(stream => stream.Write(Elements(length / 8)));

    private static byte[] Deflate(Action<Stream> write)
    {
        using var output = new MemoryStream();
        output.Write(new Bytes().ToFile("1.2.840.10008.1.2.1.99"));
        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true)) write(deflate);
        return output.ToArray();
    }
}
