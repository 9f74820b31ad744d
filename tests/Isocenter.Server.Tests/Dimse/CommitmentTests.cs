using System.Collections.Concurrent;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Dimse;

/// <summary>Storage commitment whose report does not find the one who asked at home.</summary>
public sealed class CommitmentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_for_a_node_that_is_down_comes_after_a_restart_on_an_association_with_roles()
    {
        int port = ForeignTool.FreePort();
        await using var server = await TestServer.StartAsync(s => s with { Nodes = [new Node("TESTER", "127.0.0.1", port)] });
        var dataSet = SampleObject.Create("1.1");
        Assert.Equal(0, (await server.StoreAsync(dataSet)).Code);
        var instance = new InstanceReference(Uid.Parse(dataSet.Get(Tags.SOPClassUID, "")), Uid.Parse(dataSet.Get(Tags.SOPInstanceUID, "")));
        var transaction = Uid.New();
        await using (var association = await server.ConnectAsync(new PresentationContextProposal(StorageCommitment.SopClass)))
        {
            Assert.Equal(Status.Success, (await StorageCommitment.RequestAsync(association, transaction, [instance], Cancel)).Status);
            await association.ReleaseAsync(Cancel);
        }
        string kept = Path.Combine(server.Settings.DataFolder, "workflow", "commitment", transaction.Value + ".dcm");
        Assert.True(File.Exists(kept));

        var told = new TaskCompletionSource<CommitmentResult>();
        var asked = new ConcurrentQueue<ProposedContext>();
        await using var user = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            OnAssociate = (request, _) =>
            {
                foreach (var context in request.PresentationContexts) asked.Enqueue(context);
                return ValueTask.FromResult(new AcceptancePolicy { AbstractSyntaxes = [StorageCommitment.SopClass] }.Decide(request));
            },
            OnEventReport = StorageCommitment.Receive(result => told.TrySetResult(result)),
        });
        var forgotten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(kept)!, Path.GetFileName(kept)) { EnableRaisingEvents = true };
        watcher.Deleted += (_, _) => forgotten.TrySetResult();
        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        user.Start();
        await server.RestartAsync();
        var result = await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal((transaction, instance), (result.TransactionUid, Assert.Single(result.Committed)));
        Assert.Contains(asked, context => context is { Scu: false, Scp: true });
        await forgotten.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.False(File.Exists(kept));
    }
}
