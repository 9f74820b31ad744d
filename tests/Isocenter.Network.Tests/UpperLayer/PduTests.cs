using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Tests.UpperLayer;

public class PduTests
{
    private static readonly PduLimits Limits = new(Data: 1024, Associate: PduLimits.DefaultAssociate);

    private static readonly AAssociateRQ Request = new()
    {
        CalledAETitle = "CALLED",
        CallingAETitle = "SIXTEEN_LETTERS_",
        PresentationContexts =
        [
            new(1, "1.2.840.10008.1.1", ["1.2.840.10008.1.2"]),
            new(255, "1.2.840.10008.5.1.4.1.1.2", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70", "1.2.3"]),
        ],
        UserInformation = new()
        {
            MaximumLength = 0x0102_0304,
            ImplementationClassUid = "1.2.3.4",
            ImplementationVersionName = "VERSION",
            AsynchronousOperationsWindow = new(5, 0),
            RoleSelections = [new("1.2.840.10008.5.1.4.1.1.2", Scu: false, Scp: true)],
            ExtendedNegotiations = [new("1.2.3", new byte[] { 1, 0, 1 })],
            CommonExtendedNegotiations = [new("1.2.3", "1.2.840.10008.4.2", ["1.2.4", "1.2.5"])],
            UserIdentity = new(UserIdentityType.UserNameAndPasscode, "anna"u8.ToArray(), "secret"u8.ToArray(), PositiveResponseRequested: true),
        },
    };

    private static readonly AAssociateAC Accept = new()
    {
        CalledAETitle = "CALLED",
        CallingAETitle = "CALLING",
        PresentationContexts =
        [
            new(1, PresentationContextResult.Acceptance, "1.2.840.10008.1.2"),
            new(255, PresentationContextResult.TransferSyntaxesNotSupported, ""),
        ],
        UserInformation = new() { MaximumLength = 16384, UserIdentityResponse = new byte[] { 1, 2, 3 } },
    };

    public static TheoryData<string> Names => ["RQ", "AC", "RJ", "ReleaseRQ", "ReleaseRP", "Abort"];

    [Fact]
    public void Request_comes_back_as_it_was_written()
    {
        var read = AssociateReader.ReadRequest(Written("RQ").AsSpan(6));
        Assert.Equal(Describe(Request), Describe(read));
        Assert.Equal(1, read.ProtocolVersion);
        Assert.Equal("1.2.840.10008.3.1.1.1", read.ApplicationContext);
    }

    [Fact]
    public void Acceptance_comes_back_as_it_was_written()
    {
        var read = AssociateReader.ReadAccept(Written("AC").AsSpan(6));
        Assert.Equal(Accept.PresentationContexts, read.PresentationContexts);
        Assert.Equal(16384u, read.UserInformation.MaximumLength);
        Assert.Equal(new byte[] { 1, 2, 3 }, read.UserInformation.UserIdentityResponse!.Value.ToArray());
    }

    [Fact]
    public void Reject_and_abort_come_back_as_they_were_written()
    {
        Assert.Equal(new AAssociateRJ(RejectResult.Transient, RejectSource.ServiceProviderPresentation, 2), PduReader.ReadReject(Written("RJ").AsSpan(6)));
        Assert.Equal(new AAbort(AbortSource.ServiceProvider, AbortReason.UnexpectedPdu), PduReader.ReadAbort(Written("Abort").AsSpan(6)));
    }

    [Fact]
    public void Header_of_a_request_stands_as_the_standard_prints_it()
    {
        byte[] pdu = Written("RQ");
        Assert.Equal([0x01, 0x00], pdu[..2]);
        Assert.Equal(pdu.Length - 6, BinaryPrimitives.ReadInt32BigEndian(pdu.AsSpan(2)));
        Assert.Equal([0x00, 0x01, 0x00, 0x00], pdu[6..10]);
        Assert.Equal("CALLED          SIXTEEN_LETTERS_", Encoding.ASCII.GetString(pdu, 10, 32));
        Assert.All(pdu[42..74], b => Assert.Equal(0, b));
        Assert.Equal(0x10, pdu[74]);
    }

    [Theory, MemberData(nameof(Names))]
    public void Pdu_that_is_not_whole_is_waited_for(string name)
    {
        byte[] pdu = Written(name);
        for (int length = 0; length < pdu.Length; length++)
        {
            ReadOnlySpan<byte> input = pdu.AsSpan(0, length);
            Assert.False(PduReader.TryRead(ref input, Limits, out _));
            Assert.Equal(length, input.Length);
        }
        ReadOnlySpan<byte> all = pdu;
        Assert.True(PduReader.TryRead(ref all, Limits, out var whole));
        Assert.True(all.IsEmpty);
        Assert.Equal(pdu.Length - 6, whole.Body.Length);
    }

    [Theory, MemberData(nameof(Names))]
    public void Body_that_ends_early_is_refused_or_read_but_never_worse(string name)
    {
        byte[] body = Written(name)[6..];
        for (int length = 0; length < body.Length; length++) ReadOrRefuse(name, body[..length]);
    }

    [Theory, MemberData(nameof(Names))]
    public void Any_byte_may_lie(string name)
    {
        byte[] body = Written(name)[6..];
        for (int position = 0; position < body.Length; position++)
        {
            foreach (byte lie in new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFF, (byte)(body[position] + 1), (byte)(body[position] - 1) })
            {
                byte[] lying = [.. body];
                lying[position] = lie;
                ReadOrRefuse(name, lying);
            }
        }
    }

