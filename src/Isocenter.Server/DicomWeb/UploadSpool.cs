using System.IO.Pipelines;
using System.Threading.Channels;

namespace Isocenter.Server.DicomWeb;

/// <summary>Bodies that are put together in memory: they wait on disk until it is their turn, one after the other, so that
/// many uploads at once take the memory of one, and a slow client that of none.</summary>
internal sealed class UploadSpool
{
    /// <summary>Shorter bodies need not wait.</summary>
    private const int SmallLength = 1 << 20;

    /// <summary>Whoever has taken what is in it may go on, and puts it back.</summary>
    private readonly Channel<bool> _turn = Channel.CreateBounded<bool>(1);

    public UploadSpool() => _turn.Writer.TryWrite(true);

    /// <summary>Runs <paramref name="take"/> over the body.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="maxLength">Longest body, in bytes.</param>
    /// <param name="take">Reads the body to its end and does with it what is to be done.</param>
    /// <exception cref="BadHttpRequestException">It is longer.</exception>
    public async Task RunAsync(HttpContext http, long maxLength, Func<PipeReader, Task> take)
    {
        if (http.Request.ContentLength > maxLength) throw TooLong(maxLength);
        if (http.Request.ContentLength <= SmallLength)
        {
            await take(http.Request.BodyReader);
            return;
        }
        await using var kept = TemporaryFile.Of(_ => { });
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(SmallLength / 8);
        try
        {
            while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is > 0 and var n)
            {
                if (kept.Position + n > maxLength) throw TooLong(maxLength);
                await kept.WriteAsync(buffer.AsMemory(0, n), http.RequestAborted);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
        kept.Position = 0;
        await _turn.Reader.ReadAsync(http.RequestAborted);
        try
        {
            await take(PipeReader.Create(kept, new StreamPipeReaderOptions(bufferSize: SmallLength / 8, leaveOpen: true)));
        }
        finally
        {
            _turn.Writer.TryWrite(true);
        }
    }

    private static BadHttpRequestException TooLong(long maxLength) =>
        new($"metadata with their bulk data are longer than {maxLength} bytes; send application/dicom", StatusCodes.Status413PayloadTooLarge);
}
