using System.Diagnostics;

namespace Isocenter.Dicom.Tests;

/// <summary>What docs/conformance/resources.md promises: reading n bytes takes at most 8·n + 16 MiB of memory and a time
/// that grows with n, whatever the bytes say. Of a deflated data set n counts as 8·n + 4 MiB, which may be held inflated.</summary>
/// <remarks>All that is allocated is counted, garbage included: more than is ever held at once.</remarks>
public sealed class ResourceContractTests
{
    private const long Constant = 16L << 20;

    public static TheoryData<string> Hostile => [.. HostileFiles.All.Keys];

    [Theory, MemberData(nameof(Hostile))]
    public void Memory_and_time_are_bounded_by_the_length_of_the_input_in_memory(string name)
    {
        byte[] bytes = HostileFiles.All[name]();
        Check(bytes.Length, IsDeflated(name), () => DicomFile.Read(bytes));
    }

    [Theory, MemberData(nameof(Hostile))]
    public void Memory_and_time_are_bounded_by_the_length_of_the_input_in_a_file(string name)
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] bytes = HostileFiles.All[name]();
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
}
