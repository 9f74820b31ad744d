using System.Globalization;
using System.Text;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>A body of one representation (PS3.18 §8.6.1.1), or ranges of its bytes: one as it is, several in parts (RFC 9110
/// §14.6).</summary>
internal static class SinglePart
{
    /// <summary>Sends a stream whose length is known and that can seek.</summary>
    public static Task SendAsync(HttpContext http, string contentType, Stream content, string? location = null) =>
        SendAsync(http, contentType, content.Length, location, async range =>
        {
            content.Position = range.Offset;
            await BodyPieces.CopyAsync(http, content, range.Length);
        });

    /// <summary>Sends bytes.</summary>
    public static Task SendAsync(HttpContext http, string contentType, ReadOnlyMemory<byte> content, string? location = null) =>
        SendAsync(http, contentType, content.Length, location, range =>
            BodyPieces.WriteAsync(AnswerBody.Of(http), content.Slice((int)range.Offset, (int)range.Length), http.RequestAborted));

    /// <summary>Sends what <paramref name="read"/> gives, piece by piece: a value may be larger than memory.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="contentType">Of the whole.</param>
    /// <param name="length">Of the whole.</param>
    /// <param name="read">Fills a buffer from an offset.</param>
    /// <param name="location">Content-Location.</param>
    public static Task SendAsync(HttpContext http, string contentType, long length, Action<long, Memory<byte>> read, string? location = null) =>
        SendAsync(http, contentType, length, location, async range =>
        {
            var output = AnswerBody.Of(http);
            for (long at = range.Offset, end = range.Offset + range.Length; at < end;)
            {
                int n = (int)Math.Min(BodyPieces.Length, end - at);
                read(at, output.GetMemory(n)[..n]);
                output.Advance(n);
                at += n;
                await output.FlushAsync(http.RequestAborted);
            }
        });

    /// <summary>The headers, and then what of the body is asked for.</summary>
    private static async Task SendAsync(HttpContext http, string contentType, long length, string? location, Func<ByteRange, Task> send)
    {
        var response = http.Response;
        response.ContentType = contentType;
        response.Headers.AcceptRanges = "bytes";
        if (location is not null) response.Headers.ContentLocation = location;
        switch (ByteRange.Of(http, length))
        {
            case null:
                response.ContentLength = length;
                if (!HttpMethods.IsHead(http.Request.Method)) await send(new ByteRange(0, length));
                break;
            case []:
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
                response.ContentLength = 0;
                break;
            case [var range]:
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = range.ContentRange(length);
                response.ContentLength = range.Length;
                await send(range);
                break;
            case var ranges:
                response.StatusCode = StatusCodes.Status206PartialContent;
                await SendPartsAsync(http, contentType, length, ranges, send);
                break;
        }
    }

    private static async Task SendPartsAsync(HttpContext http, string contentType, long length, IReadOnlyList<ByteRange> ranges, Func<ByteRange, Task> send)
    {
        string boundary = "isocenter-" + Guid.NewGuid().ToString("N");
        byte[][] heads = [.. ranges.Select((range, i) => Encoding.ASCII.GetBytes(
            $"{(i == 0 ? "" : "\r\n")}--{boundary}\r\nContent-Type: {contentType}\r\nContent-Range: {range.ContentRange(length)}\r\n\r\n"))];
        byte[] end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        http.Response.ContentType = $"multipart/byteranges; boundary={boundary}";
        http.Response.ContentLength = heads.Sum(head => (long)head.Length) + ranges.Sum(range => range.Length) + end.Length;
        var output = AnswerBody.Of(http);
        for (int i = 0; i < heads.Length; i++)
        {
            await output.WriteAsync(heads[i], http.RequestAborted);
            await send(ranges[i]);
        }
        await output.WriteAsync(end, http.RequestAborted);
    }
}
