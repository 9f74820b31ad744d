using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests;

/// <summary>What the provider promises: policy, limits, handlers that fail, stopping.</summary>
public class ServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rejection_carries_result_source_reason_and_a_sentence()
    {
        await using var archive = new MemoryArchive(o => o with
        {
            OnAssociate = (r, _) => ValueTask.FromResult(new AcceptancePolicy { CallingAETitles = ["KNOWN"] }.Decide(r)),
        });
        var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(
            () => Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)), Cancel));
        Assert.Equal((RejectResult.Permanent, RejectSource.ServiceUser, RejectReason.CallingAETitleNotRecognized),
            (rejected.Result, rejected.RejectedBy, rejected.Reason));
        Assert.Contains("does not know our AE title 'TEST'", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_association_too_many_is_rejected_for_now()
    {
        await using var archive = new MemoryArchive(o => o with { MaxAssociations = 2 });
        var options = archive.Client(new PresentationContextProposal(Verification));
        await using var one = await Association.ConnectAsync(options, Cancel);
        await using (await Association.ConnectAsync(options, Cancel))
        {
            var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(() => Association.ConnectAsync(options, Cancel));
            Assert.Equal((RejectResult.Transient, RejectReason.LocalLimitExceeded), (rejected.Result, rejected.Reason));
            Assert.Equal(Status.Success, await one.EchoAsync(Cancel));
        }
        await UntilAsync(() => archive.Server.Associations.Count == 1);
        await using var again = await Association.ConnectAsync(options, Cancel);
        Assert.Equal(Status.Success, await again.EchoAsync(Cancel));
    }

    [Fact]
    public async Task One_association_too_many_from_an_address_is_rejected_for_now()
    {
        await using var archive = new MemoryArchive(o => o with { MaxAssociationsPerPeer = 1 });
        var options = archive.Client(new PresentationContextProposal(Verification));
        await using var one = await Association.ConnectAsync(options, Cancel);
        var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(() => Association.ConnectAsync(options, Cancel));
        Assert.Equal(RejectReason.LocalLimitExceeded, rejected.Reason);
    }

    [Fact]
    public async Task Unknown_application_context_is_rejected()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.SendAsync(RawPeer.Request(Verification) with { ApplicationContext = "1.2.3" });
        var (type, body) = await peer.ReceiveAsync();
        Assert.Equal(PduType.AAssociateRJ, type);
        Assert.Equal(new AAssociateRJ(RejectResult.Permanent, RejectReason.ApplicationContextNameNotSupported), PduReader.ReadReject(body));
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Unknown_protocol_version_is_rejected_by_the_provider()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.SendAsync(RawPeer.Request(Verification) with { ProtocolVersion = 2 });
        var (type, body) = await peer.ReceiveAsync();
        Assert.Equal(PduType.AAssociateRJ, type);
        Assert.Equal(new AAssociateRJ(RejectResult.Permanent, RejectReason.ProtocolVersionNotSupported), PduReader.ReadReject(body));
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public void Policy_answers_each_context_for_itself()
    {
        var jpeg = TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.70"));
        var privateSyntax = TransferSyntax.Of(Uid.Parse("1.3.46.670589.33.1.4.1"));
        var privateClass = Uid.Parse("1.3.46.670589.5.0.1");
        ContextDecision Decide(Uid sop, AcceptancePolicy policy, params TransferSyntax[] offered) => policy.Decide(new ProposedContext(1, sop, offered));

        var usual = new AcceptancePolicy();
        Assert.Equal(jpeg, Decide(CT, usual, jpeg, TransferSyntax.ImplicitVRLittleEndian).TransferSyntax);
        Assert.Equal(privateSyntax, Decide(CT, usual, privateSyntax).TransferSyntax);
        Assert.Equal(TransferSyntax.ExplicitVRLittleEndian,
            Decide(StudyFind, usual, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian).TransferSyntax);
        Assert.Equal(PresentationContextResult.TransferSyntaxesNotSupported, Decide(Verification, usual, jpeg).Result);
        Assert.Equal(PresentationContextResult.AbstractSyntaxNotSupported, Decide(privateClass, usual, jpeg).Result);
        Assert.Equal(jpeg, Decide(privateClass, new AcceptancePolicy { AcceptUnknownStorage = true }, jpeg).TransferSyntax);
        Assert.Equal(PresentationContextResult.AbstractSyntaxNotSupported,
            Decide(Uid.Parse(SopClasses.StorageCommitmentPushModel), new AcceptancePolicy { AcceptUnknownStorage = true }, jpeg).Result);
        Assert.Equal(jpeg, Decide(CT, usual, privateSyntax, jpeg).TransferSyntax);
        Assert.Equal(PresentationContextResult.TransferSyntaxesNotSupported, Decide(CT, usual, TransferSyntax.Of(Uid.Parse("1.2.3.4"))).Result);
        foreach (string cannotBe in new[] { "1.2.3.4", "1.2.840.10008.5.1.4.34.99" })
        {
            Assert.Equal(PresentationContextResult.AbstractSyntaxNotSupported,
                Decide(Uid.Parse(cannotBe), new AcceptancePolicy { AcceptUnknownStorage = true }, jpeg).Result);
        }
        Assert.Equal(jpeg, Decide(Uid.Parse("1.2.840.10008.5.1.4.1.1.999"), new AcceptancePolicy { AcceptUnknownStorage = true }, jpeg).TransferSyntax);
        Assert.Equal(jpeg, Decide(CT, new AcceptancePolicy { PreferCompressed = true }, TransferSyntax.ExplicitVRLittleEndian, jpeg).TransferSyntax);
    }

    [Fact]
    public async Task Handler_that_throws_costs_its_operation_only()
    {
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = static (_, _) => throw new IOException("disk full"),
            OnFind = static (_, _) => throw new StatusException(Status.OutOfResources.With("too many")),
        });
        await using var association = await Association.ConnectAsync(archive.Client(new(CT), new(StudyFind), new(Verification)), Cancel);
        var status = await association.StoreAsync(Object(300_000), Cancel);
        Assert.Equal(Status.ProcessingFailure, status);
        Assert.Equal("disk full", status.Comment);
        var refused = await Assert.ThrowsAsync<StatusException>(async () =>
        {
            await foreach (var match in association.FindAsync(new FindRequest(StudyFind, new DataSet()), Cancel)) Assert.Fail("nothing matches");
        });
        Assert.Equal(Status.OutOfResources, refused.Status);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
        Assert.Contains(archive.Events, e => e.Kind == AssociationEventKind.OperationFailed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Handler_that_returns_early_leaves_the_association_in_order(int read)
    {
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = async (c, cancel) =>
            {
                if (read > 0)
                {
                    var result = await c.DataSet.ReadAtLeastAsync(read, cancel);
                    c.DataSet.AdvanceTo(result.Buffer.GetPosition(read));
                }
                return Status.OutOfResources.With("no room");
            },
        });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        for (int i = 0; i < 3; i++) Assert.Equal("no room", (await association.StoreAsync(Object(1_000_000), Cancel)).Comment);
    }

    [Fact]
    public async Task Handler_may_examine_before_it_consumes()
    {
        byte[]? got = null;
        await using var archive = new MemoryArchive(o => o with
        {
            MaxPduLength = 4096,
            OnStore = async (c, cancel) =>
            {
                // Like a reader of a header: looks at more and more, then takes all of it, piece by piece.
                var result = await c.DataSet.ReadAtLeastAsync(50_000, cancel);
                c.DataSet.AdvanceTo(result.Buffer.Start, result.Buffer.GetPosition(10));
                var all = new MemoryStream();
                while (true)
                {
                    result = await c.DataSet.ReadAsync(cancel);
                    var odd = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, 777));
                    foreach (var part in odd) all.Write(part.Span);
                    bool done = result.IsCompleted && odd.Length == result.Buffer.Length;
                    c.DataSet.AdvanceTo(odd.End);
                    if (done) break;
                }
                got = all.ToArray();
                return Status.Success;
            },
        });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        byte[] bytes = Image(Uid.New(), 200_000);
        using var request = StoreRequest.FromMemory(CT, Uid.New(), TransferSyntax.ExplicitVRLittleEndian, bytes.AsMemory());
        Assert.Equal(Status.Success, await association.StoreAsync(request, Cancel));
        Assert.Equal(bytes, got);
    }

    [Fact]
    public async Task Cancelled_find_ends_with_that_status_and_its_handler_is_told()
    {
        var told = new TaskCompletionSource();
        await using var archive = new MemoryArchive(o => o with { OnFind = (_, cancel) => Endless(told, cancel) });
        await using var association = await Association.ConnectAsync(archive.Client(new(StudyFind), new(Verification)), Cancel);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var match in association.FindAsync(new FindRequest(StudyFind, new DataSet()), stop.Token)) await stop.CancelAsync();
        });
        await told.Task.WaitAsync(Cancel);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));

        static async IAsyncEnumerable<DataSet> Endless(TaskCompletionSource told, [EnumeratorCancellation] CancellationToken cancel)
        {
            try
            {
                yield return new DataSet().Set(Tags.PatientID, "1");
                await Task.Delay(Timeout.Infinite, cancel);
            }
            finally
            {
                told.SetResult();
            }
        }
    }

    [Fact]
    public async Task Peer_that_does_not_end_a_cancelled_operation_is_aborted()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var archive = new MemoryArchive(o => o with { OnFind = (_, _) => Deaf() });
        var options = archive.Client(new PresentationContextProposal(StudyFind)) with { CancelTimeout = TimeSpan.FromMilliseconds(100) };
        await using var association = await Association.ConnectAsync(options, Cancel);
        await foreach (var match in association.FindAsync(new FindRequest(StudyFind, new DataSet()), Cancel)) break;
        await association.Ended.WaitAsync(Cancel);
        Assert.Equal(AssociationTimeout.Cancel, Assert.IsType<AssociationTimeoutException>(association.Failure).Timeout);
        heard.SetResult();

        async IAsyncEnumerable<DataSet> Deaf()
        {
            yield return new DataSet().Set(Tags.PatientID, "1");
            await heard.Task.WaitAsync(Cancel);
        }
    }

    [Fact]
    public async Task Silent_acceptor_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new AssociationOptions
        {
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            PresentationContexts = [new PresentationContextProposal(Verification)],
            AssociationTimeout = TimeSpan.FromMilliseconds(100),
        };
        var late = await Assert.ThrowsAsync<AssociationTimeoutException>(() => Association.ConnectAsync(options, Cancel));
        Assert.Equal(AssociationTimeout.Association, late.Timeout);
    }

    [Fact]
    public async Task Port_where_nobody_listens_is_told_so()
    {
        var options = new AssociationOptions
        {
            Port = Testing.ForeignTool.FreePort(),
            PresentationContexts = [new PresentationContextProposal(Verification)],
        };
        var failed = await Assert.ThrowsAsync<ConnectionFailedException>(() => Association.ConnectAsync(options, Cancel));
        Assert.Contains($"127.0.0.1:{options.Port}", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_connect_is_cancelled()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var options = new AssociationOptions
        {
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            PresentationContexts = [new PresentationContextProposal(Verification)],
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Association.ConnectAsync(options, stop.Token));
    }

    [Fact]
    public async Task Operation_that_is_not_answered_times_out()
    {
        var gate = new TaskCompletionSource();
        await using var archive = new MemoryArchive(o => o with
        {
            OnEcho = async (_, cancel) =>
            {
                await gate.Task.WaitAsync(cancel);
                return Status.Success;
            },
        });
        var options = archive.Client(new PresentationContextProposal(Verification)) with { ResponseTimeout = TimeSpan.FromMilliseconds(100) };
        await using var association = await Association.ConnectAsync(options, Cancel);
        var late = await Assert.ThrowsAsync<AssociationTimeoutException>(() => association.EchoAsync(Cancel));
        Assert.Equal(AssociationTimeout.Response, late.Timeout);
        gate.SetResult();
    }

    [Fact]
    public async Task Object_in_a_syntax_that_was_not_accepted_is_not_sent()
    {
        await using var archive = new MemoryArchive();
        await using var association = await Association.ConnectAsync(archive.Client(new(CT), new(Verification)), Cancel);
        using var request = StoreRequest.FromMemory(CT, Uid.New(), TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.70")), new byte[10].AsMemory());
        var refused = await Assert.ThrowsAsync<NoPresentationContextException>(() => association.StoreAsync(request, Cancel));
        Assert.Contains("CT Image Storage", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
    }

    [Fact]
    public async Task Source_that_fails_within_the_data_set_aborts()
    {
        await using var archive = new MemoryArchive();
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        using var source = new MemoryStream(new byte[100]);
        using var request = StoreRequest.FromStream(CT, Uid.New(), TransferSyntax.ExplicitVRLittleEndian, source, length: 1000);
        await Assert.ThrowsAsync<EndOfStreamException>(() => association.StoreAsync(request, Cancel));
        await association.Ended.WaitAsync(Cancel);
        await UntilAsync(() => archive.Events.Any(e => e.Kind == AssociationEventKind.AbortedByPeer));
        Assert.Empty(archive.Objects);
    }

    [Fact]
    public async Task Abort_within_a_message_reaches_the_handler()
    {
        var seen = new TaskCompletionSource<Exception>();
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = async (c, cancel) =>
            {
                try
                {
                    await c.DataSet.CopyToAsync(Stream.Null, cancel);
                }
                catch (Exception fault)
                {
                    seen.SetResult(fault);
                    throw;
                }
                return Status.Success;
            },
        });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        await peer.SendCommandAsync(1, RawPeer.Store(Uid.New()));
        await peer.SendPdvAsync(1, false, false, new byte[5000]);
        await peer.SendAsync(0x07, 0, 0, 0, 0, 4, 0, 0, 0, 0);
        Assert.Equal(AbortOrigin.Peer, Assert.IsType<AssociationAbortedException>(await seen.Task.WaitAsync(Cancel)).Origin);
        await served.WaitAsync(Cancel);
        await peer.DisposeAsync();
        Assert.DoesNotContain(archive.Events, e => e.Kind == AssociationEventKind.OperationFailed);
    }

    [Fact]
    public async Task Release_collision_ends_in_order_on_both_sides()
    {
        await using var archive = new MemoryArchive();
        // We play the acceptor for a real requestor: its A-RELEASE-RQ crosses ours.
        var (a, b) = DuplexPipe.Create();
        await using var peer = new RawPeer(a);
        var connecting = Association.ConnectAsync(new AssociationOptions
        {
            PresentationContexts = [new PresentationContextProposal(Verification)],
            OpenTransport = _ => ValueTask.FromResult(b),
        }, Cancel);
        Assert.Equal(PduType.AAssociateRQ, (await peer.ReceiveAsync()).Type);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        PduWriter.Write(output, new AAssociateAC
        {
            PresentationContexts = [new(1, PresentationContextResult.Acceptance, TransferSyntax.ExplicitVRLittleEndian.Uid.Value)],
            UserInformation = new() { MaximumLength = 16384 },
        });
        await peer.SendAsync(output.WrittenSpan.ToArray());
        await using var association = await connecting;
        var releasing = association.ReleaseAsync(Cancel);
        Assert.Equal(PduType.AReleaseRQ, (await peer.ReceiveAsync()).Type);
        await peer.SendAsync(0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0);              // Sta7, Evt12: AR-8, Sta9
        Assert.Equal(PduType.AReleaseRP, (await peer.ReceiveAsync()).Type);  // AR-9, Sta11
        await peer.SendAsync(0x06, 0, 0, 0, 0, 4, 0, 0, 0, 0);              // AR-3
        await releasing.WaitAsync(Cancel);
        Assert.Null(association.Failure);
        await peer.ReceiveEndAsync();
    }

    [Fact]
    public async Task Operations_within_the_negotiated_window_overlap()
    {
        int running = 0, most = 0;
        var both = new TaskCompletionSource();
        await using var archive = new MemoryArchive(o => o with
        {
            MaxOperationsPerformed = 4,
            OnFind = (_, cancel) => Wait(cancel),
        });
        async IAsyncEnumerable<DataSet> Wait([EnumeratorCancellation] CancellationToken cancel)
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (most == 2) both.TrySetResult();
            await both.Task.WaitAsync(cancel);
            Interlocked.Decrement(ref running);
            yield return new DataSet().Set(Tags.PatientID, "1");
        }

        await using var association = await Association.ConnectAsync(
            archive.Client(new PresentationContextProposal(StudyFind)) with { MaxOperationsInvoked = 2 }, Cancel);
        Assert.Equal(2, association.Info.MaxOperationsInvoked);
        await Task.WhenAll(FindOne(), FindOne());
        Assert.Equal(2, most);

        async Task FindOne()
        {
            await foreach (var match in association.FindAsync(new FindRequest(StudyFind, new DataSet()), Cancel)) Assert.Equal("1", match.Get<string>(Tags.PatientID));
        }
    }

    [Fact]
    public async Task Stopping_lets_an_operation_end_and_accepts_nothing_more()
    {
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = async (c, cancel) =>
            {
                begun.SetResult();
                await gate.Task.WaitAsync(cancel);
                await c.DataSet.CopyToAsync(Stream.Null, cancel);
                return Status.Success;
            },
        });
        await using var idle = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)), Cancel);
        await using var busy = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        var storing = busy.StoreAsync(Object(1_000_000), Cancel);
        await begun.Task.WaitAsync(Cancel);
        var stopping = archive.Server.StopAsync(TimeSpan.FromSeconds(20), Cancel);
        await idle.Ended.WaitAsync(Cancel);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        Assert.Equal(Status.Success, await storing);
        await stopping;
        await Assert.ThrowsAsync<ConnectionFailedException>(() => Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel));
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_handler_beyond_its_grace()
    {
        var begun = new TaskCompletionSource();
        await using var archive = new MemoryArchive(o => o with
        {
            OnEcho = async (_, cancel) =>
            {
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, cancel);
                return Status.Success;
            },
        });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)), Cancel);
        var echo = association.EchoAsync(Cancel);
        await begun.Task.WaitAsync(Cancel);
        await archive.Server.StopAsync(TimeSpan.FromMilliseconds(50), Cancel).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await Assert.ThrowsAsync<AssociationAbortedException>(() => echo);
    }

    [Fact]
    public async Task User_identity_reaches_the_policy_and_its_response_is_sent()
    {
        AssociationRequest? seen = null;
        await using var archive = new MemoryArchive(o => o with
        {
            OnAssociate = (r, _) =>
            {
                seen = r;
                return ValueTask.FromResult(new AcceptancePolicy().Decide(r));
            },
        });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)) with
        {
            UserIdentity = new UserIdentity(UserIdentityType.UserNameAndPasscode, "anna"u8.ToArray(), "secret"u8.ToArray(), true),
        }, Cancel);
        Assert.Equal("anna"u8.ToArray(), seen!.UserIdentity!.PrimaryField.ToArray());
        Assert.Equal("secret"u8.ToArray(), seen.UserIdentity.SecondaryField.ToArray());
        Assert.DoesNotContain("secret", association.Info.ToString() + seen.UserIdentity, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_to_a_user_identity_comes_only_when_it_was_asked_for(bool asked)
    {
        await using var archive = new MemoryArchive();
        var (peer, _) = RawPeer.Of(archive.Server);
        await using var end = peer;
        var request = RawPeer.Request(Verification);
        await peer.SendAsync(request with
        {
            UserInformation = request.UserInformation with { UserIdentity = new UserIdentity(UserIdentityType.UserName, "anna"u8.ToArray(), default, asked) },
        });
        var (type, body) = await peer.ReceiveAsync();
        Assert.Equal(PduType.AAssociateAC, type);
        Assert.Equal(asked, AssociateReader.ReadAccept(body).UserInformation.UserIdentityResponse is not null);
    }

    [Fact]
    public async Task Composite_operation_on_the_context_of_another_class_is_refused()
    {
        await using var archive = new MemoryArchive();
        var (peer, _) = RawPeer.Of(archive.Server);
        await using var end = peer;
        await peer.AssociateAsync(Verification, StudyFind);
        var instance = Uid.New();
        await peer.SendCommandAsync(3, RawPeer.Store(instance));
        await peer.SendPdvAsync(3, false, true, Image(instance));
        Assert.Equal(Status.SopClassNotSupported.Code, (await peer.ReceiveCommandAsync()).Status!.Value.Code);
        Assert.Empty(archive.Objects);

        await peer.SendCommandAsync(1, new CommandSet { CommandField = CommandField.CFindRQ, MessageId = 2, AffectedSopClassUid = StudyFind.Value, Priority = Priority.Medium, HasDataSet = true });
        await peer.SendPdvAsync(1, false, true, DataSetWriter.ToArray(new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY"), TransferSyntax.ExplicitVRLittleEndian));
        Assert.Equal(Status.SopClassNotSupported.Code, (await peer.ReceiveCommandAsync()).Status!.Value.Code);
        await peer.SendCommandAsync(1, RawPeer.Echo(3));
        Assert.Equal(Status.Success.Code, (await peer.ReceiveCommandAsync()).Status!.Value.Code);
    }

    [Fact]
    public async Task A_hundred_associations_at_once_are_served()
    {
        await using var archive = new MemoryArchive();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await using var association = await Association.ConnectAsync(archive.Client(new(CT), new(Verification)), Cancel);
            Assert.Equal(Status.Success, await association.StoreAsync(Object(50_000), Cancel));
            Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
        }));
        Assert.Equal(100, archive.Objects.Count);
    }

    private static StoreRequest Object(int pixels)
    {
        var instance = Uid.New();
        return StoreRequest.FromMemory(CT, instance, TransferSyntax.ExplicitVRLittleEndian, Image(instance, pixels).AsMemory());
    }

    /// <summary>Waits for what another thread is about to do and does not announce.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition()) await timer.WaitForNextTickAsync(Cancel);
    }
}
