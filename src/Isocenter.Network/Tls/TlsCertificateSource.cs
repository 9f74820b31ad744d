using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isocenter.Network;

/// <summary>A certificate with its private key, from files that are read again when they change: no restart for a renewed
/// certificate.</summary>
/// <remarks>Safe from many threads. Files that cannot be read after a change, as while they are being replaced, leave the
/// certificate in use that was read last.</remarks>
public sealed class TlsCertificateSource
{
    private readonly WatchedFiles<SslStreamCertificateContext> _files;

    private TlsCertificateSource(WatchedFiles<SslStreamCertificateContext> files) => _files = files;

    /// <summary>From PEM files, or from a PKCS #12 file (.pfx, .p12) with the key in it.</summary>
    /// <param name="certificateFile">The certificate, followed by those between it and its root, if there are any.</param>
    /// <param name="keyFile">PEM; null when the key is in <paramref name="certificateFile"/>.</param>
    /// <param name="password">Of an encrypted key or of the PKCS #12 file.</param>
    /// <exception cref="TlsException">They cannot be read, or do not belong together.</exception>
    public static TlsCertificateSource FromFiles(string certificateFile, string? keyFile = null, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(certificateFile);
        string[] watched = keyFile is null ? [certificateFile] : [certificateFile, keyFile];
        return new TlsCertificateSource(new WatchedFiles<SslStreamCertificateContext>(watched, () => Load(certificateFile, keyFile, password)));
    }

    /// <summary>One that is in memory, for as long as the process lives.</summary>
    public static TlsCertificateSource FromCertificate(X509Certificate2 certificate)
    {
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        return new TlsCertificateSource(new WatchedFiles<SslStreamCertificateContext>([], () => context));
    }

    /// <summary>As it stands now.</summary>
    internal SslStreamCertificateContext Current => _files.Current;

    /// <inheritdoc cref="WatchedFiles{T}.TakeProblem"/>
    internal Exception? TakeProblem() => _files.TakeProblem();

    private static SslStreamCertificateContext Load(string certificateFile, string? keyFile, string? password)
    {
        try
        {
            var others = new X509Certificate2Collection();
            X509Certificate2 own;
            if (IsPkcs12(certificateFile))
            {
                var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(certificateFile, password);
                own = all.FirstOrDefault(c => c.HasPrivateKey)
                    ?? throw new TlsException($"{certificateFile} has no private key in it");
                foreach (var certificate in all)
                    if (certificate != own) others.Add(certificate);
            }
            else
            {
                own = password is null
                    ? X509Certificate2.CreateFromPemFile(certificateFile, keyFile)
                    : X509Certificate2.CreateFromEncryptedPemFile(certificateFile, password, keyFile);
                others.ImportFromPemFile(certificateFile);
                if (others.Count > 0) others.RemoveAt(0);
            }
            return SslStreamCertificateContext.Create(own, others, offline: true);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            string files = keyFile is null ? certificateFile : $"{certificateFile} with the key {keyFile}";
            throw new TlsException($"the certificate cannot be used: {files}: {unreadable.Message}", unreadable);
        }
    }

    private static bool IsPkcs12(string file) =>
        Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12";
}

/// <summary>Whose certificates are believed: the authorities of a PEM or DER file, read again when it changes.</summary>
/// <remarks>A certificate that is itself in the file is believed too, so that two self-signed peers can trust each other.
/// Safe from many threads.</remarks>
public sealed class TlsTrust
{
    private readonly WatchedFiles<X509Certificate2Collection> _files;

    private TlsTrust(WatchedFiles<X509Certificate2Collection> files) => _files = files;

    /// <summary>From files, each with one or more certificates.</summary>
    /// <exception cref="TlsException">One cannot be read, or has no certificate.</exception>
    public static TlsTrust FromFiles(params string[] files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return new TlsTrust(new WatchedFiles<X509Certificate2Collection>(files, () => Load(files)));
    }

    /// <summary>From memory.</summary>
    public static TlsTrust FromCertificates(params X509Certificate2[] certificates)
    {
        X509Certificate2Collection all = [.. certificates];
        return new TlsTrust(new WatchedFiles<X509Certificate2Collection>([], () => all));
    }

    internal X509Certificate2Collection Current => _files.Current;

    /// <inheritdoc cref="WatchedFiles{T}.TakeProblem"/>
    internal Exception? TakeProblem() => _files.TakeProblem();

    private static X509Certificate2Collection Load(string[] files)
    {
        var all = new X509Certificate2Collection();
        foreach (string file in files)
        {
            try
            {
                int before = all.Count;
                all.ImportFromPemFile(file);
                if (all.Count == before) all.Add(X509CertificateLoader.LoadCertificateFromFile(file));
            }
            catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw new TlsException($"no certificate can be read from {file}: {unreadable.Message}", unreadable);
            }
        }
        return all;
    }
}
