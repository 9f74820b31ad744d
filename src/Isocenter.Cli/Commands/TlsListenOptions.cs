using System.CommandLine;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>TLS for commands that listen.</summary>
internal sealed class TlsListenOptions
{
    private readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = "Listen for TLS only, with this certificate: PEM, with those up to its root, or PKCS #12 (.pfx, .p12). Read again when it changes.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _key = new("--tls-key") { Description = "Its private key, PEM, when it is not in the same file.", HelpName = "FILE" };

    private readonly Option<string?> _keyPassword = new("--tls-key-password-file")
    {
        Description = "A file whose first line is the password of the key.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _ca = new("--tls-ca")
    {
        Description = "Take peers only that show a certificate issued by one of these, PEM or DER. Without it a peer needs none.",
        HelpName = "FILE",
    };

    private readonly Option<TlsProfile> _profile = TlsProfileOption.Create("--tls-profile");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _certificate, _key, _keyPassword, _ca, _profile }) command.Add(option);
    }

    /// <summary>TLS, or null when none of its options is given.</summary>
    public TlsOptions? Read(ParseResult parsed)
    {
        string[] ca = parsed.GetValue(_ca) ?? [];
        string? certificate = parsed.GetValue(_certificate), key = parsed.GetValue(_key);
        if (certificate is null)
        {
            if (key is not null || ca.Length > 0) throw new UsageException("--tls-key and --tls-ca need --tls-cert");
            return null;
        }
        return new TlsOptions
        {
            Profile = parsed.GetValue(_profile),
            Certificate = TlsCertificateSource.FromFiles(certificate, key, parsed.GetValue(_keyPassword) is { } file ? TlsProfileOption.FirstLine(file) : null),
            Trust = ca.Length > 0 ? TlsTrust.FromFiles(ca) : null,
            RequireClientCertificate = ca.Length > 0,
        };
    }
}
