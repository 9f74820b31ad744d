using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>What covers the parts of a frame that shall not be seen: rectangle, circle, polygon (PS3.3 §C.7.6.11), or an
/// overlay plane (§C.7.6.15). Several cover together.</summary>
internal sealed class Shutter
{
    private readonly (int Left, int Right, int Top, int Bottom)? _rectangle;
    private readonly (int Row, int Column, int Radius)? _circle;
    private readonly (int Row, int Column)[] _polygon = [];

    private Shutter(DataSet dataSet, IReadOnlyList<string> shapes)
    {
        if (shapes.Contains("RECTANGULAR"))
        {
            _rectangle = (dataSet.Get(Tags.ShutterLeftVerticalEdge, int.MinValue), dataSet.Get(Tags.ShutterRightVerticalEdge, int.MaxValue),
                dataSet.Get(Tags.ShutterUpperHorizontalEdge, int.MinValue), dataSet.Get(Tags.ShutterLowerHorizontalEdge, int.MaxValue));
        }
        var center = dataSet.GetAll<int>(Tags.CenterOfCircularShutter);
        if (shapes.Contains("CIRCULAR") && center.Count == 2 && dataSet.TryGet(Tags.RadiusOfCircularShutter, out int radius))
            _circle = (center[0], center[1], radius);
        var vertices = dataSet.GetAll<int>(Tags.VerticesOfThePolygonalShutter);
        if (shapes.Contains("POLYGONAL") && vertices.Count >= 6)
            _polygon = [.. Enumerable.Range(0, vertices.Count / 2).Select(i => (vertices[2 * i], vertices[2 * i + 1]))];
    }

    /// <summary>The shutter of an image or a presentation state; null when there is none.</summary>
    public static Shutter? Of(DataSet dataSet)
    {
        var shapes = dataSet.GetAll<string>(Tags.ShutterShape);
        if (shapes.Count == 0) return null;
        var shutter = new Shutter(dataSet, shapes);
        return shutter._rectangle is null && shutter._circle is null && shutter._polygon.Length == 0 ? null : shutter;
    }

    /// <summary>Covers what of one row is to be covered: what lies outside, so that the edges themselves are seen, of each of the
    /// shapes.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="line">The values of the row.</param>
    /// <param name="channels">Values of a pixel.</param>
    /// <param name="value">What they become.</param>
    public void Cover(int row, Span<ushort> line, int channels, ushort value)
    {
        int columns = line.Length / channels, y = row + 1;       // the standard counts from 1
        var crossings = Crossings(y);
        for (int x = 1; x <= columns; x++)
        {
            if (!IsOpen(x, y, crossings)) line.Slice((x - 1) * channels, channels).Fill(value);
        }
    }

    private bool IsOpen(int x, int y, List<double> crossings)
    {
        if (_rectangle is { } r && !(x >= r.Left && x <= r.Right && y >= r.Top && y <= r.Bottom)) return false;
        if (_circle is { } c)
        {
            long dx = x - c.Column, dy = y - c.Row;
            if (dx * dx + dy * dy > (long)c.Radius * c.Radius) return false;
        }
        if (_polygon.Length == 0) return true;
        bool inside = false;
        foreach (double crossing in crossings) inside ^= crossing <= x;
        return inside || IsOnEdge(x, y);
    }

    private bool IsOnEdge(int x, int y)
    {
        for (int i = 0; i < _polygon.Length; i++)
        {
            var (y1, x1) = _polygon[i];
            var (y2, x2) = _polygon[(i + 1) % _polygon.Length];
            if (x >= Math.Min(x1, x2) && x <= Math.Max(x1, x2) && y >= Math.Min(y1, y2) && y <= Math.Max(y1, y2)
                && ((long)x - x1) * ((long)y2 - y1) == ((long)y - y1) * ((long)x2 - x1)) return true;
        }
        return false;
    }

    /// <summary>Where the edges of the polygon cross the middle of a row.</summary>
    private List<double> Crossings(int y)
    {
        var crossings = new List<double>();
        for (int i = 0; i < _polygon.Length; i++)
        {
            var (y1, x1) = _polygon[i];
            var (y2, x2) = _polygon[(i + 1) % _polygon.Length];
            if (y1 <= y != y2 <= y) crossings.Add(x1 + (double)(y - y1) / (y2 - y1) * (x2 - (double)x1));
        }
        return crossings;
    }
}
