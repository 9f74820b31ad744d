using System.Net.Sockets;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>What a port that listens gets to hear.</summary>
public sealed class BadInputTests
{
    private static readonly byte[] AssociateHead = [0x01, 0, 0, 0, 0, 80, 0, 1, 0, 0];

    [Fact]
    public async Task Rubbish_on_either_port_costs_the_rubbish_its_connection_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var random = new Random(4711);
        byte[] noise = new byte[200_000];
        random.NextBytes(noise);
        List<byte[]> inputs =
        [
            noise,
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. noise[..508]],   // a TLS ClientHello
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
            [0x01, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. noise[..100]],       // A-ASSOCIATE-RQ of 4 GiB
            [0x04, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. noise[..100]],       // P-DATA-TF of 4 GiB before any association
            [0x04, 0, 0, 0, 0, 4, 0, 0, 0, 0],
            [0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0],                        // A-RELEASE-RQ
            [0x07, 0, 0, 0, 0, 4, 0, 0, 2, 0],                        // A-ABORT
            [0xFF, 0, 0, 0, 0, 0],
            [.. AssociateHead, .. noise[..76]],                       // truncated and rotten
            [0x01, 0, 0, 0, 0, 68, .. new byte[68]],                  // no items at all
            [0x01],
            [],
        ];

        foreach (int port in new[] { server.DicomPort, server.HttpPort })
            foreach (byte[] input in inputs)
            {
                using var client = new TcpClient("127.0.0.1", port);
                var stream = client.GetStream();
                try
                {
                    await stream.WriteAsync(input, IsocenterProcess.Cancel);
                    client.Client.Shutdown(SocketShutdown.Send);
                    await stream.CopyToAsync(Stream.Null, IsocenterProcess.Cancel).WaitAsync(TimeSpan.FromSeconds(45), IsocenterProcess.Cancel);
                }
                catch (Exception reset) when (reset is IOException or SocketException)
                {
                    // Reset by the server while we were still talking: as good as a close.
                }
            }

        await AssertAliveAsync(server);
    }

    [Fact]
    public async Task Connections_that_say_nothing_do_not_keep_others_out()
    {
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var silent = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                silent.Add(new TcpClient("127.0.0.1", server.DicomPort));
                silent.Add(new TcpClient("127.0.0.1", server.HttpPort));
                if (i % 2 == 0) await silent[^2].GetStream().WriteAsync(AssociateHead, IsocenterProcess.Cancel);
            }

            await AssertAliveAsync(server);
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Clients_that_vanish_in_the_middle_of_an_object_leave_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        byte[] bytes = DataSetWriter.ToArray(SampleObject.Create(size: 2048), TransferSyntax.ExplicitVRLittleEndian);
        for (int i = 0; i < 5; i++)
        {
            var association = await server.ConnectAsync(new PresentationContextProposal(Uid.Parse(SopClasses.CTImageStorage)));
            var slow = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));
            using var request = StoreRequest.FromStream(Uid.Parse(SopClasses.CTImageStorage), Uid.New(), TransferSyntax.ExplicitVRLittleEndian, slow.Reader.AsStream());
            var storing = association.StoreAsync(request, IsocenterProcess.Cancel);
            await slow.Writer.WriteAsync(bytes.AsMemory(0, 1_000_000 * i), IsocenterProcess.Cancel);
            association.Abort();
            await slow.Writer.CompleteAsync();
            await Assert.ThrowsAnyAsync<AssociationException>(() => storing);
        }

        await AssertAliveAsync(server);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (Directory.EnumerateFiles(folder["data"], "*.dcm", SearchOption.AllDirectories).Any()) await Task.Delay(20, deadline.Token);
        Assert.Empty(await server.SearchAsync("instances"));
    }

    private static async Task AssertAliveAsync(IsocenterProcess server)
    {
        await using (var association = await server.ConnectAsync(new PresentationContextProposal(Uid.Parse(SopClasses.Verification))))
            Assert.Equal(0, (await association.EchoAsync(IsocenterProcess.Cancel)).Code);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await server.Http.GetAsync("readyz", IsocenterProcess.Cancel)).StatusCode);
        Assert.False(server.HasExited);
        Assert.DoesNotContain("Unhandled", server.Said, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux()) Assert.InRange(await server.PeakMemoryAsync(), 1, 250);
    }
}
