using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;

namespace Isocenter.Server.DicomWeb;

/// <summary>Search Transaction, QIDO-RS (PS3.18 §10.6).</summary>
internal sealed class SearchService(ImageArchive archive)
{
    /// <summary>Most answers of one request; a client that wants more goes on with offset.</summary>
    private const int MaxAnswers = 10_000;

    /// <summary>Longest body of a search, in bytes; as much as a web server takes in an address.</summary>
    private const int MaxFormLength = 8192;

    /// <summary>Pages as they were sent last. Many look at the same first page, and between two stores it stays the same.</summary>
    private readonly RecentAnswers<Page> _recent = new(maxLength: 16 << 20);

    /// <summary>A page of answers as JSON, and the headers that go with it.</summary>
    private sealed record Page(StringValues Total, StringValues Link, StringValues Warning, ReadOnlyMemory<byte> Content);

    /// <summary>The same for studies, with the parameters in the body, as a form: what our own pages search for is about
    /// patients, and does not belong into addresses, which stand in logs.</summary>
    public async Task AnswerFormAsync(HttpContext http)
    {
        if (http.Request.ContentLength is not <= MaxFormLength)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status413PayloadTooLarge, $"a form of at most {MaxFormLength} bytes that says its length is expected");
            return;
        }
        using var body = new StreamReader(http.Request.Body, Encoding.UTF8);
        http.Request.QueryString = new QueryString("?" + await body.ReadToEndAsync(http.RequestAborted));
        try
        {
            await AnswerAsync(http, QueryLevel.Study, Scope.None);
        }
        finally
        {
            http.Request.QueryString = default; // whoever logs the request when it is over shall not see it
        }
    }

    public async Task AnswerAsync(HttpContext http, QueryLevel level, Scope scope)
    {
        var (type, isParts) = Choose(http.Request);
        http.Response.Headers.Append("Vary", "Accept");
        bool isHead = HttpMethods.IsHead(http.Request.Method);
        // Before the search: what is stored meanwhile makes another key, and this page is not found under it.
        string? key = isParts || isHead ? null
            : string.Create(CultureInfo.InvariantCulture, $"{archive.Revision} {Addresses.Root(http.Request)} {http.Request.Path} {http.Request.QueryString}");
        if (key is not null && _recent.TryFind(key, out var page))
        {
            await SendAsync(http, page, type);
            return;
        }
        var parameters = SearchParameters.Parse(http.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))));
        var identifier = parameters.Keys;
        if (scope.Study is not null) identifier.SetText(Tags.StudyInstanceUID, VR.UI, scope.Study.Value);
        if (scope.Series is not null) identifier.SetText(Tags.SeriesInstanceUID, VR.UI, scope.Series.Value);
        if (level == QueryLevel.Study) UnderstandModality(identifier);
        if (parameters.SamePatientAs is { } study) await AskForPatientOfAsync(study, identifier, http.RequestAborted);
        var matching = identifier.Select(element => element.Tag).ToList();
        var required = ReturnKeys(level, scope).ToList();
        foreach (var tag in required.Concat(parameters.IncludeFields))
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
            EmptyValueMatching = parameters.EmptyValueMatching,
            CombinedDateTime = true,        // PS3.18 §8.3.4.1
            TimeZone = TimeZoneOf(parameters.Keys),
            IncludeAll = parameters.IncludeAll,
            IncludeLinkedPatients = parameters.LinkedPatients || parameters.SamePatientAs is not null,
            OrderBy = parameters.OrderBy,
        };
        foreach (var (tag, _) in parameters.OrderBy)
        {
            if (!QueryKeys.CanSortBy(tag, level)) throw new SearchParameterException($"these results cannot be sorted by {tag}");
        }
        if (parameters.Unsupported.Count > 0) WarningHeader.Add(http, $"These query parameters are not supported, and were ignored: {string.Join(", ", parameters.Unsupported)}.");
        var notIndexed = archive.UnsupportedKeys(query);
        // What the index has not is in the objects; of series and studies there are many to read.
        List<Tag> fromFiles = level == QueryLevel.Image ? [.. parameters.IncludeFields.Where(notIndexed.Contains).Distinct()] : [];
        var unsupported = notIndexed.Where(matching.Contains).ToList();
        if (unsupported.Count > 0) WarningHeader.Add(http, $"Matching is not supported for {string.Join(", ", unsupported)}. It has not been performed.");
        var (total, answers) = isHead
            ? (await archive.CountAsync(query, http.RequestAborted), AsyncEnumerable.Empty<DataSet>())
            : await archive.QueryPageAsync(query, http.RequestAborted);
        http.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        if (!HttpMethods.IsPost(http.Request.Method)) AddLinks(http, parameters.Offset, limit, total); // a form has no address
        if (total - parameters.Offset - limit is > 0 and var remaining)
            WarningHeader.Add(http, string.Create(CultureInfo.InvariantCulture, $"There are {remaining} additional results that can be requested"));
        if (total <= parameters.Offset || limit == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        if (isHead)
        {
            http.Response.ContentType = type;
            return;
        }
        string root = Addresses.Root(http.Request);
        var matches = Finished(answers, root, level, [.. required], fromFiles, http.RequestAborted);
        if (isParts) await XmlAsync(http, matches);
        else await JsonAsync(http, matches, type, key!);
    }

    /// <summary>Asks for the studies of a study's patient; for the study alone when it does not say whose it is.</summary>
    private async Task AskForPatientOfAsync(string study, DataSet identifier, CancellationToken cancel)
    {
        var known = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetText(Tags.StudyInstanceUID, VR.UI, study)
            .Set<string>(Tags.PatientID).Set<string>(Tags.IssuerOfPatientID);
        var (_, found) = await archive.QueryPageAsync(new Query { Level = QueryLevel.Study, Identifier = known, Limit = 1 }, cancel);
        await foreach (var one in found)
        {
            string patient = one.Get(Tags.PatientID, ""), issuer = one.Get(Tags.IssuerOfPatientID, "");
            // An asterisk in it would be a wildcard.
            if (patient.Length == 0 || patient.AsSpan().ContainsAny('*', '?')) break;
            identifier.SetText(Tags.PatientID, VR.LO, patient);
            if (issuer.Length > 0 && !issuer.AsSpan().ContainsAny('*', '?')) identifier.SetText(Tags.IssuerOfPatientID, VR.LO, issuer);
            return;
        }
        identifier.SetText(Tags.StudyInstanceUID, VR.UI, study);
    }

    /// <summary>Of a study many clients ask for a Modality: they mean those that have it.</summary>
    private static void UnderstandModality(DataSet identifier)
    {
        if (!identifier.TryFind(Tags.Modality, out var key) || identifier.Contains(Tags.ModalitiesInStudy)) return;
        string text = key.Text;
        identifier.Remove(Tags.Modality);
        identifier.SetText(Tags.ModalitiesInStudy, VR.CS, text);
    }

    /// <summary>Dates and times of the query are in this zone (PS3.18 §8.3.4.1).</summary>
    private static TimeSpan? TimeZoneOf(DataSet keys)
    {
        if (!keys.TryFind(Tags.TimezoneOffsetFromUTC, out var element) || element.IsEmpty) return null;
        // A plus sign that was not encoded has become a blank, and been trimmed.
        string text = element.Text.Trim();
        if (text.Length == 4) text = "+" + text;
        return QueryKeys.TryParseTimeZone(text, out var zone) ? zone
            : throw new SearchParameterException("TimezoneOffsetFromUTC is a sign and four digits, such as +0100");
    }

    private async Task JsonAsync(HttpContext http, IAsyncEnumerable<DataSet> matches, string type, string key)
    {
        http.Response.ContentType = type;
        var headers = http.Response.Headers;
        var body = AnswerBody.Of(http);
        var kept = new KeptContent(maxLength: 1 << 20);
        int count = 0;
        await foreach (var match in matches)
        {
            kept.Write(count++ == 0 ? "["u8 : ","u8);
            DicomJson.Write(match, kept);
            if (count % 64 == 0) await BodyPieces.WriteAsync(body, kept.TakeUnsent(), http.RequestAborted);
        }
        kept.Write(count == 0 ? "[]"u8 : "]"u8);
        if (kept.Content is { } content) _recent.Keep(key, new Page(headers["X-Total-Count"], headers.Link, headers["Warning"], content), content.Length);
        await BodyPieces.WriteAsync(body, kept.TakeUnsent(), http.RequestAborted);
    }

    private static Task SendAsync(HttpContext http, Page page, string type)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = page.Content.Length;
        var headers = http.Response.Headers;
        headers["X-Total-Count"] = page.Total;
        if (page.Link.Count > 0) headers.Link = page.Link;
        if (page.Warning.Count > 0) headers["Warning"] = page.Warning;
        return BodyPieces.WriteAsync(AnswerBody.Of(http), page.Content, http.RequestAborted);
    }

    private static async Task XmlAsync(HttpContext http, IAsyncEnumerable<DataSet> matches)
    {
        var body = MultipartBody.Start(http, MediaTypes.DicomXml);
        await foreach (var match in matches)
        {
            byte[] xml = DicomXml.ToUtf8Bytes(match);
            body.Begin(MediaTypes.DicomXml, xml.Length);
            await body.WriteAsync(xml);
            body.End();
        }
        await body.FinishAsync();
    }

    /// <summary>What an answer has beside what the index gives, and what it does not have: attributes that are to be there "if
    /// known" and are not (PS3.18 Tables 10.6.3-3 to -5).</summary>
    private async IAsyncEnumerable<DataSet> Finished(IAsyncEnumerable<DataSet> matches, string root, QueryLevel level, HashSet<Tag> required, List<Tag> fromFiles,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var match in matches.WithCancellation(cancel))
        {
            List<Tag>? empty = null;
            foreach (var element in match)
            {
                if (element.IsEmpty && (!required.Contains(element.Tag) || QueryAttributes.IsOptional(element.Tag))) (empty ??= []).Add(element.Tag);
            }
            foreach (var tag in empty ?? []) match.Remove(tag);
            // Of JSON and XML it is known (PS3.18 §F.2, Tables 10.6.3-3 to -5).
            match.SetText(Tags.SpecificCharacterSet, VR.CS, "ISO_IR 192");
            match.SetText(Tags.RetrieveURL, VR.UR, Addresses.Of(root, match, level));
            if (fromFiles.Count > 0) await AddFromFileAsync(match, fromFiles, cancel);
            yield return match;
        }
    }

    /// <summary>Attributes of an instance that are not in the index; none that the metadata would name an address for.</summary>
    private async Task AddFromFileAsync(DataSet match, List<Tag> wanted, CancellationToken cancel)
    {
        if (!Uid.TryParseLenient(match.Get(Tags.StudyInstanceUID, ""), out var study) || !Uid.TryParseLenient(match.Get(Tags.SeriesInstanceUID, ""), out var series)
            || !Uid.TryParseLenient(match.Get(Tags.SOPInstanceUID, ""), out var uid)
            || await archive.FindInstancesAsync(Selection.Of(study, series, uid), cancel) is not [var instance, ..]) return;
        var found = new DataSet();
        try
        {
            using var file = archive.OpenDataSet(instance, MetadataService.Options, isHeaderOnly: true);
            if (file.DataSet.TryFind(Tags.SpecificCharacterSet, out var characterSet)) found.Add(characterSet);
            foreach (var tag in wanted)
            {
                if (!file.DataSet.TryFind(tag, out var element) || MetadataService.IsBulk(element)) continue;
                found.Add(element);
                if (tag.IsPrivate && !found.Contains(tag.PrivateCreator) && file.DataSet.TryFind(tag.PrivateCreator, out var creator)) found.Add(creator);
            }
            found = found.Copy().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        }
        catch (ArchiveException)
        {
            // It cannot be read; whoever retrieves it hears of that.
            return;
        }
        foreach (var element in found)
        {
            if (!match.Contains(element.Tag)) match.Add(element);
        }
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

    /// <summary>Links to the pages around this one (RFC 8288).</summary>
    private static void AddLinks(HttpContext http, int offset, int limit, long total)
    {
        if (limit == 0) return;
        var links = new List<string>();
        if ((long)offset + limit < total) Add("next", offset + limit);
        if (offset > 0) Add("prev", Math.Max(0, offset - limit));
        if (links.Count > 0) http.Response.Headers.Link = string.Join(", ", links);

        void Add(string relation, int at)
        {
            var query = new QueryBuilder(http.Request.Query.Where(pair => !pair.Key.Equals("offset", StringComparison.OrdinalIgnoreCase)
                && !pair.Key.Equals("limit", StringComparison.OrdinalIgnoreCase)).SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))))
            {
                { "limit", limit.ToString(CultureInfo.InvariantCulture) },
                { "offset", at.ToString(CultureInfo.InvariantCulture) },
            };
            links.Add($"<{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{http.Request.Path}{query}>; rel=\"{relation}\"");
        }
    }

    private static (string Type, bool IsParts) Choose(HttpRequest request)
    {
        foreach (var accepted in Negotiation.Accepted(request))
        {
            if (accepted.IsMultipart)
            {
                if (accepted.Matches(MediaTypes.DicomXml)) return (MediaTypes.DicomXml, true);
                continue;
            }
            if (accepted.Matches(MediaTypes.DicomJson)) return (MediaTypes.DicomJson, false);
            if (accepted.Type == MediaTypes.Json) return (MediaTypes.Json, false);
            // A range of types of which JSON is refused.
            if (accepted.IsWildcard && accepted.Matches(MediaTypes.DicomXml)) return (MediaTypes.DicomXml, true);
        }
        throw new NotAcceptableException($"search results come as {MediaTypes.DicomJson} or multipart/related; type=\"{MediaTypes.DicomXml}\"");
    }
}
