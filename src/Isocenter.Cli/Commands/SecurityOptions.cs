using System.CommandLine;
using System.CommandLine.Parsing;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>TLS and user identity, for all commands that call a peer.</summary>
internal sealed class SecurityOptions
{
    private readonly Option<bool> _tls = new("--tls") { Description = "Call over TLS." };

    private readonly Option<string[]> _ca = new("--tls-ca")
    {
        Description = "Certificates of those who may have issued the peer's, PEM or DER. Without it the system decides whom to believe.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = "Our certificate, for peers that ask for one: PEM, with those up to its root, or PKCS #12 (.pfx, .p12).",
        HelpName = "FILE",
    };

    private readonly Option<string?> _key = new("--tls-key") { Description = "Its private key, PEM, when it is not in the same file.", HelpName = "FILE" };

    private readonly Option<string?> _keyPassword = new("--tls-key-password-file")
    {
        Description = "A file whose first line is the password of the key.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _name = new("--tls-name")
    {
        Description = "The name that must stand in the peer's certificate, when it is not the HOST; '*' takes any name.",
        HelpName = "NAME",
    };

    private readonly Option<TlsProfile> _profile = new("--tls-profile")
    {
        Description = "Versions and cipher suites (PS3.15 Annex B). [default: rfc9325]",
        HelpName = "rfc9325|non-downgrading|extended|bcp195",
        CustomParser = ParseProfile,
    };

    private readonly Option<bool> _insecure = new("--tls-insecure")
    {
        Description = "Believe any certificate: encrypts, but anyone in between can read along. For tests.",
    };

    private readonly Option<string?> _user = new("--user") { Description = "User name to tell the peer (user identity).", HelpName = "NAME" };

    private readonly Option<bool> _passwordStdin = new("--password-stdin") { Description = "Read the user's pass code from standard input, one line." };

    private readonly Option<string?> _jwt = new("--jwt-file") { Description = "A file with a JSON Web Token to tell the peer who the user is.", HelpName = "FILE" };

    private readonly Option<string?> _saml = new("--saml-file") { Description = "A file with a SAML assertion, likewise.", HelpName = "FILE" };

    private readonly Option<string?> _kerberos = new("--kerberos-file") { Description = "A file with a Kerberos service ticket, likewise.", HelpName = "FILE" };

    private IEnumerable<Option> All =>
        [_tls, _ca, _certificate, _key, _keyPassword, _name, _profile, _insecure, _user, _passwordStdin, _jwt, _saml, _kerberos];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All) command.Add(option);
    }

    /// <summary>TLS, or null when none of its options is given.</summary>
    public TlsOptions? Tls(ParseResult parsed)
    {
        string[] ca = parsed.GetValue(_ca) ?? [];
        string? certificate = parsed.GetValue(_certificate), key = parsed.GetValue(_key), name = parsed.GetValue(_name);
        bool insecure = parsed.GetValue(_insecure);
        if (key is not null && certificate is null) throw new UsageException("--tls-key needs --tls-cert");
        if (insecure && ca.Length > 0) throw new UsageException("--tls-insecure and --tls-ca contradict each other");
        bool wanted = parsed.GetValue(_tls) || ca.Length > 0 || certificate is not null || name is not null || insecure;
        if (!wanted) return null;
        return new TlsOptions
        {
            Profile = parsed.GetValue(_profile),
            Trust = ca.Length > 0 ? TlsTrust.FromFiles(ca) : null,
            Certificate = certificate is null ? null
                : TlsCertificateSource.FromFiles(certificate, key, parsed.GetValue(_keyPassword) is { } file ? FirstLine(file) : null),
            PeerName = name == "*" ? null : name,
            CheckPeerName = name != "*",
            AcceptAnyCertificate = insecure,
        };
    }

    /// <summary>Who uses us, or null.</summary>
    public UserIdentity? User(ParseResult parsed)
    {
        string? user = parsed.GetValue(_user), jwt = parsed.GetValue(_jwt), saml = parsed.GetValue(_saml), kerberos = parsed.GetValue(_kerberos);
        if (new[] { user, jwt, saml, kerberos }.Count(given => given is not null) > 1)
            throw new UsageException("--user, --jwt-file, --saml-file and --kerberos-file: one of them");
        if (parsed.GetValue(_passwordStdin))
        {
            if (user is null) throw new UsageException("--password-stdin needs --user");
            return UserIdentity.OfUser(user, Console.In.ReadLine() ?? throw new UsageException("--password-stdin: standard input is empty"));
        }
        return user is not null ? UserIdentity.OfUser(user)
            : jwt is not null ? UserIdentity.OfJwt(File.ReadAllText(jwt).Trim())
            : saml is not null ? UserIdentity.OfSaml(File.ReadAllText(saml).Trim())
            : kerberos is not null ? UserIdentity.OfKerberos(File.ReadAllBytes(kerberos))
            : null;
    }

    private static string FirstLine(string file) => File.ReadLines(file).FirstOrDefault("");

    private static TlsProfile ParseProfile(ArgumentResult result)
    {
        string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        switch (text.ToLowerInvariant())
        {
            case "rfc9325": return TlsProfile.Bcp195Rfc9325;
            case "non-downgrading": return TlsProfile.NonDowngradingBcp195;
            case "extended": return TlsProfile.ExtendedBcp195;
            case "bcp195": return TlsProfile.Bcp195;
            default:
                result.AddError($"'{text}' is no TLS profile: rfc9325, non-downgrading, extended or bcp195");
                return default;
        }
    }
}
