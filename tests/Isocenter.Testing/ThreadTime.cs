using System.Diagnostics;
using System.Globalization;

namespace Isocenter.Testing;

/// <summary>How long this thread has worked: a machine that has others to serve takes longer, but not more of this. Where the
/// system does not tell, the clock on the wall.</summary>
public readonly struct ThreadTime
{
    private readonly TimeSpan _start;

    private ThreadTime(TimeSpan start) => _start = start;

    /// <summary>Begins to count.</summary>
    public static ThreadTime Start() => new(Now());

    /// <summary>What was worked since. Of the thread that began.</summary>
    public TimeSpan Elapsed => Now() - _start;

    private static TimeSpan Now()
    {
        if (!OperatingSystem.IsLinux()) return Stopwatch.GetElapsedTime(0);
        // proc(5): the fields behind the name, which may hold spaces; utime and stime are the 14th and 15th, in hundredths.
        string stat = File.ReadAllText("/proc/thread-self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
    }
}
