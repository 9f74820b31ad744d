using System.Security.Cryptography;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Network;

/// <summary>What became of a proposed presentation context (PS3.8 Table 9-18).</summary>
public enum PresentationContextResult : byte
{
    /// <summary>Accepted.</summary>
    Acceptance = 0,
    /// <summary>Refused by the application.</summary>
    UserRejection = 1,
    /// <summary>Refused without a reason.</summary>
    NoReason = 2,
    /// <summary>The SOP class is not supported.</summary>
    AbstractSyntaxNotSupported = 3,
    /// <summary>None of the transfer syntaxes is supported.</summary>
    TransferSyntaxesNotSupported = 4,
}

/// <summary>A presentation context as proposed and as answered (PS3.8 §7.1.1.13, §9.3.3.2).</summary>
/// <param name="Id">Odd, 1 to 255.</param>
/// <param name="AbstractSyntax">The SOP class, or meta SOP class, it is for.</param>
/// <param name="Proposed">The transfer syntaxes proposed, in the requestor's order.</param>
public sealed record PresentationContext(byte Id, Uid AbstractSyntax, IReadOnlyList<TransferSyntax> Proposed)
{
    /// <summary>The answer.</summary>
    public PresentationContextResult Result { get; init; } = PresentationContextResult.NoReason;

    /// <summary>The transfer syntax data sets on this context are in; null unless accepted.</summary>
    public TransferSyntax? TransferSyntax { get; init; }

    /// <summary>The requestor may invoke operations (PS3.7 §D.3.3.4). True by default.</summary>
    public bool RequestorIsScu { get; init; } = true;

    /// <summary>The requestor may perform operations, as for the sub-operations of a C-GET. False by default.</summary>
    public bool RequestorIsScp { get; init; }

    /// <summary>Data may flow.</summary>
    public bool IsAccepted => Result == PresentationContextResult.Acceptance && TransferSyntax is not null;
}

/// <summary>What to propose for one SOP class (PS3.8 §7.1.1.13, PS3.7 §D.3.3.4).</summary>
/// <param name="AbstractSyntax">The SOP class.</param>
/// <param name="TransferSyntaxes">In order of preference; the acceptor chooses one.</param>
public sealed record PresentationContextProposal(Uid AbstractSyntax, IReadOnlyList<TransferSyntax> TransferSyntaxes)
{
    /// <summary>Explicit, then Implicit VR Little Endian.</summary>
    public PresentationContextProposal(Uid abstractSyntax)
        : this(abstractSyntax, [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian])
    {
    }

    /// <summary>We will invoke operations. Where this is true and <see cref="Scp"/> false, no role selection is sent.</summary>
    public bool Scu { get; init; } = true;

    /// <summary>We will perform operations: needed to receive the sub-operations of a C-GET.</summary>
    public bool Scp { get; init; }
}

/// <summary>SCP/SCU Role Selection (PS3.7 §D.3.3.4), one for each SOP class.</summary>
internal sealed record RoleSelection(string SopClassUid, bool Scu, bool Scp);

/// <summary>Asynchronous Operations Window (PS3.7 §D.3.3.3); 0 is without limit.</summary>
internal readonly record struct AsynchronousOperationsWindow(ushort Invoked, ushort Performed);

/// <summary>SOP Class Extended Negotiation (PS3.7 §D.3.3.5); what the bytes mean depends on the service class.</summary>
/// <param name="SopClassUid">The SOP class negotiated.</param>
/// <param name="ServiceClassApplicationInformation">Its bytes, as they stand on the wire.</param>
public sealed record ExtendedNegotiation(string SopClassUid, ReadOnlyMemory<byte> ServiceClassApplicationInformation);

/// <summary>SOP Class Common Extended Negotiation (PS3.7 §D.3.3.6).</summary>
/// <param name="SopClassUid">The SOP class explained.</param>
/// <param name="ServiceClassUid">The service class it belongs to.</param>
/// <param name="RelatedGeneralSopClassUids">More general SOP classes under which it may be treated.</param>
public sealed record CommonExtendedNegotiation(
    string SopClassUid, string ServiceClassUid, IReadOnlyList<string> RelatedGeneralSopClassUids);

/// <summary>The form of a user identity (PS3.7 Table D.3-14).</summary>
public enum UserIdentityType : byte
{
    /// <summary>A user name in UTF-8.</summary>
    UserName = 1,
    /// <summary>A user name and a pass code in UTF-8.</summary>
    UserNameAndPasscode = 2,
    /// <summary>A Kerberos service ticket.</summary>
    Kerberos = 3,
    /// <summary>A SAML assertion.</summary>
    Saml = 4,
    /// <summary>A JSON Web Token.</summary>
    Jwt = 5,
}

/// <summary>User Identity of the requestor (PS3.7 §D.3.3.7).</summary>
/// <param name="Type">The form.</param>
/// <param name="PrimaryField">User name, ticket, assertion or token.</param>
/// <param name="SecondaryField">The pass code, for <see cref="UserIdentityType.UserNameAndPasscode"/>; else empty.</param>
/// <param name="PositiveResponseRequested">The acceptor is asked to confirm.</param>
public sealed record UserIdentity(UserIdentityType Type, ReadOnlyMemory<byte> PrimaryField,
    ReadOnlyMemory<byte> SecondaryField = default, bool PositiveResponseRequested = false)
{
    /// <summary>A user name alone: says who, proves nothing.</summary>
    public static UserIdentity OfUser(string userName) => new(UserIdentityType.UserName, Utf8(userName));

    /// <summary>A user name and a pass code. They go over the wire as they are: use TLS.</summary>
    public static UserIdentity OfUser(string userName, string passcode) =>
        new(UserIdentityType.UserNameAndPasscode, Utf8(userName), Utf8(passcode), PositiveResponseRequested: true);

    /// <summary>A Kerberos service ticket, as the Kerberos library gives it.</summary>
    public static UserIdentity OfKerberos(ReadOnlyMemory<byte> serviceTicket) =>
        new(UserIdentityType.Kerberos, serviceTicket, PositiveResponseRequested: true);

    /// <summary>A SAML assertion.</summary>
    public static UserIdentity OfSaml(string assertion) => new(UserIdentityType.Saml, Utf8(assertion), PositiveResponseRequested: true);

    /// <summary>A JSON Web Token.</summary>
    public static UserIdentity OfJwt(string token) => new(UserIdentityType.Jwt, Utf8(token), PositiveResponseRequested: true);

    /// <summary>The user name, for the two types that have one; else null.</summary>
    public string? UserName => Type is UserIdentityType.UserName or UserIdentityType.UserNameAndPasscode
        ? Encoding.UTF8.GetString(PrimaryField.Span)
        : null;

    /// <summary>The pass code is this one. Compared in a time that does not tell how much of it is right.</summary>
    public bool HasPasscode(ReadOnlySpan<byte> expected) =>
        Type == UserIdentityType.UserNameAndPasscode && CryptographicOperations.FixedTimeEquals(SecondaryField.Span, expected);

    private static byte[] Utf8(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= ushort.MaxValue
            ? bytes
            : throw new ArgumentException($"a field of a user identity has at most {ushort.MaxValue} bytes (PS3.7 §D.3.3.7)", nameof(text));
    }

    /// <summary>Type and lengths only: the fields are secrets.</summary>
    public override string ToString() => $"{Type}, {PrimaryField.Length} + {SecondaryField.Length} bytes";
}
