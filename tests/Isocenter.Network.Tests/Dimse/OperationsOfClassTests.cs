using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests.Dimse;

/// <summary>What a presentation context was accepted for is what it can be used for.</summary>
public class OperationsOfClassTests
{
    public static TheoryData<string, ushort, ushort> Elsewhere => new()
    {
        { SopClasses.Verification, (ushort)CommandField.CStoreRQ, 0x0211 },
        { SopClasses.Verification, (ushort)CommandField.CFindRQ, 0x0211 },
        { SopClasses.StudyRootQueryRetrieveInformationModelFind, (ushort)CommandField.CStoreRQ, 0x0211 },
        { SopClasses.StudyRootQueryRetrieveInformationModelFind, (ushort)CommandField.CMoveRQ, 0x0211 },
        { SopClasses.StudyRootQueryRetrieveInformationModelMove, (ushort)CommandField.CFindRQ, 0x0211 },
        { SopClasses.StudyRootQueryRetrieveInformationModelMove, (ushort)CommandField.CGetRQ, 0x0211 },
        { SopClasses.CTImageStorage, (ushort)CommandField.CGetRQ, 0x0211 },
        { SopClasses.CTImageStorage, (ushort)CommandField.CFindRQ, 0x0211 },
        { SopClasses.CTImageStorage, (ushort)CommandField.CEchoRQ, 0x0122 },
        { SopClasses.Verification, (ushort)CommandField.CEchoRQ, 0x0000 },
    };

    [Theory, MemberData(nameof(Elsewhere))]
    public async Task Operation_of_another_service_is_refused_and_the_association_lives_on(string context, ushort operation, ushort status)
    {
        await using var archive = new MemoryArchive();
        var (peer, _) = RawPeer.Of(archive.Server);
        await using var closing = peer;
        await peer.AssociateAsync(Uid.Parse(context), Verification);
        bool hasDataSet = (CommandField)operation != CommandField.CEchoRQ;
        string sopClass = hasDataSet || status == 0 ? context : SopClasses.MRImageStorage;
        await peer.SendCommandAsync(1, new CommandSet
        {
            CommandField = (CommandField)operation,
            MessageId = 1,
            AffectedSopClassUid = sopClass,
            AffectedSopInstanceUid = (CommandField)operation == CommandField.CStoreRQ ? "1.2.840.99" : null,
            Priority = hasDataSet ? Priority.Medium : null,
            HasDataSet = hasDataSet,
        });
        if (hasDataSet) await peer.SendPdvAsync(1, command: false, last: true, []);

        Assert.Equal(status, (await peer.ReceiveCommandAsync()).Status?.Code);
        await peer.SendCommandAsync(3, RawPeer.Echo(2));
        Assert.Equal(Status.Success, (await peer.ReceiveCommandAsync()).Status);
    }

    [Fact]
    public async Task Echo_is_answered_on_the_context_of_another_class()
    {
        await using var archive = new MemoryArchive();
        var (peer, _) = RawPeer.Of(archive.Server);
        await using var closing = peer;
        await peer.AssociateAsync(CT);
        await peer.SendCommandAsync(1, RawPeer.Echo());

        Assert.Equal(Status.Success, (await peer.ReceiveCommandAsync()).Status);
    }

    [Fact]
    public async Task Acceptance_repeats_titles_and_reserved_bytes_of_the_request()
    {
        await using var archive = new MemoryArchive();
        var (peer, _) = RawPeer.Of(archive.Server);
        await using var closing = peer;
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        PduWriter.Write(output, RawPeer.Request(Verification));
        byte[] request = output.WrittenSpan.ToArray();
        for (int i = 0; i < 64; i++) request[10 + i] = (byte)(i is 3 or 20 ? 0 : 64 + i);
        await peer.SendAsync(request);

        var (type, body) = await peer.ReceiveAsync();
        Assert.Equal(PduType.AAssociateAC, type);
        Assert.Equal(request[10..74], body[4..68]);
    }
}
