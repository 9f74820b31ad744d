using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Draws the graphics and texts of a presentation state (PS3.3 §C.10.5).</summary>
internal static class GraphicAnnotations
{
    private const int CurvePoints = 16, RoundPoints = 128;

    /// <summary>Most points of all graphics together: the work goes with points × rows of the picture.</summary>
    private const int MaxPoints = 1 << 16;

    /// <summary>Draws into a finished picture.</summary>
    /// <param name="state">Has them.</param>
    /// <param name="image">The image.</param>
    /// <param name="frameIndex">From 0.</param>
    /// <param name="picture">Is drawn into.</param>
    /// <param name="plan">Tells where a pixel of the image lies in it.</param>
    /// <exception cref="PixelDataException">There are more than 65536 points to draw.</exception>
    public static void Draw(PresentationState state, DataSet image, int frameIndex, Picture picture, PicturePlan plan)
    {
        var canvas = new Canvas(picture);
        int pointsLeft = MaxPoints;
        foreach (var annotation in state.AnnotationsOf(image, frameIndex))
        {
            var layer = state.InkOf(annotation.Get(Tags.GraphicLayer, ""));
            foreach (var graphic in PresentationState.Items(annotation, Tags.GraphicObjectSequence)) DrawGraphic(canvas, graphic, plan, layer, ref pointsLeft);
            foreach (var text in PresentationState.Items(annotation, Tags.TextObjectSequence))
            {
                canvas.Ink = PresentationState.InkOf(text, Tags.TextStyleSequence, Tags.TextColorCIELabValue, layer);
                DrawText(canvas, text, plan);
            }
        }
    }

    private static void DrawGraphic(Canvas canvas, DataSet graphic, PicturePlan plan, LayerInk layer, ref int pointsLeft)
    {
        var data = graphic.GetAll<float>(Tags.GraphicData);
        if (graphic.Get(Tags.GraphicDimensions, 2) != 2 || data.Count < 2) return;
        if (data.Count / 2 > pointsLeft) throw TooMany();
        var points = new (double X, double Y)[data.Count / 2];
        for (int i = 0; i < points.Length; i++) points[i] = (data[2 * i], data[2 * i + 1]);
        (double X, double Y)[] outline = graphic.Get(Tags.GraphicType, "") switch
        {
            "POINT" => [points[0]],
            "POLYLINE" => points,
            "INTERPOLATED" => Curve(points),
            "CIRCLE" when points.Length == 2 => Round(points[0], (points[1].X - points[0].X, points[1].Y - points[0].Y), null),
            "ELLIPSE" when points.Length == 4 => Ellipse(points),
            _ => [],
        };
        if (outline.Length == 0) return;
        if (outline.Length > pointsLeft) throw TooMany();
        pointsLeft -= outline.Length;
        bool inPixels = graphic.Get(Tags.GraphicAnnotationUnits, "PIXEL") != "DISPLAY";
        var places = Array.ConvertAll(outline, point => Place(point, inPixels, plan));
        canvas.Ink = PresentationState.InkOf(graphic, Tags.FillStyleSequence, Tags.PatternOnColorCIELabValue, layer);
        if (graphic.Get(Tags.GraphicFilled, "N") == "Y" && places.Length > 2) canvas.Fill(places);
        canvas.Ink = PresentationState.InkOf(graphic, Tags.LineStyleSequence, Tags.PatternOnColorCIELabValue, layer);
        canvas.Polyline(places);
    }

    private static PixelDataException TooMany() =>
        new(PixelDataProblem.TooLarge, $"the presentation state draws more than the limit of {MaxPoints} points");

