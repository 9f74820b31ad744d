using System.Net;
using System.Net.Sockets;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests;

/// <summary>Peers that break the protocol: their association falls with the right A-ABORT, and nothing else.</summary>
public class MisbehaviourTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(700);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], AbortReason> Nonsense => new()
    {
        { "type that does not exist", [0x42, 0, 0, 0, 0, 4, 0, 0, 0, 0], AbortReason.UnrecognizedPdu },
        { "P-DATA of 4 GiB", [0x04, 0, 0xFF, 0xFF, 0xFF, 0xFF], AbortReason.InvalidPduParameterValue },
        { "P-DATA without a value", [0x04, 0, 0, 0, 0, 2, 0, 0], AbortReason.InvalidPduParameterValue },
        { "value that runs past its PDU", [0x04, 0, 0, 0, 0, 6, 0, 0, 0, 9, 1, 3], AbortReason.InvalidPduParameterValue },
        { "context never accepted", RawPeer.Pdv(77, true, true, [1, 2]), AbortReason.InvalidPduParameterValue },
        { "data set before its command", RawPeer.Pdv(1, false, true, [1, 2]), AbortReason.InvalidPduParameterValue },
        { "command set that is cut off", RawPeer.Pdv(1, true, true, [0, 0, 0, 1, 200, 0, 0, 0]), AbortReason.NotSpecified },
        { "command set that is empty", RawPeer.Pdv(1, true, true, []), AbortReason.NotSpecified },
        { "second request", [0x01, 0, 0, 0, 0, 68, 0, 1, .. new byte[66]], AbortReason.UnexpectedPdu },
        { "A-ASSOCIATE-AC", [0x02, 0, 0, 0, 0, 68, 0, 1, .. new byte[66]], AbortReason.UnexpectedPdu },
        { "A-ASSOCIATE-RJ", [0x03, 0, 0, 0, 0, 4, 0, 1, 1, 1], AbortReason.UnexpectedPdu },
        { "A-RELEASE-RP", [0x06, 0, 0, 0, 0, 4, 0, 0, 0, 0], AbortReason.UnexpectedPdu },
        { "release of the wrong length", [0x05, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0], AbortReason.InvalidPduParameterValue },
    };

    [Fact]
    public async Task Connections_that_say_nothing_keep_nobody_out()
    {
        await using var archive = new MemoryArchive(o => o with { MaxPendingConnections = 4 });
        List<TcpClient> silent = [];
        try
        {
            for (int i = 0; i < 40; i++)
            {
                silent.Add(new TcpClient());
                await silent[^1].ConnectAsync(IPAddress.Loopback, archive.Port, Cancel);
            }
            await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)), Cancel);
            Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
            // The first of them had to make room.
            Assert.Equal(0, await silent[0].GetStream().ReadAsync(new byte[1], Cancel));
            Assert.Contains(archive.Events, e => e.Kind == AssociationEventKind.ConnectionRefused);
        }
        finally
        {
            silent.ForEach(client => client.Dispose());
        }
    }

    [Theory, MemberData(nameof(Nonsense))]
    public async Task Nonsense_is_answered_with_an_abort_and_its_reason(string what, byte[] bytes, AbortReason reason)
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(Verification);
        await peer.SendAsync(bytes);
        Assert.Equal(new AAbort(AbortSource.ServiceProvider, reason), await peer.ReceiveAbortAsync());
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
        Assert.Contains(archive.Events, e => e.Kind == AssociationEventKind.ProtocolViolation);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task First_pdu_that_is_no_request_is_aborted_by_the_service_user()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.SendAsync(0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0);   // Evt12 in Sta2: AA-1
        Assert.Equal(AbortSource.ServiceUser, (await peer.ReceiveAbortAsync()).Source);
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Web_browser_is_aborted_and_closed()
    {
        await using var archive = new MemoryArchive(o => o with { ArtimTimeout = Short });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await peer.ReceiveAbortAsync();
        await peer.ReceiveEndAsync();   // ARTIM closes what the peer does not
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Request_cut_at_any_byte_ends_quietly()
    {
        await using var archive = new MemoryArchive();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        PduWriter.Write(output, RawPeer.Request(Verification, CT));
        byte[] whole = output.WrittenSpan.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            var (peer, served) = RawPeer.Of(archive.Server);
            await peer.SendAsync(whole[..length]);
            await peer.DisposeAsync();
            await served.WaitAsync(Cancel);
        }
        await AssertServes(archive);
        Assert.DoesNotContain(archive.Events, e => e.Kind == AssociationEventKind.Failed);
    }

    [Fact]
    public async Task Request_longer_than_the_receive_buffer_is_read()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        string[] syntaxes = [.. Enumerable.Range(0, 60).Select(i => $"1.2.840.113619.9999.{i}.{new string('1', 30)}"), "1.2.840.10008.1.2"];
        await peer.SendAsync(RawPeer.Request() with
        {
            PresentationContexts = [.. Enumerable.Range(0, 128).Select(i => new PresentationContextRQ((byte)(2 * i + 1), SopClasses.Verification, syntaxes))],
        });
        var (type, body) = await peer.ReceiveAsync();
        Assert.Equal(PduType.AAssociateAC, type);
        Assert.Equal(128, AssociateReader.ReadAccept(body).PresentationContexts.Count(c => c.Result == PresentationContextResult.Acceptance));
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Message_cut_at_any_byte_ends_its_association_only()
    {
        await using var archive = new MemoryArchive();
        var instance = Uid.New();
        byte[] message = [.. RawPeer.Pdv(1, true, true, RawPeer.Encoded(RawPeer.Store(instance))), .. RawPeer.Pdv(1, false, true, Image(instance, 20))];
        for (int length = 0; length < message.Length; length++)
        {
            var (peer, served) = RawPeer.Of(archive.Server);
            await peer.AssociateAsync(CT);
            await peer.SendAsync(message[..length]);
            await peer.DisposeAsync();
            await served.WaitAsync(Cancel);
        }
        Assert.Empty(archive.Objects);
        await AssertServes(archive);
        Assert.DoesNotContain(archive.Events, e => e.Kind is AssociationEventKind.Failed or AssociationEventKind.OperationFailed);
    }

    [Fact]
    public async Task Connection_without_a_request_is_closed_by_artim()
    {
        await using var archive = new MemoryArchive(o => o with { ArtimTimeout = Short });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.ReceiveEndAsync();
        await served.WaitAsync(Cancel);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Peer_that_stops_within_a_message_is_aborted()
    {
        await using var archive = new MemoryArchive(o => o with { ProgressTimeout = Short, ArtimTimeout = Short });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        await peer.SendCommandAsync(1, RawPeer.Store(Uid.New()));
        await peer.SendPdvAsync(1, false, false, new byte[5000]);
        await peer.ReceiveAbortAsync();
        await peer.ReceiveEndAsync();
        await served.WaitAsync(Cancel);
        var aborted = Assert.Single(archive.Events, e => e.Kind == AssociationEventKind.Aborted);
        Assert.Equal(AssociationTimeout.Progress, Assert.IsType<AssociationTimeoutException>(aborted.Exception).Timeout);
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Peer_that_sends_a_byte_now_and_then_makes_no_progress()
    {
        await using var archive = new MemoryArchive(o => o with { ProgressTimeout = Short, ArtimTimeout = Short });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        await peer.SendCommandAsync(1, RawPeer.Store(Uid.New()));
        await peer.SendAsync(0x04, 0, 0, 0, 0x10, 0, 0, 0, 0x0F, 0xFC, 1, 0);
        var drip = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            try
            {
                while (await timer.WaitForNextTickAsync(Cancel)) await peer.SendAsync(0);
            }
            catch (Exception closed) when (closed is IOException or ObjectDisposedException)
            {
            }
        }, Cancel);
        await peer.ReceiveAbortAsync();
        await served.WaitAsync(Cancel);
        await peer.DisposeAsync();
        await drip;
    }

    [Fact]
    public async Task Idle_association_is_aborted()
    {
        await using var archive = new MemoryArchive(o => o with { IdleTimeout = Short, ArtimTimeout = Short });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(Verification);
        await peer.ReceiveAbortAsync();
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Peer_that_does_not_take_our_answers_is_dropped()
    {
        await using var archive = new MemoryArchive(o => o with { ProgressTimeout = Short });
        for (int i = 0; i < 3000; i++) archive.Add(Uid.New(), []);
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(StudyFind);
        await peer.SendCommandAsync(1, new CommandSet
        {
            CommandField = CommandField.CFindRQ,
            MessageId = 1,
            AffectedSopClassUid = StudyFind.Value,
            HasDataSet = true,
        });
        await peer.SendPdvAsync(1, false, true, DataSetWriter.ToArray(new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY"), TransferSyntax.ExplicitVRLittleEndian));
        await served.WaitAsync(Cancel);   // and it never reads
        await peer.DisposeAsync();
        await AssertServes(archive);
    }

    [Fact]
    public async Task Fragments_without_bytes_end_the_association()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        await peer.SendCommandAsync(1, RawPeer.Store(Uid.New()));
        await peer.SendAsync([.. Enumerable.Repeat(RawPeer.Pdv(1, false, false, []), 100).SelectMany(p => p)]);
        await peer.ReceiveAbortAsync();
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Command_set_without_end_is_cut_off()
    {
        await using var archive = new MemoryArchive(o => o with { MaxCommandSetLength = 10_000 });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(CT);
        for (int i = 0; i < 11; i++) await peer.SendPdvAsync(1, true, false, new byte[1000]);
        await peer.ReceiveAbortAsync();
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Identifier_without_end_is_cut_off()
    {
        await using var archive = new MemoryArchive(o => o with { MaxIdentifierLength = 10_000 });
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(StudyFind);
        await peer.SendCommandAsync(1, new CommandSet { CommandField = CommandField.CFindRQ, MessageId = 1, AffectedSopClassUid = StudyFind.Value, HasDataSet = true });
        for (int i = 0; i < 11; i++) await peer.SendPdvAsync(1, false, false, new byte[1000]);
        await peer.ReceiveAbortAsync();
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Data_set_longer_than_allowed_is_cut_off()
    {
        await using var archive = new MemoryArchive(o => o with { MaxDataSetLength = 100_000 });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        using var request = StoreRequest.FromMemory(CT, Uid.New(), TransferSyntax.ExplicitVRLittleEndian, new byte[200_000].AsMemory());
        await Assert.ThrowsAsync<AssociationAbortedException>(() => association.StoreAsync(request, Cancel));
    }

    [Fact]
    public async Task Identifier_that_is_no_data_set_fails_its_operation_only()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(StudyFind, Verification);
        await peer.SendCommandAsync(1, new CommandSet { CommandField = CommandField.CFindRQ, MessageId = 1, AffectedSopClassUid = StudyFind.Value, HasDataSet = true });
        await peer.SendPdvAsync(1, false, true, [8, 0, 0x52, 0, (byte)'C', (byte)'S', 0xFF, 0x7F, 1]);
        var response = await peer.ReceiveCommandAsync();
        Assert.Equal(CommandField.CFindRsp, response.CommandField);
        Assert.NotEqual(StatusCategory.Pending, response.Status!.Value.Category);
        await peer.SendCommandAsync(3, RawPeer.Echo(2));
        Assert.Equal(Status.Success, (await peer.ReceiveCommandAsync()).Status);
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Theory]
    [InlineData((ushort)0x0100)]
    [InlineData((ushort)0x0777)]
    public async Task Command_that_nobody_performs_is_answered_so(ushort field)
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(Verification);
        await peer.SendCommandAsync(1, new CommandSet { CommandField = (CommandField)field, MessageId = 5, HasDataSet = true });
        await peer.SendPdvAsync(1, false, true, new byte[100]);
        var response = await peer.ReceiveCommandAsync();
        Assert.Equal(Status.UnrecognizedOperation, response.Status);
        Assert.Equal((ushort?)5, response.MessageIdBeingRespondedTo);
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Response_nobody_asked_for_and_cancel_of_nothing_are_ignored()
    {
        await using var archive = new MemoryArchive();
        var (peer, served) = RawPeer.Of(archive.Server);
        await peer.AssociateAsync(Verification);
        await peer.SendCommandAsync(1, RawPeer.Echo(9).Respond(Status.Success));
        await peer.SendCommandAsync(1, new CommandSet { CommandField = CommandField.CCancelRQ, MessageIdBeingRespondedTo = 4 });
        await peer.SendCommandAsync(1, RawPeer.Echo(2));
        Assert.Equal((ushort?)2, (await peer.ReceiveCommandAsync()).MessageIdBeingRespondedTo);
        await peer.SendAsync(0x05, 0, 0, 0, 0, 4, 0, 0, 0, 0);
        Assert.Equal(PduType.AReleaseRP, (await peer.ReceiveAsync()).Type);
        await peer.DisposeAsync();
        await served.WaitAsync(Cancel);
        Assert.Contains(archive.Events, e => e.Kind == AssociationEventKind.Released);
    }

    [Fact]
    public async Task Thousands_of_associations_that_break_leave_nothing_behind()
    {
        await using var archive = new MemoryArchive(o => o with { OnEvent = null });
        for (int i = 0; i < 3_000; i++)
        {
            var (peer, served) = RawPeer.Of(archive.Server);
            await peer.SendAsync(0x42, 0, 0, 0, 0, 4);
            await peer.DisposeAsync();
            await served.WaitAsync(Cancel);
        }
        Assert.Empty(archive.Server.Associations);
        await AssertServes(archive);
    }

    private static async Task AssertServes(MemoryArchive archive)
    {
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)), Cancel);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
    }
}
