using System.Net;
using System.Net.Http.Headers;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests;

/// <summary>A whole server on free ports over an empty folder, with clients of both protocols.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TestServer()
    {
    }

    public required IsocenterServer Server { get; set; }

    public required HttpClient Http { get; set; }

    public required ServerSettings Settings { get; set; }

    public TemporaryFolder Folder => _folder;

    public Uri Root => new($"http://{Server.EndPoints.Http}/");

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestServer> StartAsync(Func<ServerSettings, ServerSettings>? change = null)
    {
        var server = new TestServer { Server = null!, Http = null!, Settings = null! };
        var settings = new ServerSettings
        {
            DataFolder = server._folder["data"],
            Dicom = new IPEndPoint(IPAddress.Loopback, 0),
            Http = new IPEndPoint(IPAddress.Loopback, 0),
            MinFreeSpace = 1 << 20,
        };
        server.Settings = change?.Invoke(settings) ?? settings;
        server.Server = await IsocenterServer.StartAsync(server.Settings, cancel: Cancel);
        server.Http = new HttpClient { BaseAddress = server.Root };
        return server;
    }

    public async Task RestartAsync()
    {
        await Server.StopAsync(TimeSpan.FromSeconds(5));
        Http.Dispose();
        Server = await IsocenterServer.StartAsync(Settings, cancel: Cancel);
        Http = new HttpClient { BaseAddress = Root };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    public Task<Association> ConnectAsync(params PresentationContextProposal[] contexts) => Association.ConnectAsync(new AssociationOptions
    {
        Port = Server.EndPoints.Dicom.Port,
        CallingAETitle = "TESTER",
        CalledAETitle = Settings.AETitle,
        PresentationContexts = contexts,
    }, Cancel);

    public Task<Association> ConnectAsync(string sopClass, params TransferSyntax[] syntaxes) => ConnectAsync(
        syntaxes.Length == 0 ? new PresentationContextProposal(Uid.Parse(sopClass)) : new PresentationContextProposal(Uid.Parse(sopClass), syntaxes));

    public async Task<Status> StoreAsync(DataSet dataSet, TransferSyntax? syntax = null)
    {
        syntax ??= TransferSyntax.ExplicitVRLittleEndian;
        await using var association = await ConnectAsync(dataSet.Get<string>(Tags.SOPClassUID), syntax);
        using var request = StoreRequest.FromDataSet(dataSet, syntax);
        return await association.StoreAsync(request, Cancel);
    }

    public async Task<List<DataSet>> FindAsync(string model, DataSet identifier)
    {
        await using var association = await ConnectAsync(model);
        var found = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(Uid.Parse(model), identifier), Cancel)) found.Add(match);
        return found;
    }

    /// <summary>STOW-RS of files as they are.</summary>
    public async Task<HttpResponseMessage> StowAsync(string path, params byte[][] files)
    {
        using var content = new MultipartContent("related", "test-boundary");
        content.Headers.ContentType!.Parameters.Add(new NameValueHeaderValue("type", "\"application/dicom\""));
        foreach (byte[] file in files)
        {
            var part = new ByteArrayContent(file);
            part.Headers.ContentType = new MediaTypeHeaderValue("application/dicom");
            content.Add(part);
        }
        return await Http.PostAsync(path, content, Cancel);
    }

    public async Task StowAsync(DataSet dataSet, TransferSyntax? syntax = null)
    {
        using var answer = await StowAsync("dicom-web/studies", SampleObject.ToFile(dataSet, syntax));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) Assert.True(request.Headers.TryAddWithoutValidation("Accept", accept));
        return await Http.SendAsync(request, Cancel);
    }

    public async Task<IReadOnlyList<DataSet>> GetJsonAsync(string path)
    {
        using var answer = await GetAsync(path, "application/dicom+json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/dicom+json", answer.Content.Headers.ContentType?.MediaType);
        return DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    public static string PathOf(DataSet dataSet) =>
        $"dicom-web/studies/{dataSet.Get<string>(Tags.StudyInstanceUID)}/series/{dataSet.Get<string>(Tags.SeriesInstanceUID)}/instances/{dataSet.Get<string>(Tags.SOPInstanceUID)}";

    /// <summary>The bytes of the data set of a file.</summary>
    public static byte[] DataSetOf(ReadOnlyMemory<byte> file)
    {
        using var read = DicomFile.Read(file);
        return file[(int)read.DataSetOffset..].ToArray();
    }
}
