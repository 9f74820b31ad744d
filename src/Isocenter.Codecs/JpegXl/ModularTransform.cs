namespace Isocenter.Codecs.JpegXl;

/// <summary>A step that was taken before the channels were coded, and is taken back after (ISO/IEC 18181-1 §H.6).</summary>
internal abstract class ModularTransform
{
    /// <summary>Bits with which the first channel of a transform is read.</summary>
    protected static int ReadFirst(ref BitReader bits) => (int)bits.Choose(0, 3, 8, 6, 72, 10, 1096, 13);

    /// <summary>Reads the transforms of a stream, and lets each change the list of channels.</summary>
    public static List<ModularTransform> ReadAll(ref BitReader bits, ModularImage image)
    {
        int count = (int)bits.Choose(0, 0, 1, 0, 2, 4, 18, 8);
        var all = new List<ModularTransform>(count);
        for (int i = 0; i < count; i++)
        {
            ModularTransform transform = bits.Read(2) switch
            {
                0 => ColourTransformStep.Read(ref bits),
                1 => PaletteStep.Read(ref bits),
                2 => SqueezeStep.Read(ref bits),
                _ => throw bits.Invalid("there is no transform 3"),
            };
            if (!transform.TryApply(image)) throw bits.Invalid($"a transform ({transform}) does not fit the channels");
            all.Add(transform);
        }
        return all;
    }

    /// <summary>What the step made of the channels: their number and sizes.</summary>
    /// <returns>False: it cannot have been taken.</returns>
    public abstract bool TryApply(ModularImage image);

    /// <summary>Takes it back.</summary>
    public abstract void Undo(ModularImage image, CancellationToken cancel);
}

/// <summary>Three channels as sums and differences, and in another order (§H.6.2).</summary>
internal sealed class ColourTransformStep : ModularTransform
{
    private readonly int _first, _order, _kind;

    private ColourTransformStep(int first, int type) => (_first, _order, _kind) = (first, type / 7, type % 7);

    public static ColourTransformStep Read(ref BitReader bits)
    {
        int first = ReadFirst(ref bits), type = (int)bits.Choose(6, 0, 0, 2, 2, 4, 10, 6);
        return type < 42 ? new ColourTransformStep(first, type) : throw bits.Invalid($"there is no colour transform {type}");
    }

    public override bool TryApply(ModularImage image)
    {
        var channels = image.Channels;
        return _first + 3 <= channels.Count && (_first >= image.MetaCount || _first + 3 <= image.MetaCount)
            && channels[_first].IsAlike(channels[_first + 1]) && channels[_first].IsAlike(channels[_first + 2]);
    }

    public override void Undo(ModularImage image, CancellationToken cancel)
    {
        var (a, b, c) = (image.Channels[_first], image.Channels[_first + 1], image.Channels[_first + 2]);
        for (int y = 0; y < a.Height && _kind != 0; y++)
        {
            cancel.ThrowIfCancellationRequested();
            UndoRow(a.Row(y), b.Row(y), c.Row(y));
        }
        Span<int> places = _order switch { 0 => [0, 1, 2], 1 => [1, 2, 0], 2 => [2, 0, 1], 3 => [0, 2, 1], 4 => [1, 0, 2], _ => [2, 1, 0] };
        (image.Channels[_first + places[0]], image.Channels[_first + places[1]], image.Channels[_first + places[2]]) = (a, b, c);
    }

    private void UndoRow(Span<int> first, Span<int> second, Span<int> third)
    {
        second = second[..first.Length];
        third = third[..first.Length];
        for (int x = 0; x < first.Length; x++)
        {
            int a = first[x], b = second[x], c = third[x];
            if (_kind == 6)
            {
                // Luma, orange and green differences.
                int rest = a - (c >> 1), blue = rest - (b >> 1);
                (first[x], second[x], third[x]) = (blue + b, c + rest, blue);
                continue;
            }
            if ((_kind & 1) != 0) c += a;
            if (_kind >> 1 == 1) b += a;
            else if (_kind >> 1 == 2) b += (int)(((long)a + c) >> 1);
            (second[x], third[x]) = (b, c);
        }
    }

    public override string ToString() => "colours";
}
