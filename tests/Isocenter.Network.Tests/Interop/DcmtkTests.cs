using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Testing;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests.Interop;

/// <summary>DCMTK's tools as users of our provider.</summary>
public sealed class DcmtkUsersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isocenter-net-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Echoscu_is_answered()
    {
        ForeignTool.Require("echoscu");
        await using var archive = new MemoryArchive();
        (await ForeignTool.RunAsync("echoscu", ["-v", "127.0.0.1", $"{archive.Port}"], cancel: Cancel)).AssertSuccess();
        Assert.Contains(archive.Events, e => e.Kind == AssociationEventKind.Released);
    }

    [Fact]
    public async Task Echoscu_that_aborts_ends_its_association_only()
    {
        ForeignTool.Require("echoscu");
        await using var archive = new MemoryArchive();
        await ForeignTool.RunAsync("echoscu", ["--abort", "127.0.0.1", $"{archive.Port}"], cancel: Cancel);
        (await ForeignTool.RunAsync("echoscu", ["127.0.0.1", $"{archive.Port}"], cancel: Cancel)).AssertSuccess();
        Assert.Contains(archive.Events, e => e.Kind == AssociationEventKind.AbortedByPeer);
    }

    [Theory]
    [InlineData("4096")]
    [InlineData("16384")]
    [InlineData("131072")]
    public async Task Storescu_stores_byte_for_byte(string pdu)
    {
        ForeignTool.Require("storescu");
        await using var archive = new MemoryArchive();
        var sent = WriteImages(5, 200_000);
        (await ForeignTool.RunAsync("storescu", ["-v", "--propose-lossless", "--max-send-pdu", pdu, "127.0.0.1", $"{archive.Port}", .. sent.Values.Select(v => v.Path)], cancel: Cancel)).AssertSuccess();
        Assert.All(sent, s => Assert.Equal(s.Value.DataSet, archive.Objects[s.Key].Bytes));
    }

    [Fact]
    public async Task Findscu_gets_every_match()
    {
        ForeignTool.Require("findscu");
        await using var archive = new MemoryArchive();
        for (int i = 0; i < 20; i++) archive.Add(Uid.New(), []);
        var result = (await ForeignTool.RunAsync("findscu", ["-v", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "127.0.0.1", $"{archive.Port}"], cancel: Cancel)).AssertSuccess();
        string said = result.Output + result.Error;
        Assert.All(archive.Objects.Keys, uid => Assert.Contains(uid, said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Findscu_that_cancels_is_told_so()
    {
        ForeignTool.Require("findscu");
        await using var archive = new MemoryArchive();
        for (int i = 0; i < 20_000; i++) archive.Add(Uid.New(), []);
        var result = await ForeignTool.RunAsync("findscu", ["-d", "-S", "--cancel", "3", "-k", "QueryRetrieveLevel=STUDY", "127.0.0.1", $"{archive.Port}"], cancel: Cancel);
        Assert.Contains("0xfe00", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Getscu_receives_what_we_hold()
    {
        ForeignTool.Require("getscu");
        await using var archive = new MemoryArchive();
        AddImages(archive, 7);
        (await ForeignTool.RunAsync("getscu", ["-v", "-S", "-od", _folder, "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3", "127.0.0.1", $"{archive.Port}"], cancel: Cancel)).AssertSuccess();
        AssertFilesAreThose(archive);
    }

    [Fact]
    public async Task Movescu_receives_what_we_hold()
    {
        ForeignTool.Require("movescu");
        await using var archive = new MemoryArchive();
        AddImages(archive, 7);
        int port = ForeignTool.FreePort();
        archive.Destinations["MOVESCU"] = port;
        (await ForeignTool.RunAsync("movescu", ["-v", "-S", "-aet", "MOVESCU", "-od", _folder, "--port", $"{port}", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3", "127.0.0.1", $"{archive.Port}"], cancel: Cancel)).AssertSuccess();
        AssertFilesAreThose(archive);
    }

    [Fact]
    public async Task Storescu_that_is_rejected_says_why()
    {
        ForeignTool.Require("echoscu");
        await using var archive = new MemoryArchive(o => o with
        {
            OnAssociate = (r, _) => ValueTask.FromResult(new AcceptancePolicy { CalledAETitles = ["OTHER"] }.Decide(r)),
        });
        var result = await ForeignTool.RunAsync("echoscu", ["-v", "127.0.0.1", $"{archive.Port}"], cancel: Cancel);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Called AE Title Not Recognized", result.Output + result.Error, StringComparison.OrdinalIgnoreCase);
    }

    private Dictionary<string, (string Path, byte[] DataSet)> WriteImages(int count, int pixels)
    {
        Dictionary<string, (string, byte[])> images = [];
        for (int i = 0; i < count; i++)
        {
            var instance = Uid.New();
            byte[] bytes = Image(instance, pixels);
            string path = Path.Combine(_folder, $"{i}.dcm");
            DicomFile.ReadDataSet(bytes, TransferSyntax.ExplicitVRLittleEndian);
            new DicomFile(DicomFile.ReadDataSet(bytes, TransferSyntax.ExplicitVRLittleEndian).DataSet, TransferSyntax.ExplicitVRLittleEndian).Save(path);
            images.Add(instance.Value, (path, bytes));
        }
        return images;
    }

    private static void AddImages(MemoryArchive archive, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var instance = Uid.New();
            archive.Add(instance, Image(instance, 100_000));
        }
    }

    private void AssertFilesAreThose(MemoryArchive archive)
    {
        Dictionary<string, byte[]> got = [];
        foreach (string path in Directory.GetFiles(_folder))
        {
            using var file = DicomFile.Open(path);
            got.Add(file.DataSet.Get<string>(Tags.SOPInstanceUID), DataSetWriter.ToArray(file.DataSet, TransferSyntax.ExplicitVRLittleEndian));
        }
        Assert.Equal(archive.Objects.Keys.Order(), got.Keys.Order());
        Assert.All(got, g => Assert.Equal(archive.Objects[g.Key].Bytes, g.Value));
    }
}

/// <summary>Our user against DCMTK's storescp and dcmqrscp.</summary>
public sealed class DcmtkProvidersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isocenter-net-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("4096")]
    [InlineData("131072")]
    public async Task Storescp_receives_what_we_send(string pdu)
    {
        ForeignTool.Require("storescp");
        int port = ForeignTool.FreePort();
        await using var scp = ForeignTool.Start("storescp", ["-od", _folder, "--max-pdu", pdu, $"{port}"]);
        await ForeignTool.WaitForPortAsync(port, cancel: Cancel);
        await using var association = await Association.ConnectAsync(Client(port, new(CT), new(Verification)), Cancel);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
        for (int i = 0; i < 4; i++)
        {
            var instance = Uid.New();
            byte[] bytes = Image(instance, 300_000);
            using var request = StoreRequest.FromMemory(CT, instance, TransferSyntax.ExplicitVRLittleEndian, bytes.AsMemory());
            Assert.Equal(Status.Success, await association.StoreAsync(request, Cancel));
            string path = Directory.GetFiles(_folder, $"*{instance}").Single();
            byte[] written = await File.ReadAllBytesAsync(path, Cancel);
            Assert.Equal(bytes, written[^bytes.Length..]);
        }
    }

    [Fact]
    public async Task Dcmqrscp_is_filled_asked_and_emptied()
    {
        ForeignTool.Require("dcmqrscp");
        int port = ForeignTool.FreePort();
        string config = Path.Combine(_folder, "dcmqrscp.cfg");
        string store = Directory.CreateDirectory(Path.Combine(_folder, "store")).FullName;
        await using var receiver = new MemoryArchive();
        await File.WriteAllTextAsync(config, $"""
            NetworkTCPPort = {port}
            MaxPDUSize = 16384
            MaxAssociations = 16
            HostTable BEGIN
            receiver = (RECEIVER, 127.0.0.1, {receiver.Port})
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            QR {store} RW (200, 1024mb) ANY
            AETable END
            """, Cancel);
        await using var scp = ForeignTool.Start("dcmqrscp", ["-c", config, $"{port}"]);
        await ForeignTool.WaitForPortAsync(port, cancel: Cancel);

        Dictionary<string, byte[]> sent = [];
        await using (var association = await Association.ConnectAsync(Client(port, new PresentationContextProposal(CT)), Cancel))
        {
            for (int i = 0; i < 3; i++)
            {
                var instance = Uid.New();
                byte[] bytes = sent[instance.Value] = Image(instance, 100_000);
                using var request = StoreRequest.FromMemory(CT, instance, TransferSyntax.ExplicitVRLittleEndian, bytes.AsMemory());
                Assert.Equal(Status.Success, await association.StoreAsync(request, Cancel));
            }
        }

        await using (var association = await Association.ConnectAsync(Client(port, new(StudyFind), new(StudyMove)), Cancel))
        {
            var keys = new DataSet().Set(Tags.QueryRetrieveLevel, "IMAGE").Set(Tags.StudyInstanceUID, "1.2.3")
                .Set(Tags.SeriesInstanceUID, "1.2.3.4").Set<string>(Tags.SOPInstanceUID);
            List<string> found = [];
            await foreach (var match in association.FindAsync(new FindRequest(StudyFind, keys), Cancel)) found.Add(match.Get<string>(Tags.SOPInstanceUID));
            Assert.Equal(sent.Keys.Order(), found.Order());

            SubOperationProgress? last = null;
            await foreach (var p in association.MoveAsync(new MoveRequest(StudyMove, Study(), "RECEIVER"), Cancel)) last = p;
            Assert.Equal(Status.Success, last!.Status);
            Assert.All(sent, s => Assert.Equal(s.Value, receiver.Objects[s.Key].Bytes));
        }

        await using (var association = await Association.ConnectAsync(
            Client(port, [.. ProposalPlan.ForGet(StudyGet, [CT], [TransferSyntax.ExplicitVRLittleEndian])]), Cancel))
        {
            Dictionary<string, byte[]> got = [];
            SubOperationProgress? last = null;
            await foreach (var p in association.GetAsync(new GetRequest(StudyGet, Study()), async (context, cancel) =>
            {
                var bytes = new MemoryStream();
                await context.DataSet.CopyToAsync(bytes, cancel);
                got.Add(context.SopInstanceUid.Value, bytes.ToArray());
                return Status.Success;
            }, Cancel)) last = p;
            Assert.Equal(Status.Success, last!.Status);
            Assert.Equal(sent.Keys.Order(), got.Keys.Order());
            Assert.All(got, g => Assert.Equal(sent[g.Key], g.Value));
        }
    }

    private static DataSet Study() => new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, "1.2.3");

    private static AssociationOptions Client(int port, params PresentationContextProposal[] contexts) => new()
    {
        Port = port,
        CallingAETitle = "TEST",
        CalledAETitle = "QR",
        PresentationContexts = contexts,
    };
}
