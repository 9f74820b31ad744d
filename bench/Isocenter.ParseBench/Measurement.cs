using System.Diagnostics;
using System.Globalization;

namespace Isocenter.ParseBench;

/// <summary>Runs an operation in rounds and prints one line: operation, files a second, MB/s, CPU µs a file, bytes
/// allocated a file, the range.</summary>
/// <remarks>CPU is that of the whole process, as the native drivers count theirs: the garbage collector is in it.</remarks>
internal sealed class Measurement(int rounds, TimeSpan warmUp, string? filter)
{
    private const string Tool = "isocenter";
    private readonly Process _process = Process.GetCurrentProcess();

    /// <summary>Measures <paramref name="work"/>, which handles <paramref name="files"/> files of <paramref name="bytes"/>
    /// bytes together.</summary>
    public void Run(string operation, int files, double bytes, Action work)
    {
        if (filter is not null && !operation.Contains(filter, StringComparison.OrdinalIgnoreCase)) return;
        var start = Stopwatch.StartNew();
        do work();
        while (start.Elapsed < warmUp);

        var wall = new double[rounds];
        var cpu = new double[rounds];
        int[] collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < rounds; i++)
        {
            double before = ProcessorSeconds();
            long at = Stopwatch.GetTimestamp();
            work();
            wall[i] = Stopwatch.GetElapsedTime(at).TotalSeconds;
            cpu[i] = ProcessorSeconds() - before;
        }
        allocated = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / rounds;
        Array.Sort(wall);
        Array.Sort(cpu);
        double median = wall[rounds / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Tool}\t{operation}\t{files / median:F1}\t{bytes / median / 1e6:F1}\t{cpu[rounds / 2] / files * 1e6:F1}\t{allocated / files}\t{files / wall[^1]:F1}..{files / wall[0]:F1}"));
        // What the collector did explains what scatters.
        Console.Error.WriteLine($"  collections in {rounds} rounds, by generation: {string.Join(' ', collections.Select((before, generation) => GC.CollectionCount(generation) - before))}");
    }

    private double ProcessorSeconds()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.TotalSeconds;
    }
}
