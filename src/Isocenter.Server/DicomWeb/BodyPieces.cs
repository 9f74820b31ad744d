using System.IO.Pipelines;
using Isocenter.Archive;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>How the bodies of answers are handed to the connection.</summary>
internal static class BodyPieces
{
    /// <summary>Bytes at a time: enough that the calls between do not count, few enough that sending and reading overlap.</summary>
    public const int Length = 128 * 1024;

    /// <summary>Fewest bytes of a file that are worth a call of the system of their own.</summary>
    private const int LeastSent = 32 * 1024;

    /// <summary>Copies the next bytes of a stream into the body, no faster than the client takes them. What lies in the archive
    /// as it is given out is sent by the system, where the length of the answer is known and nothing stands between it and the
    /// socket.</summary>
    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    public static async Task CopyAsync(HttpContext http, Stream content, long length)
    {
        var output = AnswerBody.Of(http);
        var cancel = http.RequestAborted;
        long end = content.Position + length;
        bool isSent = false;
        if (content is IStoredBytes stored && http.Response.ContentLength is not null && AnswerBody.IsPlain(http, output)
            && http.Features.Get<SocketOutput>() is { } socket)
        {
            await ReadAsync(Math.Min(stored.SameFrom, end));
            long left = end - content.Position;
            if (left >= LeastSent)
            {
                await http.Response.StartAsync(cancel);
                await output.FlushAsync(cancel);
                await socket.SendFileAsync(output, stored.File, content.Position, left, cancel);
                content.Position = end;
                isSent = true;
            }
        }
        if (!isSent) await ReadAsync(end);

        async Task ReadAsync(long until)
        {
            while (content.Position < until)
            {
                int wanted = (int)Math.Min(Length, until - content.Position);
                int n = await content.ReadAsync(output.GetMemory(wanted)[..wanted], cancel);
                if (n == 0) throw new EndOfStreamException("the representation ended before its length");
                output.Advance(n);
                if (content.Position < until || n >= LeastSent) await output.FlushAsync(cancel);
            }
        }
    }

    /// <summary>Writes bytes piece by piece, no faster than the client takes them. The writer alone would cut them into blocks of
    /// 4 KB.</summary>
    public static async Task WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        do
        {
            int n = Math.Min(Length, bytes.Length);
            bytes[..n].CopyTo(output.GetMemory(n));
            output.Advance(n);
            bytes = bytes[n..];
            await output.FlushAsync(cancel);
        }
        while (!bytes.IsEmpty);
    }
}