    private static void DrawText(Canvas canvas, DataSet item, PicturePlan plan)
    {
        string[] lines = DotFont.Lines(item.Get(Tags.UnformattedTextValue, ""));
        var box = item.GetAll<float>(Tags.BoundingBoxTopLeftHandCorner);
        var anchor = item.GetAll<float>(Tags.AnchorPoint);
        (double X, double Y)? place = null;
        if (anchor.Count == 2)
        {
            var anchored = Place((anchor[0], anchor[1]), item.Get(Tags.AnchorPointAnnotationUnits, "PIXEL") != "DISPLAY", plan);
            place = (anchored.X + 3, anchored.Y + 3);
            if (box.Count == 2 && item.Get(Tags.AnchorPointVisibility, "N") == "Y") canvas.Line(anchored, Box(item, box, plan));
        }
        if (box.Count == 2) place = Box(item, box, plan);
        if (place is not { } at || !(Math.Abs(at.X) < 1 << 20 && Math.Abs(at.Y) < 1 << 20)) return;
        canvas.Text(lines, (int)at.X, (int)at.Y, Math.Clamp((int)Math.Round(plan.Scale * 1.5), 1, 4));
    }

    /// <summary>The corner of the box that comes to lie left and above, however the picture was turned.</summary>
    private static (double X, double Y) Box(DataSet item, IReadOnlyList<float> corner, PicturePlan plan)
    {
        bool inPixels = item.Get(Tags.BoundingBoxAnnotationUnits, "PIXEL") != "DISPLAY";
        var a = Place((corner[0], corner[1]), inPixels, plan);
        var other = item.GetAll<float>(Tags.BoundingBoxBottomRightHandCorner);
        if (other.Count != 2) return a;
        var b = Place((other[0], other[1]), inPixels, plan);
        return (Math.Min(a.X, b.X), Math.Min(a.Y, b.Y));
    }

    /// <summary>PIXEL: the middle of the left upper pixel is 1,1, so its corner is 0.5,0.5 (PS3.3 §C.10.5.1.2).</summary>
    private static (double X, double Y) Place((double X, double Y) point, bool inPixels, PicturePlan plan) =>
        inPixels ? plan.Place(point.X - 0.5, point.Y - 0.5) : plan.PlaceInArea(point.X, point.Y);

    /// <summary>A smooth curve through all points (Catmull and Rom).</summary>
    private static (double X, double Y)[] Curve((double X, double Y)[] points)
    {
        if (points.Length < 3) return points;
        bool isClosed = points[0] == points[^1];
        var curve = new List<(double, double)> { points[0] };
        for (int i = 0; i + 1 < points.Length; i++)
        {
            var before = i > 0 ? points[i - 1] : isClosed ? points[^2] : points[0];
            var after = i + 2 < points.Length ? points[i + 2] : isClosed ? points[1] : points[^1];
            for (int step = 1; step <= CurvePoints; step++)
            {
                double t = (double)step / CurvePoints;
                curve.Add((Spline(before.X, points[i].X, points[i + 1].X, after.X, t), Spline(before.Y, points[i].Y, points[i + 1].Y, after.Y, t)));
            }
        }
        return [.. curve];
    }

    private static double Spline(double a, double b, double c, double d, double t) =>
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);

    /// <summary>Ends of the major axis, then of the minor one.</summary>
    private static (double X, double Y)[] Ellipse((double X, double Y)[] ends)
    {
        var middle = ((ends[0].X + ends[1].X) / 2, (ends[0].Y + ends[1].Y) / 2);
        return Round(middle, ((ends[1].X - ends[0].X) / 2, (ends[1].Y - ends[0].Y) / 2), ((ends[3].X - ends[2].X) / 2, (ends[3].Y - ends[2].Y) / 2));
    }

    private static (double X, double Y)[] Round((double X, double Y) middle, (double X, double Y) axis, (double X, double Y)? otherAxis)
    {
        var other = otherAxis ?? (-axis.Y, axis.X);
        var outline = new (double, double)[RoundPoints + 1];
        for (int i = 0; i <= RoundPoints; i++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * i / RoundPoints);
            outline[i] = (middle.X + axis.X * cosine + other.X * sine, middle.Y + axis.Y * cosine + other.Y * sine);
        }
        return outline;
    }
}
