using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests;

/// <summary>Handlers beside the reading loop: what reaches them while they work, and how many work at a time.</summary>
public class ConcurrencyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Peer_that_goes_away_cancels_a_store_that_is_still_being_written(bool byAbort)
    {
        var (entered, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = async (context, cancel) =>
            {
                await context.DataSet.CopyToAsync(Stream.Null, cancel);
                entered.SetResult();
                using var registered = cancel.Register(cancelled.SetResult);
                await cancelled.Task;
                cancel.ThrowIfCancellationRequested();
                return Status.Success;
            },
        });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        var instance = Uid.New();
        await peer.SendCommandAsync(1, RawPeer.Store(instance));
        await peer.SendPdvAsync(1, false, true, Image(instance));
        await entered.Task.WaitAsync(Patience, Cancel);
        if (byAbort) await peer.SendAsync(0x07, 0, 0, 0, 0, 4, 0, 0, 0, 0);
        else await peer.DisposeAsync();
        await cancelled.Task.WaitAsync(Patience, Cancel);
        await served.WaitAsync(Patience, Cancel);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Stores_run_side_by_side_within_the_negotiated_window_and_not_beyond()
    {
        int running = 0, most = 0;
        var (three, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var archive = new MemoryArchive(o => o with
        {
            MaxOperationsPerformed = 3,
            OnStore = async (context, cancel) =>
            {
                await context.DataSet.CopyToAsync(Stream.Null, cancel);
                int now = Interlocked.Increment(ref running);
                lock (three) most = Math.Max(most, now);
                if (now == 3) three.TrySetResult();
                await go.Task.WaitAsync(cancel);
                Interlocked.Decrement(ref running);
                return Status.Success;
            },
        });
        await using var association = await Association.ConnectAsync(
            archive.Client(new PresentationContextProposal(CT, [TransferSyntax.ExplicitVRLittleEndian])) with { MaxOperationsInvoked = 8 }, Cancel);
        Assert.Equal(3, association.Info.MaxOperationsInvoked);
        var sending = Enumerable.Range(0, 9).Select(_ => SendAsync(association)).ToArray();
        await three.Task.WaitAsync(Patience, Cancel);
        go.SetResult();
        Assert.All(await Task.WhenAll(sending).WaitAsync(Patience, Cancel), status => Assert.Equal(Status.Success, status));
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Peer_that_sends_more_than_was_negotiated_is_served_one_at_a_time_in_order()
    {
        int running = 0;
        bool overlapped = false;
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = async (context, cancel) =>
            {
                await context.DataSet.CopyToAsync(Stream.Null, cancel);
                overlapped |= Interlocked.Increment(ref running) > 1;
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Status.Success;
            },
        });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        for (ushort id = 1; id <= 20; id++)
        {
            await peer.SendCommandAsync(1, RawPeer.Store(Uid.New(), id));
            await peer.SendPdvAsync(1, false, true, new byte[100]);
        }
        for (ushort id = 1; id <= 20; id++) Assert.Equal((ushort?)id, (await peer.ReceiveCommandAsync()).MessageIdBeingRespondedTo);
        Assert.False(overlapped);
        await peer.DisposeAsync();
        await served.WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task Cancel_in_the_same_segment_as_its_find_is_not_lost()
    {
        await using var archive = new MemoryArchive(o => o with
        {
            OnFind = (_, cancel) => Endless(cancel),
        });
        for (int i = 0; i < 50; i++)
        {
            var (peer, served) = RawPeer.Of(archive.Server);
            await peer.AssociateAsync(StudyFind);
            var find = new CommandSet { CommandField = CommandField.CFindRQ, MessageId = 7, AffectedSopClassUid = StudyFind.Value, HasDataSet = true };
            byte[] keys = DataSetWriter.ToArray(new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY"), TransferSyntax.ExplicitVRLittleEndian);
            await peer.SendAsync(
            [
                .. RawPeer.Pdv(1, true, true, RawPeer.Encoded(find)),
                .. RawPeer.Pdv(1, false, true, keys),
                .. RawPeer.Pdv(1, true, true, RawPeer.Encoded(new CommandSet { CommandField = CommandField.CCancelRQ, MessageIdBeingRespondedTo = 7 })),
            ]);
            Assert.Equal(Status.Cancel, (await peer.ReceiveCommandAsync().WaitAsync(Patience, Cancel)).Status);
            await peer.DisposeAsync();
            await served.WaitAsync(Patience, Cancel);
        }

        static async IAsyncEnumerable<DataSet> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.Delay(Timeout.Infinite, cancel);
            yield break;
        }
    }

    [Fact]
    public async Task Message_id_in_use_is_a_duplicate_invocation()
    {
        await using var archive = new MemoryArchive(o => o with { OnFind = (_, cancel) => Endless(cancel) });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(StudyFind);
        var find = new CommandSet { CommandField = CommandField.CFindRQ, MessageId = 7, AffectedSopClassUid = StudyFind.Value, HasDataSet = true };
        for (int i = 0; i < 2; i++)
        {
            await peer.SendCommandAsync(1, find);
            await peer.SendPdvAsync(1, false, true, DataSetWriter.ToArray(new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY"), TransferSyntax.ExplicitVRLittleEndian));
        }
        Assert.Equal(Status.DuplicateInvocation, (await peer.ReceiveCommandAsync().WaitAsync(Patience, Cancel)).Status);
        await peer.DisposeAsync();
        await served.WaitAsync(Patience, Cancel);

        static async IAsyncEnumerable<DataSet> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.Delay(Timeout.Infinite, cancel);
            yield break;
        }
    }

    [Fact]
    public async Task Release_behind_a_store_waits_for_its_response()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        var instance = Uid.New();
        await peer.SendAsync(
        [
            .. RawPeer.Pdv(1, true, true, RawPeer.Encoded(RawPeer.Store(instance))),
            .. RawPeer.Pdv(1, false, true, Image(instance)),
            0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0,
        ]);
        Assert.Equal(Status.Success, (await peer.ReceiveCommandAsync()).Status);
        Assert.Equal(PduType.AReleaseRP, (await peer.ReceiveAsync()).Type);
        await peer.DisposeAsync();
        await served.WaitAsync(Patience, Cancel);
    }

    private static async Task<Status> SendAsync(Association association)
    {
        var instance = Uid.New();
        using var request = StoreRequest.FromMemory(CT, instance, TransferSyntax.ExplicitVRLittleEndian, Image(instance).AsMemory());
        return await association.StoreAsync(request, Cancel);
    }
}
