namespace Isocenter.Network;

/// <summary>What was decided about the user of an association (PS3.7 §D.3.3.7).</summary>
public sealed record UserVerdict
{
    private UserVerdict()
    {
    }

    /// <summary>The user may come in.</summary>
    public bool IsAllowed => Refusal is null;

    /// <summary>Why not, in words for the log; the peer is not told. Null when allowed.</summary>
    public string? Refusal { get; private init; }

    /// <summary>The server response, for a peer that asks for one: a Kerberos server ticket, a SAML response; else empty.</summary>
    public ReadOnlyMemory<byte> Response { get; private init; }

    /// <summary>Lets the user in.</summary>
    public static UserVerdict Allow(ReadOnlyMemory<byte> response = default) => new() { Response = response };

    /// <summary>Keeps the user out. No secrets in <paramref name="why"/>: it goes into the log.</summary>
    public static UserVerdict Refuse(string why)
    {
        ArgumentException.ThrowIfNullOrEmpty(why);
        return new UserVerdict { Refusal = why };
    }
}
