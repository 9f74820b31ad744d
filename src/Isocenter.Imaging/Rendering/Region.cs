namespace Isocenter.Imaging;

/// <summary>A part of a frame.</summary>
/// <param name="Left">Columns left of it.</param>
/// <param name="Top">Rows above it.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct Region(int Left, int Top, int Width, int Height)
{
    /// <summary>What of it lies in a frame; null when nothing does.</summary>
    internal Region? Within(int columns, int rows)
    {
        long left = Math.Max(Left, 0), top = Math.Max(Top, 0);
        long right = Math.Min((long)Left + Width, columns), bottom = Math.Min((long)Top + Height, rows);
        return right > left && bottom > top ? new Region((int)left, (int)top, (int)(right - left), (int)(bottom - top)) : null;
    }
}
