namespace Isocenter.Codecs.JpegXl;

/// <summary>Channels as averages of neighbours and differences, again and again: a pyramid (ISO/IEC 18181-1 §H.6.3).</summary>
internal sealed class SqueezeStep : ModularTransform
{
    /// <summary>Down to here the default goes.</summary>
    private const int SmallestSide = 8;

    private const int MaxShift = 30;

    private readonly List<Step> _steps;

    private record struct Step(bool IsHorizontal, bool IsInPlace, int First, int Count);

    private SqueezeStep(List<Step> steps) => _steps = steps;

    public static SqueezeStep Read(ref BitReader bits)
    {
        int count = (int)bits.Choose(0, 0, 1, 4, 9, 6, 41, 8);
        var steps = new List<Step>(count);
        for (int i = 0; i < count; i++)
            steps.Add(new Step(bits.Flag(), bits.Flag(), ReadFirst(ref bits), (int)bits.Choose(1, 0, 2, 0, 3, 0, 4, 4)));
        return new SqueezeStep(steps);
    }

    public override bool TryApply(ModularImage image)
    {
        if (_steps.Count == 0) AddDefaults(image);
        foreach (var step in _steps)
        {
            if (!TryApply(image, step)) return false;
        }
        return true;
    }

    private static bool TryApply(ModularImage image, Step step)
    {
        var channels = image.Channels;
        int end = step.First + step.Count;
        if (end > channels.Count || channels.Count + step.Count > ModularImage.MaxChannels) return false;
        if (step.First < image.MetaCount)
        {
            if (end > image.MetaCount || !step.IsInPlace) return false;
            image.MetaCount += step.Count;
        }
        var differences = new ModularChannel[step.Count];
        for (int c = step.First; c < end; c++)
        {
            var (width, height, shiftX, shiftY) = (channels[c].Width, channels[c].Height, channels[c].ShiftX, channels[c].ShiftY);
            if (shiftX > MaxShift || shiftY > MaxShift) return false;
            if (step.IsHorizontal)
            {
                channels[c] = new ModularChannel((width + 1) / 2, height, shiftX + 1, shiftY);
                differences[c - step.First] = new ModularChannel(width / 2, height, shiftX + 1, shiftY);
            }
            else
            {
                channels[c] = new ModularChannel(width, (height + 1) / 2, shiftX, shiftY + 1);
                differences[c - step.First] = new ModularChannel(width, height / 2, shiftX, shiftY + 1);
            }
        }
        channels.InsertRange(step.IsInPlace ? end : channels.Count, differences);
        return true;
    }

    /// <summary>Without steps of its own: chroma once each way, then all until they are small, the longer side first.</summary>
    private void AddDefaults(ModularImage image)
    {
        var channels = image.Channels;
        int first = image.MetaCount, count = channels.Count - first;
        if (count <= 0) return;
        int width = channels[first].Width, height = channels[first].Height;
        if (count > 2 && channels[first + 1].Width == width && channels[first + 1].Height == height)
        {
            _steps.Add(new Step(true, false, first + 1, 2));
            _steps.Add(new Step(false, false, first + 1, 2));
        }
        bool isHorizontal = width > height;
        while (width > SmallestSide || height > SmallestSide)
        {
            if (isHorizontal && width > SmallestSide)
            {
                _steps.Add(new Step(true, true, first, count));
                width = (width + 1) / 2;
            }
            else if (!isHorizontal && height > SmallestSide)
            {
                _steps.Add(new Step(false, true, first, count));
                height = (height + 1) / 2;
            }
            isHorizontal = !isHorizontal;
        }
    }

    public override void Undo(ModularImage image, CancellationToken cancel)
    {
        var channels = image.Channels;
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            var step = _steps[i];
            int differences = step.IsInPlace ? step.First + step.Count : channels.Count - step.Count;
            if (step.First < image.MetaCount) image.MetaCount -= step.Count;
            for (int c = 0; c < step.Count; c++)
            {
                cancel.ThrowIfCancellationRequested();
                var (average, difference) = (channels[step.First + c], channels[differences + c]);
                channels[step.First + c] = step.IsHorizontal ? UndoHorizontal(average, difference) : UndoVertical(average, difference);
            }
            channels.RemoveRange(differences, step.Count);
        }
    }

    private static ModularChannel UndoHorizontal(ModularChannel average, ModularChannel difference)
    {
        var whole = new ModularChannel(average.Width + difference.Width, average.Height, average.ShiftX - 1, average.ShiftY);
        for (int y = 0; y < whole.Height && whole.Width > 0; y++)
        {
            Span<int> averages = average.Row(y), differences = difference.IsEmpty ? default : difference.Row(y), row = whole.Row(y);
            for (int x = 0; x < differences.Length; x++)
            {
                int here = averages[x], next = x + 1 < averages.Length ? averages[x + 1] : here, before = x > 0 ? row[2 * x - 1] : here;
                (row[2 * x], row[2 * x + 1]) = Pair(before, here, next, differences[x]);
            }
            if ((row.Length & 1) != 0) row[^1] = averages[^1];
        }
        return whole;
    }

    private static ModularChannel UndoVertical(ModularChannel average, ModularChannel difference)
    {
        var whole = new ModularChannel(average.Width, average.Height + difference.Height, average.ShiftX, average.ShiftY - 1);
        if (whole.IsEmpty) return whole;
        for (int y = 0; y < difference.Height; y++)
        {
            Span<int> averages = average.Row(y), following = average.Row(y + 1 < average.Height ? y + 1 : y), differences = difference.Row(y);
            Span<int> above = y > 0 ? whole.Row(2 * y - 1) : averages, upper = whole.Row(2 * y), lower = whole.Row(2 * y + 1);
            for (int x = 0; x < averages.Length; x++)
                (upper[x], lower[x]) = Pair(above[x], averages[x], following[x], differences[x]);
        }
        if ((whole.Height & 1) != 0) average.Row(average.Height - 1).CopyTo(whole.Row(whole.Height - 1));
        return whole;
    }

    /// <summary>The two whose average and difference from the tendency are known.</summary>
    private static (int First, int Second) Pair(int before, int average, int next, int difference)
    {
        long whole = difference + Tendency(before, average, next), first = average + whole / 2;
        return unchecked(((int)first, (int)(first - whole)));
    }

    /// <summary>How much a pair falls when all around it falls or rises; nothing at a turn.</summary>
    private static long Tendency(long before, long average, long next)
    {
        if (before >= average && average >= next)
        {
            long fall = (4 * before - 3 * next - average + 6) / 12;
            if (fall - (fall & 1) > 2 * (before - average)) fall = 2 * (before - average) + 1;
            if (fall + (fall & 1) > 2 * (average - next)) fall = 2 * (average - next);
            return fall;
        }
        if (before <= average && average <= next)
        {
            long rise = (4 * before - 3 * next - average - 6) / 12;
            if (rise + (rise & 1) < 2 * (before - average)) rise = 2 * (before - average) - 1;
            if (rise - (rise & 1) < 2 * (average - next)) rise = 2 * (average - next);
            return rise;
        }
        return 0;
    }

    public override string ToString() => "squeeze";
}
