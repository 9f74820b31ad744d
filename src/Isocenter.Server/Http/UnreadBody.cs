using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Isocenter.Server.Http;

/// <summary>What becomes of the rest of a request that was refused before it was read: a little of it is read, so that the client sees the
/// answer, then the connection is closed. The web server by itself would read on for seconds, however fast the bytes come.</summary>
internal static class UnreadBody
{
    private const int MaxRead = 16 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Puts it around all that answers.</summary>
    public static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response.StatusCode < StatusCodes.Status400BadRequest || http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true }) return;
        await http.Response.CompleteAsync();
        if (!await IsReadToEndAsync(http)) http.Abort();
    }

    private static async Task<bool> IsReadToEndAsync(HttpContext http)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        timeout.CancelAfter(Longest);
        try
        {
            for (int left = MaxRead; left > 0;)
            {
                int n = await http.Request.Body.ReadAsync(buffer, timeout.Token);
                if (n == 0) return true;
                left -= n;
            }
            return false;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Broken, too slow, or somebody still holds what he has read.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
