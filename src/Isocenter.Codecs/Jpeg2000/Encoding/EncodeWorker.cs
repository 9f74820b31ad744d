namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One code-block to encode.</summary>
/// <param name="Band">Its sub-band in its precinct.</param>
/// <param name="Block">Place in it.</param>
/// <param name="Plane">The coefficients of the sub-band.</param>
/// <param name="Weight">Squared error of the image for one of a coefficient, in units of its quantization step.</param>
/// <param name="Index">Place among all blocks of the image.</param>
internal readonly record struct EncodeWork(PrecinctBand Band, int Block, Plane<int> Plane, double Weight, int Index);

/// <summary>Encodes code-blocks. One thread at a time; each thread has its own.</summary>
internal sealed class EncodeWorker(EncodedStore store, EncodePlan plan) : IDisposable
{
    private readonly BlockEncoder _encoder = new();
    private readonly int[] _hull = new int[96];
    private byte[] _bytes = [];
    private int _bytesUsed;
    private EncodedPass[] _passes = [];
    private int _passesUsed;

    /// <summary>What is encoded stays in the store.</summary>
    public void Dispose()
    {
    }

    /// <summary>Encodes one block into the place that its precinct has for it.</summary>
    /// <param name="work">Which.</param>
    /// <param name="leastSlope">Squared error of the image for each byte below which nothing will be wanted.</param>
    /// <returns>The squared error of the image when nothing of it is decoded.</returns>
    public double Encode(in EncodeWork work, double leastSlope)
    {
        var (band, area) = (work.Band.Band, work.Band.BlockArea(work.Block));
        int width = (int)area.Width, height = (int)area.Height;
        int at = (int)(area.Y0 - work.Plane.Area.Y0) * work.Plane.Width + (int)(area.X0 - work.Plane.Area.X0);
        int planes = _encoder.Encode(work.Plane.Samples[at..], work.Plane.Width, width, height, band.Orientation, plan.BlockStyle,
            plan.Fraction, plan.IsReversible, leastSlope / work.Weight);
        if (planes > band.BitPlanes) throw new InvalidOperationException($"{planes} bit planes where {band.BitPlanes} are announced");

        var passes = _encoder.Passes.All;
        var bytes = _encoder.Passes.Bytes;
        if (_bytes.Length - _bytesUsed < bytes.Length) (_bytes, _bytesUsed) = (store.RentBytes(bytes.Length), 0);
        if (_passes.Length - _passesUsed < passes.Length) (_passes, _passesUsed) = (store.RentPasses(), 0);
        bytes.CopyTo(_bytes.AsSpan(_bytesUsed));
        passes.CopyTo(_passes.AsSpan(_passesUsed));
        work.Band.Encoded!.Blocks[work.Block] = new EncodedBlock
        {
            Bytes = _bytes,
            Start = _bytesUsed,
            Passes = _passes,
            FirstPass = _passesUsed,
            PassCount = passes.Length,
            ZeroBitPlanes = band.BitPlanes - planes,
            Index = work.Index,
        };
        FindSlopes(_passes.AsSpan(_passesUsed, passes.Length), work.Weight);
        _bytesUsed += bytes.Length;
        _passesUsed += passes.Length;
        return plan.NeedsEnergy ? _encoder.EnergyOf(width, height, plan.Fraction) * work.Weight : 0;
    }

    // The passes worth ending with are those on the convex hull of distortion over length: each gives less for a byte than
    // the one before (ISO/IEC 15444-1 §J.13.3).
    private void FindSlopes(Span<EncodedPass> passes, double weight)
    {
        int count = 0;
        for (int i = 0; i < passes.Length; i++)
        {
            passes[i].Distortion *= weight;
            passes[i].Slope = 0;
            while (true)
            {
                var (length, distortion) = count == 0 ? (0, 0.0) : (passes[_hull[count - 1]].Length, passes[_hull[count - 1]].Distortion);
                double gain = passes[i].Distortion - distortion;
                if (gain <= 0) break;
                int bytes = passes[i].Length - length;
                double slope = bytes == 0 ? double.PositiveInfinity : gain / bytes;
                if (count > 0 && slope >= passes[_hull[count - 1]].Slope)
                {
                    passes[_hull[--count]].Slope = 0;
                    continue;
                }
                passes[i].Slope = (float)Math.Min(slope, float.MaxValue);
                _hull[count++] = i;
                break;
            }
        }
    }
}
