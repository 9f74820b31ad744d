using System.CommandLine;
using System.CommandLine.Parsing;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>TLS towards a peer that is called.</summary>
/// <param name="prefix">How the options begin, as --tls.</param>
internal sealed class TlsCallOptions(string prefix)
{
    private readonly Option<bool> _tls = new(prefix) { Description = "Call over TLS." };

    private readonly Option<string[]> _ca = new(prefix + "-ca")
    {
        Description = "Certificates of those who may have issued the peer's, PEM or DER. Without it the system decides whom to believe.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificate = new(prefix + "-cert")
    {
        Description = "Our certificate, for peers that ask for one: PEM, with those up to its root, or PKCS #12 (.pfx, .p12).",
        HelpName = "FILE",
    };

    private readonly Option<string?> _key = new(prefix + "-key") { Description = "Its private key, PEM, when it is not in the same file.", HelpName = "FILE" };

    private readonly Option<string?> _keyPassword = new(prefix + "-key-password-file")
    {
        Description = "A file whose first line is the password of the key.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _name = new(prefix + "-name")
    {
        Description = "The name that must stand in the peer's certificate, when it is not the HOST; '*' takes any name.",
        HelpName = "NAME",
    };

    private readonly Option<TlsProfile> _profile = TlsProfileOption.Create(prefix + "-profile");

    private readonly Option<bool> _insecure = new(prefix + "-insecure")
    {
        Description = "Believe any certificate: encrypts, but anyone in between can read along. For tests.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _tls, _ca, _certificate, _key, _keyPassword, _name, _profile, _insecure }) command.Add(option);
    }

    /// <summary>TLS, or null when none of its options is given.</summary>
    public TlsOptions? Read(ParseResult parsed)
    {
        string[] ca = parsed.GetValue(_ca) ?? [];
        string? certificate = parsed.GetValue(_certificate), key = parsed.GetValue(_key), name = parsed.GetValue(_name);
        bool insecure = parsed.GetValue(_insecure);
        if (key is not null && certificate is null) throw new UsageException($"{_key.Name} needs {_certificate.Name}");
        if (insecure && ca.Length > 0) throw new UsageException($"{_insecure.Name} and {_ca.Name} contradict each other");
        bool wanted = parsed.GetValue(_tls) || ca.Length > 0 || certificate is not null || name is not null || insecure;
        if (!wanted) return null;
        return new TlsOptions
        {
            Profile = parsed.GetValue(_profile),
            Trust = ca.Length > 0 ? TlsTrust.FromFiles(ca) : null,
            Certificate = certificate is null ? null
                : TlsCertificateSource.FromFiles(certificate, key, parsed.GetValue(_keyPassword) is { } file ? TlsProfileOption.FirstLine(file) : null),
            PeerName = name == "*" ? null : name,
            CheckPeerName = name != "*",
            AcceptAnyCertificate = insecure,
        };
    }
}

/// <summary>The choice of a TLS profile, and the reading of passwords, for those who call and those who listen.</summary>
internal static class TlsProfileOption
{
    public static Option<TlsProfile> Create(string name) => new(name)
    {
        Description = "Versions and cipher suites (PS3.15 Annex B). [default: rfc9325]",
        HelpName = "rfc9325|non-downgrading|extended|bcp195",
        CustomParser = Parse,
    };

    public static string FirstLine(string file) => File.ReadLines(file).FirstOrDefault("");

    private static TlsProfile Parse(ArgumentResult result)
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
