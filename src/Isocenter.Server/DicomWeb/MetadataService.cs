using System.Buffers;
using System.IO.Compression;
using System.Runtime.ExceptionServices;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of metadata (PS3.18 §10.4.1.1.2): all attributes as JSON or XML, large values by address.</summary>
internal sealed class MetadataService(ImageArchive archive, ILogger logger)
{
    private const int InlineLimit = 1024;
    private static readonly ReadOptions Options = new() { LargeValueThreshold = 4096 };

    /// <summary>Instances that are read at once, on all processors.</summary>
    private const int Bundle = 64;

    /// <summary>Below this, compressing takes longer than sending.</summary>
    private const int LeastCompressed = 4096;

    private readonly RecentAnswers<ReadOnlyMemory<byte>> _recent = new(maxLength: 64 << 20);
    private readonly RecentAnswers<ReadOnlyMemory<byte>> _zipped = new(maxLength: 16 << 20);

    /// <summary>The metadata give the address of this value instead of it.</summary>
    public static bool IsBulk(DataElement element) =>
        element.Fragments is not null || element.Length > InlineLimit && element.VR is not (VR.SQ or VR.PN or VR.UI or VR.CS or VR.DA or VR.TM or VR.DT or VR.AE or VR.AS or VR.LO or VR.SH or VR.AT)
        || element.Tag == Tags.PixelData && element.Length > 0;

    public async Task AnswerAsync(HttpContext http, Scope scope)
    {
        var (type, isParts) = Choose(http.Request);
        var instances = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (instances.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such study, series or instance");
            return;
        }
        if (type == MediaTypes.DicomXml && !isParts && instances.Count > 1)
            throw new NotAcceptableException($"the metadata of {instances.Count} instances come as {MediaTypes.DicomJson} or multipart/related; type=\"{MediaTypes.DicomXml}\"");
        string root = Addresses.Root(http.Request);
        if (Conditional.IsUnchanged(http, instances, $"metadata {type} {isParts} {root}")) return;
        if (type == MediaTypes.DicomXml) await XmlAsync(http, instances, root, isParts);
        else await JsonAsync(http, instances, root, type);
    }

    /// <summary>JSON is the default; XML comes in parts, one for each instance.</summary>
    private static (string Type, bool IsParts) Choose(HttpRequest request)
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
                if (accepted.Matches(type)) return (type, false);
            }
        }
        throw new NotAcceptableException($"metadata come as {MediaTypes.DicomJson} or multipart/related; type=\"{MediaTypes.DicomXml}\"");
    }

    private async Task JsonAsync(HttpContext http, IReadOnlyList<StoredInstance> instances, string root, string type)
    {
        http.Response.ContentType = type;
        string key = http.Response.Headers.ETag.ToString();
        if (_recent.TryFind(key, out var known))
        {
            await SendAsync(http, key, known);
            return;
        }
        int all = instances.Count;
        instances = Readable.Of(http, archive, instances, logger, isHeaderOnly: true);
        if (instances.Count < all) Conditional.Forget(http);
        var body = http.Response.BodyWriter;
        var kept = new KeptContent(maxLength: 16 << 20);
        var pieces = new ArrayBufferWriter<byte>[Math.Min(Bundle, instances.Count)];
        for (int at = 0; at < instances.Count; at += Bundle)
        {
            int count = Math.Min(Bundle, instances.Count - at);
            WriteBundle(instances, at, count, pieces, root, http.RequestAborted);
            for (int i = 0; i < count; i++)
            {
                kept.Write(at + i == 0 ? "["u8 : ","u8);
                kept.Write(pieces[i].WrittenSpan);
            }
            if (at + count == instances.Count) kept.Write("]"u8);
            await BodyPieces.WriteAsync(body, kept.TakeUnsent(), http.RequestAborted);
        }
        if (instances.Count == all && kept.Content is { } content) _recent.Keep(key, content, content.Length);
    }

    /// <summary>Writes the metadata of some instances, one after the other into a piece each.</summary>
    private void WriteBundle(IReadOnlyList<StoredInstance> instances, int at, int count, ArrayBufferWriter<byte>[] pieces, string root, CancellationToken cancel)
    {
        if (count == 1)
        {
            WriteOne(0);
            return;
        }
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, WriteOne);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        void WriteOne(int i)
        {
            var piece = pieces[i] ??= new ArrayBufferWriter<byte>(8 * 1024);
            piece.ResetWrittenCount();
            using var file = archive.OpenDataSet(instances[at + i], Options, isHeaderOnly: true);
            string address = Addresses.Of(root, instances[at + i]);
            DicomJson.Write(file.DataSet, piece, new JsonOptions { BulkData = (path, _) => $"{address}/bulkdata/{path}", InlineLimit = InlineLimit });
        }
    }

    /// <summary>Sends what was made before; compressed as it was compressed before, where the client takes that.</summary>
    private Task SendAsync(HttpContext http, string key, ReadOnlyMemory<byte> content)
    {
        if (content.Length >= LeastCompressed && TakesGzip(http.Request))
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
        return BodyPieces.WriteAsync(http.Response.BodyWriter, content, http.RequestAborted);
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
