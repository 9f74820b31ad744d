using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Isocenter.Dicom;

namespace Isocenter.DicomWeb;

/// <summary>A DICOMweb user agent (PS3.18 §10): searches, retrieves, stores and deletes at an origin server.</summary>
/// <remarks>Safe from many threads, as <see cref="HttpClient"/> is. Proxy, certificates, credentials and time-outs are those of the
/// client that is given.</remarks>
public sealed class DicomWebClient
{
    private const int MaxProblemLength = 64 * 1024;
    private readonly HttpClient _http;
    private readonly Uri _root;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Belongs to the caller.</param>
    /// <param name="root">The base address of the service, before <c>/studies</c>.</param>
    public DicomWebClient(HttpClient http, Uri root)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(root);
        _http = http;
        _root = new Uri(root.AbsoluteUri.TrimEnd('/') + "/");
    }

    /// <summary>Search Transaction, QIDO-RS (PS3.18 §10.6).</summary>
    /// <param name="resource">Relative to the root, as <c>studies</c> or <c>studies/1.2/series</c>.</param>
    /// <param name="parameters">Names and values, not encoded.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="DicomWebException">The server refuses.</exception>
    /// <exception cref="HttpRequestException">There is no connection.</exception>
    /// <exception cref="DicomFormatException">The answer is no DICOM JSON.</exception>
    public async Task<IReadOnlyList<DataSet>> SearchAsync(string resource, IEnumerable<KeyValuePair<string, string>>? parameters = null, CancellationToken cancel = default)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters ?? [])
            query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Escape(value));
        return await GetDataSetsAsync(resource + query, cancel).ConfigureAwait(false);
    }

    /// <summary>A wildcard needs no escape (RFC 3986 §3.4), and Orthanc knows none that has one.</summary>
    private static string Escape(string value) => Uri.EscapeDataString(value).Replace("%2A", "*", StringComparison.Ordinal);

    /// <summary>Metadata of a study, a series or an instance (PS3.18 §10.4.1.1.2).</summary>
    /// <inheritdoc cref="SearchAsync"/>
    public Task<IReadOnlyList<DataSet>> GetMetadataAsync(WebResource resource, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return GetDataSetsAsync(resource + "/metadata", cancel);
    }

    /// <summary>The files of a study, a series or an instance (PS3.18 §10.4.1.1.1), one after the other as they come.</summary>
    /// <param name="resource">What.</param>
    /// <param name="transferSyntax">The transfer syntax to ask for; null: as they are stored.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Each is valid until the next is asked for.</returns>
    /// <exception cref="DicomWebException">The server refuses.</exception>
    /// <exception cref="HttpRequestException">There is no connection, or it broke.</exception>
    /// <exception cref="MultipartException">The answer is broken.</exception>
    public async IAsyncEnumerable<Stream> RetrieveAsync(WebResource resource, TransferSyntax? transferSyntax = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        string syntax = transferSyntax?.Uid.Value ?? "*";
        using var answer = await SendAsync(HttpMethod.Get, resource.ToString(), $"multipart/related; type=\"{MediaTypes.Dicom}\"; transfer-syntax={syntax}", null, cancel).ConfigureAwait(false);
        var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        if (!MediaType.TryParse(answer.Content.Headers.ContentType?.ToString(), out var type) || type.Type != "multipart/related")
        {
            yield return body;
            yield break;
        }
        var reader = new MultipartReader(PipeReader.Create(body), type["boundary"]);
        while (await reader.NextPartAsync(cancel).ConfigureAwait(false) is not null)
        {
            var part = new PartStream(reader);
            await using (part.ConfigureAwait(false)) yield return part;
        }
    }

    /// <summary>A rendered resource (PS3.18 §10.4.1.1.3).</summary>
    /// <param name="resource">What.</param>
    /// <param name="mediaType">As <c>image/png</c>.</param>
    /// <param name="frame">Frame number from 1; null: the whole.</param>
    /// <param name="query">Rendering parameters, as <c>viewport=512,512</c>; null: none.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="DicomWebException">The server refuses.</exception>
    /// <exception cref="HttpRequestException">There is no connection.</exception>
    public async Task<byte[]> GetRenderedAsync(WebResource resource, string mediaType, int? frame = null, string? query = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        string frames = frame is { } number ? string.Create(CultureInfo.InvariantCulture, $"/frames/{number}") : "";
        using var answer = await SendAsync(HttpMethod.Get, $"{resource}{frames}/rendered{(query is null ? "" : "?" + query)}", mediaType, null, cancel).ConfigureAwait(false);
        return await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Store Transaction, STOW-RS (PS3.18 §10.5): files go as they are, one after the other.</summary>
    /// <param name="files">Paths.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The Store Instances Response Module. Some of the files may have failed: see its Failed SOP Sequence.</returns>
    /// <exception cref="DicomWebException">The server refuses the request as a whole.</exception>
    /// <exception cref="HttpRequestException">There is no connection.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public async Task<DataSet> StoreAsync(IReadOnlyList<string> files, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var content = new FilesContent(files);
        using var answer = await SendAsync(HttpMethod.Post, "studies", MediaTypes.DicomJson, content, cancel, HttpStatusCode.Conflict, HttpStatusCode.Accepted, HttpStatusCode.BadRequest).ConfigureAwait(false);
        byte[] text = await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        if (answer.Content.Headers.ContentType?.MediaType is not (MediaTypes.DicomJson or MediaTypes.Json)) throw new DicomWebException(answer.StatusCode, Sentence(text));
        return DicomJson.ReadArray(text) is [var response, ..] ? response : new DataSet();
    }

    /// <summary>Deletes a study, a series or an instance.</summary>
    /// <exception cref="DicomWebException">The server refuses.</exception>
    /// <exception cref="HttpRequestException">There is no connection.</exception>
    public async Task DeleteAsync(WebResource resource, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(resource);
        (await SendAsync(HttpMethod.Delete, resource.ToString(), MediaTypes.DicomJson, null, cancel).ConfigureAwait(false)).Dispose();
    }

    private async Task<IReadOnlyList<DataSet>> GetDataSetsAsync(string path, CancellationToken cancel)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, MediaTypes.DicomJson, null, cancel).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NoContent) return [];
        byte[] text = await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        return text.Length == 0 ? [] : DicomJson.ReadArray(text);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string accept, HttpContent? content, CancellationToken cancel, params HttpStatusCode[] alsoGood)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root, path)) { Content = content };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode || alsoGood.Contains(answer.StatusCode)) return answer;
        using (answer)
        {
            using var start = new MemoryStream();
            var body = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                byte[] buffer = new byte[4096];
                int n;
                while (start.Length < MaxProblemLength && (n = await body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0) start.Write(buffer, 0, n);
            }
            throw new DicomWebException(answer.StatusCode, Sentence(start.ToArray()));
        }
    }

    /// <summary>What a problem details object (RFC 9457) or a short text says.</summary>
    private static string? Sentence(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (string name in (ReadOnlySpan<string>)["detail", "title", "Message", "message"])
                {
                    if (json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString();
                }
            }
            return null;
        }
        catch (JsonException)
        {
            string text = Encoding.UTF8.GetString(body).Trim();
            return text.Length is 0 or > 200 || text.StartsWith('<') ? null : text;
        }
    }

    /// <summary>Files as multipart/related, read while they are sent.</summary>
    private sealed class FilesContent : HttpContent
    {
        private readonly IReadOnlyList<string> _files;
        private readonly string _boundary = "isocenter-" + Guid.NewGuid().ToString("N");

        public FilesContent(IReadOnlyList<string> files)
        {
            _files = files;
            Headers.ContentType = new MediaTypeHeaderValue("multipart/related")
            {
                Parameters = { new NameValueHeaderValue("type", $"\"{MediaTypes.Dicom}\""), new NameValueHeaderValue("boundary", _boundary) },
            };
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            byte[] head = Encoding.ASCII.GetBytes($"--{_boundary}\r\nContent-Type: {MediaTypes.Dicom}\r\n\r\n");
            foreach (string path in _files)
            {
                await stream.WriteAsync(head, cancellationToken).ConfigureAwait(false);
                var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, useAsync: true);
                await using (file.ConfigureAwait(false)) await file.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
                await stream.WriteAsync("\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"--{_boundary}--\r\n"), cancellationToken).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
