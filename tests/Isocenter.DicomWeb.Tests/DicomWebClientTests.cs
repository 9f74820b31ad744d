using System.Net;

namespace Isocenter.DicomWeb.Tests;

public sealed class DicomWebClientTests
{
    [Theory]
    [InlineData("Doe*", "Doe*")]
    [InlineData("M\u00FCller^J?", "M%C3%BCller%5EJ%3F")]
    [InlineData("a&b=c#d+e", "a%26b%3Dc%23d%2Be")]
    public async Task A_value_is_escaped_but_for_its_wildcard(string value, string expected)
    {
        using var peer = new Peer();
        using var http = new HttpClient(peer);
        var client = new DicomWebClient(http, new Uri("http://archive/dicom-web"));

        Assert.Empty(await client.SearchAsync("studies", [KeyValuePair.Create("PatientName", value)], TestContext.Current.CancellationToken));

        Assert.Equal("http://archive/dicom-web/studies?PatientName=" + expected, peer.Asked);
    }

    /// <summary>Has nothing, and remembers what it was asked for.</summary>
    private sealed class Peer : HttpMessageHandler
    {
        public string? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.AbsoluteUri;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent));
        }
    }
}
