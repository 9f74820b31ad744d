using System.Text;
using System.Xml;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Capabilities Transaction (PS3.18 §8.9): what can be asked for, as a WADL document (PS3.18 Annex H).</summary>
internal static class Capabilities
{
    private const string Wadl = "application/vnd.sun.wadl+xml";
    private const string Namespace = "http://wadl.dev.java.net/2009/02";
    private const string XmlParts = "multipart/related; type=\"application/dicom+xml\"";
    private static readonly string[] Metadata = [MediaTypes.DicomJson, XmlParts];
    private static readonly string[] Files = ["multipart/related; type=\"application/dicom\"", MediaTypes.Dicom, MediaTypes.Zip];
    private static readonly string[] Bulk = ["multipart/related; type=\"application/octet-stream\"", MediaTypes.Octets, .. MediaTypes.OfCompressedFrames];
    private static readonly string[] Uploads =
        ["multipart/related; type=\"application/dicom\"", "multipart/related; type=\"application/dicom+json\"", XmlParts, MediaTypes.Dicom, MediaTypes.DicomJson, MediaTypes.DicomXml];
    private static readonly string[] SearchParameters = ["limit", "offset", "includefield", "fuzzymatching", "emptyvaluematching", "multiplevaluematching", "accept"];
    private static readonly string[] RenderParameters = ["viewport", "window", "quality", "annotation", "iccprofile", "accept"];

    /// <summary>One method of a resource.</summary>
    private sealed record Method(string Name, string Id, string[] Takes, string[] Gives, params string[] Parameters);

    /// <summary>A resource and those below it.</summary>
    private sealed record Resource(string Path, Method[] Methods, params Resource[] Below);

    /// <summary>The whole service, or the resource that is asked with those below it.</summary>
    public static async Task AnswerAsync(HttpContext http, Scope none)
    {
        string type = Negotiation.Choose(http.Request, "capabilities", Wadl, "application/xml", "text/xml");
        string path = (http.Request.RouteValues["path"] as string ?? "").Trim('/');
        var found = path.Length == 0 ? new Resource("", [], Tree()) : Find(Tree(), path, "");
        if (found is null)
        {
            await Answers.NotFoundAsync(http, "there is nothing at this address");
            return;
        }
        http.Response.Headers.Allow = string.Join(", ", found.Methods.Select(method => method.Name).SelectMany(name => name == "GET" ? ["GET", "HEAD"] : new[] { name }).Append("OPTIONS").Order(StringComparer.Ordinal));
        http.Response.ContentType = type + "; charset=utf-8";
        await http.Response.BodyWriter.WriteAsync(Write(Addresses.Root(http.Request), path.Length == 0 ? found.Below : [found]), http.RequestAborted);
    }

    /// <summary>The resource of an address: its names stand for themselves, what is in braces for anything.</summary>
    private static Resource? Find(Resource[] resources, string path, string above)
    {
        foreach (var resource in resources)
        {
            if (resource.Path.EndsWith("{path}", StringComparison.Ordinal))
            {
                string begin = resource.Path[..^"{path}".Length];
                if (path.Length > begin.Length && path.StartsWith(begin, StringComparison.Ordinal)) return resource with { Path = above + path };
                continue;
            }
            int end = path.IndexOf('/', StringComparison.Ordinal);
            string name = end < 0 ? path : path[..end];
            if (name != resource.Path && !(resource.Path.StartsWith('{') && name.Length > 0)) continue;
            if (end < 0) return resource with { Path = above + name };
            if (Find(resource.Below, path[(end + 1)..], $"{above}{name}/") is { } below) return below;
        }
        return null;
    }

    private static byte[] Write(string root, Resource[] resources)
    {
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("application", Namespace);
            xml.WriteStartElement("resources", Namespace);
            xml.WriteAttributeString("base", root);
            foreach (var resource in resources) Write(xml, resource);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        return stream.ToArray();
    }

