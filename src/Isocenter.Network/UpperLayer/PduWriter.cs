using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Isocenter.Network.UpperLayer;

/// <summary>Writes PDUs (PS3.8 §9.3). Pure: bytes go to the given buffer and nowhere else.</summary>
internal static class PduWriter
{
    /// <summary>Bytes before the value of the only PDV of a P-DATA-TF: PDU header (6), item length (4), context (1),
    /// message control header (1).</summary>
    public const int DataHeaderLength = RawPdu.HeaderLength + PdvItemOverhead;

    /// <summary>Bytes of a PDV item besides its value: they count for the maximum length.</summary>
    public const int PdvItemOverhead = 6;

    /// <summary>Writes the header of a P-DATA-TF with one PDV (PS3.8 §9.3.5, §E.2).</summary>
    /// <param name="header">Receives <see cref="DataHeaderLength"/> bytes.</param>
    /// <param name="contextId">The presentation context.</param>
    /// <param name="isCommand">The fragment belongs to a command set, not to a data set.</param>
    /// <param name="isLast">It is the last fragment of its set.</param>
    /// <param name="valueLength">Bytes that follow.</param>
    public static void WriteDataHeader(Span<byte> header, byte contextId, bool isCommand, bool isLast, int valueLength)
    {
        header[0] = (byte)PduType.PDataTF;
        header[1] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[2..], valueLength + PdvItemOverhead);
        BinaryPrimitives.WriteInt32BigEndian(header[6..], valueLength + 2);
        header[10] = contextId;
        header[11] = (byte)((isCommand ? 1 : 0) | (isLast ? 2 : 0));
    }

    public static void Write(IBufferWriter<byte> output, in AAssociateRJ reject) =>
        WriteFixed(output, PduType.AAssociateRJ, 0, (byte)reject.Result, (byte)reject.Source, reject.Reason);

    public static void Write(IBufferWriter<byte> output, in AAbort abort) =>
        WriteFixed(output, PduType.AAbort, 0, 0, (byte)abort.Source, (byte)abort.Reason);

    public static void WriteReleaseRequest(IBufferWriter<byte> output) => WriteFixed(output, PduType.AReleaseRQ, 0, 0, 0, 0);

    public static void WriteReleaseResponse(IBufferWriter<byte> output) => WriteFixed(output, PduType.AReleaseRP, 0, 0, 0, 0);

    /// <exception cref="ArgumentException">A text is longer than its field.</exception>
    public static void Write(IBufferWriter<byte> output, AAssociateRQ request)
    {
        var body = new ItemWriter();
        body.FixedFields(request.ProtocolVersion, request.CalledAETitle, request.CallingAETitle);
        body.TextItem(ItemType.ApplicationContext, request.ApplicationContext);
        foreach (var context in request.PresentationContexts)
        {
            int item = body.Begin(ItemType.PresentationContextRQ);
            body.Bytes([context.Id, 0, 0, 0]);
            body.TextItem(ItemType.AbstractSyntax, context.AbstractSyntax);
            foreach (string syntax in context.TransferSyntaxes) body.TextItem(ItemType.TransferSyntax, syntax);
            body.End(item);
        }
        WriteUserInformation(body, request.UserInformation);
        body.WriteTo(output, PduType.AAssociateRQ);
    }

    /// <exception cref="ArgumentException">A text is longer than its field.</exception>
    public static void Write(IBufferWriter<byte> output, AAssociateAC accept)
    {
        var body = new ItemWriter();
        if (accept.FixedFields.IsEmpty) body.FixedFields(accept.ProtocolVersion, accept.CalledAETitle, accept.CallingAETitle);
        else body.FixedFields(accept.ProtocolVersion, accept.FixedFields.Span);
        body.TextItem(ItemType.ApplicationContext, accept.ApplicationContext);
        foreach (var context in accept.PresentationContexts)
        {
            int item = body.Begin(ItemType.PresentationContextAC);
            body.Bytes([context.Id, 0, (byte)context.Result, 0]);
            body.TextItem(ItemType.TransferSyntax, context.TransferSyntax);
            body.End(item);
        }
        WriteUserInformation(body, accept.UserInformation);
        body.WriteTo(output, PduType.AAssociateAC);
    }

    /// <summary>Sub-items in ascending order of their types, as PS3.8 Annex D lists them.</summary>
    private static void WriteUserInformation(ItemWriter body, UserInformation user)
    {
        int all = body.Begin(ItemType.UserInformation);
        int item = body.Begin(ItemType.MaximumLength);
        body.UInt32(user.MaximumLength);
        body.End(item);
        if (user.ImplementationClassUid is { } uid) body.TextItem(ItemType.ImplementationClassUid, uid);
        if (user.AsynchronousOperationsWindow is { } window)
        {
            item = body.Begin(ItemType.AsynchronousOperationsWindow);
            body.UInt16(window.Invoked);
            body.UInt16(window.Performed);
            body.End(item);
        }
        foreach (var role in user.RoleSelections)
        {
            item = body.Begin(ItemType.RoleSelection);
            body.Counted(role.SopClassUid);
            body.Bytes([role.Scu ? (byte)1 : (byte)0, role.Scp ? (byte)1 : (byte)0]);
            body.End(item);
        }
        if (user.ImplementationVersionName is { } name) body.TextItem(ItemType.ImplementationVersionName, name);
        foreach (var extended in user.ExtendedNegotiations)
        {
            item = body.Begin(ItemType.SopClassExtendedNegotiation);
            body.Counted(extended.SopClassUid);
            body.Bytes(extended.ServiceClassApplicationInformation.Span);
            body.End(item);
        }
        foreach (var common in user.CommonExtendedNegotiations)
        {
            item = body.Begin(ItemType.SopClassCommonExtendedNegotiation);
            body.Counted(common.SopClassUid);
            body.Counted(common.ServiceClassUid);
            var related = new ItemWriter();
            foreach (string general in common.RelatedGeneralSopClassUids) related.Counted(general);
            body.Counted(related.Written);
            body.End(item);
        }
        if (user.UserIdentity is { } identity)
        {
            item = body.Begin(ItemType.UserIdentityRQ);
            body.Bytes([(byte)identity.Type, identity.PositiveResponseRequested ? (byte)1 : (byte)0]);
            body.Counted(identity.PrimaryField.Span);
            body.Counted(identity.SecondaryField.Span);
            body.End(item);
        }
        if (user.UserIdentityResponse is { } response)
        {
            item = body.Begin(ItemType.UserIdentityAC);
            body.Counted(response.Span);
            body.End(item);
        }
        body.End(all);
    }

    private static void WriteFixed(IBufferWriter<byte> output, PduType type, byte a, byte b, byte c, byte d) =>
        output.Write<byte>([(byte)type, 0, 0, 0, 0, 4, a, b, c, d]);

    /// <summary>Collects a body; item lengths are filled in when an item ends.</summary>
    private sealed class ItemWriter
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(1024);
        private readonly List<(int Position, ushort Length)> _lengths = [];

        public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

        public void FixedFields(ushort version, string called, string calling)
        {
            UInt16(version);
            UInt16(0);
            AETitle(called);
            AETitle(calling);
            _bytes.GetSpan(32)[..32].Clear();
            _bytes.Advance(32);
        }

        public void FixedFields(ushort version, ReadOnlySpan<byte> titlesAndReserved)
        {
            UInt16(version);
            UInt16(0);
            Bytes(titlesAndReserved);
        }

        /// <returns>Where the item began, for <see cref="End"/>.</returns>
        public int Begin(ItemType type)
        {
            Bytes([(byte)type, 0, 0, 0]);
            return _bytes.WrittenCount;
        }

        public void End(int item) => _lengths.Add((item - 2, Length(_bytes.WrittenCount - item)));

        public void TextItem(ItemType type, string text)
        {
            int item = Begin(type);
            Encoding.ASCII.GetBytes(text, _bytes);
            End(item);
        }

        public void Counted(string text) => Counted(Encoding.ASCII.GetBytes(text));

        public void Counted(ReadOnlySpan<byte> bytes)
        {
            UInt16(Length(bytes.Length));
            Bytes(bytes);
        }

        public void Bytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

        public void UInt16(ushort value)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_bytes.GetSpan(2), value);
            _bytes.Advance(2);
        }

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(4), value);
            _bytes.Advance(4);
        }

        public void WriteTo(IBufferWriter<byte> output, PduType type)
        {
            var span = output.GetSpan(RawPdu.HeaderLength + _bytes.WrittenCount);
            span[0] = (byte)type;
            span[1] = 0;
            BinaryPrimitives.WriteInt32BigEndian(span[2..], _bytes.WrittenCount);
            var body = span[RawPdu.HeaderLength..];
            _bytes.WrittenSpan.CopyTo(body);
            foreach (var (position, length) in _lengths) BinaryPrimitives.WriteUInt16BigEndian(body[position..], length);
            output.Advance(RawPdu.HeaderLength + _bytes.WrittenCount);
        }

        private void AETitle(string title)
        {
            if (title.Length > 16) throw new ArgumentException($"AE title '{title}' has more than 16 characters", nameof(title));
            Encoding.ASCII.GetBytes(title.PadRight(16), _bytes);
        }

        private static ushort Length(int length) => length <= ushort.MaxValue
            ? (ushort)length
            : throw new ArgumentException($"an item of {length} bytes does not fit its 16-bit length (PS3.8 §9.3.2)", nameof(length));
    }
}
