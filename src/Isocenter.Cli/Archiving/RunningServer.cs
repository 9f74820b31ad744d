using System.Net.Http.Json;
using System.Text.Json;

namespace Isocenter.Cli.Archiving;

/// <summary>The server that works in a data folder, asked in place of the folder.</summary>
internal sealed class RunningServer(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancel) => await ReadAsync(await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel), cancel);

    /// <summary>Posts an object, in the name of whoever runs the command.</summary>
    public async Task<JsonElement> PostAsync(string path, Dictionary<string, object?> body, CancellationToken cancel)
    {
        body["who"] = Environment.UserName;
        return await ReadAsync(await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancel), cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using (request) return await _http.SendAsync(request, cancel);
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"the server that works in the folder does not answer at {address}: {e.Message}", e);
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        using (answer)
        {
            byte[] body = await answer.Content.ReadAsByteArrayAsync(cancel);
            bool isJson = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
            using var json = isJson && body.Length > 0 ? JsonDocument.Parse(body) : null;
            if (answer.IsSuccessStatusCode) return json?.RootElement.Clone() ?? default;
            string? detail = json is not null && json.RootElement.TryGetProperty("detail", out var text) ? text.GetString() : null;
            throw new CommandException(detail ?? $"the server answers {(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
    }
}