    private static Resource[] Tree()
    {
        var instance = new Resource("{SOPInstance}", [Get("RetrieveInstance", Files, "accept"), Delete("DeleteInstance")],
            Shared("Instance", [
                new Resource("frames", [], new Resource("{framelist}", [Get("RetrieveFrames", Bulk, "accept")], Pictures("Frames"))),
                new Resource("bulkdata/{path}", [Get("RetrieveBulkdata", Bulk, "accept")])]));
        var series = new Resource("{SeriesInstance}", [Get("RetrieveSeries", Files, "accept"), Delete("DeleteSeries")],
            Shared("Series", [new Resource("instances", [Search("SearchForStudySeriesInstances")], instance)]));
        var study = new Resource("{StudyInstance}", [Get("RetrieveStudy", Files, "accept"), Post("StoreStudyInstances"), Delete("DeleteStudy")],
            Shared("Study", [new Resource("series", [Search("SearchForStudySeries")], series), new Resource("instances", [Search("SearchForStudyInstances")])]));
        return
        [
            new Resource("studies", [Search("SearchForStudies"), Post("StoreInstances")], study),
            new Resource("series", [Search("SearchForSeries")]),
            new Resource("instances", [Search("SearchForInstances")]),
            .. NonPatientService.Categories.Select(category =>
                new Resource(category, [new Method("GET", "Search", [], Metadata, SearchParameters), new Method("POST", "Store", Uploads, [MediaTypes.DicomJson])],
                    new Resource("{SOPInstance}", [Get("Retrieve", [MediaTypes.Dicom, MediaTypes.DicomJson, MediaTypes.DicomXml], "accept")]))),
            new Resource("commitment-requests", [], new Resource("{TransactionUID}",
                [new Method("POST", "RequestStorageCommitment", [MediaTypes.DicomJson, MediaTypes.DicomXml], [MediaTypes.DicomJson, MediaTypes.DicomXml]),
                    Get("CheckStorageCommitment", [MediaTypes.DicomJson, MediaTypes.DicomXml])])),
        ];
    }

    private static Resource[] Shared(string name, Resource[] others) =>
    [
        new Resource("metadata", [Get($"Retrieve{name}Metadata", Metadata, "accept")]),
        new Resource("bulkdata", [Get($"Retrieve{name}Bulkdata", Bulk, "accept")]),
        new Resource("pixeldata", [Get($"Retrieve{name}PixelData", Bulk, "accept")]),
        .. Pictures(name),
        .. others,
    ];

    private static Resource[] Pictures(string name) =>
    [
        new Resource("rendered", [Get($"RetrieveRendered{name}", Rendition.ImageTypes, RenderParameters)]),
        new Resource("thumbnail", [Get($"Retrieve{name}Thumbnail", Rendition.ImageTypes, "viewport", "accept")]),
    ];

    private static Method Get(string id, string[] gives, params string[] parameters) => new("GET", id, [], gives, parameters);

    private static Method Search(string id) => new("GET", id, [], Metadata, SearchParameters);

    private static Method Post(string id) => new("POST", id, Uploads, [MediaTypes.DicomJson, MediaTypes.DicomXml]);

    private static Method Delete(string id) => new("DELETE", id, [], []);

    private static void Write(XmlWriter xml, Resource resource)
    {
        xml.WriteStartElement("resource", Namespace);
        xml.WriteAttributeString("path", resource.Path);
        foreach (var method in resource.Methods)
        {
            xml.WriteStartElement("method", Namespace);
            xml.WriteAttributeString("name", method.Name);
            xml.WriteAttributeString("id", method.Id);
            xml.WriteStartElement("request", Namespace);
            if (method.Gives.Length > 0) WriteParameter(xml, "Accept", "header", method.Gives);
            if (method.Takes.Length > 0) WriteParameter(xml, "Content-Type", "header", method.Takes);
            foreach (string parameter in method.Parameters) WriteParameter(xml, parameter, "query", []);
            WriteRepresentations(xml, method.Takes);
            xml.WriteEndElement();
            xml.WriteStartElement("response", Namespace);
            xml.WriteAttributeString("status", method.Name == "DELETE" ? "204" : "200");
            WriteRepresentations(xml, method.Gives);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        foreach (var below in resource.Below) Write(xml, below);
        xml.WriteEndElement();
    }

    private static void WriteParameter(XmlWriter xml, string name, string style, string[] options)
    {
        xml.WriteStartElement("param", Namespace);
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("style", style);
        foreach (string option in options)
        {
            xml.WriteStartElement("option", Namespace);
            xml.WriteAttributeString("value", option);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteRepresentations(XmlWriter xml, string[] types)
    {
        foreach (string type in types)
        {
            xml.WriteStartElement("representation", Namespace);
            xml.WriteAttributeString("mediaType", type);
            xml.WriteEndElement();
        }
    }
}
