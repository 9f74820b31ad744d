using System.Buffers;
using System.Buffers.Binary;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Tests;

/// <summary>A peer that speaks real bytes, right or wrong as a test wants.</summary>
internal sealed class RawPeer(Stream stream) : IAsyncDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A peer of a server, over a pipe; and the end of its association on the server's side.</summary>
    public static (RawPeer Peer, Task Served) Of(AssociationServer server)
    {
        var (a, b) = DuplexPipe.Create();
        return (new RawPeer(a), server.ServeAsync(b));
    }

    public static AAssociateRQ Request(params Uid[] sopClasses) => new()
    {
        CalledAETitle = "ARCHIVE",
        CallingAETitle = "RAW",
        PresentationContexts = [.. sopClasses.Select((s, i) => new PresentationContextRQ((byte)(2 * i + 1), s.Value, [TransferSyntax.ExplicitVRLittleEndian.Uid.Value]))],
        UserInformation = new() { MaximumLength = 16384 },
    };

    public async Task SendAsync(params byte[] bytes) => await stream.WriteAsync(bytes, Cancel);

    public Task SendAsync(AAssociateRQ request)
    {
        var output = new ArrayBufferWriter<byte>();
        PduWriter.Write(output, request);
        return SendAsync(output.WrittenSpan.ToArray());
    }

    /// <summary>Asks, and expects to be accepted.</summary>
    public async Task<AAssociateAC> AssociateAsync(params Uid[] sopClasses)
    {
        await SendAsync(Request(sopClasses));
        var (type, body) = await ReceiveAsync();
        Assert.Equal(PduType.AAssociateAC, type);
        return AssociateReader.ReadAccept(body);
    }

    public Task SendPdvAsync(byte context, bool command, bool last, ReadOnlySpan<byte> value) => SendAsync(Pdv(context, command, last, value));

    public static byte[] Pdv(byte context, bool command, bool last, ReadOnlySpan<byte> value)
    {
        byte[] pdu = new byte[PduWriter.DataHeaderLength + value.Length];
        PduWriter.WriteDataHeader(pdu, context, command, last, value.Length);
        value.CopyTo(pdu.AsSpan(PduWriter.DataHeaderLength));
        return pdu;
    }

    public static byte[] Encoded(CommandSet command)
    {
        var output = new ArrayBufferWriter<byte>();
        CommandSetWriter.Write(output, command);
        return output.WrittenSpan.ToArray();
    }

    public Task SendCommandAsync(byte context, CommandSet command) => SendPdvAsync(context, true, true, Encoded(command));

    public static CommandSet Echo(ushort id = 1) => new() { CommandField = CommandField.CEchoRQ, MessageId = id, AffectedSopClassUid = SopClasses.Verification };

    public static CommandSet Store(Uid instance, ushort id = 1) => new()
    {
        CommandField = CommandField.CStoreRQ,
        MessageId = id,
        AffectedSopClassUid = SopClasses.CTImageStorage,
        AffectedSopInstanceUid = instance.Value,
        Priority = Priority.Medium,
        HasDataSet = true,
    };

    /// <summary>The next PDU; fails when the connection has ended.</summary>
    public async Task<(PduType Type, byte[] Body)> ReceiveAsync()
    {
        byte[] header = new byte[6];
        await stream.ReadExactlyAsync(header, Cancel);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(2))];
        await stream.ReadExactlyAsync(body, Cancel);
        return ((PduType)header[0], body);
    }

    /// <summary>The next command set, which must be in one PDV.</summary>
    public async Task<CommandSet> ReceiveCommandAsync()
    {
        var (type, body) = await ReceiveAsync();
        Assert.Equal(PduType.PDataTF, type);
        Assert.Equal(3, body[5]);
        return CommandSetReader.Read(body.AsSpan(6));
    }

    /// <summary>Expects the next PDU to be an A-ABORT.</summary>
    public async Task<AAbort> ReceiveAbortAsync()
    {
        var (type, body) = await ReceiveAsync();
        Assert.Equal(PduType.AAbort, type);
        return PduReader.ReadAbort(body);
    }

    /// <summary>Expects the other side to close.</summary>
    public async Task ReceiveEndAsync() => Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancel));

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
