using System.Collections.Concurrent;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Tests;

public sealed class StoreQueueTests
{
    private static readonly Uid CT = Uid.Parse(SopClasses.CTImageStorage);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static StoreItem Item(int number, TransferSyntax? syntax = null, params TransferSyntax[] alternatives)
    {
        var instance = Uid.Parse($"2.25.{number}");
        return new StoreItem(CT, instance, syntax ?? TransferSyntax.ExplicitVRLittleEndian,
            (wanted, _) => ValueTask.FromResult(StoreRequest.FromMemory(CT, instance, wanted, new byte[number + 2])))
        {
            Alternatives = alternatives,
        };
    }

    private static AssociationServer Serve(Func<StoreContext, Status> store, AcceptancePolicy? policy = null, int associations = 100)
    {
        var server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            MaxAssociations = associations,
            OnAssociate = (request, _) => ValueTask.FromResult((policy ?? new AcceptancePolicy()).Decide(request)),
            OnStore = async (context, cancel) =>
            {
                await context.DataSet.CopyToAsync(Stream.Null, cancel);
                return store(context);
            },
        });
        server.Start();
        return server;
    }

    private static StoreQueueOptions To(AssociationServer server, int associations = 1) => new()
    {
        Peer = new AssociationOptions { Port = server.EndPoints[0].Port, MaxOperationsInvoked = 4 },
        Associations = associations,
        FirstPause = TimeSpan.FromMilliseconds(1),
    };

    private static async Task<List<StoreOutcome>> SendAsync(IEnumerable<StoreItem> items, StoreQueueOptions options)
    {
        var outcomes = new List<StoreOutcome>();
        await foreach (var outcome in StoreQueue.SendAsync(items, options, Cancel)) outcomes.Add(outcome);
        return outcomes;
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(4, 100)]
    [InlineData(4, 2)]      // the peer takes fewer associations than we would like
    public async Task Every_object_arrives_once_and_is_told_once(int associations, int allowed)
    {
        var seen = new ConcurrentDictionary<string, int>();
        await using var server = Serve(context =>
        {
            seen.AddOrUpdate(context.SopInstanceUid.Value, 1, (_, n) => n + 1);
            return Status.Success;
        }, associations: allowed);
        var outcomes = await SendAsync(Enumerable.Range(1, 200).Select(i => Item(i)), To(server, associations));
        Assert.Equal(200, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsStored));
        Assert.Equal(200, outcomes.DistinctBy(outcome => outcome.Item.SopInstanceUid).Count());
        Assert.All(seen, pair => Assert.Equal(1, pair.Value));
    }

    [Fact]
    public async Task An_association_that_one_object_cost_is_made_anew_for_the_others()
    {
        await using var server = Serve(_ => Status.Success);
        int failures = 0;
        var items = Enumerable.Range(1, 5).Select(i => new StoreItem(CT, Uid.Parse($"2.25.{i}"), TransferSyntax.ExplicitVRLittleEndian, (wanted, _) =>
            ValueTask.FromResult(StoreRequest.FromStream(CT, Uid.Parse($"2.25.{i}"), wanted, i == 3 && failures++ == 0 ? new Failing() : new MemoryStream(new byte[10])))));
        var outcomes = await SendAsync(items, To(server));
        Assert.Equal(5, outcomes.Count);
        // The object that could not be read is not tried again; it took the association with it.
        Assert.Equal("2.25.3", Assert.Single(outcomes, outcome => !outcome.IsStored).Item.SopInstanceUid.Value);
    }

    [Fact]
    public async Task An_object_whose_association_is_lost_is_sent_again()
    {
        int associations = 0;
        await using var server = Serve(_ => Status.Success);
        var options = To(server);
        options = options with
        {
            Peer = options.Peer with
            {
                OpenTransport = async cancel =>
                {
                    var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync(server.EndPoints[0], cancel);
                    return new Breaking(socket, Interlocked.Increment(ref associations) == 1 ? 6000 : long.MaxValue);
                },
            },
        };
        var outcomes = await SendAsync(Enumerable.Range(1, 20).Select(i => Item(1000 + i)), options);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsStored));
        Assert.Equal(20, outcomes.Count);
        Assert.Equal(2, Assert.Single(outcomes, outcome => outcome.Attempts > 1).Attempts);
        Assert.Equal(2, associations);
    }

    [Fact]
    public async Task A_rejection_for_good_is_not_repeated()
    {
        int asked = 0;
        await using var server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnAssociate = (_, _) =>
            {
                Interlocked.Increment(ref asked);
                return ValueTask.FromResult(AssociationDecision.Reject(RejectReason.CallingAETitleNotRecognized));
            },
        });
        server.Start();
        var outcomes = await SendAsync([Item(1), Item(2)], To(server));
        Assert.Equal(1, asked);
        Assert.All(outcomes, outcome => Assert.IsType<AssociationRejectedException>(outcome.Failure));
        Assert.Equal(2, outcomes.Count);
    }

    [Fact]
    public async Task A_peer_that_is_busy_for_the_moment_is_asked_again()
    {
        int asked = 0;
        await using var server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnAssociate = (request, _) => ValueTask.FromResult(Interlocked.Increment(ref asked) < 3
                ? AssociationDecision.Reject(RejectReason.TemporaryCongestion, RejectResult.Transient)
                : new AcceptancePolicy().Decide(request)),
            OnStore = (_, _) => ValueTask.FromResult(Status.Success),
        });
        server.Start();
        Assert.True(Assert.Single(await SendAsync([Item(1)], To(server))).IsStored);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_peer_gets_what_it_takes_of_what_an_object_can_be()
    {
        await using var server = Serve(_ => Status.Success, new AcceptancePolicy { StorageTransferSyntaxes = [TransferSyntax.ImplicitVRLittleEndian] });
        var outcomes = await SendAsync(
        [
            Item(1, TransferSyntax.JPEG2000Lossless, TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian),
            Item(2, TransferSyntax.JPEGLSLossless),
        ], To(server));
        Assert.Equal(TransferSyntax.ImplicitVRLittleEndian, outcomes.Single(o => o.IsStored).SentAs);
        Assert.IsType<NoPresentationContextException>(outcomes.Single(o => !o.IsStored).Failure);
    }

    [Fact]
    public async Task Statuses_are_repeated_when_asked()
    {
        int stores = 0;
        await using var server = Serve(_ => ++stores < 3 ? Status.OutOfResources : Status.Success);
        var outcome = Assert.Single(await SendAsync([Item(1)], To(server) with { RetryStatus = status => status.Code == 0xA700 }));
        Assert.Equal((true, 3), (outcome.IsStored, outcome.Attempts));
        stores = 0;
        Assert.Equal(0xA700, Assert.Single(await SendAsync([Item(1)], To(server))).Status!.Value.Code);
    }

    [Fact]
    public async Task Cancelling_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = Serve(_ => Status.Success);
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in StoreQueue.SendAsync(Enumerable.Range(1, 100_000).Select(i => Item(i)), To(server), cancel.Token))
            {
                if (++count == 10) await cancel.CancelAsync();
            }
        });
        Assert.InRange(count, 10, 99_999);
    }

    /// <summary>A connection that is lost after so many bytes.</summary>
    private sealed class Breaking(System.Net.Sockets.Socket socket, long after) : System.Net.Sockets.NetworkStream(socket, ownsSocket: true)
    {
        private long _sent;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if ((_sent += buffer.Length) > after) Socket.Close();
            return base.WriteAsync(buffer, cancellationToken);
        }
    }

    private sealed class Failing : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the disk is gone");
    }
}
