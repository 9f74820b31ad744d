using System.Globalization;

namespace Isocenter.Server.Http;

/// <summary>One range of bytes of a representation (RFC 9110 §14).</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Reads the Range header against a representation of so many bytes. Several ranges, other units and nonsense
    /// are ignored, as RFC 9110 §14.2 allows: then all of it is sent.</summary>
    /// <returns>Null: no range is asked for. Of length 0: none of it can be satisfied, 416.</returns>
    public static ByteRange? Of(HttpContext http, long length)
    {
        string? text = http.Request.Headers.Range;
        if (text is null || !text.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || text.Contains(',', StringComparison.Ordinal)) return null;
        if (!HttpMethods.IsGet(http.Request.Method) || !Conditional.RangeHolds(http)) return null;
        string[] ends = text["bytes=".Length..].Split('-');
        if (ends.Length != 2) return null;
        if (ends[0].Trim().Length == 0)
        {
            if (!TryRead(ends[1], out long last)) return null;
            last = Math.Min(last, length);
            return new ByteRange(length - last, last);
        }
        if (!TryRead(ends[0], out long from)) return null;
        long to = length - 1;
        if (ends[1].Trim().Length > 0)
        {
            if (!TryRead(ends[1], out to) || to < from) return null;
            to = Math.Min(to, length - 1);
        }
        return from >= length ? new ByteRange(0, 0) : new ByteRange(from, to - from + 1);
    }

    /// <summary>Says in the header that the answer is this range of <paramref name="length"/> bytes.</summary>
    /// <returns>False: nothing of it is there, and the answer is 416.</returns>
    public bool TryAnnounce(HttpContext http, long length)
    {
        http.Response.StatusCode = Length == 0 ? StatusCodes.Status416RangeNotSatisfiable : StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentRange = Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"bytes */{length}")
            : string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Length - 1}/{length}");
        http.Response.ContentLength = Length;
        return Length > 0;
    }

    private static bool TryRead(string text, out long number) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
