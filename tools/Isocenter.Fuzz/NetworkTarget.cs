using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Fuzz;

/// <summary>Bytes as they come over an association: PDUs, the items in them, command sets. Whatever they are, the readers
/// cope or throw <see cref="PduException"/>, which costs the peer its association and nothing else.</summary>
internal static class NetworkTarget
{
    private static readonly PduLimits Limits = new(256 * 1024, PduLimits.DefaultAssociate);

    public static void Read(Memory<byte> bytes)
    {
        ReadCommand(bytes.Span);
        ReadPdus(bytes.Span);
        ReadBody(bytes.Span, AssociateReader.ReadRequest);
        ReadBody(bytes.Span, AssociateReader.ReadAccept);
    }

    private static void ReadCommand(ReadOnlySpan<byte> bytes) => ReadBody(bytes, CommandSetReader.Read);

    /// <summary>As a connection does it: PDU after PDU, P-DATA piece by piece into an assembler.</summary>
    private static void ReadPdus(ReadOnlySpan<byte> input)
    {
        var cutter = default(PdvCutter);
        var assembler = new MessageAssembler(id => id is 1 or 3, 64 * 1024, 1 << 20);
        try
        {
            while (true)
            {
                if (cutter.IsInPdu)
                {
                    if (!cutter.TryCut(input, out int consumed, out var piece)) return;
                    var value = input.Slice(consumed - piece.Length, piece.Length);
                    input = input[consumed..];
                    if (assembler.IsInDataSet) assembler.AddToDataSet(piece);
                    else assembler.AddToCommand(piece, value);
                    continue;
                }
                if (!PduReader.TryReadHeader(input, Limits, out var type, out uint length)) return;
                if (type == PduType.PDataTF)
                {
                    cutter.Begin(length);
                    input = input[RawPdu.HeaderLength..];
                    continue;
                }
                if (!PduReader.TryRead(ref input, Limits, out var pdu)) return;
                switch (pdu.Type)
                {
                    case PduType.AAssociateRQ: AssociateReader.ReadRequest(pdu.Body); break;
                    case PduType.AAssociateAC: AssociateReader.ReadAccept(pdu.Body); break;
                    case PduType.AAssociateRJ: PduReader.ReadReject(pdu.Body); break;
                    case PduType.AAbort: PduReader.ReadAbort(pdu.Body); break;
                    default: break;
                }
            }
        }
        catch (PduException)
        {
            // Refused, as it should be.
        }
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> bytes);

    private static void ReadBody<T>(ReadOnlySpan<byte> bytes, Reader<T> read)
    {
        try
        {
            read(bytes);
        }
        catch (PduException)
        {
            // Refused, as it should be.
        }
    }
}

/// <summary>Seeds for <see cref="NetworkTarget"/>, made by our own writers: one of each kind.</summary>
internal static class NetworkSeeds
{
    public static byte[][] All { get; } = [Request(), Accept(), Message(), Small(), Command(CommandField.CStoreRQ), Command(CommandField.CMoveRsp), RequestBody()];

    private static UserInformation User => new()
    {
        MaximumLength = 16384,
        ImplementationClassUid = "1.2.3",
        ImplementationVersionName = "FUZZ",
        AsynchronousOperationsWindow = new(4, 4),
        RoleSelections = [new RoleSelection(SopClasses.CTImageStorage, true, true)],
        ExtendedNegotiations = [new ExtendedNegotiation(SopClasses.CTImageStorage, new byte[] { 1, 0, 1, 0, 1, 0 })],
        CommonExtendedNegotiations = [new CommonExtendedNegotiation(SopClasses.CTImageStorage, "1.2.840.10008.4.2", ["1.2.3.4"])],
        UserIdentity = UserIdentity.OfUser("user", "secret"),
    };

    private static byte[] Request()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        PduWriter.Write(output, new AAssociateRQ
        {
            CalledAETitle = "CALLED",
            CallingAETitle = "CALLING",
            PresentationContexts =
            [
                new PresentationContextRQ(1, SopClasses.Verification, ["1.2.840.10008.1.2"]),
                new PresentationContextRQ(3, SopClasses.CTImageStorage, ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]),
            ],
            UserInformation = User,
        });
        return output.WrittenSpan.ToArray();
    }

    private static byte[] RequestBody() => Request()[RawPdu.HeaderLength..];

    private static byte[] Accept()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        PduWriter.Write(output, new AAssociateAC
        {
            CalledAETitle = "CALLED",
            CallingAETitle = "CALLING",
            PresentationContexts = [new PresentationContextAC(1, PresentationContextResult.Acceptance, "1.2.840.10008.1.2")],
            UserInformation = User with { UserIdentity = null, UserIdentityResponse = new byte[] { 1, 2, 3 } },
        });
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Command(CommandField field)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        CommandSetWriter.Write(output, new CommandSet
        {
            CommandField = field,
            AffectedSopClassUid = SopClasses.CTImageStorage,
            AffectedSopInstanceUid = "1.2.3.4.5",
            MessageId = 1,
            MessageIdBeingRespondedTo = ((ushort)field & 0x8000) != 0 ? 1 : null,
            MoveDestination = "DEST",
            Priority = Priority.Medium,
            HasDataSet = true,
            Status = ((ushort)field & 0x8000) != 0 ? new Status(0xB000, "comment") : null,
            OffendingElements = [Tags.PatientID],
            AttributeIdentifierList = [Tags.PatientID, Tags.PatientName],
            RemainingSubOperations = 1,
        });
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Message()
    {
        byte[] command = Command(CommandField.CStoreRQ);
        return [.. Pdv(1, 3, command), .. Pdv(1, 0, new byte[40]), .. Pdv(1, 2, new byte[10])];
    }

    private static byte[] Small() =>
        [3, 0, 0, 0, 0, 4, 0, 1, 1, 1, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 4, 0, 0, 0, 0, 7, 0, 0, 0, 0, 4, 0, 0, 2, 1];

    private static byte[] Pdv(byte context, byte control, byte[] value)
    {
        byte[] pdu = new byte[PduWriter.DataHeaderLength + value.Length];
        PduWriter.WriteDataHeader(pdu, context, (control & 1) != 0, (control & 2) != 0, value.Length);
        value.CopyTo(pdu, PduWriter.DataHeaderLength);
        return pdu;
    }
}
