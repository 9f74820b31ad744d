namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The lifting steps of one transform, and what is done to a sample that has no neighbour.</summary>
internal interface IWaveletKernel<T> where T : unmanaged
{
    /// <summary>How many there are.</summary>
    static abstract int Steps { get; }

    /// <summary>The inverse steps on rows, each a row behind the one before.</summary>
    /// <param name="plane">Whose rows.</param>
    /// <param name="y">The low row that the first step changes; it and those that follow may be outside.</param>
    static abstract void InverseRows(Plane<T> plane, int y);

    /// <summary>The forward steps on rows.</summary>
    /// <param name="plane">Whose rows.</param>
    /// <param name="y">The high row that the first step changes.</param>
    static abstract void ForwardRows(Plane<T> plane, int y);

    /// <summary>The inverse steps on a line, low and high samples apart.</summary>
    /// <param name="low">Low ones.</param>
    /// <param name="high">High ones.</param>
    /// <param name="first">0 when the line begins with a low one, else 1.</param>
    static abstract void InverseLine(Span<T> low, Span<T> high, int first);

    /// <summary>The forward steps on a line.</summary>
    static abstract void ForwardLine(Span<T> low, Span<T> high, int first);

    /// <summary>One sample alone is not filtered (§F.3.6).</summary>
    static abstract T InverseSingle(T value, bool isLow);

    /// <summary>The same forward (§F.4.6).</summary>
    static abstract T ForwardSingle(T value, bool isLow);
}

/// <summary>A wavelet transform (ISO/IEC 15444-1 Annex F), one level at a time.</summary>
/// <remarks>Rows pass the horizontal and the vertical filter in one sweep, while they are in the cache.</remarks>
internal static class Wavelet<T, TKernel>
    where T : unmanaged
    where TKernel : struct, IWaveletKernel<T>
{
    /// <summary>2D_SR (§F.3.2): rows, then columns.</summary>
    /// <param name="ll">Low in both directions. The contents of all four are lost.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    /// <param name="result">Receives the samples; its area decides which of them are low.</param>
    public static void Synthesize(Plane<T> ll, Plane<T> hl, Plane<T> lh, Plane<T> hh, Plane<T> result)
    {
        int height = result.Height, parity = (int)(result.Area.Y0 & 1), done = 0;
        if (height == 1)
        {
            SynthesizeRow(ll, hl, lh, hh, result, 0, parity);
            foreach (ref T value in result.Row(0)) value = TKernel.InverseSingle(value, parity == 0);
            return;
        }
        for (int y = parity; y < height + TKernel.Steps; y += 2)   // each low row
        {
            for (; done < Math.Min(height, y + 2); done++) SynthesizeRow(ll, hl, lh, hh, result, done, parity);
            TKernel.InverseRows(result, y);
        }
    }

    /// <summary>2D_SD (§F.4.2): columns, then rows.</summary>
    /// <param name="samples">The samples; they are lost. Their area decides which of them are low.</param>
    /// <param name="ll">Receives what is low in both directions.</param>
    /// <param name="hl">High across columns.</param>
    /// <param name="lh">High across rows.</param>
    /// <param name="hh">High in both.</param>
    public static void Analyze(Plane<T> samples, Plane<T> ll, Plane<T> hl, Plane<T> lh, Plane<T> hh)
    {
        int height = samples.Height, parity = (int)(samples.Area.Y0 & 1), done = 0;
        if (height == 1)
        {
            foreach (ref T value in samples.Row(0)) value = TKernel.ForwardSingle(value, parity == 0);
            AnalyzeRow(samples, 0, parity, ll, hl, lh, hh);
            return;
        }
        for (int y = 1 - parity; y < height + TKernel.Steps + 1; y += 2)   // each high row
        {
            TKernel.ForwardRows(samples, y);
            for (; done < Math.Min(height, y + 2 - TKernel.Steps); done++) AnalyzeRow(samples, done, parity, ll, hl, lh, hh);
        }
    }

    private static void SynthesizeRow(Plane<T> ll, Plane<T> hl, Plane<T> lh, Plane<T> hh, Plane<T> result, int y, int parity)
    {
        bool isLow = ((y + parity) & 1) == 0;
        Span<T> low = (isLow ? ll : lh).Row(y >> 1), high = (isLow ? hl : hh).Row(y >> 1), line = result.Row(y);
        int first = (int)(result.Area.X0 & 1);
        if (line.Length == 1)
        {
            line[0] = TKernel.InverseSingle(first == 0 ? low[0] : high[0], first == 0);
            return;
        }
        TKernel.InverseLine(low, high, first);
        if (first == 0) Lines.Interleave<T>(low, high, line);
        else Lines.Interleave<T>(high, low, line);
    }

    private static void AnalyzeRow(Plane<T> samples, int y, int parity, Plane<T> ll, Plane<T> hl, Plane<T> lh, Plane<T> hh)
    {
        bool isLow = ((y + parity) & 1) == 0;
        Span<T> low = (isLow ? ll : lh).Row(y >> 1), high = (isLow ? hl : hh).Row(y >> 1), line = samples.Row(y);
        int first = (int)(samples.Area.X0 & 1);
        if (line.Length == 1)
        {
            (first == 0 ? low : high)[0] = TKernel.ForwardSingle(line[0], first == 0);
            return;
        }
        if (first == 0) Lines.Split<T>(line, low, high);
        else Lines.Split<T>(line, high, low);
        TKernel.ForwardLine(low, high, first);
    }
}
