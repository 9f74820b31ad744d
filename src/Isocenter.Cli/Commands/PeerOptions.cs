using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>The arguments and options of all commands that call a peer.</summary>
internal sealed class PeerOptions
{
    public Argument<string> Host { get; } = new("HOST") { Description = "Name or address of the peer." };

    public Argument<int> Port { get; } = new("PORT") { Description = "Its TCP port.", CustomParser = ParsePort };

    public Option<string> Calling { get; } = new("--aet")
    {
        Description = "Our AE title.",
        HelpName = "TITLE",
        DefaultValueFactory = _ => "ISOCENTER-CLI",
    };

    public Option<string> Called { get; } = new("--called", "-c")
    {
        Description = "AE title of the peer.",
        HelpName = "TITLE",
        DefaultValueFactory = _ => "ISOCENTER",
    };

    public Option<double?> Timeout { get; } = new("--timeout")
    {
        Description = "Longest wait for the connection, for an answer and for progress, in seconds.",
        HelpName = "SECONDS",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Write the answer as JSON." };

    /// <summary>TLS and who the user is.</summary>
    public SecurityOptions Security { get; } = new();

    public PeerOptions()
    {
        Calling.Validators.Add(CheckTitle);
        Called.Validators.Add(CheckTitle);
        Timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > 86400 or double.NaN) result.AddError("--timeout takes seconds from 0 to 86400");
        });
    }

    /// <summary>A command with a host, a port and the options.</summary>
    public Command CommandOf(string name, string description)
    {
        var command = new Command(name, description) { Host, Port, Calling, Called, Timeout, Json };
        Security.AddTo(command);
        return command;
    }

    /// <summary>How to call the peer that the command line names; presentation contexts are still to come.</summary>
    public AssociationOptions Read(ParseResult parsed) => Read(parsed, parsed.GetRequiredValue(Host), parsed.GetValue(Port));

    /// <inheritdoc cref="Read(ParseResult)"/>
    public AssociationOptions Read(ParseResult parsed, string host, int port)
    {
        var options = new AssociationOptions
        {
            Host = host,
            Port = port,
            CallingAETitle = parsed.GetValue(Calling)!,
            CalledAETitle = parsed.GetValue(Called)!,
            Tls = Security.Tls(parsed),
            UserIdentity = Security.User(parsed),
        };
        if (parsed.GetValue(Timeout) is not { } seconds) return options;
        var time = TimeSpan.FromSeconds(seconds);
        return options with { ConnectTimeout = time, AssociationTimeout = time, ResponseTimeout = time, ProgressTimeout = time };
    }

    /// <summary>Cuts HOST:PORT, also [::1]:11112.</summary>
    public static bool TryParseAddress(string text, out string host, out int port)
    {
        int colon = text.LastIndexOf(':');
        host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536;
    }

    private static int ParsePort(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536) return port;
        result.AddError($"'{text}' is not a TCP port");
        return 0;
    }

    private static void CheckTitle(OptionResult result)
    {
        string title = result.GetValueOrDefault<string>() ?? "";
        if (title.Trim(' ').Length is 0 or > 16 || title.Any(c => c is < ' ' or > '~' or '\\'))
            result.AddError($"'{title}' is not an AE title: 1 to 16 characters of ASCII without backslash");
    }
}
