using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

/// <summary>What brings other servers down is refused in bounded memory, and the server goes on.</summary>
public sealed class HostileTests
{
    [Fact]
    public async Task An_object_that_inflates_without_end_is_refused()
    {
        await using var server = await TestServer.StartAsync();

        using var answer = await server.StowAsync("dicom-web/studies", Bomb());

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await server.StowAsync(SampleObject.Create());
    }

    [Fact]
    public async Task A_hundred_slow_connections_hold_nobody_up()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1"));
        var slow = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(server.Server.EndPoints.Http, TestServer.Cancel);
                // Half of them in the middle of the headers, half in the middle of a store.
                string begun = i % 2 == 0 ? "GET /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
                    : "POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/related; type=\"application/dicom\"; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Type: application/dicom\r\n\r\n";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(begun), TestServer.Cancel);
            }

            Assert.Single(await server.GetJsonAsync("dicom-web/studies"));
            await server.StowAsync(SampleObject.Create("1.2"));
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
    }

    [Fact]
    public async Task Headers_of_a_part_without_end_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var content = new StringContent("--b\r\nContent-Type: application/dicom\r\nX: " + new string('x', 1 << 20) + "\r\n\r\n\r\n--b--\r\n");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/related; type=\"application/dicom\"; boundary=b");

        using var answer = await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("rendered?viewport=999999999,999999999")]
    [InlineData("rendered?viewport=8192,8192")]
    [InlineData("rendered?viewport=100,100,0,0,0.0001,0.0001")]
    [InlineData("rendered?viewport=100,100,0,0,1e308,1e308")]
    public async Task An_absurd_viewport_is_refused(string path)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync($"{TestServer.PathOf(dataSet)}/{path}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>A deflated data set of 1100 MiB of zeros in a few MB.</summary>
    private static byte[] Bomb()
    {
        var dataSet = SampleObject.Create();
        dataSet.Remove(Tags.PixelData);
        byte[] file = SampleObject.ToFile(dataSet, TransferSyntax.DeflatedExplicitVRLittleEndian);
        using var read = DicomFile.Read(file);
        using var bomb = new MemoryStream();
        bomb.Write(file, 0, (int)read.DataSetOffset);
        using (var deflate = new DeflateStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian));
            // (7FE0,0010) OW of 1100 MiB
            deflate.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'W', 0, 0, 0, 0, 0xC0, 0x44]);
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1100; i++) deflate.Write(zeros);
        }
        return bomb.ToArray();
    }
}