    [Fact]
    public void Random_bodies_are_refused_or_read_but_never_worse()
    {
        var random = new Random(1);
        byte[] body = Written("RQ")[6..];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] lying = [.. body];
            for (int n = random.Next(1, 8); n > 0; n--) lying[random.Next(lying.Length)] = (byte)random.Next(256);
            ReadOrRefuse("RQ", lying);
            ReadOrRefuse("AC", lying);
        }
    }

    [Theory]
    [InlineData(0x04, 1025u, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x04, uint.MaxValue, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x01, uint.MaxValue, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x02, PduLimits.DefaultAssociate + 1, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x03, 5u, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x05, 3u, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x06, 0u, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x07, uint.MaxValue, AbortReason.InvalidPduParameterValue)]
    [InlineData(0x00, 4u, AbortReason.UnrecognizedPdu)]
    [InlineData(0x08, 4u, AbortReason.UnrecognizedPdu)]
    [InlineData(0x47, 4u, AbortReason.UnrecognizedPdu)]   // the G of an HTTP GET
    public void Header_alone_is_enough_to_refuse(byte type, uint length, AbortReason reason)
    {
        byte[] header = [type, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(2), length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<PduException>(() =>
        {
            ReadOnlySpan<byte> input = header;
            PduReader.TryRead(ref input, Limits, out _);
        });
        Assert.Equal(reason, refused.Reason);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Unknown_items_are_skipped()
    {
        byte[] pdu = Written("RQ");
        byte[] body = [.. pdu[6..], 0x99, 0, 0, 3, 1, 2, 3];
        Assert.Equal(Describe(Request), Describe(AssociateReader.ReadRequest(body)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Even_context_identifier_is_refused(byte id)
    {
        var wrong = Request with { PresentationContexts = [new(id, "1.2", ["1.3"])] };
        var output = new ArrayBufferWriter<byte>();
        PduWriter.Write(output, wrong);
        Assert.Throws<PduException>(() => AssociateReader.ReadRequest(output.WrittenSpan[6..]));
    }

    [Fact]
    public void Context_proposed_twice_is_refused()
    {
        var wrong = Request with { PresentationContexts = [new(1, "1.2", ["1.3"]), new(1, "1.4", ["1.3"])] };
        var output = new ArrayBufferWriter<byte>();
        PduWriter.Write(output, wrong);
        Assert.Throws<PduException>(() => AssociateReader.ReadRequest(output.WrittenSpan[6..]));
    }

    [Fact]
    public void Title_of_seventeen_letters_is_not_written() =>
        Assert.Throws<ArgumentException>(() => PduWriter.Write(new ArrayBufferWriter<byte>(), Request with { CalledAETitle = new string('A', 17) }));

    private static void ReadOrRefuse(string name, byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            switch (name)
            {
                case "RQ": AssociateReader.ReadRequest(body); break;
                case "AC": AssociateReader.ReadAccept(body); break;
                case "RJ": PduReader.ReadReject(body); break;
                case "Abort": PduReader.ReadAbort(body); break;
                default: break;   // A-RELEASE has nothing in its body
            }
        }
        catch (PduException)
        {
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000);
    }

    private static byte[] Written(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (name)
        {
            case "RQ": PduWriter.Write(output, Request); break;
            case "AC": PduWriter.Write(output, Accept); break;
            case "RJ": PduWriter.Write(output, new AAssociateRJ(RejectResult.Transient, RejectReason.LocalLimitExceeded)); break;
            case "ReleaseRQ": PduWriter.WriteReleaseRequest(output); break;
            case "ReleaseRP": PduWriter.WriteReleaseResponse(output); break;
            default: PduWriter.Write(output, new AAbort(AbortSource.ServiceProvider, AbortReason.UnexpectedPdu)); break;
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Records with lists do not compare by content; their description does.</summary>
    private static string Describe(AAssociateRQ rq)
    {
        var user = rq.UserInformation;
        return string.Join('\n',
            rq.CalledAETitle, rq.CallingAETitle, rq.ApplicationContext,
            string.Join(';', rq.PresentationContexts.Select(c => $"{c.Id} {c.AbstractSyntax} {string.Join(',', c.TransferSyntaxes)}")),
            user.MaximumLength, user.ImplementationClassUid, user.ImplementationVersionName, user.AsynchronousOperationsWindow,
            string.Join(';', user.RoleSelections),
            string.Join(';', user.ExtendedNegotiations.Select(e => e.SopClassUid + Convert.ToHexString(e.ServiceClassApplicationInformation.Span))),
            string.Join(';', user.CommonExtendedNegotiations.Select(c => $"{c.SopClassUid} {c.ServiceClassUid} {string.Join(',', c.RelatedGeneralSopClassUids)}")),
            $"{user.UserIdentity!.Type} {user.UserIdentity.PositiveResponseRequested} {Encoding.ASCII.GetString(user.UserIdentity.PrimaryField.Span)} {Encoding.ASCII.GetString(user.UserIdentity.SecondaryField.Span)}");
    }
}
