using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

/// <summary>Objects that are long enough to be sent by the system from their files.</summary>
public sealed class SentFileTests
{
    /// <summary>Of 2 MB pixels: a few times what a socket takes at once.</summary>
    private const int Size = 1024;

    [Fact]
    public async Task Large_objects_come_byte_for_byte_alone_and_in_parts_on_one_connection()
    {
        await using var server = await TestServer.StartAsync();
        DataSet[] objects = [.. Enumerable.Range(1, 3).Select(i => SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i, size: Size))];
        byte[][] files = [.. objects.Select(o => SampleObject.ToFile(o))];
        foreach (byte[] file in files) (await server.StowAsync("dicom-web/studies", file)).Dispose();

        for (int i = 0; i < objects.Length; i++)
        {
            using var alone = await server.GetAsync(TestServer.PathOf(objects[i]), "application/dicom");
            Assert.Equal(TestServer.DataSetOf(files[i]), TestServer.DataSetOf(await alone.Content.ReadAsByteArrayAsync(TestServer.Cancel)));
        }
        using var study = await server.GetAsync("dicom-web/studies/1.1", "multipart/related; type=\"application/dicom\"");
        byte[] body = await study.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(study.Content.Headers.ContentLength, body.Length);
        foreach (byte[] file in files) Assert.True(body.AsSpan().IndexOf(TestServer.DataSetOf(file)) > 0);
    }

    [Theory]
    [InlineData(0, 99)]
    [InlineData(100, 1_000_000)]
    [InlineData(128, 40_000)]
    [InlineData(1_000_001, 1_999_999)]
    public async Task A_range_of_a_large_object_is_that_part_of_it(long from, long to)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(size: Size);
        await server.StowAsync(dataSet);
        using var whole = await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom");
        byte[] file = await whole.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, TestServer.PathOf(dataSet)) { Headers = { Range = new RangeHeaderValue(from, to) } };
        Assert.True(request.Headers.TryAddWithoutValidation("Accept", "application/dicom"));

        using var answer = await server.Http.SendAsync(request, TestServer.Cancel);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(file[(int)from..((int)to + 1)], await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel));
    }

    [Fact]
    public async Task Requests_sent_at_once_on_one_connection_are_answered_one_after_the_other()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(size: Size);
        await server.StowAsync(dataSet);
        using var whole = await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom");
        byte[] file = await whole.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        using var socket = await SendAsync(server, dataSet, times: 3);

        for (int i = 0; i < 3; i++)
        {
            string head = await ReadHeadAsync(socket);
            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
            Assert.Equal(file, await ReadAsync(socket, file.Length));
        }
    }

    [Fact]
    public async Task A_client_who_leaves_in_the_middle_disturbs_nobody()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(size: Size, frames: 8);
        await server.StowAsync(dataSet);
        for (int i = 0; i < 20; i++)
        {
            using var socket = await SendAsync(server, dataSet);
            await ReadAsync(socket, 10_000);
            // Reset: what was sent lies unread.
            socket.Close(0);
        }

        using var answer = await server.GetAsync(TestServer.PathOf(dataSet), "application/dicom");

        byte[] file = await answer.Content.ReadAsByteArrayAsync(TestServer.Cancel);
        Assert.Equal(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), TestServer.DataSetOf(file));
    }

    private static async Task<Socket> SendAsync(TestServer server, DataSet dataSet, int times = 1)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync(server.Server.EndPoints.Http, TestServer.Cancel);
        string request = $"GET /{TestServer.PathOf(dataSet)} HTTP/1.1\r\nHost: localhost\r\nAccept: application/dicom\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, times))), TestServer.Cancel);
        return socket;
    }

    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)(await ReadAsync(socket, 1))[0]);
        return head.ToString();
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length;)
        {
            int n = await socket.ReceiveAsync(bytes.AsMemory(at), TestServer.Cancel);
            Assert.NotEqual(0, n);
            at += n;
        }
        return bytes;
    }
}
