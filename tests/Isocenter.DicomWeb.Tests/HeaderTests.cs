namespace Isocenter.DicomWeb.Tests;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("multipart/related; type=\"application/dicom\"; boundary=abc", "multipart/related", "application/dicom", "abc")]
    [InlineData("Multipart/Related;TYPE=application/dicom;Boundary=\"a;b=c\"", "multipart/related", "application/dicom", "a;b=c")]
    [InlineData("multipart/related; boundary=\"a\\\"b\";", "multipart/related", null, "a\"b")]
    [InlineData(" image/png ", "image/png", null, null)]
    public void A_media_type_is_read_with_its_parameters(string text, string type, string? root, string? boundary)
    {
        Assert.True(MediaType.TryParse(text, out var media));

        Assert.Equal((type, root, boundary), (media.Type, media["type"], media["boundary"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dicom")]
    [InlineData("application/")]
    [InlineData("/dicom")]
    [InlineData("a/b/c")]
    [InlineData("application/dicom; nonsense")]
    public void What_is_no_media_type_is_refused(string? text) => Assert.False(MediaType.TryParse(text, out _));

    [Fact]
    public void A_media_type_of_endless_length_is_refused() => Assert.False(MediaType.TryParse("a/b;c=" + new string('d', 5000), out _));

    [Fact]
    public void The_best_comes_first_and_the_clients_order_decides_among_equals()
    {
        var accepted = AcceptHeader.Parse("image/png;q=0.5, application/dicom+json, image/jpeg;q=0.9, text/plain;q=0", "application/json");

        Assert.Equal(["application/dicom+json", "application/json", "image/jpeg", "image/png"], accepted.Select(a => a.Type));
    }

    [Fact]
    public void Of_a_multipart_the_type_of_its_parts_counts()
    {
        var accepted = Assert.Single(AcceptHeader.Parse("multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.4.90"));

        Assert.Equal(new Accepted("application/dicom", true, "1.2.840.10008.1.2.4.90", 1), accepted);
        Assert.True(accepted.Matches("application/dicom"));
        Assert.False(accepted.Matches("application/dicom+json"));
    }

    [Theory]
    [InlineData("*/*", true)]
    [InlineData("application/*", true)]
    [InlineData("image/*", false)]
    [InlineData("multipart/related", true)]
    [InlineData("application/dicom", true)]
    public void Wildcards_stand_for_what_they_should(string accept, bool expected) =>
        Assert.Equal(expected, Assert.Single(AcceptHeader.Parse(accept)).Matches("application/dicom"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_a_header_everything_is_accepted(string? header) => Assert.Equal("*/*", Assert.Single(AcceptHeader.Parse(header)).Type);

    [Fact]
    public void What_cannot_be_read_is_left_out() => Assert.Empty(AcceptHeader.Parse("nonsense"));

    [Fact]
    public void An_endless_header_stays_short() => Assert.True(AcceptHeader.Parse(string.Join(',', Enumerable.Repeat("a/b", 10_000))).Count <= 64);
}
