namespace Isocenter.Codecs.JpegXl;

/// <summary>One channel of a modular image: rows of integers, left to right.</summary>
internal sealed class ModularChannel
{
    /// <param name="width">Columns, may be 0.</param>
    /// <param name="height">Rows, may be 0.</param>
    /// <param name="shiftX">Halvings of the columns since the image; −1 for a palette.</param>
    /// <param name="shiftY">Halvings of the rows.</param>
    public ModularChannel(int width, int height, int shiftX = 0, int shiftY = 0) =>
        (Width, Height, ShiftX, ShiftY) = (width, height, shiftX, shiftY);

    public int Width { get; }

    public int Height { get; }

    public int ShiftX { get; }

    public int ShiftY { get; }

    public bool IsEmpty => Width == 0 || Height == 0;

    /// <summary>Row after row. Zeros until somebody writes.</summary>
    public int[] Samples => field ??= new int[checked(Width * Height)];

    public Span<int> Row(int y) => Samples.AsSpan(y * Width, Width);

    public bool IsAlike(ModularChannel other) =>
        Width == other.Width && Height == other.Height && ShiftX == other.ShiftX && ShiftY == other.ShiftY;
}
