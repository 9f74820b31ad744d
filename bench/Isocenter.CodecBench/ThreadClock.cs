using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Isocenter.CodecBench;

/// <summary>CPU time of this thread: what neighbours take does not count. Wall time where the system has no such clock.</summary>
internal static class ThreadClock
{
    private const int ThreadCpuTime = 3;        // CLOCK_THREAD_CPUTIME_ID of Linux

    /// <summary>Seconds since some fixed moment.</summary>
    public static double Now
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
            return GetTime(ThreadCpuTime, out var time) == 0 ? time.Seconds + time.Nanoseconds / 1e9 : throw new InvalidOperationException("clock_gettime failed");
        }
    }

    /// <summary>Seconds that a call takes: the median of at least 5 calls and 0.6 s, as in the native driver.</summary>
    /// <remarks>Before that come calls until the compiler's last tier is in place: it wants 30 calls and works in the background.</remarks>
    public static double Median(Action call)
    {
        double start = Now;
        for (int i = 0; (i < 60 || Now - start < 0.6) && Now - start < 5; i++) call();
        var times = new List<double>();
        double total = 0;
        while (times.Count < 5 || total < 0.6 && times.Count < 400)
        {
            double before = Now;
            call();
            double time = Now - before;
            times.Add(time);
            total += time;
        }
        times.Sort();
        return times[times.Count / 2];
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
