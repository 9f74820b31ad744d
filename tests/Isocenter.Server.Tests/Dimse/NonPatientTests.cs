using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Server.Tests.Dimse;

/// <summary>Instances without a patient over DIMSE: stored, found, got; and the same ones over DICOMweb.</summary>
public sealed class NonPatientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DataSet Protocol(string uid, string name) => new DataSet()
        .Set(Tags.SOPClassUID, SopClasses.HangingProtocolStorage).SetText(Tags.SOPInstanceUID, VR.UI, uid)
        .Set(Tags.HangingProtocolName, name).Set(Tags.HangingProtocolLevel, "SITE");

    [Fact]
    public async Task Hanging_protocol_comes_by_store_and_goes_by_get_and_by_web()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(0, (await server.StoreAsync(Protocol("1.2.1", "CHEST"))).Code);
        Assert.Equal(0, (await server.StoreAsync(Protocol("1.2.1", "CHEST"))).Code);
        Assert.Equal(0x0111, (await server.StoreAsync(Protocol("1.2.1", "OTHER"))).Code);
        Assert.Equal(0, (await server.StoreAsync(Protocol("1.2.2", "HEAD"), TransferSyntax.ImplicitVRLittleEndian)).Code);

        var model = InstanceModel.HangingProtocol;
        await using var association = await server.ConnectAsync(new PresentationContextProposal(model.Find), new PresentationContextProposal(model.Get),
            new PresentationContextProposal(model.Instances[0]) { Scu = false, Scp = true });
        List<string> names = [];
        await foreach (var match in association.FindAsync(new FindRequest(model.Find, new DataSet().Set(Tags.HangingProtocolName, "*")), Cancel))
            names.Add(match.Get(Tags.HangingProtocolName, ""));
        Assert.Equal(["CHEST", "HEAD"], names.Order());

        DataSet? got = null;
        await foreach (var progress in association.GetAsync(new GetRequest(model.Get, InstanceModel.Key(Uid.Parse("1.2.2"))), async (context, cancel) =>
        {
            var bytes = new MemoryStream();
            await context.DataSet.CopyToAsync(bytes, cancel);
            got = DicomFile.ReadDataSet(bytes.ToArray(), context.TransferSyntax).DataSet.Copy();
            return Network.Dimse.Status.Success;
        }, Cancel)) Assert.Equal(0, progress.Status.Code);
        Assert.Equal("HEAD", got!.Get(Tags.HangingProtocolName, ""));
        Assert.Equal(2, (await server.GetJsonAsync("dicom-web/hanging-protocols")).Count);
    }
}
