using System.Net;
using System.Text.Json;
using Isocenter.Dicom;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class DemoTests
{
    [Fact]
    public async Task The_sample_study_is_stored_once_however_often_it_is_asked_for()
    {
        await using var server = await TestServer.StartAsync();

        using var first = await server.Http.PostAsync("api/demo", null, TestServer.Cancel);
        using var second = await server.Http.PostAsync("api/demo", null, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        using var answer = JsonDocument.Parse(await first.Content.ReadAsStringAsync(TestServer.Cancel));
        var study = Assert.Single(await server.GetJsonAsync("dicom-web/studies"));
        Assert.Equal(answer.RootElement.GetProperty("studyInstanceUid").GetString(), study.Get<string>(Tags.StudyInstanceUID));
        Assert.Equal(66, study.Get<int>(Tags.NumberOfStudyRelatedInstances));
        using var info = JsonDocument.Parse(await server.Http.GetStringAsync("api/info", TestServer.Cancel));
        Assert.Equal(66, info.RootElement.GetProperty("counts").GetProperty("instances").GetInt32());
        foreach (var series in await server.GetJsonAsync("dicom-web/series"))
        {
            using var picture = await server.GetAsync(new Uri(series.Get<string>(Tags.RetrieveURL)).PathAndQuery.TrimStart('/') + "/thumbnail");
            Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
        }
    }
}
