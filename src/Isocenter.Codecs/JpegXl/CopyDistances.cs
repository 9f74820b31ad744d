namespace Isocenter.Codecs.JpegXl;

/// <summary>The short distances of copies: neighbours in the image, near ones first (ISO/IEC 18181-1 §C.3.3).</summary>
/// <remarks>The printed table follows a rule: 7 rows up and 7 columns to the right to 8 to the left, by distance; among equals
/// the higher first, then the one to the left.</remarks>
internal static class CopyDistances
{
    private static readonly (int Left, int Up)[] Places =
    [
        .. from up in Enumerable.Range(0, 8)
           from left in Enumerable.Range(-7, 16)
           where up > 0 || left > 0
           orderby left * left + up * up, up descending, left descending
           select (left, up),
    ];

    public static int Count => Places.Length;

    /// <summary>Integers back, at least one.</summary>
    public static long Of(int code, int width) => Math.Max(1, Places[code].Left + (long)width * Places[code].Up);
}
