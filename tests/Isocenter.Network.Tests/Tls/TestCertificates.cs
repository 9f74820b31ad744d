using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isocenter.Network.Tests.Tls;

/// <summary>An authority and what it issues, made for one test.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    public TestCertificates(string name = "CN=Test CA")
    {
        var request = new CertificateRequest(name, _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1000), DateTimeOffset.UtcNow.AddDays(10));
    }

    public X509Certificate2 Authority { get; }

    public TlsTrust Trust => TlsTrust.FromCertificates(Authority);

    public X509Certificate2 Issue(string commonName, string? dns = null, bool expired = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dns ?? commonName);
        if (commonName == "localhost") names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var bare = request.Create(Authority, now.AddDays(-100), expired ? now.AddDays(-1) : now.AddDays(9), RandomNumberGenerator.GetBytes(8));
        using var with = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(with.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Writes NAME.pem and NAME.key.</summary>
    public static (string Certificate, string Key) Write(string folder, string name, X509Certificate2 certificate)
    {
        string pem = Path.Combine(folder, name + ".pem"), key = Path.Combine(folder, name + ".key");
        File.WriteAllText(pem, certificate.ExportCertificatePem());
        using var rsa = certificate.GetRSAPrivateKey();
        if (rsa is not null) File.WriteAllText(key, rsa.ExportPkcs8PrivateKeyPem());
        return (pem, key);
    }

    public void Dispose()
    {
        Authority.Dispose();
        _key.Dispose();
    }
}
