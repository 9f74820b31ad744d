namespace Isocenter.Imaging;

/// <summary>Writes texts into pictures, with letters of the project's own: no font of the machine is needed.</summary>
public static class PictureText
{
    /// <summary>Height of a line, in pixels, when a dot of a letter is <paramref name="size"/> pixels.</summary>
    public static int LineHeight(int size) => DotFont.LineHeight * size;

    /// <summary>Writes a text, white with a dark border. What does not fit into the picture is cut off.</summary>
    /// <param name="picture">Is drawn into.</param>
    /// <param name="text">One or several lines.</param>
    /// <param name="left">Of the first letter, in pixels.</param>
    /// <param name="top">Of the first line, in pixels.</param>
    /// <param name="size">Pixels of a dot, at least 1.</param>
    public static void Draw(Picture picture, string text, int left, int top, int size)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        // Letters that cannot be seen cost nothing.
        string[] lines = [.. DotFont.Lines(text).Take(picture.Height / LineHeight(size) + 1).Select(line => line[..Math.Min(line.Length, picture.Width / (DotFont.Advance * size) + 1)])];
        new Canvas(picture).Text(lines, left, top, size);
    }
}
