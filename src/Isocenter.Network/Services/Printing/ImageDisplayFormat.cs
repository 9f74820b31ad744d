using System.Globalization;

namespace Isocenter.Network.Services;

/// <summary>Image Display Format (2010,0010): how the image boxes lie on a film box (PS3.3 §C.13.3).</summary>
/// <remarks>STANDARD\C,R has C columns and R rows; ROW\R1,R2,… rows of R1, R2, … boxes; COL\C1,C2,… columns of C1, C2, …
/// boxes. The formats that depend on a certain printer (SLIDE, SUPERSLIDE, CUSTOM\i) are not known here.</remarks>
public sealed class ImageDisplayFormat
{
    /// <summary>Most image boxes of a film box.</summary>
    public const int MaxBoxes = 400;

    private ImageDisplayFormat(string text, List<FilmPlace> places)
    {
        Text = text;
        Places = places;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The image boxes, in the order of Image Box Position (2020,0010): the first has 1.</summary>
    public IReadOnlyList<FilmPlace> Places { get; }

    /// <summary>A grid.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has no boxes, or too many.</exception>
    public static ImageDisplayFormat Standard(int columns, int rows) =>
        TryParse(string.Create(CultureInfo.InvariantCulture, $"STANDARD\\{columns},{rows}"), out var format)
            ? format
            : throw new ArgumentOutOfRangeException(nameof(columns), $"a film has 1 to {MaxBoxes} image boxes, not {columns} times {rows}");

    /// <summary>Reads a format; false when it is none, is one of a certain printer, or has more than <see cref="MaxBoxes"/>.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageDisplayFormat? format)
    {
        format = null;
        if (text?.Trim().Split('\\') is not [var kind, var list] || list.Length > 4 * MaxBoxes) return false;
        var numbers = new List<int>();
        int sum = 0;
        foreach (string part in list.Split(','))
        {
            if (!int.TryParse(part.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > MaxBoxes) return false;
            numbers.Add(number);
            if ((sum += number) > 2 * MaxBoxes) return false;
        }
        var places = new List<FilmPlace>();
        switch (kind)
        {
            case "STANDARD" when numbers is [var columns, var rows] && columns * rows <= MaxBoxes:
                Grid([.. Enumerable.Repeat(columns, rows)], isByRow: true);
                break;
            case "ROW" when sum <= MaxBoxes:
                Grid(numbers, isByRow: true);
                break;
            case "COL" when sum <= MaxBoxes:
                Grid(numbers, isByRow: false);
                break;
            default:
                return false;
        }
        format = new ImageDisplayFormat(text.Trim(), places);
        return true;

        void Grid(List<int> lines, bool isByRow)
        {
            for (int line = 0; line < lines.Count; line++)
            {
                for (int i = 0; i < lines[line]; i++)
                {
                    double along = (double)i / lines[line], across = (double)line / lines.Count;
                    double length = 1.0 / lines[line], width = 1.0 / lines.Count;
                    places.Add(isByRow ? new FilmPlace(along, across, length, width) : new FilmPlace(across, along, width, length));
                }
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A part of a film, in fractions of its printable width and height, from the left upper corner.</summary>
/// <param name="Left">From 0 to 1.</param>
/// <param name="Top">From 0 to 1.</param>
/// <param name="Width">From 0 to 1.</param>
/// <param name="Height">From 0 to 1.</param>
public readonly record struct FilmPlace(double Left, double Top, double Width, double Height);
