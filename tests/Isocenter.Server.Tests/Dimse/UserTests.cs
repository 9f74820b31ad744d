using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Dimse;

/// <summary>Who comes in over DIMSE by user identity (PS3.7 §D.3.3.7).</summary>
public sealed class UserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public UserTests() => UserList.Set(_folder["users"], "anna", "secret");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_user_comes_in_with_the_pass_code_and_is_confirmed_others_are_rejected_for_good()
    {
        await using var server = await StartAsync(required: true);
        await using (var association = await ConnectAsync(server, UserIdentity.OfUser("anna", "secret")))
        {
            Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
            Assert.NotNull(association.Info.UserIdentityResponse);
        }
        foreach (var identity in new[] { null, UserIdentity.OfUser("anna"), UserIdentity.OfUser("anna", "secrets"), UserIdentity.OfUser("bert", "secret"), UserIdentity.OfJwt("a.b.c") })
        {
            var rejected = await Assert.ThrowsAsync<AssociationRejectedException>(() => ConnectAsync(server, identity));
            Assert.Equal((RejectResult.Permanent, RejectReason.AcseNoReasonGiven), (rejected.Result, rejected.Reason));
        }
    }

    [Fact]
    public async Task Without_the_requirement_who_names_nobody_comes_in_and_a_wrong_name_does_not()
    {
        await using var server = await StartAsync(required: false);
        await using (var association = await ConnectAsync(server, null)) Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
        await Assert.ThrowsAsync<AssociationRejectedException>(() => ConnectAsync(server, UserIdentity.OfUser("bert")));
    }

    [Fact]
    public async Task Storescu_comes_in_with_its_user_options()
    {
        ForeignTool.Require("storescu");
        await using var server = await StartAsync(required: true);
        File.WriteAllBytes(_folder["a.dcm"], SampleObject.ToFile(SampleObject.Create(instance: "2.25.1")));
        string port = server.Server.EndPoints.Dicom.Port.ToString(CultureInfo.InvariantCulture);

        async Task<ToolResult> Store(params string[] user) => await ForeignTool.RunAsync("storescu", ["-v", .. user, "127.0.0.1", port, _folder["a.dcm"]], cancel: Cancel);

        (await Store("-usr", "anna", "-pwd", "secret", "-rsp")).AssertSuccess();
        var wrong = await Store("-usr", "anna", "-pwd", "wrong");
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Contains("Rejected Permanent, Source: Service Provider (ACSE Related)", wrong.Output + wrong.Error);
        Assert.NotEqual(0, (await Store("-usr", "anna")).ExitCode);
        Assert.NotEqual(0, (await Store("-usr", "anna", "-epw")).ExitCode);
        Assert.NotEqual(0, (await Store()).ExitCode);
    }

    private Task<TestServer> StartAsync(bool required) =>
        TestServer.StartAsync(settings => settings with { DicomUsers = UserList.FromFile(_folder["users"], required) });

    private static Task<Association> ConnectAsync(TestServer server, UserIdentity? user) => Association.ConnectAsync(new AssociationOptions
    {
        Port = server.Server.EndPoints.Dicom.Port,
        CallingAETitle = "TESTER",
        CalledAETitle = server.Settings.AETitle,
        UserIdentity = user,
        PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))],
    }, Cancel);
}
