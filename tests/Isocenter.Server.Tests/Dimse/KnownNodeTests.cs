using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Tests.Dimse;

/// <summary>The setting <c>dicom:onlyKnownNodes</c>: a calling AE title that is not ours to know is rejected (PS3.8 §9.3.4).</summary>
public class KnownNodeTests
{
    private static readonly Node[] Nodes = [new("CT1", "127.0.0.1", 104), new("CT2", "192.0.2.7", 104), new("CT3", "ct3.example", 104)];

    [Theory]
    [InlineData("CT1", true)]
    [InlineData("CT2", false)]
    [InlineData("CT3", true)]
    [InlineData("ct1", false)]
    [InlineData("OTHER", false)]
    public async Task Who_is_known_comes_in_others_are_rejected(string title, bool comesIn)
    {
        await using var server = await TestServer.StartAsync(settings => settings with { OnlyKnownNodes = true, Nodes = Nodes });
        Task<Association> ConnectAsync() => Association.ConnectAsync(new AssociationOptions
        {
            Port = server.Server.EndPoints.Dicom.Port,
            CallingAETitle = title,
            CalledAETitle = server.Settings.AETitle,
            MaxOperationsInvoked = 20,
            PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))],
        }, TestServer.Cancel);

        if (comesIn)
        {
            await using var association = await ConnectAsync();
            Assert.Equal(0, (await association.EchoAsync(TestServer.Cancel)).Code);
            Assert.Equal(8, association.Info.MaxOperationsInvoked);
            return;
        }
        var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(ConnectAsync);
        Assert.Equal((RejectResult.Permanent, RejectReason.CallingAETitleNotRecognized), (rejected.Result, rejected.Reason));
    }

    [Fact]
    public async Task Associations_from_one_address_have_a_limit_of_their_own()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { MaxAssociationsPerPeer = 1 });
        await using var first = await server.ConnectAsync(SopClasses.Verification, TransferSyntax.ImplicitVRLittleEndian);

        var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(() => server.ConnectAsync(SopClasses.Verification, TransferSyntax.ImplicitVRLittleEndian));
        Assert.Equal((RejectResult.Transient, RejectReason.LocalLimitExceeded), (rejected.Result, rejected.Reason));
    }
}
