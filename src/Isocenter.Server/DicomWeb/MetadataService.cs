using System.IO.Compression;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of metadata (PS3.18 §10.4.1.1.2): all attributes as JSON or XML, large values by address.</summary>
internal sealed class MetadataService(ImageArchive archive, SeriesMetadata ready, ILogger logger)
{
    /// <summary>Bytes of the longest value that stands in the metadata itself.</summary>
    public const int InlineLimit = 1024;

    /// <summary>How objects are read for their metadata.</summary>
    public static readonly ReadOptions Options = new() { LargeValueThreshold = 4096 };

    /// <summary>Below this, compressing takes longer than sending.</summary>
    private const int LeastCompressed = 4096;

    private readonly RecentAnswers<ReadOnlyMemory<byte>> _recent = new(maxLength: 64 << 20);
    private readonly RecentAnswers<ReadOnlyMemory<byte>> _zipped = new(maxLength: 16 << 20);

    /// <summary>The metadata give the address of this value instead of it.</summary>
    public static bool IsBulk(DataElement element) =>
        element.Fragments is not null || element.Length > InlineLimit && element.VR is not (VR.SQ or VR.PN or VR.UI or VR.CS or VR.DA or VR.TM or VR.DT or VR.AE or VR.AS or VR.LO or VR.SH or VR.AT or VR.UR)
        || element.Tag == Tags.PixelData && element.Length > 0;

    public async Task AnswerAsync(HttpContext http, Scope scope)
    {
        var (type, isParts) = Choose(http.Request, isOne: scope.Instance is not null);
        var instances = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (instances.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such study, series or instance");
            return;
        }
        string root = Addresses.Root(http.Request);
        if (Conditional.IsUnchanged(http, instances, $"metadata {type} {isParts} {root}")) return;
        if (type == MediaTypes.DicomXml) await XmlAsync(http, instances, root, isParts);
        else await JsonAsync(http, scope, instances, root, type);
    }

    /// <summary>JSON is the default; XML comes in parts, one for each instance, and alone for one only.</summary>
    private static (string Type, bool IsParts) Choose(HttpRequest request, bool isOne)
    {
        foreach (var accepted in Negotiation.Accepted(request))
        {
            if (accepted.IsMultipart)
            {
                if (accepted.Type == MediaTypes.DicomXml || accepted.IsWildcard && accepted.Matches(MediaTypes.DicomXml)) return (MediaTypes.DicomXml, true);
                continue;
            }
            foreach (string type in (ReadOnlySpan<string>)[MediaTypes.DicomJson, MediaTypes.Json, MediaTypes.DicomXml])
            {
                if (accepted.Matches(type) && (isOne || type != MediaTypes.DicomXml)) return (type, false);
            }
        }
        throw new NotAcceptableException($"metadata come as {MediaTypes.DicomJson} or multipart/related; type=\"{MediaTypes.DicomXml}\"");
    }

    private async Task JsonAsync(HttpContext http, Scope scope, IReadOnlyList<StoredInstance> instances, string root, string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.ContentLocation = Addresses.Of(http.Request);
        string key = http.Response.Headers.ETag.ToString();
        if (_recent.TryFind(key, out var known))
        {
            await SendAsync(http, key, known);
            return;
        }
        if (scope.Instance is null && ready.Find(instances, root) is { } made)
        {
            _recent.Keep(key, made, made.Length);
            await SendAsync(http, key, made);
            return;
        }
        var array = new MetadataArray(archive, root, logger);
        int at = 0;
        // What can be held is made before it is sent: then it is known how long it is and whether anything is missing.
        while (at < instances.Count && !array.Content.IsTooLong) at = array.Append(instances, at, http.RequestAborted);
        if (array.Missing == instances.Count) throw array.Problem!;
        if (at == instances.Count) array.End();
        if (array.Content.Content is { } content)
        {
            if (array.Missing > 0) WarnOfAll(array.Missing);
            else
            {
                _recent.Keep(key, content, content.Length);
                if (scope.Instance is null) ready.Ask(scope.Study!);
            }
            await SendAsync(http, array.Missing > 0 ? null : key, content);
            return;
        }
        var rest = Readable.Find(archive, [.. instances.Skip(at)], logger, isHeaderOnly: true, http.RequestAborted, out _);
        int missing = array.Missing + instances.Count - at - rest.Count;
        if (missing > 0) WarnOfAll(missing);
        await BodyPieces.WriteAsync(AnswerBody.Of(http), array.Content.TakeUnsent(), http.RequestAborted);
        if (at == instances.Count) return;
        for (int next = 0; next < rest.Count;)
        {
            next = array.Append(rest, next, http.RequestAborted);
            await BodyPieces.WriteAsync(AnswerBody.Of(http), array.Content.TakeUnsent(), http.RequestAborted);
        }
        array.End();
        await BodyPieces.WriteAsync(AnswerBody.Of(http), array.Content.TakeUnsent(), http.RequestAborted);

        // The entity tag is that of the complete answer.
        void WarnOfAll(int missing)
        {
            Readable.Warn(http, missing, instances.Count);
            Conditional.Forget(http);
        }
    }

    /// <summary>Sends what was made; compressed as it was compressed before, where the client takes that.</summary>
    /// <param name="http">The exchange.</param>
    /// <param name="key">Where the compressed bytes are kept; null: nothing may be kept.</param>
    /// <param name="content">The answer.</param>
    private Task SendAsync(HttpContext http, string? key, ReadOnlyMemory<byte> content)
    {
        if (key is not null && content.Length >= LeastCompressed && TakesGzip(http.Request))
        {
            if (!_zipped.TryFind(key, out var zipped))
            {
                zipped = Gzip(content);
                _zipped.Keep(key, zipped, zipped.Length);
            }
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.Headers.Append("Vary", "Accept-Encoding");
            content = zipped;
        }
        http.Response.ContentLength = content.Length;
        return BodyPieces.WriteAsync(AnswerBody.Of(http), content, http.RequestAborted);
    }

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && encoding.Quality is not 0);

    private static ReadOnlyMemory<byte> Gzip(ReadOnlyMemory<byte> content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest)) gzip.Write(content.Span);
        return zipped.ToArray();
    }

    private async Task XmlAsync(HttpContext http, IReadOnlyList<StoredInstance> instances, string root, bool isParts)
    {
        instances = Readable.Of(http, archive, instances, logger, isHeaderOnly: true);
        MultipartBody? body = isParts ? MultipartBody.Start(http, MediaTypes.DicomXml) : null;
        foreach (var instance in instances)
        {
            using var file = archive.OpenDataSet(instance, Options, isHeaderOnly: true);
            string address = Addresses.Of(root, instance);
            byte[] xml = DicomXml.ToUtf8Bytes(file.DataSet, new XmlOptions { BulkData = (path, _) => $"{address}/bulkdata/{path}", InlineLimit = InlineLimit });
            if (body is null)
            {
                await SinglePart.SendAsync(http, MediaTypes.DicomXml, xml, address + "/metadata");
                return;
            }
            body.Begin(MediaTypes.DicomXml, xml.Length, address + "/metadata");
            await body.WriteAsync(xml);
            body.End();
        }
        await body!.FinishAsync();
    }
}
