using System.Buffers.Binary;

namespace Isocenter.Network.UpperLayer;

/// <summary>Reads the bodies of A-ASSOCIATE-RQ and A-ASSOCIATE-AC (PS3.8 §9.3.2, §9.3.3, Annex D; PS3.7 §D.3.3).</summary>
/// <remarks>Items and sub-items we do not know are skipped, as PS3.8 §9.3.1 asks. What is known must be whole: an item
/// that runs past its parent is a <see cref="PduException"/>. Every list grows only with bytes that really came.</remarks>
internal static class AssociateReader
{
    /// <summary>Version (2), reserved (2), called (16) and calling AE title (16), reserved (32).</summary>
    public const int FixedFieldsLength = 68;

    public static AAssociateRQ ReadRequest(ReadOnlySpan<byte> body)
    {
        RequireFixedFields(body);
        string applicationContext = "";
        List<PresentationContextRQ> contexts = [];
        UserInformation? user = null;
        var items = new ItemReader(body[FixedFieldsLength..]);
        while (items.TryNext(out var type, out var content))
        {
            switch (type)
            {
                case ItemType.ApplicationContext: applicationContext = Text(content); break;
                case ItemType.PresentationContextRQ:
                    if (contexts.Count == AAssociateRQ.MaxPresentationContexts)
                        throw PduException.Invalid("more than 128 presentation contexts are proposed", "PS3.8 §9.3.2.2");
                    var context = ReadContextRQ(content);
                    if (contexts.Exists(c => c.Id == context.Id))
                        throw PduException.Invalid($"presentation context {context.Id} is proposed twice", "PS3.8 §9.3.2.2");
                    contexts.Add(context);
                    break;
                case ItemType.UserInformation: user = ReadUserInformation(content); break;
                default: break;
            }
        }
        return new AAssociateRQ
        {
            ProtocolVersion = BinaryPrimitives.ReadUInt16BigEndian(body),
            CalledAETitle = Text(body.Slice(4, 16)),
            CallingAETitle = Text(body.Slice(20, 16)),
            FixedFields = body[4..FixedFieldsLength].ToArray(),
            ApplicationContext = applicationContext,
            PresentationContexts = contexts,
            UserInformation = user ?? new UserInformation(),
        };
    }

    public static AAssociateAC ReadAccept(ReadOnlySpan<byte> body)
    {
        RequireFixedFields(body);
        string applicationContext = "";
        List<PresentationContextAC> contexts = [];
        UserInformation? user = null;
        var items = new ItemReader(body[FixedFieldsLength..]);
        while (items.TryNext(out var type, out var content))
        {
            switch (type)
            {
                case ItemType.ApplicationContext: applicationContext = Text(content); break;
                case ItemType.PresentationContextAC:
                    if (contexts.Count == AAssociateRQ.MaxPresentationContexts)
                        throw PduException.Invalid("more than 128 presentation contexts are answered", "PS3.8 §9.3.3.2");
                    contexts.Add(ReadContextAC(content));
                    break;
                case ItemType.UserInformation: user = ReadUserInformation(content); break;
                default: break;
            }
        }
        return new AAssociateAC
        {
            ProtocolVersion = BinaryPrimitives.ReadUInt16BigEndian(body),
            CalledAETitle = Text(body.Slice(4, 16)),
            CallingAETitle = Text(body.Slice(20, 16)),
            ApplicationContext = applicationContext,
            PresentationContexts = contexts,
            UserInformation = user ?? new UserInformation(),
        };
    }

    private static void RequireFixedFields(ReadOnlySpan<byte> body)
    {
        if (body.Length < FixedFieldsLength)
            throw PduException.Invalid($"an A-ASSOCIATE PDU has at least {FixedFieldsLength} bytes, {body.Length} are there", "PS3.8 §9.3.2");
    }

    /// <summary>Id (1), reserved (3), one abstract syntax and the transfer syntaxes (PS3.8 §9.3.2.2).</summary>
    private static PresentationContextRQ ReadContextRQ(ReadOnlySpan<byte> content)
    {
        byte id = ContextId(content);
        string? abstractSyntax = null;
        List<string> transferSyntaxes = [];
        var items = new ItemReader(content[4..]);
        while (items.TryNext(out var type, out var value))
        {
            if (type == ItemType.AbstractSyntax) abstractSyntax = Text(value);
            else if (type == ItemType.TransferSyntax) transferSyntaxes.Add(Text(value));
        }
        return abstractSyntax is null
            ? throw PduException.Invalid($"presentation context {id} has no abstract syntax", "PS3.8 §9.3.2.2")
            : new PresentationContextRQ(id, abstractSyntax, transferSyntaxes);
    }

    /// <summary>Id (1), reserved (1), result (1), reserved (1), one transfer syntax (PS3.8 §9.3.3.2).</summary>
    private static PresentationContextAC ReadContextAC(ReadOnlySpan<byte> content)
    {
        byte id = ContextId(content);
        string transferSyntax = "";
        var items = new ItemReader(content[4..]);
        while (items.TryNext(out var type, out var value))
            if (type == ItemType.TransferSyntax) transferSyntax = Text(value);
        return new PresentationContextAC(id, (PresentationContextResult)content[2], transferSyntax);
    }

