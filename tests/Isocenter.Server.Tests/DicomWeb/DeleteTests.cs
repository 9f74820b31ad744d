using System.Net;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class DeleteTests
{
    [Theory]
    [InlineData("dicom-web/studies/1.1", 0)]
    [InlineData("dicom-web/studies/1.1/series/1.1.1", 1)]
    [InlineData("dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.2", 2)]
    public async Task What_is_deleted_is_gone_and_nothing_else(string path, int left)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var o in new[] { SampleObject.Create("1.1", "1.1.1", "1.1.1.1"), SampleObject.Create("1.1", "1.1.1", "1.1.1.2"), SampleObject.Create("1.1", "1.1.2", "1.1.2.1") })
            await server.StowAsync(o);

        using var deleted = await server.Http.DeleteAsync(path, TestServer.Cancel);
        using var again = await server.Http.DeleteAsync(path, TestServer.Cancel);
        using var gone = await server.GetAsync(path);
        using var rest = await server.GetAsync("dicom-web/instances");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(left.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(rest.Headers.GetValues("X-Total-Count")));
    }

    [Theory]
    [InlineData("dicom-web/studies/1.1", "PUT")]
    [InlineData("dicom-web/studies", "DELETE")]
    [InlineData("dicom-web/studies/1.1/metadata", "POST")]
    public async Task A_method_that_a_resource_does_not_have_is_not_allowed(string path, string method)
    {
        await using var server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.NotEmpty(answer.Content.Headers.Allow);
    }
}
