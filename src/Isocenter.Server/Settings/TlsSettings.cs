using System.Globalization;
using System.Net;
using Isocenter.Network;

namespace Isocenter.Server.Settings;

/// <summary>DIMSE over TLS: a listener of its own, beside the one without (settings <c>dicom:tls:*</c>).</summary>
/// <param name="EndPoint">Where it listens.</param>
/// <param name="Options">Certificates and profile.</param>
/// <param name="BindAETitles">The calling AE title must stand in the peer's certificate.</param>
public sealed record TlsSettings(IPEndPoint EndPoint, TlsOptions Options, bool BindAETitles)
{
    /// <summary>The port registered for DICOM over TLS (PS3.8 §9.1.1).</summary>
    public const int RegisteredPort = 2762;

    private const string Group = "dicom:tls:";

    /// <summary>The settings, with what they are.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Names { get; } =
    [
        new(Group + "address", "address DIMSE over TLS listens on"),
        new(Group + "port", "port DIMSE over TLS listens on"),
        new(Group + "certificate", "our certificate: PEM, or PKCS #12"),
        new(Group + "key", "its private key: PEM"),
        new(Group + "keyPasswordFile", "file with the password of the key"),
        new(Group + "clientCa", "PEM file of those who issue the certificates of peers"),
        new(Group + "requireClientCertificate", "peers must show a certificate"),
        new(Group + "bindAeTitles", "the calling AE title must stand in the peer's certificate"),
        new(Group + "profile", "rfc9325, nonDowngrading, extended or bcp195"),
    ];

    /// <returns>Null when none of the settings is there.</returns>
    /// <exception cref="SettingsException">One of them is wrong.</exception>
    internal static TlsSettings? Read(IReadOnlyDictionary<string, string> values, IPAddress otherwise)
    {
        if (!Names.Any(name => values.ContainsKey(name.Key))) return null;
        string? certificate = values.GetValueOrDefault(Group + "certificate"), key = values.GetValueOrDefault(Group + "key"),
            ca = values.GetValueOrDefault(Group + "clientCa"), password = values.GetValueOrDefault(Group + "keyPasswordFile");
        if (certificate is null) throw new SettingsException(Group + "certificate", "is needed for TLS");
        bool require = Flag(values, "requireClientCertificate"), bind = Flag(values, "bindAeTitles");
        if (require && ca is null) throw new SettingsException(Group + "clientCa", "is needed to judge the certificates of peers");
        if (bind && !require) throw new SettingsException(Group + "bindAeTitles", "needs requireClientCertificate");
        try
        {
            return new TlsSettings(new IPEndPoint(Address(values, otherwise), Port(values)), new TlsOptions
            {
                Certificate = TlsCertificateSource.FromFiles(certificate, key, password is null ? null : File.ReadLines(password).FirstOrDefault("")),
                Trust = ca is null ? null : TlsTrust.FromFiles(ca),
                RequireClientCertificate = require,
                Profile = Profile(values),
            }, bind);
        }
        catch (TlsException unusable)
        {
            throw new SettingsException(Group + "certificate", unusable.Message);
        }
    }

    private static IPAddress Address(IReadOnlyDictionary<string, string> values, IPAddress otherwise)
    {
        if (!values.TryGetValue(Group + "address", out string? text)) return otherwise;
        if (text.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return IPAddress.Loopback;
        if (text == "*") return IPAddress.Any;
        return IPAddress.TryParse(text, out var address) ? address : throw new SettingsException(Group + "address", $"'{text}' is not an IP address");
    }

    private static int Port(IReadOnlyDictionary<string, string> values)
    {
        if (!values.TryGetValue(Group + "port", out string? text)) return RegisteredPort;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? port
            : throw new SettingsException(Group + "port", $"'{text}' is not a whole number from 0 to 65535");
    }

    private static bool Flag(IReadOnlyDictionary<string, string> values, string name)
    {
        if (!values.TryGetValue(Group + name, out string? text)) return false;
        return bool.TryParse(text, out bool flag) ? flag : throw new SettingsException(Group + name, $"'{text}' is neither true nor false");
    }

    private static TlsProfile Profile(IReadOnlyDictionary<string, string> values)
    {
        string text = values.GetValueOrDefault(Group + "profile", "rfc9325");
        return text.ToLowerInvariant() switch
        {
            "rfc9325" => TlsProfile.Bcp195Rfc9325,
            "nondowngrading" or "non-downgrading" => TlsProfile.NonDowngradingBcp195,
            "extended" => TlsProfile.ExtendedBcp195,
            "bcp195" => TlsProfile.Bcp195,
            _ => throw new SettingsException(Group + "profile", $"'{text}' is neither rfc9325, nonDowngrading, extended nor bcp195"),
        };
    }
}
