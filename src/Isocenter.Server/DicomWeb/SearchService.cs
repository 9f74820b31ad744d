using System.Buffers;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;

namespace Isocenter.Server.DicomWeb;

/// <summary>Search Transaction, QIDO-RS (PS3.18 §10.6).</summary>
internal sealed class SearchService(ImageArchive archive)
{
    /// <summary>Most answers of one request; a client that wants more goes on with offset.</summary>
    private const int MaxAnswers = 10_000;

    public async Task AnswerAsync(HttpContext http, QueryLevel level, Scope scope)
    {
        EnsureJson(http.Request);
        var parameters = SearchParameters.Parse(http.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))));
        var identifier = parameters.Keys;
        if (scope.Study is not null) identifier.SetText(Tags.StudyInstanceUID, VR.UI, scope.Study.Value);
        if (scope.Series is not null) identifier.SetText(Tags.SeriesInstanceUID, VR.UI, scope.Series.Value);
        foreach (var tag in ReturnKeys(level, scope).Concat(parameters.IncludeFields))
        {
            if (!identifier.Contains(tag)) identifier.SetBytes(tag, DataDictionary.VROf(tag), default);
        }
        int limit = Math.Min(parameters.Limit ?? MaxAnswers, MaxAnswers);
        var query = new Query
        {
            Level = level,
            Identifier = identifier,
            Limit = limit,
            Offset = parameters.Offset,
            FuzzyMatching = parameters.FuzzyMatching,
            IncludeAll = parameters.IncludeAll,
        };
        if (level == QueryLevel.Study)
            http.Response.Headers["X-Total-Count"] = (await archive.CountAsync(query, http.RequestAborted)).ToString(System.Globalization.CultureInfo.InvariantCulture);

        string root = Addresses.Root(http.Request);
        int count = 0;
        var body = http.Response.BodyWriter;
        await foreach (var match in archive.QueryAsync(query, http.RequestAborted))
        {
            if (count == 0) http.Response.ContentType = "application/dicom+json";
            body.Write(count++ == 0 ? "["u8 : ","u8);
            match.SetText(Tags.RetrieveURL, VR.UR, Addresses.Of(root, match, level));
            DicomJson.Write(match, body);
            if (count % 64 == 0) await body.FlushAsync(http.RequestAborted);
        }
        if (count == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        body.Write("]"u8);
        await body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Series found without naming a study say which study they belong to, and so on (PS3.18 Table 10.6.1-5).</summary>
    private static IEnumerable<Tag> ReturnKeys(QueryLevel level, Scope scope)
    {
        IEnumerable<Tag> keys = level switch
        {
            QueryLevel.Study => QueryAttributes.Study,
            QueryLevel.Series => [.. QueryAttributes.Series, Tags.StudyInstanceUID],
            _ => [.. QueryAttributes.Instance, Tags.StudyInstanceUID, Tags.SeriesInstanceUID],
        };
        if (level > QueryLevel.Study && scope.Study is null) keys = keys.Concat(QueryAttributes.Study);
        if (level > QueryLevel.Series && scope.Series is null) keys = keys.Concat(QueryAttributes.Series);
        return keys;
    }

    private static void EnsureJson(HttpRequest request)
    {
        var accepted = AcceptHeader.Parse([request.Query["accept"], .. request.Headers.Accept]);
        if (!accepted.Any(a => !a.IsMultipart && (a.Matches("application/dicom+json") || a.Type == "application/json")))
            throw new NotAcceptableException("search results come as application/dicom+json");
    }
}
