using System.Buffers;
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

    private readonly RecentAnswers<ReadOnlyMemory<byte>> _recent = new(maxLength: 64 << 20);

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
            http.Response.ContentLength = known.Length;
            await BodyPieces.WriteAsync(http.Response.BodyWriter, known, http.RequestAborted);
            return;
        }
        int all = instances.Count;
        instances = Readable.Of(http, archive, instances, logger, isHeaderOnly: true);
        if (instances.Count < all) Conditional.Forget(http);
        var body = http.Response.BodyWriter;
        var kept = new KeptContent();
        for (int i = 0; i < instances.Count; i++)
        {
            kept.Write(i == 0 ? "["u8 : ","u8);
            using (var file = archive.OpenDataSet(instances[i], Options, isHeaderOnly: true))
            {
                string address = Addresses.Of(root, instances[i]);
                DicomJson.Write(file.DataSet, kept, new JsonOptions { BulkData = (path, _) => $"{address}/bulkdata/{path}", InlineLimit = InlineLimit });
            }
            if (i == instances.Count - 1) kept.Write("]"u8);
            await body.WriteAsync(kept.TakeUnsent(), http.RequestAborted);
        }
        if (instances.Count == all && kept.Content is { } content) _recent.Keep(key, content, content.Length);
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
