namespace Isocenter.Codecs.JpegXl;

/// <summary>Several channels as one of indices into a palette, which becomes the first channel (ISO/IEC 18181-1 §H.6.4).</summary>
internal sealed class PaletteStep : ModularTransform
{
    /// <summary>Indices behind the palette mean colours of a cube of 4, then of 5 steps.</summary>
    private const int SmallCube = 4, LargeCube = 5, SmallColours = SmallCube * SmallCube * SmallCube;

    private readonly int _first, _count, _colours, _differences, _predictor;
    private WeightedParameters _weights;
    private int _bits;

    private PaletteStep(int first, int count, int colours, int differences, int predictor) =>
        (_first, _count, _colours, _differences, _predictor) = (first, count, colours, differences, predictor);

    public static PaletteStep Read(ref BitReader bits)
    {
        int first = ReadFirst(ref bits), count = (int)bits.Choose(1, 0, 3, 0, 4, 0, 1, 13);
        int colours = (int)bits.Choose(0, 8, 256, 10, 1280, 12, 5376, 16), differences = (int)bits.Choose(0, 0, 1, 8, 257, 10, 1281, 16);
        int predictor = (int)bits.Read(4);
        return predictor <= Prediction.Last ? new PaletteStep(first, count, colours, differences, predictor) : throw bits.Invalid($"there is no predictor {predictor}");
    }

    public override bool TryApply(ModularImage image)
    {
        var channels = image.Channels;
        if (_first + _count > channels.Count || _first < image.MetaCount && _first + _count > image.MetaCount) return false;
        var index = channels[_first];
        for (int i = 1; i < _count; i++)
        {
            if (!channels[_first + i].IsAlike(index)) return false;
        }
        image.MetaCount += _first < image.MetaCount ? 2 - _count : 1;
        channels.RemoveRange(_first + 1, _count - 1);
        channels.Insert(0, new ModularChannel(_colours + _differences, _count, -1, 0));
        (_weights, _bits) = (image.Weights, image.Bits);
        return true;
    }

    public override void Undo(ModularImage image, CancellationToken cancel)
    {
        var channels = image.Channels;
        var (palette, index) = (channels[0], channels[_first + 1]);
        var restored = new ModularChannel[_count];
        for (int c = 0; c < _count; c++)
        {
            restored[c] = new ModularChannel(index.Width, index.Height, index.ShiftX, index.ShiftY);
            if (!index.IsEmpty) Restore(restored[c], c, palette, index, cancel);
        }
        channels.RemoveAt(_first + 1);
        channels.InsertRange(_first + 1, restored);
        channels.RemoveAt(0);
        image.MetaCount = _first < image.MetaCount - 1 ? image.MetaCount + _count - 2 : image.MetaCount - 1;
    }

    private void Restore(ModularChannel restored, int channel, ModularChannel palette, ModularChannel index, CancellationToken cancel)
    {
        var weighted = _predictor == Prediction.Weighted && _differences > 0 ? new WeightedPredictor(_weights, index.Width) : null;
        var samples = restored.Samples;
        ReadOnlySpan<int> colours = palette.IsEmpty ? default : palette.Row(channel);
        for (int y = 0; y < index.Height; y++)
        {
            cancel.ThrowIfCancellationRequested();
            var indices = index.Row(y);
            var row = restored.Row(y);
            for (int x = 0; x < indices.Length; x++)
            {
                int value = Colour(colours, indices[x], channel);
                if (weighted is not null || indices[x] < _differences)
                {
                    var around = new Prediction(samples, index.Width, x, y);
                    int predicted = weighted?.Predict(around, x, y) ?? around.Of(_predictor);
                    if (indices[x] < _differences) value += predicted;
                }
                row[x] = value;
                weighted?.Correct(value, x, y);
            }
        }
    }

    /// <summary>The entry of the palette, or what an index outside it means.</summary>
    private int Colour(ReadOnlySpan<int> colours, int index, int channel)
    {
        if (index < 0) return Difference(index, channel);
        if (index < colours.Length) return colours[index];
        index -= colours.Length;
        bool isSmall = index < SmallColours;
        int steps = isSmall ? SmallCube : LargeCube;
        if (!isSmall) index -= SmallColours;
        for (int i = 0; i < channel && index > 0; i++) index /= steps;
        long most = (1L << _bits) - 1;
        return isSmall ? (int)(index % steps * most / steps) + (1 << Math.Max(0, _bits - 3)) : (int)(index % steps * most / (steps - 1));
    }

    /// <summary>Negative indices: a difference of the standard's own list, or its opposite.</summary>
    private int Difference(int index, int channel)
    {
        if (channel >= 3) return 0;
        int at = (int)(-(long)index - 1) % (2 * PaletteDifferences.Count - 1);
        int value = PaletteDifferences.Of((at + 1) >> 1, channel);
        if ((at & 1) == 0) value = -value;
        return _bits > 8 ? value << (Math.Min(_bits, 24) - 8) : value;
    }

    public override string ToString() => "palette";
}
