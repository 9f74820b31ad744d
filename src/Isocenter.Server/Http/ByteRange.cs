using System.Globalization;

namespace Isocenter.Server.Http;

/// <summary>One range of bytes of a representation (RFC 9110 §14).</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Ranges of one request: more are not worth their heads, and are ignored.</summary>
    private const int MaxRanges = 32;

    /// <summary>Its first and last byte, and how many there are in all.</summary>
    public string ContentRange(long length) => string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Length - 1}/{length}");

    /// <summary>Reads the Range header against a representation of so many bytes. Other units, nonsense, and ranges that
    /// overlap or are too many are ignored, as RFC 9110 §14.2 allows: then all of it is sent.</summary>
    /// <returns>Null: no range is asked for. Empty: none of them can be satisfied, 416.</returns>
    public static IReadOnlyList<ByteRange>? Of(HttpContext http, long length)
    {
        string? text = http.Request.Headers.Range;
        if (text is null || !text.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) return null;
        if (!HttpMethods.IsGet(http.Request.Method) || !Conditional.RangeHolds(http)) return null;
        string[] pieces = text["bytes=".Length..].Split(',', MaxRanges + 1);
        if (pieces.Length > MaxRanges) return null;
        var ranges = new List<ByteRange>(pieces.Length);
        foreach (string piece in pieces)
        {
            if (!TryReadOne(piece, length, out var range)) return null;
            if (range.Length == 0) continue;
            if (ranges.Exists(other => range.Offset < other.Offset + other.Length && other.Offset < range.Offset + range.Length)) return null;
            ranges.Add(range);
        }
        return ranges;
    }

    private static bool TryReadOne(string text, long length, out ByteRange range)
    {
        range = default;
        string[] ends = text.Split('-');
        if (ends.Length != 2) return false;
        if (ends[0].Trim().Length == 0)
        {
            if (!TryRead(ends[1], out long last)) return false;
            last = Math.Min(last, length);
            range = new ByteRange(length - last, last);
            return true;
        }
        if (!TryRead(ends[0], out long from)) return false;
        long to = length - 1;
        if (ends[1].Trim().Length > 0)
        {
            if (!TryRead(ends[1], out to) || to < from) return false;
            to = Math.Min(to, length - 1);
        }
        if (from < length) range = new ByteRange(from, to - from + 1);
        return true;
    }

    private static bool TryRead(string text, out long number) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
