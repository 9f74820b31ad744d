using System.Net;
using System.Text;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class RenderedTests
{
    private const string Instance = "dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1";

    [Theory]
    [InlineData("/rendered", null, "image/jpeg")]
    [InlineData("/rendered", "image/*", "image/jpeg")]
    [InlineData("/rendered", "image/jpeg;q=0.3, image/gif;q=0.9", "image/gif")]
    [InlineData("/rendered", "image/jpeg;q=0, image/*", "image/png")]
    [InlineData("/rendered", "image/jp2", "image/jp2")]
    [InlineData("/rendered?quality=50", "image/jp2", "image/jp2")]
    [InlineData("/rendered", "image/jpg", "image/jpeg")]
    [InlineData("/rendered?accept=image/png", "image/jpeg", "image/png")]
    [InlineData("/frames/2/rendered", "image/png", "image/png")]
    [InlineData("/thumbnail", null, "image/jpeg")]
    [InlineData("/frames/2/thumbnail", "image/gif", "image/gif")]
    public async Task The_client_chooses_the_kind_of_picture(string path, string? accept, string expected)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(Instance + path, accept);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expected, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(expected, Kind(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
    }

    [Theory]
    [InlineData("dicom-web/studies/1.1")]
    [InlineData("dicom-web/studies/1.1/series/1.1.1")]
    public async Task Of_a_study_or_a_series_one_picture_stands_for_all_and_parts_show_all(string path)
    {
        await using var server = await FilledAsync();

        foreach (string resource in new[] { "/rendered", "/thumbnail" })
        {
            using var one = await server.GetAsync(path + resource);
            Assert.Equal("image/jpeg", one.Content.Headers.ContentType?.MediaType);
        }
        using var parts = await server.GetAsync(path + "/rendered", "multipart/related; type=\"image/png\"");

        Assert.Equal("multipart/related", parts.Content.Headers.ContentType?.MediaType);
        string text = Encoding.Latin1.GetString(await parts.Content.ReadAsByteArrayAsync(TestServer.Cancel));
        Assert.Equal(2, text.Split("Content-Type: image/png").Length - 1);
    }

    [Theory]
    [InlineData("viewport=8,8", 8, 8)]
    [InlineData("viewport=32,64", 32, 32)]
    [InlineData("viewport=20,10,0,0,8,4", 20, 10)]
    [InlineData("viewport=10,10,4,4,-8,8", 10, 10)]
    [InlineData("viewport=10,10,,,,8", 10, 5)]
    [InlineData("quality=10", 16, 16)]
    public async Task The_viewport_says_how_large_it_is(string parameters, int columns, int rows)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync($"{Instance}/rendered?{parameters}", "image/jpeg");

        byte[] jpeg = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal((columns, rows), SizeOf(jpeg));
    }

    [Theory]
    [InlineData("rendered?viewport=1")]
    [InlineData("rendered?viewport=10,10,1")]
    [InlineData("rendered?viewport=10,10,0,0,0,4")]
    [InlineData("rendered?viewport=8192,8192,0,0,1,1")]
    [InlineData("rendered?viewport=10,10,99,99")]
    [InlineData("rendered?viewport=2147483647,2147483647")]
    [InlineData("rendered?quality=0")]
    [InlineData("rendered?quality=best")]
    [InlineData("rendered?annotation=nonsense")]
    [InlineData("rendered?annotation=")]
    [InlineData("rendered?iccprofile=nonsense")]
    [InlineData("rendered?iccprofile=srgb&accept=image/gif")]
    [InlineData("rendered?window=100,0,linear")]
    [InlineData("rendered?window=100,10,cubic")]
    [InlineData("rendered?window=100,10,linear&window=100,10,linear")]
    [InlineData("thumbnail?viewport=10,10,0,0,4,4")]
    public async Task A_parameter_that_cannot_be_is_a_bad_request(string path)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync($"{Instance}/{path}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(null, "multipart/related", "image/jpeg")]
    [InlineData("*/*", "multipart/related", "image/jpeg")]
    [InlineData("image/*", "multipart/related", "image/jpeg")]
    [InlineData("multipart/related; type=\"image/png\"", "multipart/related", "image/png")]
    public async Task Several_rendered_frames_come_in_parts_to_who_takes_any_type(string? accept, string expected, string part)
    {
        await using var server = await FilledAsync();

        using var answer = await server.GetAsync(Instance + "/frames/1,3/rendered", accept);

        Assert.Equal(expected, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(3, System.Text.Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel)).Split($"Content-Type: {part}").Length);
    }

    [Fact]
    public async Task A_picture_of_pixel_data_that_contradict_their_header_comes_with_a_warning()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        Assert.True(dataSet.TryFind(Tags.PixelData, out var pixels));
        dataSet.SetBytes(Tags.PixelData, VR.OW, [.. pixels.Bytes.Span, .. new byte[10]]);
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet) + "/rendered", "image/png");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("299 ", answer.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_is_asked_for_again_is_the_same_and_other_parameters_make_another()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);
        string path = TestServer.PathOf(dataSet) + "/rendered";

        byte[] first = await BytesAsync(path), again = await BytesAsync(path), inverted = await BytesAsync(path + "?window=0,1,linear");

        Assert.Equal(first, again);
        Assert.NotEqual(first, inverted);

        async Task<byte[]> BytesAsync(string address)
        {
            using var answer = await server.GetAsync(address, "image/png");
            Assert.Equal("image/png", answer.Content.Headers.ContentType?.MediaType);
            return await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        }
    }

    [Fact]
    public async Task Annotations_and_profiles_are_in_the_picture_when_they_are_asked_for()
    {
        await using var server = await FilledAsync();

        byte[] plain = await PictureAsync("accept=image/png"), patient = await PictureAsync("accept=image/png&annotation=patient"), both = await PictureAsync("accept=image/png&annotation=patient,technique");
        byte[] png = await PictureAsync("accept=image/png&iccprofile=yes"), jpeg = await PictureAsync("iccprofile=srgb");
        byte[] adobe = await PictureAsync("accept=image/png&iccprofile=adobergb");

        Assert.NotEqual(plain, patient);
        Assert.NotEqual(patient, both);
        Assert.True(png.AsSpan().IndexOf("iCCP"u8) > 0);
        Assert.True(jpeg.AsSpan().IndexOf("ICC_PROFILE\0"u8) > 0);
        Assert.True(plain.AsSpan().IndexOf("iCCP"u8) < 0);
        Assert.True(adobe.AsSpan().IndexOf("iCCP"u8) > 0);
        Assert.Equal([0, 2], new[] { png[25], adobe[25] }); // grey; red, green and blue

        async Task<byte[]> PictureAsync(string query)
        {
            using var answer = await server.GetAsync($"{Instance}/rendered?{query}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Warning"));
            return await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        }
    }

    [Fact]
    public async Task Of_several_frames_one_thumbnail_stands_for_all()
    {
        await using var server = await FilledAsync();

        byte[] several = await (await server.GetAsync(Instance + "/frames/1,2,3/thumbnail")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        byte[] middle = await (await server.GetAsync(Instance + "/frames/2/thumbnail")).Content.ReadAsByteArrayAsync(TestServer.Cancel);

        Assert.Equal("image/jpeg", Kind(several));
        Assert.Equal(middle, several);
    }

    [Fact]
    public async Task A_video_has_a_thumbnail_and_comes_as_it_is()
    {
        await using var server = await TestServer.StartAsync();
        var video = SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 3).SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 0, 0, 0, 24, 1, 2, 3, 4 }]));
        await server.StowAsync(video, TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.102")));

        using var rendered = await server.GetAsync(Instance + "/rendered");
        using var thumbnail = await server.GetAsync(Instance + "/thumbnail");
        using var octets = await server.GetAsync(Instance + "/bulkdata/7FE00010", "application/octet-stream");

        Assert.Equal("video/mp4", rendered.Content.Headers.ContentType?.MediaType);
        Assert.Equal("image/jpeg", thumbnail.Content.Headers.ContentType?.MediaType);
        Assert.Equal("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.102", octets.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_gif_of_several_frames_moves()
    {
        await using var server = await FilledAsync();

        byte[] moving = await (await server.GetAsync(Instance + "/rendered", "image/gif")).Content.ReadAsByteArrayAsync(TestServer.Cancel);
        byte[] still = await (await server.GetAsync(Instance + "/frames/1/rendered", "image/gif")).Content.ReadAsByteArrayAsync(TestServer.Cancel);

        Assert.True(moving.AsSpan().IndexOf("NETSCAPE2.0"u8) > 0);
        Assert.True(still.AsSpan().IndexOf("NETSCAPE2.0"u8) < 0);
    }

    [Fact]
    public async Task A_report_is_rendered_as_text()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(Report());

        using var html = await server.GetAsync(Instance + "/rendered");
        using var plain = await server.GetAsync(Instance + "/rendered", "text/plain");
        using var xml = await server.GetAsync(Instance + "/rendered", "text/xml");
        using var picture = await server.GetAsync(Instance + "/rendered", "image/jpeg");
        using var thumbnail = await server.GetAsync(Instance + "/thumbnail", "image/png");

        Assert.Equal("text/html", html.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<li>Finding: a &lt;small&gt; lesion", await html.Content.ReadAsStringAsync(TestServer.Cancel), StringComparison.Ordinal);
        Assert.Contains("Diameter: 12 mm", await plain.Content.ReadAsStringAsync(TestServer.Cancel), StringComparison.Ordinal);
        Assert.Equal("text/xml", xml.Content.Headers.ContentType?.MediaType);
        var read = System.Xml.Linq.XDocument.Parse(await xml.Content.ReadAsStringAsync(TestServer.Cancel));
        Assert.Contains(read.Descendants(), e => e.Name.LocalName == "li" && e.Value.Trim() == "Finding: a <small> lesion");
        Assert.Equal(HttpStatusCode.NotAcceptable, picture.StatusCode);
        Assert.Equal("image/png", thumbnail.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_document_is_rendered_as_it_is()
    {
        await using var server = await TestServer.StartAsync();
        var document = SampleObject.Create("1.1", "1.1.1", "1.1.1.1").Set(Tags.MIMETypeOfEncapsulatedDocument, "application/pdf")
            .SetBytes(Tags.EncapsulatedDocument, VR.OB, "%PDF-1.7\0"u8.ToArray()).Set(Tags.EncapsulatedDocumentLength, 8u);
        document.Remove(Tags.PixelData);
        await server.StowAsync(document);

        using var answer = await server.GetAsync(Instance + "/rendered", "application/pdf");

        Assert.Equal("application/pdf", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("%PDF-1.7", await answer.Content.ReadAsStringAsync(TestServer.Cancel));
    }

    private static DataSet Report()
    {
        static DataSet Code(string meaning) => new DataSet().Set(Tags.CodeValue, "1").Set(Tags.CodingSchemeDesignator, "99X").Set(Tags.CodeMeaning, meaning);
        var text = new DataSet().Set(Tags.RelationshipType, "CONTAINS").Set(Tags.ValueType, "TEXT").Set(Tags.ConceptNameCodeSequence, Code("Finding")).Set(Tags.TextValue, "a <small> lesion");
        var measured = new DataSet().Set(Tags.NumericValue, "12").Set(Tags.MeasurementUnitsCodeSequence, Code("millimetre").Set(Tags.CodeValue, "mm"));
        var number = new DataSet().Set(Tags.RelationshipType, "CONTAINS").Set(Tags.ValueType, "NUM").Set(Tags.ConceptNameCodeSequence, Code("Diameter")).Set(Tags.MeasuredValueSequence, measured);
        var report = SampleObject.Create("1.1", "1.1.1", "1.1.1.1").Set(Tags.SOPClassUID, SopClasses.BasicTextSRStorage).Set(Tags.Modality, "SR")
            .Set(Tags.ValueType, "CONTAINER").Set(Tags.ConceptNameCodeSequence, Code("Report")).Set(Tags.ContentSequence, text, number);
        report.Remove(Tags.PixelData);
        return report;
    }

    /// <summary>Two instances of three frames.</summary>
    [Fact]
    public async Task A_presentation_state_shows_its_image_as_it_presents_it()
    {
        await using var server = await FilledAsync();
        var window = new DataSet().Set(Tags.WindowCenter, "300").Set(Tags.WindowWidth, "10");
        var image = new DataSet().Set(Tags.ReferencedSOPClassUID, SopClasses.CTImageStorage).Set(Tags.ReferencedSOPInstanceUID, "1.1.1.1");
        var series = new DataSet().Set(Tags.SeriesInstanceUID, "1.1.1").Set(Tags.ReferencedImageSequence, image);
        var state = SampleObject.Create("1.1", "1.1.9", "1.1.9.1").Set(Tags.SOPClassUID, "1.2.840.10008.5.1.4.1.1.11.1").Set(Tags.Modality, "PR")
            .Set(Tags.ReferencedSeriesSequence, series).Set(Tags.SoftcopyVOILUTSequence, window);
        foreach (var tag in new[] { Tags.PixelData, Tags.Rows, Tags.Columns, Tags.WindowCenter, Tags.WindowWidth }) state.Remove(tag);
        await server.StowAsync(state);

        using var presented = await server.GetAsync(TestServer.PathOf(state) + "/rendered", "image/png");
        using var plain = await server.GetAsync(Instance + "/rendered", "image/png");
        using var windowed = await server.GetAsync(TestServer.PathOf(state) + "/rendered?window=1,2,linear", "image/png");
        using var part = await server.GetAsync(TestServer.PathOf(state) + "/rendered?viewport=4,4,1,1", "image/png");
        using var sized = await server.GetAsync(TestServer.PathOf(state) + "/rendered?viewport=4,4", "image/png");

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.OK], [windowed.StatusCode, part.StatusCode, sized.StatusCode]);
        Assert.Equal(HttpStatusCode.OK, presented.StatusCode);
        Assert.Equal("image/png", Kind(await presented.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
        Assert.NotEqual(await plain.Content.ReadAsByteArrayAsync(TestServer.Cancel), await presented.Content.ReadAsByteArrayAsync(TestServer.Cancel));
    }

    [Fact]
    public async Task A_blending_state_shows_one_image_over_the_other()
    {
        await using var server = await FilledAsync();
        var state = SampleObject.Create("1.1", "1.1.9", "1.1.9.1").Set(Tags.SOPClassUID, SopClasses.BlendingSoftcopyPresentationStateStorage)
            .Set(Tags.Modality, "PR").Set(Tags.RelativeOpacity, 0.5f);
        foreach (var tag in new[] { Tags.PixelData, Tags.Rows, Tags.Columns, Tags.WindowCenter, Tags.WindowWidth }) state.Remove(tag);
        foreach (var (position, uid) in new[] { ("UNDERLYING", "1.1.1.1"), ("SUPERIMPOSED", "1.1.1.2") })
        {
            state.AddItem(Tags.BlendingSequence).Set(Tags.BlendingPosition, position).AddItem(Tags.ReferencedSeriesSequence).Set(Tags.SeriesInstanceUID, "1.1.1")
                .AddItem(Tags.ReferencedImageSequence).Set(Tags.ReferencedSOPInstanceUID, uid);
        }
        byte[] ramp = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { (byte)i, (byte)i })];
        foreach (var (descriptor, data) in new[]
        {
            (Tags.RedPaletteColorLookupTableDescriptor, Tags.RedPaletteColorLookupTableData),
            (Tags.GreenPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableData),
            (Tags.BluePaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableData),
        })
        {
            state.Set(descriptor, VR.US, 256, 0, 16).SetBytes(data, VR.OW, ramp);
        }
        await server.StowAsync(state);

        using var blended = await server.GetAsync(TestServer.PathOf(state) + "/rendered", "image/png");

        Assert.Equal(HttpStatusCode.OK, blended.StatusCode);
        const int ColourType = 25, TrueColour = 2; // of the IHDR chunk
        Assert.Equal(TrueColour, (await blended.Content.ReadAsByteArrayAsync(TestServer.Cancel))[ColourType]);
    }

    private static async Task<TestServer> FilledAsync()
    {
        var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 3));
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.2", number: 2, frames: 3));
        return server;
    }

    private static string Kind(ReadOnlySpan<byte> bytes) => bytes[0] switch
    {
        0xFF => "image/jpeg",
        0x89 => "image/png",
        (byte)'G' => "image/gif",
        0 when bytes[4..].StartsWith("jP  "u8) => "image/jp2",
        _ => "?",
    };

    private static (int Columns, int Rows) SizeOf(byte[] jpeg)
    {
        var info = FrameCodecs.Identify(jpeg)?.ReadInfo(jpeg);
        if (info is not null) return (info.Columns, info.Rows);
        // SOF0: marker, length, precision, rows, columns
        int at = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        return (jpeg[at + 7] << 8 | jpeg[at + 8], jpeg[at + 5] << 8 | jpeg[at + 6]);
    }
}
