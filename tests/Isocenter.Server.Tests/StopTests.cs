using System.Diagnostics;
using System.IO.Pipelines;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Server.Tests;

public sealed class StopTests
{
    [Fact]
    public async Task Stopping_lets_an_object_that_is_arriving_arrive()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create(size: 2048);
        byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        await using var association = await server.ConnectAsync(SopClasses.CTImageStorage, TransferSyntax.ExplicitVRLittleEndian);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var request = StoreRequest.FromStream(Uid.Parse(SopClasses.CTImageStorage), Uid.Parse(dataSet.Get<string>(Tags.SOPInstanceUID)),
            TransferSyntax.ExplicitVRLittleEndian, pipe.Reader.AsStream());
        var storing = association.StoreAsync(request, TestServer.Cancel);
        await pipe.Writer.WriteAsync(bytes.AsMemory(0, 4_000_000), TestServer.Cancel);
        await WaitForAsync(() => Directory.EnumerateFiles(server.Folder["data"], "*.dcm", SearchOption.AllDirectories).Any());

        var stopping = server.Server.StopAsync(TimeSpan.FromSeconds(8));
        await pipe.Writer.WriteAsync(bytes.AsMemory(4_000_000), TestServer.Cancel);
        await pipe.Writer.CompleteAsync();

        Assert.Equal(0, (await storing).Code);
        await stopping;
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_idle_clients()
    {
        await using var server = await TestServer.StartAsync();
        var association = await server.ConnectAsync(SopClasses.Verification);
        Assert.Equal(0, (await association.EchoAsync(TestServer.Cancel)).Code);
        using var _ = await server.GetAsync("healthz");
        var watch = Stopwatch.StartNew();

        await server.Server.StopAsync(TimeSpan.FromSeconds(8));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await association.Ended.WaitAsync(TimeSpan.FromSeconds(5), TestServer.Cancel);
        await association.DisposeAsync();
    }

    [Fact]
    public async Task Two_servers_do_not_share_a_data_folder()
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<Archive.ArchiveException>(() => IsocenterServer.StartAsync(server.Settings, cancel: TestServer.Cancel));

        Assert.Equal(Archive.ArchiveProblem.FolderInUse, error.Problem);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition()) await Task.Delay(10, deadline.Token);
    }
}
