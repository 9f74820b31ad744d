using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Isocenter.Server.DicomWeb;

/// <summary>Writes a multipart/related response part by part (RFC 2387, PS3.18 §8.6.1.2).</summary>
internal sealed class MultipartBody
{
    private const int Piece = 128 * 1024;
    private readonly HttpContext _http;
    private readonly string _boundary;

    private MultipartBody(HttpContext http, string boundary)
    {
        _http = http;
        _boundary = boundary;
    }

    private PipeWriter Output => _http.Response.BodyWriter;

    /// <param name="http">The exchange.</param>
    /// <param name="rootType">Media type of the parts.</param>
    public static MultipartBody Start(HttpContext http, string rootType)
    {
        string boundary = "isocenter-" + Guid.NewGuid().ToString("N");
        http.Response.ContentType = $"multipart/related; type=\"{rootType}\"; boundary={boundary}";
        return new MultipartBody(http, boundary);
    }

    /// <summary>Begins a part.</summary>
    public void Begin(string contentType, long length, string? location = null)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"--{_boundary}\r\nContent-Type: {contentType}\r\nContent-Length: {length}\r\n");
        if (location is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Location: {location}\r\n");
        Write(head.Append("\r\n").ToString());
    }

    /// <summary>Copies a stream into the part, piece by piece, no faster than the client takes it.</summary>
    public async Task CopyAsync(Stream stream)
    {
        while (true)
        {
            int n = await stream.ReadAsync(Output.GetMemory(Piece), _http.RequestAborted);
            if (n == 0) return;
            Output.Advance(n);
            await Output.FlushAsync(_http.RequestAborted);
        }
    }

    /// <summary>Writes bytes into the part.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await Output.WriteAsync(bytes, _http.RequestAborted);

    /// <summary>Ends a part.</summary>
    public void End() => Write("\r\n");

    /// <summary>Ends the body.</summary>
    public async Task FinishAsync()
    {
        Write($"--{_boundary}--\r\n");
        await Output.FlushAsync(_http.RequestAborted);
    }

    private void Write(string text)
    {
        var place = Output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        Output.Advance(Encoding.UTF8.GetBytes(text, place));
    }
}
