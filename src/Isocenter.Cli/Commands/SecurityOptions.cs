using System.CommandLine;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>TLS and user identity, for all commands that call a peer.</summary>
internal sealed class SecurityOptions
{
    private readonly TlsCallOptions _tls = new("--tls");

    private readonly Option<string?> _user = new("--user") { Description = "User name to tell the peer (user identity).", HelpName = "NAME" };

    private readonly Option<bool> _passwordStdin = new("--password-stdin") { Description = "Read the user's pass code from standard input, one line." };

    private readonly Option<string?> _jwt = new("--jwt-file") { Description = "A file with a JSON Web Token to tell the peer who the user is.", HelpName = "FILE" };

    private readonly Option<string?> _saml = new("--saml-file") { Description = "A file with a SAML assertion, likewise.", HelpName = "FILE" };

    private readonly Option<string?> _kerberos = new("--kerberos-file") { Description = "A file with a Kerberos service ticket, likewise.", HelpName = "FILE" };

    private IEnumerable<Option> All => [_user, _passwordStdin, _jwt, _saml, _kerberos];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _tls.AddTo(command);
        foreach (var option in All) command.Add(option);
    }

    /// <summary>TLS, or null when none of its options is given.</summary>
    public TlsOptions? Tls(ParseResult parsed) => _tls.Read(parsed);

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
}
