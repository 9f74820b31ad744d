namespace Isocenter.Codecs.JpegXl;

/// <summary>Decodes the samples of one channel (ISO/IEC 18181-1 §H.3): the tree looks at what is around and names predictor and
/// context; what is coded is the difference.</summary>
internal sealed class ModularChannelDecoder
{
    private const int FirstOfOthers = 16, PropertiesOfOther = 4, LargestError = 15;

    private readonly ModularChannel _channel;
    private readonly MaTree.Node[] _nodes;
    private readonly ModularChannel?[] _others;
    private readonly WeightedPredictor? _weighted;

    /// <param name="image">With the channels before, which the tree may look at.</param>
    /// <param name="index">Of the channel.</param>
    /// <param name="nodes">The tree, for this channel.</param>
    public ModularChannelDecoder(ModularImage image, int index, MaTree.Node[] nodes)
    {
        _channel = image.Channels[index];
        _nodes = nodes;
        int most = 0;
        bool isWeighted = false;
        foreach (var node in nodes)
        {
            most = Math.Max(most, node.Property);
            isWeighted |= node.Property == LargestError || node.Property < 0 && node.Predictor == Prediction.Weighted;
        }
        if (isWeighted) _weighted = new WeightedPredictor(image.Weights, _channel.Width);
        _others = new ModularChannel?[most < FirstOfOthers ? 0 : (most - FirstOfOthers) / PropertiesOfOther + 1];
        for (int i = index - 1, found = 0; i >= 0 && found < _others.Length; i--)
        {
            if (image.Channels[i].IsAlike(_channel)) _others[found++] = image.Channels[i];
        }
    }

    /// <summary>Fills the channel.</summary>
    public void Decode(ref BitReader bits, EntropyDecoder decoder, int copyWidth, CancellationToken cancel)
    {
        var samples = _channel.Samples;
        int width = _channel.Width;
        for (int y = 0; y < _channel.Height; y++)
        {
            cancel.ThrowIfCancellationRequested();
            int gradient = 0;
            for (int x = 0; x < width; x++)
            {
                var around = new Prediction(samples, width, x, y);
                int weighted = _weighted?.Predict(around, x, y) ?? 0;
                ref readonly var leaf = ref _nodes[0];
                while (leaf.Property >= 0) leaf = ref _nodes[Property(leaf.Property, around, gradient, x, y) > leaf.Value ? leaf.Above : leaf.Above + 1];
                gradient = unchecked(around.W + around.N - around.NW);
                int difference = unchecked(MaTree.Signed(decoder.Read(ref bits, leaf.Context, copyWidth)) * leaf.Factor + leaf.Offset);
                int value = unchecked((leaf.Predictor == Prediction.Weighted ? weighted : around.Of(leaf.Predictor)) + difference);
                samples[y * width + x] = value;
                _weighted?.Correct(value, x, y);
            }
        }
    }

    /// <summary>What the tree asks for (§H.4.1).</summary>
    private int Property(int property, in Prediction around, int gradientBefore, int x, int y)
    {
        unchecked
        {
            switch (property)
            {
                case 2: return y;
                case 3: return x;
                case 4: return around.N == int.MinValue ? int.MaxValue : Math.Abs(around.N);
                case 5: return around.W == int.MinValue ? int.MaxValue : Math.Abs(around.W);
                case 6: return around.N;
                case 7: return around.W;
                case 8: return around.W - gradientBefore;
                case 9: return around.W + around.N - around.NW;
                case 10: return around.W - around.NW;
                case 11: return around.NW - around.N;
                case 12: return around.N - around.NE;
                case 13: return around.N - around.NN;
                case 14: return around.W - around.WW;
                case LargestError: return _weighted!.LargestError;
                default: return OfOther(property - FirstOfOthers, x, y);
            }
        }
    }

    /// <summary>The same place in an earlier channel, nearest first: its sample, and how far that is from its gradient; absolute and signed.</summary>
    private int OfOther(int property, int x, int y)
    {
        if (_others[property / PropertiesOfOther] is not { } other) return 0;
        int width = other.Width, at = y * width + x;
        var samples = other.Samples;
        long value = samples[at];
        if ((property & 2) != 0)
        {
            int w = x > 0 ? samples[at - 1] : 0, n = y > 0 ? samples[at - width] : w, nw = x > 0 && y > 0 ? samples[at - width - 1] : w;
            value -= Prediction.Gradient(w, n, nw);
        }
        return unchecked((int)((property & 1) == 0 ? Math.Abs(value) : value));
    }
}
