using System.Numerics;

namespace Isocenter.Imaging.Phantom;

/// <summary>Where the pixels of an axial plane lie (PS3.3 §C.7.6.2.1.1).</summary>
/// <param name="Columns">Pixels in a row.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Spacing">Between pixel centres both ways, mm.</param>
/// <param name="X">Of the first pixel's centre, mm.</param>
/// <param name="Y">Of the first pixel's centre, mm.</param>
internal readonly record struct PlaneGeometry(int Columns, int Rows, double Spacing, double X, double Y);

/// <summary>Cuts axial planes out of a phantom, with the softness and grain of a scanner.</summary>
/// <remarks>Row by row: each body cuts a row in one interval, so that the cost goes with rows × bodies and not with
/// pixels × bodies. Keeps buffers between calls; one thread at a time.</remarks>
internal sealed class PlaneSampler(HeadPhantom phantom, float[] values, PlaneGeometry geometry, uint seed)
{
    private readonly float[] _plane = new float[geometry.Columns * geometry.Rows];
    private readonly float[] _result = new float[geometry.Columns * geometry.Rows];
    private readonly Tissue[] _tissues = new Tissue[geometry.Columns];
    private readonly float[] _painted = new float[geometry.Columns];

    /// <summary>Deviation of the grain, in the unit of the values, before it is smoothed to about a third.</summary>
    public float Grain { get; init; }

    /// <summary>Samples the plane at <paramref name="z"/>.</summary>
    /// <param name="z">mm.</param>
    /// <param name="index">Number of the plane, so that each has its own grain.</param>
    /// <returns>Rows × columns values, valid until the next call.</returns>
    public ReadOnlySpan<float> Sample(double z, int index)
    {
        var bodies = phantom.Bodies.Where(body => z >= body.LowZ && z <= body.HighZ).ToArray();
        for (int row = 0; row < geometry.Rows; row++)
        {
            Paint(bodies, geometry.Y + row * geometry.Spacing, z);
            AddGrain(row, index);
            SmoothAlong(_painted, _plane.AsSpan(row * geometry.Columns, geometry.Columns));
        }
        SmoothAcross();
        return _result;
    }

    private void Paint(Ellipsoid[] bodies, double y, double z)
    {
        _painted.AsSpan().Fill(values[(int)Tissue.Air]);
        _tissues.AsSpan().Clear();          // Tissue.Air
        foreach (var body in bodies)
        {
            if (body.TryCut(y, z, out double from, out double to))
                PaintInterval(body, (from - geometry.X) / geometry.Spacing + 0.5, (to - geometry.X) / geometry.Spacing + 0.5);
        }
    }

    /// <summary>Paints from one place to another, in pixels whose left edge is their number; the two at the ends are
    /// covered in part.</summary>
    private void PaintInterval(Ellipsoid body, double from, double to)
    {
        from = Math.Max(from, 0);
        to = Math.Min(to, geometry.Columns);
        if (from >= to) return;
        int first = (int)from, last = Math.Min((int)to, geometry.Columns - 1);
        PaintPixel(body, first, Math.Min(to, first + 1) - from);
        if (last > first) PaintPixel(body, last, to - last);
        if (last <= first + 1) return;
        float value = values[(int)body.Tissue];
        if (!body.IsWithinBody && !body.IsWithinBrain)
        {
            _painted.AsSpan(first + 1, last - first - 1).Fill(value);
            _tissues.AsSpan(first + 1, last - first - 1).Fill(body.Tissue);
            return;
        }
        for (int x = first + 1; x < last; x++)
        {
            if (!Allows(body, _tissues[x])) continue;
            _painted[x] = value;
            _tissues[x] = body.Tissue;
        }
    }

    /// <summary>Paints a pixel that is covered in part.</summary>
    private void PaintPixel(Ellipsoid body, int x, double cover)
    {
        if (!Allows(body, _tissues[x])) return;
        _painted[x] += (float)cover * (values[(int)body.Tissue] - _painted[x]);
        if (cover >= 0.5) _tissues[x] = body.Tissue;
    }

    private static bool Allows(Ellipsoid body, Tissue there) =>
        body.IsWithinBrain ? there is Tissue.GreyMatter or Tissue.WhiteMatter or Tissue.Cerebrospinal
        : !body.IsWithinBody || there is not (Tissue.Air or Tissue.Foam or Tissue.Carbon);

    private void AddGrain(int row, int index)
    {
        for (int x = 0; x < _painted.Length; x++) _painted[x] += Grain * Noise.Normal(Noise.Hash(seed, x, row, index));
    }

    /// <summary>¼, ½, ¼: the point spread of the scanner, which also gives the grain its softness.</summary>
    private static void SmoothAlong(ReadOnlySpan<float> from, Span<float> to)
    {
        int last = from.Length - 1;
        to[0] = from[0];
        to[last] = from[last];
        Blend(from[..(last - 1)], from[1..last], from[2..], to[1..last]);
    }

    private void SmoothAcross()
    {
        int n = geometry.Columns, last = (geometry.Rows - 1) * n;
        _plane.AsSpan(0, n).CopyTo(_result);
        _plane.AsSpan(last, n).CopyTo(_result.AsSpan(last));
        Blend(_plane.AsSpan(0, last - n), _plane.AsSpan(n, last - n), _plane.AsSpan(2 * n), _result.AsSpan(n, last - n));
    }

    private static void Blend(ReadOnlySpan<float> before, ReadOnlySpan<float> at, ReadOnlySpan<float> after, Span<float> to)
    {
        int i = 0;
        for (; i <= to.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var sum = new Vector<float>(before[i..]) + new Vector<float>(after[i..]);
            (sum * 0.25f + new Vector<float>(at[i..]) * 0.5f).CopyTo(to[i..]);
        }
        for (; i < to.Length; i++) to[i] = (before[i] + after[i]) * 0.25f + at[i] * 0.5f;
    }
}
