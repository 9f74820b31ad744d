using System.Net;
using System.Security.Cryptography.X509Certificates;
using Isocenter.Network.Dimse;
using Isocenter.Testing;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests.Tls;

/// <summary>TLS in both roles, and what is said when it does not come about.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _ca = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("isocenter-tls-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(TlsProfile.Bcp195Rfc9325)]
    [InlineData(TlsProfile.NonDowngradingBcp195)]
    [InlineData(TlsProfile.ExtendedBcp195)]
    [InlineData(TlsProfile.Bcp195)]
    public async Task Both_sides_know_each_other_by_certificate(TlsProfile profile)
    {
        await using var archive = Server(tls => tls with { Trust = _ca.Trust, RequireClientCertificate = true, Profile = profile });
        await using var association = await Association.ConnectAsync(Client(archive, tls => tls with { Certificate = Of("MODALITY"), Profile = profile }), Cancel);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
        Assert.Contains("CN=localhost", association.Info.Tls!.PeerCertificate!.Subject, StringComparison.Ordinal);
        var seen = Assert.Single(archive.Server.Associations);
        Assert.Contains("MODALITY", seen.Tls!.PeerNames);
        Assert.StartsWith("TLS 1.", seen.Tls.Protocol, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_an_unknown_issuer_is_refused_by_name()
    {
        using var other = new TestCertificates("CN=Other CA");
        await using var archive = Server();
        var refused = await Assert.ThrowsAsync<TlsException>(() => Association.ConnectAsync(Client(archive, tls => tls with { Trust = other.Trust }), Cancel));
        Assert.Contains("issued by CN=Test CA, whom we do not know", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_that_has_expired_is_refused_with_its_date()
    {
        await using var archive = Server(tls => tls with { Certificate = TlsCertificateSource.FromCertificate(_ca.Issue("localhost", expired: true)) });
        var refused = await Assert.ThrowsAsync<TlsException>(() => Association.ConnectAsync(Client(archive), Cancel));
        Assert.Contains("expired on", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_for_another_name_is_refused_unless_names_do_not_matter()
    {
        await using var archive = Server(tls => tls with { Certificate = Of("elsewhere") });
        var refused = await Assert.ThrowsAsync<TlsException>(() => Association.ConnectAsync(Client(archive), Cancel));
        Assert.Contains("not for localhost, but for elsewhere", refused.Message, StringComparison.Ordinal);
        await using var association = await Association.ConnectAsync(Client(archive, tls => tls with { CheckPeerName = false }), Cancel);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
    }

    [Fact]
    public async Task Peer_without_certificate_is_not_let_in_and_both_sides_know_why()
    {
        await using var archive = Server(tls => tls with { Trust = _ca.Trust, RequireClientCertificate = true });
        var refused = await Assert.ThrowsAnyAsync<AssociationException>(() => Association.ConnectAsync(Client(archive), Cancel));
        Assert.Contains("certificate", refused.Message, StringComparison.Ordinal);
        await Until(() => archive.Events.Any(e => e.Kind == AssociationEventKind.TlsFailed));
        Assert.Contains(archive.Events, e => e.Message.Contains("the peer shows no certificate, and we require one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calling_ae_title_must_stand_in_the_certificate_when_bound()
    {
        var policy = new AcceptancePolicy { CertificateMustNameCallingAETitle = true };
        await using var archive = Server(tls => tls with { Trust = _ca.Trust, RequireClientCertificate = true },
            o => o with { OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)) });
        var client = Client(archive, tls => tls with { Certificate = Of("ct1") });
        var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(() => Association.ConnectAsync(client with { CallingAETitle = "OTHER" }, Cancel));
        Assert.Equal(RejectReason.CallingAETitleNotRecognized, rejected.Reason);
        await using var association = await Association.ConnectAsync(client with { CallingAETitle = "CT1" }, Cancel);
    }

    [Fact]
    public async Task Renewed_certificate_is_used_without_a_restart()
    {
        var (certificate, key) = TestCertificates.Write(_folder, "server", _ca.Issue("elsewhere"));
        await using var archive = Server(tls => tls with { Certificate = TlsCertificateSource.FromFiles(certificate, key) });
        await Assert.ThrowsAsync<TlsException>(() => Association.ConnectAsync(Client(archive), Cancel));
        TestCertificates.Write(_folder, "server", _ca.Issue("localhost", "localhost.and.a.longer.name"));
        await using var association = await Association.ConnectAsync(Client(archive, tls => tls with { PeerName = "localhost.and.a.longer.name" }), Cancel);
    }

    [Fact]
    public async Task Certificate_that_cannot_be_read_leaves_the_former_one_and_is_told_of_once()
    {
        var (certificate, key) = TestCertificates.Write(_folder, "server", _ca.Issue("localhost"));
        await using var archive = Server(tls => tls with { Certificate = TlsCertificateSource.FromFiles(certificate, key) });
        await File.WriteAllTextAsync(certificate, "nothing", Cancel);
        for (int i = 0; i < 3; i++) await using (await Association.ConnectAsync(Client(archive), Cancel)) { }

        var told = Assert.Single(archive.Events, e => e.Kind == AssociationEventKind.TlsFilesUnusable);
        Assert.Contains("the former ones are", told.Message, StringComparison.Ordinal);
        await archive.Server.StopAsync(TimeSpan.Zero, Cancel);
    }

    [Fact]
    public async Task Plain_peer_on_a_tls_port_and_the_reverse_end_at_once_and_are_told_of()
    {
        await using var archive = Server();
        var plain = await Assert.ThrowsAnyAsync<AssociationException>(() => Association.ConnectAsync(Client(archive) with { Tls = null }, Cancel));
        Assert.Contains("it may expect TLS", plain.Message, StringComparison.Ordinal);
        var tls = await Assert.ThrowsAsync<TlsException>(() => Association.ConnectAsync(Client(archive) with { Port = archive.Port }, Cancel));
        Assert.Contains("does not speak TLS on this port", tls.Message, StringComparison.Ordinal);
        await Until(() => archive.Events.Count(e => e.Kind is AssociationEventKind.TlsFailed or AssociationEventKind.ProtocolViolation) == 2);
        Assert.Contains(archive.Events, e => e.Message.Contains("without TLS, on a port that is for TLS", StringComparison.Ordinal));
        Assert.Contains(archive.Events, e => e.Message.Contains("the peer speaks TLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handshake_that_does_not_begin_is_given_up()
    {
        await using var archive = Server(tls => tls with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var silent = new System.Net.Sockets.TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, archive.Server.TlsEndPoints[0].Port, Cancel);
        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1], Cancel));
        await Until(() => archive.Events.Any(e => e.Kind == AssociationEventKind.TlsFailed));
    }

    [Theory]
    [InlineData("--profile-bcp195")]
    [InlineData("--profile-bcp195-nd")]
    [InlineData("--profile-bcp195-ex")]
    public async Task Echoscu_calls_over_tls(string profile)
    {
        ForeignTool.Require("echoscu");
        var (ca, _) = TestCertificates.Write(_folder, "ca", X509CertificateLoader.LoadCertificate(_ca.Authority.RawData));
        var (certificate, key) = TestCertificates.Write(_folder, "client", _ca.Issue("MODALITY"));
        await using var archive = Server(tls => tls with { Trust = _ca.Trust, RequireClientCertificate = true });
        (await ForeignTool.RunAsync("echoscu", [profile, "+tls", key, certificate, "+cf", ca, "localhost", $"{archive.Server.TlsEndPoints[0].Port}"], cancel: Cancel)).AssertSuccess();
        Assert.Contains(archive.Events, e => e.Association.Tls?.PeerNames.Contains("MODALITY") == true);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++) await Task.Delay(10, Cancel);
        Assert.True(condition());
    }

    private TlsCertificateSource Of(string name) => TlsCertificateSource.FromCertificate(_ca.Issue(name));

    private MemoryArchive Server(Func<TlsOptions, TlsOptions>? tls = null, Func<AssociationServerOptions, AssociationServerOptions>? more = null)
    {
        var options = new TlsOptions { Certificate = Of("localhost") };
        return new MemoryArchive(o => (more?.Invoke(o) ?? o) with { TlsEndPoints = [new IPEndPoint(IPAddress.Loopback, 0)], Tls = tls?.Invoke(options) ?? options });
    }

    private AssociationOptions Client(MemoryArchive archive, Func<TlsOptions, TlsOptions>? tls = null)
    {
        var options = new TlsOptions { Trust = _ca.Trust };
        return archive.Client(new PresentationContextProposal(Verification)) with
        {
            Host = "localhost",
            Port = archive.Server.TlsEndPoints[0].Port,
            Tls = tls?.Invoke(options) ?? options,
        };
    }
}
