namespace Isocenter.Imaging;

/// <summary>Draws lines, areas and texts into a picture, in white unless told otherwise; texts with a border, so that they are seen on
/// any ground.</summary>
internal sealed class Canvas(Picture picture)
{
    private const ushort Dark = 0x4000;

    /// <summary>What is drawn in.</summary>
    public LayerInk Ink { get; set; } = LayerInk.White;

    /// <summary>Line from one place to another; places are in pixels from the left upper corner.</summary>
    public void Line((double X, double Y) from, (double X, double Y) to)
    {
        if (!ClipTo(ref from, ref to)) return;
        double steps = Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        int count = (int)Math.Ceiling(steps);
        for (int i = 0; i <= count; i++)
        {
            double t = count == 0 ? 0 : (double)i / count;
            Dot((int)Math.Floor(from.X + (to.X - from.X) * t), (int)Math.Floor(from.Y + (to.Y - from.Y) * t), isBorder: false);
        }
    }

    /// <summary>Lines from each place to the next.</summary>
    public void Polyline(IReadOnlyList<(double X, double Y)> places)
    {
        if (places.Count == 1) Line(places[0], places[0]);
        for (int i = 1; i < places.Count; i++) Line(places[i - 1], places[i]);
    }

    /// <summary>The area inside a closed line.</summary>
    public void Fill(IReadOnlyList<(double X, double Y)> places)
    {
        var crossings = new List<double>();
        for (int y = 0; y < picture.Height; y++)
        {
            crossings.Clear();
            double middle = y + 0.5;
            for (int i = 0; i < places.Count; i++)
            {
                var (a, b) = (places[i], places[(i + 1) % places.Count]);
                if (a.Y <= middle != b.Y <= middle) crossings.Add(a.X + (middle - a.Y) / (b.Y - a.Y) * (b.X - a.X));
            }
            crossings.Sort();
            for (int i = 0; i + 1 < crossings.Count; i += 2)
            {
                int to = (int)Math.Clamp(Math.Ceiling(crossings[i + 1] - 0.5), 0, picture.Width);
                for (int x = (int)Math.Clamp(Math.Ceiling(crossings[i] - 0.5), 0, picture.Width); x < to; x++) Dot(x, y, isBorder: false);
            }
        }
    }

    /// <summary>Writes lines of letters.</summary>
    /// <param name="lines">From <see cref="DotFont.Lines"/>.</param>
    /// <param name="left">Of the first letter.</param>
    /// <param name="top">Of the first line.</param>
    /// <param name="size">Pixels of a dot, at least 1.</param>
    public void Text(string[] lines, int left, int top, int size)
    {
        foreach (bool isBorder in new[] { true, false })
        {
            for (int line = 0; line < lines.Length; line++)
            {
                for (int i = 0; i < lines[line].Length; i++)
                    Letter(lines[line][i], left + i * DotFont.Advance * size, top + line * DotFont.LineHeight * size, size, isBorder);
            }
        }
    }

    private void Letter(char letter, int left, int top, int size, bool isBorder)
    {
        // What lies outside is not even looked at: a text may be long.
        if (left > picture.Width || left + DotFont.Advance * size < 0 || top > picture.Height || top + DotFont.LineHeight * size < 0) return;
        int border = isBorder ? 1 : 0;
        for (int y = 0; y < DotFont.Height; y++)
        {
            for (int x = 0; x < DotFont.Width; x++)
            {
                if (!DotFont.IsSet(letter, x, y)) continue;
                for (int dy = -border; dy < size + border; dy++)
                {
                    for (int dx = -border; dx < size + border; dx++) Dot(left + x * size + dx, top + y * size + dy, isBorder);
                }
            }
        }
    }

    private void Dot(int x, int y, bool isBorder)
    {
        if ((uint)x >= (uint)picture.Width || (uint)y >= (uint)picture.Height) return;
        int bytes = picture.BitDepth / 8, at = (y * picture.Width + x) * picture.Channels * bytes;
        for (int c = 0; c < picture.Channels; c++, at += bytes)
        {
            int value = isBorder ? (Ink.Grey < Dark ? 65535 : 0) >> (16 - picture.BitDepth) : Ink.Of(c, picture.Channels, picture.BitDepth);
            if (bytes == 2) (picture.Pixels[at], picture.Pixels[at + 1]) = ((byte)(value >> 8), (byte)value);
            else picture.Pixels[at] = (byte)value;
        }
    }

    /// <summary>Cuts a line to the picture and a little around it: places from outside may be anywhere (Liang and Barsky).</summary>
    private bool ClipTo(ref (double X, double Y) from, ref (double X, double Y) to)
    {
        if (!double.IsFinite(from.X + from.Y + to.X + to.Y)) return false;
        double first = 0, last = 1, dx = to.X - from.X, dy = to.Y - from.Y;
        foreach (var (p, q) in new[] { (-dx, from.X + 1), (dx, picture.Width + 1 - from.X), (-dy, from.Y + 1), (dy, picture.Height + 1 - from.Y) })
        {
            if (p == 0)
            {
                if (q < 0) return false;
                continue;
            }
            double t = q / p;
            if (p < 0) first = Math.Max(first, t);
            else last = Math.Min(last, t);
        }
        if (first > last) return false;
        (from, to) = ((from.X + dx * first, from.Y + dy * first), (from.X + dx * last, from.Y + dy * last));
        return true;
    }
}
