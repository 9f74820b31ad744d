using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

/// <summary>Commands that listen, over TLS.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _port = ForeignTool.FreePort().ToString(CultureInfo.InvariantCulture);

    public TlsTests()
    {
        foreach (string name in new[] { "server", "modality", "stranger" }) WriteCertificate(name);
        File.WriteAllBytes(_folder["a.dcm"], SampleObject.ToFile(SampleObject.Create(instance: "2.25.1")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Receive_takes_over_tls_from_those_it_believes_and_says_why_not_from_others()
    {
        var result = await RunAsync(_port, async () =>
        {
            Assert.Equal(0, await SendAsync(_port, "--tls-ca", _folder["server.pem"], "--tls-cert", _folder["modality.pem"], "--tls-key", _folder["modality.key"]));
            Assert.NotEqual(0, await SendAsync(_port, "--tls-ca", _folder["server.pem"], "--tls-cert", _folder["stranger.pem"], "--tls-key", _folder["stranger.key"]));
            Assert.NotEqual(0, await SendAsync(_port, "--tls-ca", _folder["server.pem"]));
            Assert.NotEqual(0, await SendAsync(_port));
        }, "receive", _port, "--out", _folder["out"], "--tls-cert", _folder["server.pem"], "--tls-key", _folder["server.key"], "--tls-ca", _folder["modality.pem"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("2.25.1.dcm", Path.GetFileName(Assert.Single(Directory.GetFiles(_folder["out"]))));
        Assert.Contains("(TLS)", result.Error);
        Assert.Contains("shows no certificate, and we require one", result.Error);
        Assert.Contains("CN=stranger, is self-signed and not among those we believe", result.Error);
        Assert.Contains("asks for an association without TLS", result.Error);
    }

    [Fact]
    public async Task Proxy_reads_what_goes_over_tls_when_it_ends_it()
    {
        await using var peer = new FakePeer();
        string inner = ForeignTool.FreePort().ToString(CultureInfo.InvariantCulture);
        CliResult? outer = null;
        var result = await RunAsync(inner, async () =>
        {
            // In plain to the first, over TLS to the second, in plain to the peer.
            outer = await RunAsync(_port, async () => Assert.Equal(0, await SendAsync(_port)), "proxy", "--listen", _port, "--to", $"localhost:{inner}", "--to-tls-ca", _folder["server.pem"]);
        }, "proxy", "--listen", inner, "--to", $"127.0.0.1:{peer.Port}", "--tls-cert", _folder["server.pem"], "--tls-key", _folder["server.key"]);
        Assert.Single(peer.Stored);
        foreach (var told in new[] { outer!, result })
        {
            Assert.Contains("C-STORE-RSP  #1, 0x0000 Success", told.Output);
            Assert.Contains("A-RELEASE-RP", told.Output);
        }
    }

    [Fact]
    public async Task Key_without_certificate_is_an_error_of_usage() =>
        Assert.Equal(2, (await Cli.RunAsync("receive", _port, "--tls-key", _folder["server.key"])).ExitCode);

    /// <summary>Runs a command that listens while <paramref name="talk"/> goes on, then ends it as Ctrl-C does.</summary>
    private static async Task<CliResult> RunAsync(string port, Func<Task> talk, params string[] arguments)
    {
        using var end = new CancellationTokenSource();
        var running = Cli.RunAsync(arguments, hasColour: false, end.Token);
        await ForeignTool.WaitForPortAsync(int.Parse(port, CultureInfo.InvariantCulture));
        await talk();
        await end.CancelAsync();
        return await running;
    }

    private async Task<int> SendAsync(string port, params string[] arguments) =>
        (await Cli.RunAsync(["send", "localhost", port, "--retries", "0", "--timeout", "20", _folder["a.dcm"], .. arguments])).ExitCode;

    /// <summary>One that is its own authority.</summary>
    private void WriteCertificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder[name + ".pem"], certificate.ExportCertificatePem());
        File.WriteAllText(_folder[name + ".key"], key.ExportPkcs8PrivateKeyPem());
    }
}