    private static byte ContextId(ReadOnlySpan<byte> content)
    {
        if (content.Length < 4)
            throw PduException.Invalid($"a presentation context item has at least 4 bytes, {content.Length} are there", "PS3.8 §9.3.2.2");
        return (content[0] & 1) == 1
            ? content[0]
            : throw PduException.Invalid($"presentation context identifier {content[0]} is not odd", "PS3.8 §9.3.2.2");
    }

    private static UserInformation ReadUserInformation(ReadOnlySpan<byte> content)
    {
        var user = new UserInformation();
        List<RoleSelection> roles = [];
        List<ExtendedNegotiation> extended = [];
        List<CommonExtendedNegotiation> common = [];
        var items = new ItemReader(content);
        while (items.TryNext(out var type, out var bytes))
        {
            var value = new FieldReader(bytes, type);
            switch (type)
            {
                case ItemType.MaximumLength: user = user with { MaximumLength = value.UInt32() }; break;
                case ItemType.ImplementationClassUid: user = user with { ImplementationClassUid = Text(bytes) }; break;
                case ItemType.ImplementationVersionName: user = user with { ImplementationVersionName = Text(bytes) }; break;
                case ItemType.AsynchronousOperationsWindow:
                    user = user with { AsynchronousOperationsWindow = new(value.UInt16(), value.UInt16()) };
                    break;
                case ItemType.RoleSelection:
                    roles.Add(new RoleSelection(Text(value.Counted()), value.Byte() != 0, value.Byte() != 0));
                    break;
                case ItemType.SopClassExtendedNegotiation:
                    extended.Add(new ExtendedNegotiation(Text(value.Counted()), value.Rest().ToArray()));
                    break;
                case ItemType.SopClassCommonExtendedNegotiation:
                    common.Add(ReadCommonExtended(ref value));
                    break;
                case ItemType.UserIdentityRQ:
                    var identity = (UserIdentityType)value.Byte();
                    bool respond = value.Byte() != 0;
                    user = user with
                    {
                        UserIdentity = new UserIdentity(identity, value.Counted().ToArray(), value.Counted().ToArray(), respond),
                    };
                    break;
                case ItemType.UserIdentityAC:
                    user = user with { UserIdentityResponse = value.Counted().ToArray() };
                    break;
                default: break;
            }
        }
        return user with { RoleSelections = roles, ExtendedNegotiations = extended, CommonExtendedNegotiations = common };
    }

    /// <summary>SOP class, service class, and a counted list of related general SOP classes (PS3.7 Table D.3-12).</summary>
    private static CommonExtendedNegotiation ReadCommonExtended(ref FieldReader value)
    {
        string sopClass = Text(value.Counted()), serviceClass = Text(value.Counted());
        List<string> related = [];
        var list = new FieldReader(value.Counted(), ItemType.SopClassCommonExtendedNegotiation);
        while (!list.IsAtEnd) related.Add(Text(list.Counted()));
        return new CommonExtendedNegotiation(sopClass, serviceClass, related);
    }

    /// <summary>ISO 646 text without the spaces and NULLs around it. Anything else becomes '?', so that what we log
    /// and compare is harmless.</summary>
    private static string Text(ReadOnlySpan<byte> bytes) =>
        string.Create(bytes.Trim(" \0"u8).Length, bytes.Trim(" \0"u8), static (chars, text) =>
        {
            for (int i = 0; i < chars.Length; i++) chars[i] = text[i] is >= 0x20 and < 0x7F ? (char)text[i] : '?';
        });

    /// <summary>Walks items: type (1), reserved (1), length (2, big endian), content.</summary>
    private ref struct ItemReader(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public bool TryNext(out ItemType type, out ReadOnlySpan<byte> content)
        {
            type = default;
            content = default;
            if (_rest.IsEmpty) return false;
            if (_rest.Length < 4) throw PduException.Invalid($"{_rest.Length} bytes are left over where an item was expected");

            type = (ItemType)_rest[0];
            int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            if (_rest.Length - 4 < length)
                throw PduException.Invalid($"item 0x{_rest[0]:X2} announces {length} bytes, {_rest.Length - 4} are left");
            content = _rest.Slice(4, length);
            _rest = _rest[(4 + length)..];
            return true;
        }
    }

    /// <summary>Reads the fields of one sub-item.</summary>
    private ref struct FieldReader(ReadOnlySpan<byte> rest, ItemType item)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public byte Byte() => Take(1)[0];

        public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

        public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

        /// <summary>A length (2, big endian) and as many bytes.</summary>
        public ReadOnlySpan<byte> Counted() => Take(UInt16());

        public ReadOnlySpan<byte> Rest() => Take(_rest.Length);

        private ReadOnlySpan<byte> Take(int count)
        {
            if (_rest.Length < count)
                throw PduException.Invalid($"item 0x{(byte)item:X2} ends {count - _rest.Length} bytes too early");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
