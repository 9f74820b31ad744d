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

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
