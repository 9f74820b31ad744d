using System.Diagnostics;
using System.IO.Compression;

namespace Isocenter.Dicom.Tests;

/// <summary>What docs/conformance/resources.md promises: reading n bytes takes at most 8·n + 16 MiB of memory and a time
/// that grows with n, whatever the bytes say. Of a deflated data set n counts as 8·n + 4 MiB, which may be held inflated.</summary>
/// <remarks>All that is allocated is counted, garbage included: more than is ever held at once.</remarks>
public sealed class ResourceContractTests
{
    private const long Constant = 16L << 20;

    public static TheoryData<string> Hostile => [.. Files.Keys];

    private static Dictionary<string, Func<byte[]>> Files { get; } = new()
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

    [Theory, MemberData(nameof(Hostile))]
    public void Memory_and_time_are_bounded_by_the_length_of_the_input_in_memory(string name)
    {
        byte[] bytes = Files[name]();
        Check(bytes.Length, IsDeflated(name), () => DicomFile.Read(bytes));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void Memory_and_time_are_bounded_by_the_length_of_the_input_in_a_file(string name)
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] bytes = Files[name]();
            File.WriteAllBytes(path, bytes);
            Check(bytes.Length, IsDeflated(name), () => DicomFile.Open(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Every_truncation_of_a_file_is_incomplete_or_refused_and_never_taken_for_whole()
    {
        byte[][] elements =
        [
            new Bytes().Text(0x0008_0060, "CS", "CT").ToArray(),
            new Bytes().Element(0x0008_1140, "SQ", new Bytes().Item(new Bytes().Text(0x0008_1155, "UI", "1.2.3").ToArray()).ToArray()).ToArray(),
            new Bytes().Element(0x0040_A730, "SQ", new Bytes().Item(new Bytes().Text(0x0040_A160, "UT", "text").ToArray(), 0xFFFF_FFFF).ItemEnd().SequenceEnd().ToArray(), 0xFFFF_FFFF).ToArray(),
            new Bytes().Element(0x7FE0_0010, "OW", new byte[32]).ToArray(),
        ];
        byte[] whole = [.. new Bytes().ToFile(), .. elements.SelectMany(element => element)];
        // Between two elements of the top level nothing tells that there were more: a data set has no length of its own.
        int at = new Bytes().ToFile().Length;
        HashSet<int> boundaries = [at, .. elements.Select(element => at += element.Length)];
        for (int length = 0; length < whole.Length; length++)
        {
            bool complete;
            try
            {
                complete = DicomFile.Read(whole.AsMemory(0, length)).IsComplete;
            }
            catch (DicomFormatException)
            {
                continue;
            }
            Assert.True(!complete || boundaries.Contains(length), $"{length} of {whole.Length} bytes were taken for a whole file");
        }
    }

    private static void Check(long length, bool isDeflated, Func<DicomFile> read)
    {
        GC.Collect();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        string outcome;
        try
        {
            using var file = read();
            outcome = file.IsComplete ? "complete" : "incomplete";
            Assert.True(file.IsComplete || file.Findings.Count > 0);
        }
        catch (DicomFormatException e)
        {
            outcome = e.Message;
        }
        var elapsed = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (isDeflated) length = Inflation.HeldAlways + Inflation.HeldTimes * length;
        Assert.True(allocated <= 8 * length + Constant, $"{length} bytes took {allocated} bytes of memory: {outcome}");
        Assert.True(elapsed < TimeSpan.FromSeconds(30), $"{length} bytes took {elapsed}: {outcome}");
    }

    private static bool IsDeflated(string name) => name.StartsWith("a deflated", StringComparison.Ordinal);

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
