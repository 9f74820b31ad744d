using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>A query parameter has a value that cannot be: 400.</summary>
internal sealed class BadParameterException(string message) : Exception(message);

/// <summary>Which part of an image is shown, and how large (PS3.18 §8.3.5.1.3).</summary>
/// <param name="Width">Widest picture, in pixels. The proportions are kept.</param>
/// <param name="Height">Highest picture.</param>
/// <param name="X">Left edge of the part, in columns of the image.</param>
/// <param name="Y">Its top edge.</param>
/// <param name="SourceWidth">Its width; negative: mirrored left to right; null: up to the right edge.</param>
/// <param name="SourceHeight">Its height; negative: upside down; null: down to the bottom.</param>
internal sealed record Viewport(int Width, int Height, double X = 0, double Y = 0, double? SourceWidth = null, double? SourceHeight = null)
{
    /// <summary>Smaller images become as large as the viewport.</summary>
    public bool Enlarges { get; init; } = true;
}

/// <summary>The Rendering Query Parameters (PS3.18 §8.3.5).</summary>
internal sealed record RenderParameters
{
    /// <summary>Widest and highest picture that is made.</summary>
    public const int MaxSize = 8192;
    private const int MaxPixels = 1 << 25;
    private static readonly string[] Profiles = ["no", "yes", .. RgbSpace.All.Select(space => space.Name)];

    public Viewport? Viewport { get; private init; }

    public VoiWindow? Window { get; private init; }

    /// <summary>Of JPEG and JPEG 2000, 1 to 100; null when not given.</summary>
    public int? Quality { get; private init; }

    /// <summary>Who is on the picture is written into it.</summary>
    public bool ShowsPatient { get; private init; }

    /// <summary>How it was made is written into it.</summary>
    public bool ShowsTechnique { get; private init; }

    /// <summary>The iccprofile parameter in lower case; null when not given.</summary>
    public string? Profile { get; private init; }

    /// <summary>They say what a presentation state says itself.</summary>
    public bool Contradicts => Window is not null || Viewport is { } viewport && viewport != new Viewport(viewport.Width, viewport.Height);

    /// <summary>Reads them from the query.</summary>
    /// <exception cref="BadParameterException">One cannot be.</exception>
    public static RenderParameters Parse(IQueryCollection query)
    {
        string[] annotation = ReadAnnotation(query);
        return new RenderParameters
        {
            Viewport = ReadViewport(Single(query, "viewport"), isThumbnail: false),
            Window = ReadWindow(Single(query, "window")),
            Quality = ReadQuality(Single(query, "quality")),
            ShowsPatient = annotation.Any(word => word.Trim('"') == "patient"),
            ShowsTechnique = annotation.Any(word => word.Trim('"') == "technique"),
            Profile = ReadProfile(query),
        };
    }

    /// <summary>Of a thumbnail only the size counts (PS3.18 §10.4.1.2.3).</summary>
    /// <exception cref="BadParameterException">It cannot be.</exception>
    public static RenderParameters ParseThumbnail(IQueryCollection query, int size) =>
        new() { Viewport = ReadViewport(Single(query, "viewport"), isThumbnail: true) ?? new Viewport(size, size) { Enlarges = false }, Quality = ReadQuality(Single(query, "quality")) };

