using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Small pictures of what has no pixels: waveforms as curves, structure sets as contours, anything with words as a
/// page. To be recognised in a list, not to be read from.</summary>
public static class ObjectPicture
{
    private const int MaxChannels = 12, MaxPoints = 1 << 17, Margin = 6;
    private const long MaxWaveformBytes = 64L << 20;

    /// <summary>Draws a waveform or a structure set.</summary>
    /// <param name="dataSet">The object.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>Null: it is neither, or holds nothing to draw.</returns>
    public static Picture? Draw(DataSet dataSet, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        return DrawWaveform(dataSet, width, height) ?? DrawContours(dataSet, width, height);
    }

    /// <summary>Writes a page: a title, a line below it, then the text as far as it goes.</summary>
    /// <param name="title">What it is.</param>
    /// <param name="text">What stands in it; may be empty.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static Picture Page(string title, string text, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(text);
        var picture = Empty(width, height);
        var canvas = new Canvas(picture);
        int size = Math.Max(1, Math.Min(width, height) / 200), letters = Math.Max(1, (width - 2 * Margin) / (DotFont.Advance * size));
        int top = Margin;
        string[] head = Wrapped(title, letters, 3);
        canvas.Text(head, Margin, top, size);
        top += head.Length * DotFont.LineHeight * size + 2 * size;
        canvas.Line((Margin, top), (width - Margin, top));
        top += 4 * size;
        canvas.Text(Wrapped(text, letters, Math.Max(0, (height - top) / (DotFont.LineHeight * size))), Margin, top, size);
        return picture;
    }

    private static Picture Empty(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return new Picture(width, height, 1, new byte[checked(width * height)]);
    }

    private static string[] Wrapped(string text, int letters, int most)
    {
        var lines = new List<string>();
        foreach (string line in DotFont.Lines(text.Length > 8192 ? text[..8192] : text))
        {
            for (int at = 0; lines.Count < most && (at < line.Length || at == 0);)
            {
                int length = Math.Min(letters, line.Length - at);
                // Between words where there is a gap in the second half of the line.
                if (at + length < line.Length && line.LastIndexOf(' ', at + length, length / 2) is > 0 and var gap) length = gap - at;
                lines.Add(line.Substring(at, length));
                at += length;
                while (at < line.Length && line[at] == ' ') at++;
                if (length == 0) break;
            }
        }
        return [.. lines];
    }

    /// <summary>The first multiplex group (PS3.3 §C.10.9), a lane for each channel.</summary>
    private static Picture? DrawWaveform(DataSet dataSet, int width, int height)
    {
        if (!dataSet.TryGet(Tags.WaveformSequence, out DataSet? group) || !group.TryFind(Tags.WaveformData, out var data) || data.IsSequence) return null;
        int channels = group.Get(Tags.NumberOfWaveformChannels, (ushort)0), bits = group.Get(Tags.WaveformBitsAllocated, (ushort)0);
        if (channels == 0 || bits is not (8 or 16) || data.Length is 0 or > MaxWaveformBytes) return null;
        int step = channels * bits / 8, samples = (int)Math.Min(data.Length / step, group.Get(Tags.NumberOfWaveformSamples, uint.MaxValue));
        if (samples < 2) return null;
        var bytes = data.Bytes;
        string interpretation = group.Get(Tags.WaveformSampleInterpretation, "SS");
        var picture = Empty(width, height);
        var canvas = new Canvas(picture);
        int lanes = Math.Min(channels, MaxChannels);
        for (int channel = 0; channel < lanes; channel++)
        {
            int offset = channel * bits / 8;
            double Sample(int index) => Value(bytes.Span[(index * step + offset)..], bits, interpretation, dataSet.IsBigEndian);
            double low = double.MaxValue, high = double.MinValue;
            for (int i = 0; i < samples; i++) (low, high) = (Math.Min(low, Sample(i)), Math.Max(high, Sample(i)));
            double lane = (height - 2.0 * Margin) / lanes, top = Margin + channel * lane, scale = high > low ? (lane - 2) / (high - low) : 0;
            var curve = new List<(double, double)>();
            for (int x = Margin; x < width - Margin; x++)
            {
                // Both extremes of what falls onto one column: peaks are what an ECG is about.
                int from = (int)((long)(x - Margin) * samples / (width - 2 * Margin)), to = Math.Max(from + 1, (int)((long)(x + 1 - Margin) * samples / (width - 2 * Margin)));
                double least = double.MaxValue, most = double.MinValue;
                for (int i = from; i < to && i < samples; i++) (least, most) = (Math.Min(least, Sample(i)), Math.Max(most, Sample(i)));
                curve.Add((x, top + (high - most) * scale));
                if (least < most) curve.Add((x, top + (high - least) * scale));
            }
            canvas.Polyline(curve);
        }
        return picture;
    }

    private static double Value(ReadOnlySpan<byte> bytes, int bits, string interpretation, bool isBigEndian)
    {
        if (bits == 8) return interpretation == "SB" ? (sbyte)bytes[0] : bytes[0];
        ushort word = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return interpretation == "US" ? word : (short)word;
    }

    /// <summary>The contours (PS3.3 §C.8.8.6) of the plane that has most of them.</summary>
    private static Picture? DrawContours(DataSet dataSet, int width, int height)
    {
        var planes = new Dictionary<double, List<(double X, double Y)[]>>();
        int left = MaxPoints;
        foreach (var roi in PresentationState.Items(dataSet, Tags.ROIContourSequence))
        {
            foreach (var contour in PresentationState.Items(roi, Tags.ContourSequence))
            {
                var numbers = contour.GetAll<double>(Tags.ContourData);
                if (numbers.Count < 9 || (left -= numbers.Count / 3) < 0) continue;
                var points = new (double X, double Y)[numbers.Count / 3 + 1];
                for (int i = 0; i + 1 < points.Length; i++) points[i] = (numbers[3 * i], numbers[3 * i + 1]);
                points[^1] = points[0];
                double z = Math.Round(numbers[2], 1);
                if (!planes.TryGetValue(z, out var plane)) planes.Add(z, plane = []);
                plane.Add(points);
            }
        }
        if (planes.Count == 0) return null;
        int most = planes.Values.Max(plane => plane.Count);
        double[] full = [.. planes.Where(plane => plane.Value.Count == most).Select(plane => plane.Key).Order()];
        var shown = planes[full[full.Length / 2]];
        double x0 = shown.Min(c => c.Min(p => p.X)), x1 = shown.Max(c => c.Max(p => p.X)), y0 = shown.Min(c => c.Min(p => p.Y)), y1 = shown.Max(c => c.Max(p => p.Y));
        double scale = Math.Min((width - 2 * Margin) / Math.Max(x1 - x0, 1e-3), (height - 2 * Margin) / Math.Max(y1 - y0, 1e-3));
        if (!double.IsFinite(scale)) return null;
        double dx = (width - (x1 - x0) * scale) / 2, dy = (height - (y1 - y0) * scale) / 2;
        var picture = Empty(width, height);
        var canvas = new Canvas(picture);
        foreach (var contour in shown) canvas.Polyline(Array.ConvertAll(contour, p => (dx + (p.X - x0) * scale, dy + (p.Y - y0) * scale)));
        return picture;
    }
}
