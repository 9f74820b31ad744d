using Isocenter.Dicom;
using Isocenter.Server.Http;

namespace Isocenter.Server.Portal;

/// <summary><c>/api/attributes</c>: the names of PS3.6 by tag, for the page's list of attributes. The same for each build.</summary>
internal static class AttributeNames
{
    private static readonly string Tag = $"\"{typeof(AttributeNames).Module.ModuleVersionId:n}\"";

    public static Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers.ETag = Tag;
        http.Response.Headers.CacheControl = "private, max-age=86400";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(Tag, StringComparison.Ordinal))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        return Answers.JsonAsync(http, json =>
        {
            json.WriteStartObject();
            foreach (var entry in DataDictionary.All) json.WriteString(entry.Tag.ToHex(), entry.Name);
            json.WriteEndObject();
        });
    }
}