    /// <summary>The same for WADO-URI (PS3.18 §9.5.1.2), where each is a parameter of its own.</summary>
    /// <exception cref="BadParameterException">One cannot be.</exception>
    public static RenderParameters ParseUri(IQueryCollection query)
    {
        string[] annotation = ReadAnnotation(query);
        string? rows = Single(query, "rows"), columns = Single(query, "columns"), region = Single(query, "region");
        Viewport? viewport = null;
        if (rows is not null || columns is not null || region is not null)
        {
            int height = rows is null ? MaxSize : ReadSize("rows", rows), width = columns is null ? MaxSize : ReadSize("columns", columns);
            viewport = new Viewport(width, height) { Enlarges = rows is not null || columns is not null };
        }
        string? center = Single(query, "windowCenter"), windowWidth = Single(query, "windowWidth");
        if (center is null != windowWidth is null) throw new BadParameterException("windowCenter and windowWidth come together (PS3.18 §9.5.1.2.5)");
        return new RenderParameters
        {
            Viewport = viewport,
            Fractions = region is null ? null : ReadRegion(region),
            Window = center is null ? null : ReadWindow($"{center},{windowWidth},linear"),
            Quality = ReadQuality(Single(query, "imageQuality")),
            ShowsPatient = annotation.Any(word => word.Trim('"') == "patient"),
            ShowsTechnique = annotation.Any(word => word.Trim('"') == "technique"),
            Profile = ReadProfile(query),
        };
    }

    /// <summary>Left, top, right and bottom as fractions of the picture (PS3.18 §9.5.1.2.4).</summary>
    public (double Left, double Top, double Right, double Bottom)? Fractions { get; private init; }

    /// <summary>The same in the words of the renderer, for one image.</summary>
    /// <exception cref="BadParameterException">Nothing is left of the image, or too much would become of it.</exception>
    public RenderOptions ToOptions(DataSet dataSet)
    {
        var options = new RenderOptions { Window = Window, ColourSpace = Profile is null ? null : RgbSpace.Find(Profile) };
        if (Viewport is not { } viewport) return options;
        double columns = dataSet.Get(Tags.Columns, 0), rows = dataSet.Get(Tags.Rows, 0);
        if (Fractions is var (left, top, right, bottom))
            viewport = viewport with { X = left * columns, Y = top * rows, SourceWidth = (right - left) * columns, SourceHeight = (bottom - top) * rows };
        double width = viewport.SourceWidth ?? columns - viewport.X, height = viewport.SourceHeight ?? rows - viewport.Y;
        if (columns > 0 && rows > 0)
        {
            if (viewport.X >= columns || viewport.Y >= rows) throw new BadParameterException("the source region of the viewport lies outside of the image");
            double scale = Math.Min(viewport.Width / Math.Abs(width), viewport.Height / Math.Abs(height));
            if (!viewport.Enlarges) scale = Math.Min(scale, 1);
            if (Math.Abs(width * height) * scale * scale > MaxPixels) throw new BadParameterException($"the picture would have more than {MaxPixels} pixels");
        }
        bool isWhole = viewport is { X: 0, Y: 0, SourceWidth: null, SourceHeight: null };
        return options with
        {
            MaxWidth = viewport.Width,
            MaxHeight = viewport.Height,
            Enlarge = viewport.Enlarges,
            Region = isWhole ? null : new Region((int)viewport.X, (int)viewport.Y, Pixels(width), Pixels(height)),
            FlipHorizontally = width < 0,
            FlipVertically = height < 0,
        };
    }

    /// <summary>The picture with the texts and the profile that are asked for.</summary>
    public Picture Finish(Picture picture, DataSet dataSet)
    {
        CornerText.Draw(picture, dataSet, ShowsPatient, ShowsTechnique);
        return Profile is null ? picture : Profile == "no" ? picture with { IccProfile = default } : IccProfiles.Complete(picture);
    }

    private static int Pixels(double length) => Math.Max(1, (int)Math.Round(Math.Abs(length)));

    /// <summary>Tells one rendition from another, for its entity tag.</summary>
    public string Key => $"{Viewport} {Window} {Quality} {Fractions} {ShowsPatient} {ShowsTechnique} {Profile}";

    private static string? Single(IQueryCollection query, string name) => query.TryGetValue(name, out var value) && value.Count > 0
        ? value.Count == 1 ? value[0] : throw new BadParameterException($"{name} is given twice")
        : null;

