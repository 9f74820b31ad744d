using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Network;
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
    public async Task More_connections_than_there_is_room_for_do_not_keep_a_new_one_out()
    {
        await using var server = await TestServer.StartAsync();
        await server.StowAsync(SampleObject.Create("1.1"));
        var slow = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 1100; i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(server.Server.EndPoints.Http, TestServer.Cancel);
                if (i % 2 == 0) await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: local"u8.ToArray(), TestServer.Cancel);
            }

            Assert.Single(await server.GetJsonAsync("dicom-web/studies"));
            // The one that was quiet longest had to go.
            int read = 0;
            try
            {
                read = await slow[0].GetStream().ReadAsync(new byte[1], TestServer.Cancel);
            }
            catch (IOException)
            {
                // Gone in the other way.
            }
            Assert.Equal(0, read);
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
    }

    [Fact]
    public async Task A_chunk_of_a_length_that_no_number_holds_is_a_bad_request()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Server.EndPoints.Http, TestServer.Cancel);
        string request = "POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/related; type=\"application/dicom\"; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestServer.Cancel);
        var answer = new byte[12];
        await client.GetStream().ReadExactlyAsync(answer, TestServer.Cancel);
        Assert.Equal("HTTP/1.1 400", Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task A_hundred_slow_associations_hold_nobody_up()
    {
        await using var server = await TestServer.StartAsync();
        var slow = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(server.Server.EndPoints.Dicom, TestServer.Cancel);
                // The first bytes of an A-ASSOCIATE-RQ of 200 bytes: one, two, three ...
                byte[] begun = [1, 0, 0, 0, 0, 200, 0, 1];
                await client.GetStream().WriteAsync(begun.AsMemory(0, 1 + i % begun.Length), TestServer.Cancel);
            }

            Assert.Equal(0, (await server.StoreAsync(SampleObject.Create("1.1"))).Code);
            Assert.Single(await server.GetJsonAsync("dicom-web/studies"));
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hundred_thousand_nested_sequences_are_refused(bool isDimse)
    {
        await using var server = await TestServer.StartAsync();
        byte[] dataSet = Nested(100_000);

        if (isDimse)
        {
            await using var association = await server.ConnectAsync(SopClasses.CTImageStorage, TransferSyntax.ExplicitVRLittleEndian);
            using var request = StoreRequest.FromMemory(Uid.Parse(SopClasses.CTImageStorage), Uid.Parse("1.1.1.1"), TransferSyntax.ExplicitVRLittleEndian, dataSet.AsMemory());
            Assert.Equal(0xC000, (await association.StoreAsync(request, TestServer.Cancel)).Code & 0xF000);
        }
        else
        {
            byte[] file = SampleObject.ToFile(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
            using var read = DicomFile.Read(file);
            byte[] nested = [.. file.AsSpan(0, (int)read.DataSetOffset), .. dataSet];
            using var answer = await server.StowAsync("dicom-web/studies", nested);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        }

        await server.StowAsync(SampleObject.Create());
        Assert.Single(await server.GetJsonAsync("dicom-web/studies"));
    }

    [Theory]
    [InlineData("[", 100_000, "")]
    [InlineData("[{\"00081140\":{\"vr\":\"SQ\",\"Value\":", 20_000, "")]
    [InlineData("{},", 1_000_000, "{}]")]
    [InlineData("[{\"00280010\":{\"vr\":\"US\",\"Value\":[1", 1, "e999]}}]")]
    public async Task Json_that_is_meant_to_harm_is_refused(string repeated, int times, string end)
    {
        await using var server = await TestServer.StartAsync();
        var text = new StringBuilder(repeated.StartsWith('{') ? "[" : "").Insert(repeated.StartsWith('{') ? 1 : 0, repeated, times).Append(end);
        using var content = new StringContent(text.ToString());
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/dicom+json");

        using var answer = await server.Http.PostAsync("dicom-web/studies", content, TestServer.Cancel);

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Conflict });
        await server.StowAsync(SampleObject.Create());
    }

    [Fact]
    public async Task A_multipart_body_without_end_is_refused_long_before_it_ends()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Server.EndPoints.Http, TestServer.Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync("POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/related; type=\"application/dicom\"; boundary=b\r\n\r\n"u8.ToArray(), TestServer.Cancel);
        byte[] chunk = [.. "100000\r\n"u8, .. new byte[1 << 20], .. "\r\n"u8];
        int sent = 0;
        try
        {
            // What stands before the first boundary. The server answers, and closes on who does not listen.
            for (; sent < 1000; sent++) await stream.WriteAsync(chunk, TestServer.Cancel);
        }
        catch (IOException)
        {
        }

        Assert.InRange(sent, 0, 200);
        await server.StowAsync(SampleObject.Create());
    }

    [Theory]
    [InlineData("frames/", "1,", 100_000, HttpStatusCode.BadRequest)]
    [InlineData("bulkdata/", "00081140/1/", 3000, HttpStatusCode.NotFound)]
    [InlineData("rendered?viewport=", "1", 5000, HttpStatusCode.BadRequest)]
    public async Task An_address_without_end_is_refused(string begin, string repeated, int times, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create();
        await server.StowAsync(dataSet);

        using var answer = await server.GetAsync($"{TestServer.PathOf(dataSet)}/{begin}{new StringBuilder().Insert(0, repeated, times)}1");

        // Kestrel itself refuses a request line of more than 8 KB.
        Assert.Contains(answer.StatusCode, new[] { expected, HttpStatusCode.RequestUriTooLong });
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

    /// <summary>The data set of an object, and in it a sequence in a sequence in a sequence.</summary>
    private static byte[] Nested(int depth)
    {
        byte[] file = SampleObject.ToFile(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        byte[] dataSet = TestServer.DataSetOf(file);
        int at = dataSet.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x10, 0x00, 0x10, 0x00, (byte)'P', (byte)'N']);
        using var nested = new MemoryStream();
        nested.Write(dataSet, 0, at);
        for (int i = 0; i < depth; i++)
            nested.Write([0x08, 0x00, 0x40, 0x11, (byte)'S', (byte)'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
        for (int i = 0; i < depth; i++)
            nested.Write([0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        nested.Write(dataSet, at, dataSet.Length - at);
        return nested.ToArray();
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
