using System.Net.Sockets;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

public sealed class LifetimeTests
{
    private static readonly Uid CT = Uid.Parse(SopClasses.CTImageStorage);

    [Fact]
    public async Task Sigterm_ends_the_server_in_order_though_clients_hang_on()
    {
        ForeignTool.Require("kill");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        await using var idle = await server.ConnectAsync(new PresentationContextProposal(Uid.Parse(SopClasses.Verification)));
        using var silent = new TcpClient("127.0.0.1", server.DicomPort);
        using var halfRequest = new TcpClient("127.0.0.1", server.HttpPort);
        await halfRequest.GetStream().WriteAsync("POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"u8.ToArray(), IsocenterProcess.Cancel);

        var took = await server.TerminateAsync(TimeSpan.FromSeconds(15));

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.True(server.ExitCode == 0, $"{server.ExitCode}: {server.Said}");
        Assert.Contains("stopping", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_lets_an_object_that_is_arriving_arrive()
    {
        ForeignTool.Require("kill");
        using var folder = new TemporaryFolder();
        var dataSet = SampleObject.Create(size: 2048);
        byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        await using (var server = await IsocenterProcess.StartAsync(folder["data"]))
        {
            await using var association = await server.ConnectAsync(new PresentationContextProposal(CT));
            var slow = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0));
            using var request = StoreRequest.FromStream(CT, Uid.Parse(dataSet.Get<string>(Tags.SOPInstanceUID)), TransferSyntax.ExplicitVRLittleEndian, slow.Reader.AsStream());
            var storing = association.StoreAsync(request, IsocenterProcess.Cancel);
            await slow.Writer.WriteAsync(bytes.AsMemory(0, 4_000_000), IsocenterProcess.Cancel);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!Directory.EnumerateFiles(folder["data"], "*.dcm", SearchOption.AllDirectories).Any()) await Task.Delay(10, deadline.Token);

            var terminating = server.TerminateAsync(TimeSpan.FromSeconds(15));
            while (!server.Said.Contains("stopping", StringComparison.Ordinal)) await Task.Delay(10, deadline.Token);
            await slow.Writer.WriteAsync(bytes.AsMemory(4_000_000), IsocenterProcess.Cancel);
            await slow.Writer.CompleteAsync();

            Assert.Equal(0, (await storing).Code);
            Assert.InRange(await terminating, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            Assert.Equal(0, server.ExitCode);
        }
        await using var again = await IsocenterProcess.StartAsync(folder["data"]);
        Assert.Equal(bytes, await again.FetchDataSetAsync(dataSet));
    }

    [Fact]
    public async Task A_wrong_setting_ends_the_start_with_one_sentence_that_names_it()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["wrong.json"], """{ "dicom": { "prot": 104 } }""", IsocenterProcess.Cancel);

        var misspelt = await IsocenterProcess.RunAsync("serve", "--data", folder["data"], "--config", folder["wrong.json"]);
        var exposed = await IsocenterProcess.RunAsync("serve", "--data", folder["data"], "--listen", "0.0.0.0");
        var usage = await IsocenterProcess.RunAsync("serve", "--dicom-prot", "104");

        Assert.Equal(2, misspelt.ExitCode);
        Assert.Contains("dicom:prot", misspelt.Output, StringComparison.Ordinal);
        Assert.Equal(2, exposed.ExitCode);
        Assert.Contains("--insecure", exposed.Output, StringComparison.Ordinal);
        Assert.Equal(2, usage.ExitCode);
        Assert.All([misspelt, exposed, usage], result => Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder["data"]));
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);

        var second = await IsocenterProcess.RunAsync("serve", "--data", folder["data"], "--dicom-port", "0", "--http-port", "0", "--config", folder["empty.json"]);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another process", second.Output, StringComparison.Ordinal);
    }
}