    private static string[] ReadAnnotation(IQueryCollection query)
    {
        if (query.TryGetValue("annotation", out var given) && string.IsNullOrWhiteSpace(given.ToString()))
            throw new BadParameterException("annotation is patient, technique, or both (PS3.18 §8.3.5.1.1)");
        string[] words = query["annotation"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.TrueForAll(words, word => word.Trim('"') is "patient" or "technique") ? words
            : throw new BadParameterException("annotation is patient, technique, or both (PS3.18 §8.3.5.1.1)");
    }

    private static string? ReadProfile(IQueryCollection query)
    {
        string? profile = Single(query, "iccprofile")?.ToLowerInvariant();
        return profile is null || Profiles.Contains(profile) ? profile
            : throw new BadParameterException($"iccprofile is one of {string.Join(", ", Profiles)} (PS3.18 §8.3.5.1.5)");
    }

    private static Viewport? ReadViewport(string? text, bool isThumbnail)
    {
        if (text is null) return null;
        string[] parts = text.Split(',');
        if (parts.Length != 2 && (isThumbnail || parts.Length != 6))
            throw new BadParameterException($"viewport is {(isThumbnail ? "two numbers" : "two or six numbers")} (PS3.18 §8.3.5.1.3)");
        int width = ReadSize("viewport", parts[0]), height = ReadSize("viewport", parts[1]);
        if (parts.Length == 2) return new Viewport(width, height);
        double x = ReadPart(parts[2]) ?? 0, y = ReadPart(parts[3]) ?? 0;
        double? sourceWidth = ReadPart(parts[4]), sourceHeight = ReadPart(parts[5]);
        if (x < 0 || y < 0 || sourceWidth is > -1 and < 1 || sourceHeight is > -1 and < 1)
            throw new BadParameterException("the source region of the viewport is smaller than a pixel or begins outside of the image");
        return new Viewport(width, height, x, y, sourceWidth, sourceHeight);
    }

    private static int ReadSize(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size is >= 1 and <= MaxSize ? size
            : throw new BadParameterException($"{name} is a whole number from 1 to {MaxSize}");

    private static double? ReadPart(string text)
    {
        if (text.Length == 0) return null;
        return TryReadNumber(text, out double number) && Math.Abs(number) <= 100_000 ? number : throw new BadParameterException("the source region of the viewport is four numbers (PS3.18 §8.3.5.1.3)");
    }

    private static VoiWindow? ReadWindow(string? text)
    {
        if (text is null) return null;
        string[] parts = text.Split(',');
        VoiFunction? function = parts.Length == 3 ? parts[2].Trim().ToLowerInvariant() switch
        {
            "linear" => VoiFunction.Linear,
            "linear-exact" => VoiFunction.LinearExact,
            "sigmoid" => VoiFunction.Sigmoid,
            _ => null,
        } : null;
        if (function is null || !TryReadNumber(parts[0], out double center) || !TryReadNumber(parts[1], out double width)
            || !new VoiWindow(center, width, function.Value).IsUsable)
            throw new BadParameterException("window is center, width and linear, linear-exact or sigmoid (PS3.18 §8.3.5.1.4)");
        return new VoiWindow(center, width, function.Value);
    }

    private static int? ReadQuality(string? text)
    {
        if (text is null) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int quality) && quality is >= 1 and <= 100 ? quality
            : throw new BadParameterException("quality is a whole number from 1 to 100 (PS3.18 §8.3.5.1.2)");
    }

    private static (double, double, double, double) ReadRegion(string text)
    {
        string[] parts = text.Split(',');
        var edges = new double[4];
        bool isRegion = parts.Length == 4;
        for (int i = 0; isRegion && i < 4; i++) isRegion = TryReadNumber(parts[i], out edges[i]) && edges[i] is >= 0 and <= 1;
        if (!isRegion || edges[2] <= edges[0] || edges[3] <= edges[1])
            throw new BadParameterException("region is left, top, right and bottom as fractions from 0 to 1 (PS3.18 §9.5.1.2.4)");
        return (edges[0], edges[1], edges[2], edges[3]);
    }

    private static bool TryReadNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
