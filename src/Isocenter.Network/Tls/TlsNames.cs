using System.Security.Cryptography.X509Certificates;

namespace Isocenter.Network;

/// <summary>The names a certificate carries.</summary>
internal static class TlsNames
{
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        List<string> names = [];
        if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common) names.Add(common);
        foreach (string dns in DnsNames(certificate))
        {
            names.Add(dns);
            int dot = dns.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0) names.Add(dns[..dot]);
        }
        return names;
    }

    public static IEnumerable<string> DnsNames(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());
}
