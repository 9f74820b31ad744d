using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>What is known of a part before it is written.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="Location">Its address, or null.</param>
internal readonly record struct PartHead(string ContentType, long Length, string? Location);

/// <summary>Writes a multipart/related response part by part (RFC 2387, PS3.18 §8.6.1.2).</summary>
internal sealed class MultipartBody
{
    private const string NewLine = "\r\n";
    private readonly HttpContext _http;
    private readonly string _boundary;

    private MultipartBody(HttpContext http, string boundary)
    {
        _http = http;
        _boundary = boundary;
        Output = AnswerBody.Of(http);
    }

    private PipeWriter Output { get; }

    /// <param name="http">The exchange.</param>
    /// <param name="rootType">Media type of the parts.</param>
    public static MultipartBody Start(HttpContext http, string rootType)
    {
        string boundary = "isocenter-" + Guid.NewGuid().ToString("N");
        http.Response.Headers.ContentLocation = Addresses.Of(http.Request);
        http.Response.ContentType = $"multipart/related; type=\"{rootType}\"; boundary={boundary}";
        return new MultipartBody(http, boundary);
    }

    /// <summary>Says how long the body will be, where all parts are known beforehand: clients show how far they are, notice an
    /// answer that was cut off, and need not undo the chunks of HTTP/1.1.</summary>
    /// <returns>False: nothing more is to be sent (HEAD).</returns>
    public bool Announce(IEnumerable<PartHead> parts)
    {
        long length = Last.Length;
        foreach (var part in parts) length += Encoding.UTF8.GetByteCount(Head(part)) + part.Length + NewLine.Length;
        _http.Response.ContentLength = length;
        return !HttpMethods.IsHead(_http.Request.Method);
    }

    /// <summary>Begins a part.</summary>
    public void Begin(in PartHead part) => Write(Head(part));

    /// <summary>Begins a part.</summary>
    public void Begin(string contentType, long length, string? location = null) => Begin(new PartHead(contentType, length, location));

    /// <summary>Copies a stream that can seek into the part, to its end, no faster than the client takes it.</summary>
    public Task CopyAsync(Stream stream) => BodyPieces.CopyAsync(_http, stream, stream.Length - stream.Position);

    /// <summary>Writes bytes into the part.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes) => BodyPieces.WriteAsync(Output, bytes, _http.RequestAborted);

    /// <summary>Ends a part.</summary>
    public void End() => Write(NewLine);

    /// <summary>Ends the body.</summary>
    public async Task FinishAsync()
    {
        Write(Last);
        await Output.FlushAsync(_http.RequestAborted);
    }

    private string Last => $"--{_boundary}--\r\n";

    private string Head(in PartHead part)
    {
        string location = part.Location is null ? "" : $"Content-Location: {part.Location}\r\n";
        return string.Create(CultureInfo.InvariantCulture, $"--{_boundary}\r\nContent-Type: {part.ContentType}\r\nContent-Length: {part.Length}\r\n{location}\r\n");
    }

    private void Write(string text)
    {
        var place = Output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        Output.Advance(Encoding.UTF8.GetBytes(text, place));
    }
}
