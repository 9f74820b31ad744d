namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Context formation of the bit plane coder as the tables print it (ISO/IEC 15444-1 §D.3).</summary>
internal static class Contexts
{
    /// <summary>Table D.1, from the sums of significant neighbours.</summary>
    public static int ZeroCoding(Orientation orientation, int horizontal, int vertical, int diagonal)
    {
        if (orientation == Orientation.HH)
        {
            int sides = horizontal + vertical;
            return diagonal switch
            {
                0 => Math.Min(sides, 2),
                1 => 3 + Math.Min(sides, 2),
                2 => 6 + Math.Min(sides, 1),
                _ => 8,
            };
        }
        if (orientation == Orientation.HL) (horizontal, vertical) = (vertical, horizontal);
        return (horizontal, vertical) switch
        {
            (2, _) => 8,
            (1, >= 1) => 7,
            (1, _) => diagonal >= 1 ? 6 : 5,
            (_, 2) => 4,
            (_, 1) => 3,
            _ => Math.Min(diagonal, 2),
        };
    }

    /// <summary>Tables D.2 and D.3, from the contributions −1, 0 or 1.</summary>
    /// <returns>The context, and the XOR bit.</returns>
    public static (int Context, int Flip) Sign(int horizontal, int vertical) => (horizontal, vertical) switch
    {
        (1, 1) => (13, 0),
        (1, 0) => (12, 0),
        (1, -1) => (11, 0),
        (0, 1) => (10, 0),
        (0, 0) => (9, 0),
        (0, -1) => (10, 1),
        (-1, 1) => (11, 1),
        (-1, 0) => (12, 1),
        _ => (13, 1),
    };
}
