using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Decides how many passes of each code-block go into each layer: those that take away most error for their bytes,
/// wherever in the image they are (ISO/IEC 15444-1 §J.13).</summary>
/// <param name="plan">The plan.</param>
/// <param name="blocks">All blocks of the image by <see cref="EncodedBlock.Index"/>.</param>
/// <param name="measure">How long the code stream is with the given passes, up to and with a layer.</param>
internal sealed class RateAllocation(EncodePlan plan, EncodedBlock[] blocks, Func<ushort[], int, long> measure)
{
    private readonly int _layers = plan.Parameters.Layers;
    private readonly ushort[] _passes = new ushort[blocks.Length * plan.Parameters.Layers];

    /// <summary>The passes of each block up to each layer.</summary>
    public ushort[] Passes => _passes;

    /// <summary>The last layer does not use up the bytes it may have.</summary>
    public bool HasRoom { get; private set; }

    /// <summary>The least squared error that a byte of the last layer takes away; 0 when it has everything.</summary>
    public float LeastSlope { get; private set; }

    /// <summary>Everything into all layers.</summary>
    public void TakeAll()
    {
        for (int layer = 0; layer < _layers; layer++) TakeAll(layer);
    }

    /// <summary>Fills layers up to a number of bytes of code stream each.</summary>
    public void ByLength(IReadOnlyList<double> lengths)
    {
        for (int layer = 0; layer < _layers; layer++)
        {
            if (double.IsPositiveInfinity(lengths[layer])) TakeAll(layer);
            else Fill(layer, (long)lengths[layer]);
        }
    }

    /// <summary>Fills layers up to what squared error they may leave.</summary>
    /// <param name="errors">For each layer.</param>
    /// <param name="energy">The error when nothing is decoded.</param>
    public void ByError(IReadOnlyList<double> errors, double energy)
    {
        for (int layer = 0; layer < _layers; layer++)
        {
            if (errors[layer] <= 0)
            {
                TakeAll(layer);
                continue;
            }
            double wanted = energy - errors[layer];
            // Bits of a positive float are ordered as its value is.
            int low = 0, high = Unsafe.BitCast<float, int>(float.MaxValue);
            while (low < high)
            {
                int middle = low + (high - low + 1) / 2;
                if (Take(layer, Unsafe.BitCast<int, float>(middle)).Gain >= wanted) low = middle;
                else high = middle - 1;
            }
            Take(layer, Unsafe.BitCast<int, float>(low));
        }
    }

    /// <summary>The slope at which the bytes of all blocks, times <paramref name="scale"/>, come down to a length.</summary>
    public float SlopeFor(double length, double scale)
    {
        int low = 0, high = Unsafe.BitCast<float, int>(float.MaxValue);
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (Take(0, Unsafe.BitCast<int, float>(middle)).Bytes * scale <= length) high = middle;
            else low = middle + 1;
        }
        return Unsafe.BitCast<int, float>(low);
    }

    private void TakeAll(int layer)
    {
        for (int i = 0; i < blocks.Length; i++) _passes[i * _layers + layer] = (ushort)blocks[i].PassCount;
    }

    private void Fill(int layer, long length)
    {
        TakeAll(layer);
        long total = measure(_passes, layer);
        if (total <= length)
        {
            HasRoom = layer == _layers - 1 && total < length * 0.98;
            return;
        }

        long overhead = total - Bytes(layer);
        float best = float.MaxValue;
        long bestTotal = -1;
        for (int round = 0; round < 8; round++)
        {
            float slope = SlopeWithin(layer, length - overhead);
            long bytes = Take(layer, slope).Bytes;
            total = measure(_passes, layer);
            if (total <= length && total > bestTotal) (best, bestTotal) = (slope, total);
            if (total <= length && total >= length - length / 500) break;
            if (total - bytes == overhead) break;
            overhead = total - bytes;
        }
        if (bestTotal < 0)
        {
            // The headers alone swing too much: step down until all fits.
            for (long less = 1; bestTotal < 0 && less < 2 * length; less *= 2)
            {
                best = SlopeWithin(layer, length - overhead - less);
                Take(layer, best);
                total = measure(_passes, layer);
                if (total <= length) bestTotal = total;
            }
        }
        Take(layer, best);
        LeastSlope = best;
        if (bestTotal >= 0) UseUp(layer, length, bestTotal);
    }

    // The smallest slope with at most so many bytes.
    private float SlopeWithin(int layer, long bytes)
    {
        int low = 0, high = Unsafe.BitCast<float, int>(float.MaxValue);
        while (low < high)
        {
            int middle = low + (high - low) / 2;
            if (Take(layer, Unsafe.BitCast<int, float>(middle)).Bytes <= bytes) high = middle;
            else low = middle + 1;
        }
        return Unsafe.BitCast<int, float>(low);
    }

    // Small images have few passes to choose from. What is left goes to the next passes, the best of them first, on the
    // hull or not.
    private void UseUp(int layer, long length, long total)
    {
        if (total >= length - length / 500) return;
        var next = new List<(double Slope, int Block)>();
        for (int i = 0; i < blocks.Length; i++)
        {
            int now = _passes[i * _layers + layer];
            if (now >= blocks[i].PassCount) continue;
            var all = blocks[i].AllPasses;
            var (from, gained) = now == 0 ? (0, 0.0) : (all[now - 1].Length, all[now - 1].Distortion);
            next.Add(((all[now].Distortion - gained) / Math.Max(1, all[now].Length - from), i));
        }
        next.Sort((a, b) => b.Slope.CompareTo(a.Slope));
        int tries = 16;
        foreach (var (_, i) in next)
        {
            ref ushort passes = ref _passes[i * _layers + layer];
            ushort before = passes;
            long left = length - total;
            int most = before;
            while (most < blocks[i].PassCount && blocks[i].LengthAfter(most + 1) - blocks[i].LengthAfter(before) <= left) most++;
            // The longest that fits with its header.
            for (; most > before; most--)
            {
                passes = (ushort)most;
                long with = measure(_passes, layer);
                if (with <= length)
                {
                    total = with;
                    break;
                }
                if (--tries == 0) break;
            }
            if (most == before || tries == 0) passes = most > before && tries > 0 ? passes : before;
            if (tries <= 0 || total >= length - length / 500) return;
            tries--;
        }
    }

    private long Bytes(int layer)
    {
        long bytes = 0;
        for (int i = 0; i < blocks.Length; i++) bytes += blocks[i].LengthAfter(_passes[i * _layers + layer]);
        return bytes;
    }

    // The passes whose slope is at least this, and those of the layer before.
    private (long Bytes, double Gain) Take(int layer, float slope)
    {
        long bytes = 0;
        double gain = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            var all = blocks[i].AllPasses;
            int least = layer == 0 ? 0 : _passes[i * _layers + layer - 1], count = all.Length;
            while (count > least && (all[count - 1].Slope < slope || all[count - 1].Slope <= 0)) count--;
            _passes[i * _layers + layer] = (ushort)count;
            if (count == 0) continue;
            bytes += all[count - 1].Length;
            gain += all[count - 1].Distortion;
        }
        return (bytes, gain);
    }
}
