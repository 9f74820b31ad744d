using System.Globalization;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class SearchTests
{
    [Theory]
    [InlineData("studies", 3)]
    [InlineData("studies?PatientName=M%C3%BCl*", 3)]
    [InlineData("studies?00100010=m%C3%BCller^*", 3)]
    [InlineData("studies?PatientName=Nobody", 0)]
    [InlineData("studies?StudyDate=20240101-20240102", 2)]
    [InlineData("studies?StudyDate=20240102-", 2)]
    [InlineData("studies?StudyDate=-20240101", 1)]
    [InlineData("studies?StudyDate=20240103", 1)]
    [InlineData("studies?StudyInstanceUID=1.1,1.3", 2)]
    [InlineData("studies?PatientID=P-000%3F", 3)]
    [InlineData("studies?ModalitiesInStudy=CT", 3)]
    [InlineData("studies?Modality=CT", 3)]
    [InlineData("studies?Modality=US", 0)]
    [InlineData("studies?Modality=US&Modality=CT", 3)]
    [InlineData("studies?StudyInstanceUID=1.1&StudyInstanceUID=1.3", 2)]
    [InlineData("studies?limit=2", 2)]
    [InlineData("studies?limit=2&offset=2", 1)]
    [InlineData("studies?offset=3", 0)]
    [InlineData("series", 6)]
    [InlineData("studies/1.1/series", 2)]
    [InlineData("studies/1.1/series?Modality=MR", 0)]
    [InlineData("instances", 6)]
    [InlineData("studies/1.1/instances", 2)]
    [InlineData("studies/1.1/series/1.1.1/instances", 1)]
    [InlineData("studies/1.1/series/1.2.1/instances", 0)]
    [InlineData("studies?samepatientas=1.2", 3)]
    [InlineData("studies?samepatientas=1.9", 0)]
    [InlineData("studies?fuzzymatching=true&PatientName=j%C3%BCrgen", 3)]
    public async Task Searches_find_what_matches(string path, int expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync("dicom-web/" + path);

        if (expected == 0)
        {
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
            return;
        }
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/dicom+json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(expected, DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)).Count);
    }

    [Fact]
    public async Task A_page_that_is_asked_for_again_has_what_was_stored_and_deleted_meanwhile()
    {
        await using var server = await FilledAsync();
        const string path = "dicom-web/studies?limit=2&orderby=StudyInstanceUID";
        string[] Uids(IReadOnlyList<DataSet> answers) => [.. answers.Select(answer => answer.Get<string>(Tags.StudyInstanceUID))];

        using var first = await server.GetAsync(path);
        using var again = await server.GetAsync(path);
        await server.StowAsync(SampleObject.Create("1.0", "1.0.1", "1.0.1.1"));
        using var stored = await server.GetAsync(path);
        using var removed = await server.Http.DeleteAsync("dicom-web/studies/1.1", TestServer.Cancel);
        using var deleted = await server.GetAsync(path);

        Assert.Equal(["1.1", "1.2"], Uids(DicomJson.ReadArray(await first.Content.ReadAsByteArrayAsync(TestServer.Cancel))));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(TestServer.Cancel), await again.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(first.Headers.GetValues("Link"), again.Headers.GetValues("Link"));
        Assert.Equal("3", again.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal(["1.0", "1.1"], Uids(DicomJson.ReadArray(await stored.Content.ReadAsByteArrayAsync(TestServer.Cancel))));
        Assert.Equal("4", stored.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal(["1.0", "1.2"], Uids(DicomJson.ReadArray(await deleted.Content.ReadAsByteArrayAsync(TestServer.Cancel))));
    }

    [Theory]
    [InlineData("studies?orderby=StudyDate", "1.1,1.2,1.3")]
    [InlineData("studies?orderby=-00080020&limit=2", "1.3,1.2")]
    [InlineData("studies?orderby=PatientName,StudyInstanceUID", "1.1,1.2,1.3")]
    [InlineData("studies?PatientName=Jürgen&fuzzymatching=true&orderby=-StudyInstanceUID&offset=1", "1.2,1.1")]
    public async Task Results_come_in_the_order_that_is_asked_for(string path, string expected)
    {
        await using var server = await FilledAsync();

        var found = await server.GetJsonAsync("dicom-web/" + path);

        Assert.Equal(expected.Split(','), found.Select(study => study.Get<string>(Tags.StudyInstanceUID)));
    }

    [Fact]
    public async Task An_attribute_that_the_settings_name_is_searched_for_by_both_protocols()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { ExtraAttributes = [new(Tags.ContrastBolusAgent, Archive.QueryLevel.Series)] });
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1").Set(Tags.ContrastBolusAgent, "IODINE"));
        await server.StowAsync(SampleObject.Create("1.2", "1.2.1", "1.2.1.1").Set(Tags.ContrastBolusAgent, "NONE"));

        using var found = await server.GetAsync("dicom-web/series?ContrastBolusAgent=IODINE", "application/dicom+json");
        var series = Assert.Single(DicomJson.ReadArray(await found.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
        Assert.Equal("IODINE", series.Get<string>(Tags.ContrastBolusAgent));
        Assert.False(found.Headers.Contains("Warning"));
        var dimse = await server.FindAsync("1.2.840.10008.5.1.4.1.2.2.1", new DataSet().Set(Tags.QueryRetrieveLevel, "SERIES").Set(Tags.ContrastBolusAgent, "IODINE"));
        Assert.Equal("1.1.1", Assert.Single(dimse).Get<string>(Tags.SeriesInstanceUID));
        using var state = await server.GetAsync("api/index");
        Assert.Contains("\"keyword\":\"ContrastBolusAgent\",\"level\":\"series\",\"ready\":true", await state.Content.ReadAsStringAsync(TestServer.Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("studies?orderby=Modality", HttpStatusCode.BadRequest)]
    [InlineData("studies?orderby=nonsense", HttpStatusCode.BadRequest)]
    [InlineData("studies?limit=1&limit=2", HttpStatusCode.BadRequest)]
    [InlineData("studies?charset=iso-8859-1", HttpStatusCode.BadRequest)]
    [InlineData("studies?charset=iso-8859-1,utf-8", HttpStatusCode.OK)]
    public async Task What_cannot_be_done_is_refused(string path, HttpStatusCode expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync("dicom-web/" + path);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_count_is_told_also_of_what_only_the_matcher_finds()
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync("dicom-web/studies?fuzzymatching=true&PatientName=j%C3%BCrgen&limit=1&offset=1");

        Assert.Equal("3", answer.Headers.GetValues("X-Total-Count").Single());
        Assert.Contains("rel=\"next\"", answer.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Single(DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
    }

    [Theory]
    [InlineData("studies?00100=X")]
    [InlineData("studies?limit=-1")]
    [InlineData("studies?limit=many")]
    [InlineData("studies?offset=1.5")]
    [InlineData("studies?includefield=Nonsense")]
    [InlineData("studies?Rows=abc")]
    [InlineData("studies?fuzzymatching=perhaps")]
    [InlineData("studies?PatientID=P-0001&PatientID=P-0002")]
    [InlineData("studies?TimezoneOffsetFromUTC=CET")]
    public async Task What_cannot_be_understood_is_a_bad_request(string path)
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await server.GetAsync("dicom-web/" + path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_parameter_that_is_not_supported_is_ignored_with_a_warning()
    {
        await using var server = await FilledAsync();

        using var plain = await server.GetAsync("dicom-web/studies?limit=2");
        using var answer = await server.GetAsync("dicom-web/studies?limit=2&PatientNam=X&%0D%0Ax=1");

        string warning = string.Join(' ', answer.Headers.GetValues("Warning"));
        Assert.Contains("PatientNam", warning, StringComparison.Ordinal);
        Assert.Equal(await plain.Content.ReadAsStringAsync(TestServer.Cancel), await answer.Content.ReadAsStringAsync(TestServer.Cancel));
    }

    [Fact]
    public async Task A_study_says_how_much_is_in_it_and_where_it_is()
    {
        await using var server = await FilledAsync();

        var study = Assert.Single(await server.GetJsonAsync("dicom-web/studies?StudyInstanceUID=1.1"));

        Assert.Equal(2, study.Get<int>(Tags.NumberOfStudyRelatedSeries));
        Assert.Equal(2, study.Get<int>(Tags.NumberOfStudyRelatedInstances));
        Assert.Equal(["CT"], study.GetAll<string>(Tags.ModalitiesInStudy));
        Assert.Equal("Müller^Jürgen", study.Get<string>(Tags.PatientName));
        Assert.EndsWith("/dicom-web/studies/1.1", study.Get<string>(Tags.RetrieveURL), StringComparison.Ordinal);
        Assert.False(study.Contains(Tags.QueryRetrieveLevel));
    }

    [Fact]
    public async Task The_total_count_does_not_depend_on_the_page()
    {
        await using var server = await FilledAsync();

        using var page = await server.GetAsync("dicom-web/studies?limit=1&offset=1");
        using var none = await server.GetAsync("dicom-web/studies?PatientID=none");

        Assert.Equal("3", Assert.Single(page.Headers.GetValues("X-Total-Count")));
        Assert.Equal("0", Assert.Single(none.Headers.GetValues("X-Total-Count")));
    }

    [Fact]
    public async Task A_page_says_how_many_results_remain()
    {
        await using var server = await FilledAsync();

        using var page = await server.GetAsync("dicom-web/studies?limit=1");
        using var last = await server.GetAsync("dicom-web/studies?limit=1&offset=2");

        string warning = Assert.Single(page.Headers.GetValues("Warning"));
        Assert.StartsWith("299 ", warning, StringComparison.Ordinal);
        Assert.Contains("There are 2 additional results that can be requested", warning, StringComparison.Ordinal);
        Assert.False(last.Headers.Contains("Warning"));
    }

    [Fact]
    public async Task The_time_zone_is_returned_where_the_objects_name_it()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1").Set(Tags.TimezoneOffsetFromUTC, "+0100"));
        await server.StowAsync(SampleObject.Create("1.2"));

        var named = Assert.Single(await server.GetJsonAsync("dicom-web/studies?StudyInstanceUID=1.1"));
        var unnamed = Assert.Single(await server.GetJsonAsync("dicom-web/studies?StudyInstanceUID=1.2"));

        Assert.Equal("+0100", named.Get<string>(Tags.TimezoneOffsetFromUTC));
        Assert.False(unnamed.Contains(Tags.TimezoneOffsetFromUTC));
    }

    [Theory]
    // 01:30 in Zurich, 00:30 in London, 19:30 of the day before in New York, and 01:30 of no known zone.
    [InlineData("StudyDate=20250314", "1.1,1.3")]
    [InlineData("StudyDate=20250314&TimezoneOffsetFromUTC=%2B0100", "1.1,1.2,1.3")]
    [InlineData("StudyDate=20250313&TimezoneOffsetFromUTC=-0500", "1.1,1.2")]
    [InlineData("StudyDate=20250314&StudyTime=0000-0059&TimezoneOffsetFromUTC=%2B0000", "1.1,1.2")]
    [InlineData("StudyDate=20250314&StudyTime=0000-0059&TimezoneOffsetFromUTC= 0000", "1.1,1.2")]
    [InlineData("StudyDate=-20250313&TimezoneOffsetFromUTC=%2B1400", "")]
    public async Task Dates_and_times_are_those_of_the_zone_that_is_named(string query, string expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1").Set(Tags.StudyDate, "20250314").Set(Tags.StudyTime, "013000").Set(Tags.TimezoneOffsetFromUTC, "+0100"));
        await server.StowAsync(SampleObject.Create("1.2").Set(Tags.StudyDate, "20250313").Set(Tags.StudyTime, "193000").Set(Tags.TimezoneOffsetFromUTC, "-0500"));
        await server.StowAsync(SampleObject.Create("1.3").Set(Tags.StudyDate, "20250314").Set(Tags.StudyTime, "013000"));

        using var answer = await server.GetAsync($"dicom-web/studies?orderby=StudyInstanceUID&{query}");

        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        string found = body.Length == 0 ? "" : string.Join(',', DicomJson.ReadArray(body).Select(study => study.Get<string>(Tags.StudyInstanceUID)));
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("StudyDate=20250314-20250315&StudyTime=2200-0600", 2)]
    [InlineData("StudyDate=20250314-20250315&StudyTime=2200-0400", 1)]
    [InlineData("StudyDate=20250314-&StudyTime=2301-", 1)]
    [InlineData("StudyTime=0000-0600", 1)]
    public async Task A_date_range_begins_and_ends_at_its_time(string query, int expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1").Set(Tags.StudyDate, "20250314").Set(Tags.StudyTime, "230000"));
        await server.StowAsync(SampleObject.Create("1.2").Set(Tags.StudyDate, "20250315").Set(Tags.StudyTime, "050000"));

        Assert.Equal(expected, (await server.GetJsonAsync($"dicom-web/studies?{query}")).Count);
    }

    [Fact]
    public async Task Pages_together_are_the_whole()
    {
        await using var server = await FilledAsync();

        var pages = new List<string>();
        for (int i = 0; i < 3; i++)
            pages.Add((await server.GetJsonAsync(string.Create(CultureInfo.InvariantCulture, $"dicom-web/studies?limit=1&offset={i}")))[0].Get<string>(Tags.StudyInstanceUID));

        Assert.Equal(["1.1", "1.2", "1.3"], pages.Order());
    }

    [Fact]
    public async Task A_field_is_included_when_it_is_asked_for()
    {
        await using var server = await FilledAsync();

        var without = (await server.GetJsonAsync("dicom-web/studies/1.1/series/1.1.1/instances"))[0];
        var with = (await server.GetJsonAsync("dicom-web/studies/1.1/series/1.1.1/instances?includefield=ImageType,00080070"))[0];
        var all = (await server.GetJsonAsync("dicom-web/studies/1.1/series/1.1.1/instances?includefield=all"))[0];

        Assert.False(without.Contains(Tags.ImageType));
        Assert.Equal("ISO_IR 192", without.Get<string>(Tags.SpecificCharacterSet));
        Assert.Equal(["ORIGINAL", "PRIMARY", "AXIAL"], with.GetAll<string>(Tags.ImageType));
        Assert.True(all.Count >= with.Count - 1);
        Assert.Equal(16, without.Get<int>(Tags.Rows));
    }

    [Fact]
    public async Task A_field_of_an_instance_that_is_not_indexed_is_read_from_the_object()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1", "1.1.1", "1.1.1.1").Set(Tags.ImageComments, "größer").Set(Tags.ExposureTime, 5).SetText(new Tag(0x0009_0010), VR.LO, "TESTER");
        dataSet.SetText(new Tag(0x0009_1001), VR.LO, "own");
        await server.StowAsync(dataSet);

        var found = Assert.Single(await server.GetJsonAsync("dicom-web/instances?includefield=ImageComments,ExposureTime,00091001,PixelData,KVP"));
        var series = Assert.Single(await server.GetJsonAsync("dicom-web/series?includefield=ImageComments"));

        Assert.Equal(("größer", 5), (found.Get<string>(Tags.ImageComments), found.Get<int>(Tags.ExposureTime)));
        Assert.Equal("own", found.TryFind(new Tag(0x0009_1001), out var own) ? own.Text : null);
        Assert.True(found.Contains(new Tag(0x0009_0010)));
        Assert.False(found.Contains(Tags.PixelData) || series.Contains(Tags.ImageComments));
    }

    [Fact]
    public async Task Answers_come_as_dicom_json_or_not_at_all()
    {
        await using var server = await FilledAsync();

        using var json = await server.GetAsync("dicom-web/studies", "application/json");
        using var xml = await server.GetAsync("dicom-web/studies", "application/dicom+xml");
        using var parts = await server.GetAsync("dicom-web/studies", "multipart/related; type=\"application/dicom+xml\"");
        using var parameter = await server.GetAsync("dicom-web/studies?accept=application/dicom%2Bjson", "text/html");
        using var plus = await server.GetAsync("dicom-web/studies?accept=application/dicom+json", "text/html");
        using var refused = await server.GetAsync("dicom-web/studies?accept=text/html", "*/*");
        using var anythingElse = await server.GetAsync("dicom-web/studies", "application/dicom+json;q=0, */*");

        Assert.Equal(HttpStatusCode.OK, json.StatusCode);
        Assert.Equal(HttpStatusCode.NotAcceptable, xml.StatusCode);
        Assert.Equal(HttpStatusCode.OK, parameter.StatusCode);
        Assert.Equal(HttpStatusCode.OK, plus.StatusCode);
        Assert.Equal(HttpStatusCode.NotAcceptable, refused.StatusCode);
        Assert.Equal("multipart/related", anythingElse.Content.Headers.ContentType?.MediaType);
        string[] texts = (await parts.Content.ReadAsStringAsync(TestServer.Cancel)).Split("Content-Type: application/dicom+xml");
        Assert.Equal(4, texts.Length);
        Assert.Contains("NativeDicomModel", texts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neighbouring_pages_are_linked()
    {
        await using var server = await FilledAsync();

        using var first = await server.GetAsync("dicom-web/studies?PatientName=M%C3%BCl*&limit=2");
        using var last = await server.GetAsync("dicom-web/studies?PatientName=M%C3%BCl*&limit=2&offset=2");

        string next = Assert.Single(first.Headers.GetValues("Link")), previous = Assert.Single(last.Headers.GetValues("Link"));
        Assert.EndsWith("; rel=\"next\"", next, StringComparison.Ordinal);
        Assert.EndsWith("; rel=\"prev\"", previous, StringComparison.Ordinal);
        Assert.Single(await server.GetJsonAsync(next[1..next.IndexOf('>', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_key_that_is_not_matched_is_told_of_and_attributes_of_lower_levels_are_not_returned()
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync("dicom-web/studies?MagneticFieldStrength=3&includefield=Modality,Rows");

        Assert.StartsWith("299 ", answer.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
        var studies = DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(3, studies.Count);
        Assert.All(studies, study => Assert.False(study.Contains(Tags.Rows) || study.Contains(Tags.Modality) || study.Contains(Tags.TimezoneOffsetFromUTC)));
    }

    [Theory]
    [InlineData("studies?emptyvaluematching=true&ReferringPhysicianName=%22%22", 0)]
    [InlineData("studies?emptyvaluematching=true&PhysiciansOfRecord=%22%22", 3)]
    [InlineData("studies?multiplevaluematching=true&ModalitiesInStudy=CT,MR", 3)]
    [InlineData("studies?multiplevaluematching=true&PatientID=none%5CP-0001", 3)]
    public async Task Empty_and_multiple_values_are_matched(string path, int expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync("dicom-web/" + path);

        Assert.Equal(expected.ToString(CultureInfo.InvariantCulture), Assert.Single(answer.Headers.GetValues("X-Total-Count")));
    }

    /// <summary>Three studies of a day each, with two series of one instance each.</summary>
    private static async Task<TestServer> FilledAsync()
    {
        var server = await TestServer.StartAsync();
        var files = new List<byte[]>();
        for (int study = 1; study <= 3; study++)
            for (int series = 1; series <= 2; series++)
            {
                files.Add(SampleObject.ToFile(SampleObject.Create($"1.{study}", $"1.{study}.{series}", $"1.{study}.{series}.1")
                    .Set(Tags.StudyDate, $"2024010{study}")));
            }
        using var answer = await server.StowAsync("dicom-web/studies", [.. files]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return server;
    }
}
