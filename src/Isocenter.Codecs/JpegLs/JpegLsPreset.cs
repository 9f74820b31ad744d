namespace Isocenter.Codecs.JpegLs;

/// <summary>Preset coding parameters of JPEG-LS (ISO/IEC 14495-1 §C.2.4.1.1).</summary>
/// <param name="MaxVal">Largest sample value; 0 takes the default, 2^P − 1.</param>
/// <param name="T1">First threshold of the gradients; 0 takes the default.</param>
/// <param name="T2">Second threshold; 0 takes the default.</param>
/// <param name="T3">Third threshold; 0 takes the default.</param>
/// <param name="Reset">Occurrences after which a context is halved; 0 takes the default, 64.</param>
public readonly record struct JpegLsPreset(int MaxVal, int T1, int T2, int T3, int Reset)
{
    internal const int DefaultReset = 64;
    private const int Basic1 = 3, Basic2 = 7, Basic3 = 21;

    /// <summary>The defaults for samples of 0 to <paramref name="maxVal"/> (§C.2.4.1.1.1).</summary>
    /// <param name="maxVal">Largest sample value, 1 to 65535.</param>
    /// <param name="near">Largest error a decoded sample may have.</param>
    public static JpegLsPreset Default(int maxVal, int near) => Default(maxVal, near, cap: 4095);

    /// <summary>The thresholds of the encoder in Java Advanced Imaging, which forgot that they stop growing at 12 bits. Its
    /// streams of 13 to 16 bits do not say so; only decoding them tells.</summary>
    internal static JpegLsPreset DefaultOfJavaAdvancedImaging(int maxVal, int near) => Default(maxVal, near, cap: int.MaxValue - 128);

    /// <summary>Replaces what is 0 by its default.</summary>
    internal JpegLsPreset Resolve(int bitsPerSample, int near)
    {
        int maxVal = MaxVal == 0 ? (1 << bitsPerSample) - 1 : MaxVal;
        var usual = Default(maxVal, near);
        return new JpegLsPreset(
            maxVal, T1 == 0 ? usual.T1 : T1, T2 == 0 ? usual.T2 : T2, T3 == 0 ? usual.T3 : T3, Reset == 0 ? usual.Reset : Reset);
    }

    /// <summary>What is wrong with resolved parameters (Table C.1); null when nothing is.</summary>
    internal string? Fault(int bitsPerSample, int near)
    {
        if (MaxVal < 1 || MaxVal >= 1 << bitsPerSample) return $"MAXVAL {MaxVal} does not fit {bitsPerSample} bits";
        if (near < 0 || near > Math.Min(255, MaxVal / 2)) return $"NEAR {near} is outside 0 to {Math.Min(255, MaxVal / 2)}";
        if (T1 < near + 1 || T2 < T1 || T3 < T2 || T3 > MaxVal)
            return $"thresholds {T1}, {T2}, {T3} do not rise from {near + 1} to {MaxVal}";
        return Reset < 3 || Reset > Math.Max(255, MaxVal) ? $"RESET {Reset} is outside 3 to {Math.Max(255, MaxVal)}" : null;
    }

    private static JpegLsPreset Default(int maxVal, int near, int cap)
    {
        int t1, t2, t3;
        if (maxVal >= 128)
        {
            int factor = (Math.Min(maxVal, cap) + 128) / 256;
            t1 = factor * (Basic1 - 2) + 2 + 3 * near;
            t2 = factor * (Basic2 - 3) + 3 + 5 * near;
            t3 = factor * (Basic3 - 4) + 4 + 7 * near;
        }
        else
        {
            int factor = 256 / (maxVal + 1);
            t1 = Math.Max(2, Basic1 / factor + 3 * near);
            t2 = Math.Max(3, Basic2 / factor + 5 * near);
            t3 = Math.Max(4, Basic3 / factor + 7 * near);
        }
        t1 = t1 > maxVal || t1 < near + 1 ? near + 1 : t1;
        t2 = t2 > maxVal || t2 < t1 ? t1 : t2;
        t3 = t3 > maxVal || t3 < t2 ? t2 : t3;
        return new JpegLsPreset(maxVal, t1, t2, t3, DefaultReset);
    }
}
