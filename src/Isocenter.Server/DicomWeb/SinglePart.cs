using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>A body of one representation (PS3.18 §8.6.1.1), or a range of its bytes.</summary>
internal static class SinglePart
{
    /// <summary>Sends a stream whose length is known and that can seek.</summary>
    public static async Task SendAsync(HttpContext http, string contentType, Stream content, string? location = null)
    {
        if (!Begin(http, contentType, content.Length, location, out var range)) return;
        content.Position = range.Offset;
        var output = http.Response.BodyWriter;
        for (long left = range.Length; left > 0;)
        {
            var place = output.GetMemory((int)Math.Min(BodyPieces.Length, left));
            if (place.Length > left) place = place[..(int)left];
            int n = await content.ReadAsync(place, http.RequestAborted);
            if (n == 0) throw new EndOfStreamException("the representation ended before its length");
            output.Advance(n);
            left -= n;
            await output.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>Sends bytes.</summary>
    public static async Task SendAsync(HttpContext http, string contentType, ReadOnlyMemory<byte> content, string? location = null)
    {
        if (!Begin(http, contentType, content.Length, location, out var range)) return;
        await BodyPieces.WriteAsync(http.Response.BodyWriter, content.Slice((int)range.Offset, (int)range.Length), http.RequestAborted);
    }

    /// <summary>Sends what <paramref name="read"/> gives, piece by piece: a value may be larger than memory.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="contentType">Of the whole.</param>
    /// <param name="length">Of the whole.</param>
    /// <param name="read">Fills a buffer from an offset.</param>
    /// <param name="location">Content-Location.</param>
    public static async Task SendAsync(HttpContext http, string contentType, long length, Action<long, Memory<byte>> read, string? location = null)
    {
        if (!Begin(http, contentType, length, location, out var range)) return;
        var output = http.Response.BodyWriter;
        for (long at = range.Offset, end = range.Offset + range.Length; at < end;)
        {
            int n = (int)Math.Min(BodyPieces.Length, end - at);
            read(at, output.GetMemory(n)[..n]);
            output.Advance(n);
            at += n;
            await output.FlushAsync(http.RequestAborted);
        }
    }

    /// <summary>The headers.</summary>
    /// <returns>False: there is nothing to send.</returns>
    private static bool Begin(HttpContext http, string contentType, long length, string? location, out ByteRange range)
    {
        var response = http.Response;
        response.ContentType = contentType;
        response.Headers.AcceptRanges = "bytes";
        if (location is not null) response.Headers.ContentLocation = location;
        range = new ByteRange(0, length);
        if (ByteRange.Of(http, length) is { } asked)
        {
            range = asked;
            if (!range.TryAnnounce(http, length)) return false;
        }
        else response.ContentLength = length;
        return !HttpMethods.IsHead(http.Request.Method);
    }
}
