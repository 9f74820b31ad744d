namespace Isocenter.Codecs.JpegXl;

/// <summary>The samples around the one to come, and what they make of it (ISO/IEC 18181-1 §H.3).</summary>
internal readonly ref struct Prediction
{
    public const int Weighted = 6, Last = 13;

    public readonly int W, N, NW, NE, NN, WW, NEE;

    /// <param name="rows">The channel up to the row.</param>
    /// <param name="width">Of the channel.</param>
    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    public Prediction(ReadOnlySpan<int> rows, int width, int x, int y)
    {
        int at = y * width + x;
        W = x > 0 ? rows[at - 1] : y > 0 ? rows[at - width] : 0;
        N = y > 0 ? rows[at - width] : W;
        NW = x > 0 && y > 0 ? rows[at - width - 1] : W;
        NE = x + 1 < width && y > 0 ? rows[at - width + 1] : N;
        NN = y > 1 ? rows[at - 2 * width] : N;
        WW = x > 1 ? rows[at - 2] : W;
        NEE = x + 2 < width && y > 0 ? rows[at - width + 2] : NE;
    }

    /// <summary>What a predictor other than the weighted one says.</summary>
    public readonly int Of(int predictor) => predictor switch
    {
        0 => 0,
        1 => W,
        2 => N,
        3 => (int)(((long)W + N) / 2),
        4 => Math.Abs((long)N - NW) < Math.Abs((long)W - NW) ? W : N,
        5 => Gradient(W, N, NW),
        7 => NE,
        8 => NW,
        9 => WW,
        10 => (int)(((long)W + NW) / 2),
        11 => (int)(((long)N + NW) / 2),
        12 => (int)(((long)N + NE) / 2),
        _ => (int)((6L * N - 2L * NN + 7L * W + WW + NEE + 3L * NE + 8) / 16),
    };

    /// <summary>Left plus above minus between, within left and above.</summary>
    public static int Gradient(int w, int n, int nw) => (int)Math.Clamp((long)w + n - nw, Math.Min(w, n), Math.Max(w, n));
}
