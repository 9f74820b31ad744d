using System.Buffers;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Dimse;

public sealed class RetrieveTests
{
    private static readonly Uid Get = Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelGet);
    private static readonly Uid Move = Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelMove);
    private static readonly Uid CT = Uid.Parse(SopClasses.CTImageStorage);

    [Theory]
    [InlineData("1.2.840.10008.1.2.1")]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("1.2.840.10008.1.2.2")]
    public async Task Get_brings_objects_back_as_stored_or_in_the_syntax_the_receiver_takes(string uid)
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1");
        await server.StoreAsync(dataSet);
        var syntax = TransferSyntax.Of(Uid.Parse(uid));

        var (received, last) = await GetStudyAsync(server, "1.1", syntax);

        Assert.Equal(0, last.Status.Code);
        Assert.Equal(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian),
            DataSetWriter.ToArray(DicomFile.ReadDataSet(Assert.Single(received), syntax).DataSet, TransferSyntax.ExplicitVRLittleEndian));
    }

    [Fact]
    public async Task Get_of_what_the_receiver_cannot_take_names_what_failed()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1").SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 1, 2, 3, 4 }]));
        await server.StoreAsync(dataSet, TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.90")));

        var (received, last) = await GetStudyAsync(server, "1.1", TransferSyntax.ExplicitVRLittleEndian);

        Assert.Empty(received);
        Assert.Equal(0xA702, last.Status.Code);
        Assert.Equal(dataSet.Get<string>(Tags.SOPInstanceUID), Assert.Single(last.FailedInstances).Value);
    }

    [Fact]
    public async Task Get_decompresses_for_a_receiver_that_takes_uncompressed_objects_only()
    {
        await using var server = await TestServer.StartAsync();
        var dataSet = SampleObject.Create("1.1", frames: 2);
        string path = server.Folder["rle.dcm"];
        await Transcoder.TranscodeAsync(new DicomFile(dataSet, TransferSyntax.ExplicitVRLittleEndian), path, new TranscodeOptions(TransferSyntax.RLELossless), TestServer.Cancel);
        using (var compressed = DicomFile.Open(path)) await server.StoreAsync(compressed.DataSet, TransferSyntax.RLELossless);

        var (received, last) = await GetStudyAsync(server, "1.1", TransferSyntax.ImplicitVRLittleEndian);

        Assert.Equal(0, last.Status.Code);
        var fetched = DicomFile.ReadDataSet(Assert.Single(received), TransferSyntax.ImplicitVRLittleEndian).DataSet;
        Assert.Equal(dataSet.GetAll<ushort>(Tags.PixelData), fetched.GetAll<ushort>(Tags.PixelData));
        Assert.Equal(dataSet.Get<string>(Tags.SOPInstanceUID), fetched.Get<string>(Tags.SOPInstanceUID));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("1.1*")]
    [InlineData("all of them")]
    public async Task Wildcards_retrieve_nothing_and_are_an_identifier_error(string study)
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("GONE", "127.0.0.1", 9)] });

        var last = await MoveAsync(server, new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").SetText(Tags.StudyInstanceUID, VR.UI, study), "GONE");

        Assert.Equal(0xA900, last.Status.Code);
    }

    [Fact]
    public async Task Get_of_nothing_is_a_success_without_sub_operations()
    {
        await using var server = await TestServer.StartAsync();

        var (received, last) = await GetStudyAsync(server, "9.9.9", TransferSyntax.ExplicitVRLittleEndian);

        Assert.Empty(received);
        Assert.Equal((0, 0), (last.Status.Code, last.Completed));
    }

    [Theory]
    [InlineData("STUDY", 4)]
    [InlineData("SERIES", 2)]
    [InlineData("IMAGE", 1)]
    public async Task Move_carries_a_study_a_series_or_an_instance_to_another_server(string level, int expected)
    {
        await using var destination = await TestServer.StartAsync(settings => settings with { AETitle = "TARGET" });
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("TARGET", "127.0.0.1", destination.Server.EndPoints.Dicom.Port)] });
        for (int i = 0; i < 4; i++) await server.StoreAsync(SampleObject.Create("1.1", $"1.1.{i % 2 + 1}", $"1.1.1.{i + 1}", number: i));
        var identifier = new DataSet().Set(Tags.QueryRetrieveLevel, level).Set(Tags.StudyInstanceUID, "1.1");
        if (level != "STUDY") identifier.Set(Tags.SeriesInstanceUID, "1.1.1");
        if (level == "IMAGE") identifier.Set(Tags.SOPInstanceUID, "1.1.1.3");

        var last = await MoveAsync(server, identifier, "TARGET");

        Assert.Equal(0, last.Status.Code);
        Assert.Equal(expected, last.Completed);
        Assert.Equal(expected, (await destination.GetJsonAsync("dicom-web/instances")).Count);
    }

    [Fact]
    public async Task An_unknown_destination_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.1"));

        var last = await MoveAsync(server, new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, "1.1"), "NOBODY");

        Assert.Equal(0xA801, last.Status.Code);
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_makes_every_sub_operation_fail()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("GONE", "127.0.0.1", ForeignTool.FreePort())] });
        await server.StoreAsync(SampleObject.Create("1.1"));

        var last = await MoveAsync(server, new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, "1.1"), "GONE");

        Assert.Equal(0xA702, last.Status.Code);
        Assert.Contains("cannot be reached", last.Status.Comment);
        Assert.Equal((0, 1, 0), (last.Completed, last.Failed, last.Remaining));
        Assert.Single(last.FailedInstances);
    }

    [Fact]
    public async Task An_object_that_costs_the_association_to_the_destination_costs_no_other_object()
    {
        int stored = 0;
        await using var destination = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)],
            MaxDataSetLength = 8192,
            OnStore = (_, _) =>
            {
                Interlocked.Increment(ref stored);
                return ValueTask.FromResult(Status.Success);
            },
        });
        destination.Start();
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("SMALL", "127.0.0.1", destination.EndPoints[0].Port)] });
        for (int i = 1; i <= 4; i++) await server.StoreAsync(SampleObject.Create("1.1", "1.1.1", $"1.1.1.{i}", number: i, size: i == 2 ? 256 : 16));

        var last = await MoveAsync(server, new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, "1.1"), "SMALL");

        Assert.Equal(0xB000, last.Status.Code);
        Assert.Equal((3, 1), (last.Completed, last.Failed));
        Assert.Equal("1.1.1.2", Assert.Single(last.FailedInstances).Value);
    }

    [Fact]
    public async Task A_move_without_its_unique_key_is_an_identifier_error()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("GONE", "127.0.0.1", 9)] });

        var last = await MoveAsync(server, new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY"), "GONE");

        Assert.Equal(0xA900, last.Status.Code);
    }

    [Fact]
    public async Task A_node_added_to_the_file_is_known_at_once_and_forgotten_when_removed()
    {
        using var folder = new TemporaryFolder();
        string file = folder["isocenter.json"];
        await using var destination = await TestServer.StartAsync(settings => settings with { AETitle = "TARGET" });
        await using var server = await TestServer.StartAsync(settings => settings with { ConfigFile = file });
        await server.StoreAsync(SampleObject.Create("1.1"));
        var identifier = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, "1.1");

        Assert.Equal(0xA801, (await MoveAsync(server, identifier, "TARGET")).Status.Code);
        NodeFile.Add(file, new Node("TARGET", "127.0.0.1", destination.Server.EndPoints.Dicom.Port));
        Assert.Equal(0, (await MoveAsync(server, identifier, "TARGET")).Status.Code);
        NodeFile.Remove(file, "TARGET");
        Assert.Equal(0xA801, (await MoveAsync(server, identifier, "TARGET")).Status.Code);
    }

    [Theory]
    [InlineData(SopClasses.CompositeInstanceRootRetrieveGet, true)]
    [InlineData(SopClasses.CompositeInstanceRetrieveWithoutBulkDataGet, false)]
    public async Task Single_objects_come_by_their_UID_alone_whole_or_without_bulk_data(string sopClass, bool isWhole)
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1"));
        var get = Uid.Parse(sopClass);
        await using var association = await server.ConnectAsync([.. ProposalPlan.ForGet(get, [CT], [TransferSyntax.ExplicitVRLittleEndian])]);
        DataSet? received = null;
        SubOperationProgress? last = null;
        await foreach (var progress in association.GetAsync(new GetRequest(get, new DataSet().Set(Tags.QueryRetrieveLevel, "IMAGE").Set(Tags.SOPInstanceUID, "1.1.1.1")), async (context, cancel) =>
        {
            var read = await context.DataSet.ReadAtLeastAsync(int.MaxValue, cancel);
            received = DicomFile.ReadDataSet(read.Buffer.ToArray(), context.TransferSyntax).DataSet;
            context.DataSet.AdvanceTo(read.Buffer.End);
            return Status.Success;
        }, TestServer.Cancel)) last = progress;
        Assert.Equal((0, 1), (last!.Status.Code, last.Completed));
        Assert.Equal("1.1.1.1", received!.Get<string>(Tags.SOPInstanceUID));
        Assert.Equal(isWhole, received.Contains(Tags.PixelData));
        Assert.True(received.Contains(Tags.Rows));
    }

    [Fact]
    public async Task Frames_of_an_object_come_as_a_new_object_by_get_and_by_move()
    {
        await using var destination = await TestServer.StartAsync(settings => settings with { AETitle = "TARGET" });
        await using var server = await TestServer.StartAsync(settings => settings with { Nodes = [new Node("TARGET", "127.0.0.1", destination.Server.EndPoints.Dicom.Port)] });
        var source = SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 5);
        await server.StoreAsync(source);
        var identifier = FrameIdentifier("1.1.1.1").Set(Tags.CalculatedFrameList, 2u, uint.MaxValue, 2u);

        var (received, last) = await GetFramesAsync(server, identifier);
        var moved = await MoveAsync(server, identifier, "TARGET", SopClasses.CompositeInstanceRootRetrieveMove);

        Assert.Equal((0, 1, 0), (last.Status.Code, last.Completed, last.Failed));
        Assert.Equal((0, 1, 0), (moved.Status.Code, moved.Completed, moved.Failed));
        Assert.Equal(2, received!.Get<int>(Tags.NumberOfFrames));
        Assert.Equal(PixelDataFrames.Of(source).Read(3), PixelDataFrames.Of(received!).Read(1));
        var instance = Assert.Single(await destination.GetJsonAsync("dicom-web/instances"));
        Assert.Equal(received!.Get<string>(Tags.SOPInstanceUID), instance.Get<string>(Tags.SOPInstanceUID));
    }

    [Theory]
    [InlineData(0xAA00, "1.1.1.1", 9u)]
    [InlineData(0xAA00, "1.1.1.2", 1u)]
    [InlineData(0xAA03, "1.1.1.1", 0u)]
    [InlineData(0xAA04, "1.1.1.1", 2u, 1u)]
    [InlineData(0xAA04, "1.1.1.1")]
    [InlineData(0xAA04, "1.1.1.1\\1.1.1.2", 1u)]
    public async Task A_request_for_frames_that_cannot_be_met_says_why(int expected, string instance, params uint[] frames)
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1", frames: 2));
        var identifier = FrameIdentifier(instance);
        if (expected == 0xAA03) identifier.Set(Tags.TimeRange, 0.0, 1.0);
        else if (frames.Length > 0) identifier.Set(Tags.SimpleFrameList, frames.AsSpan());

        var (received, last) = await GetFramesAsync(server, identifier);

        Assert.Null(received);
        Assert.Equal(expected, last.Status.Code);
    }

    private static DataSet FrameIdentifier(string instance) => new DataSet().Set(Tags.QueryRetrieveLevel, "FRAME").SetText(Tags.SOPInstanceUID, VR.UI, instance.Split('\\'));

    private static async Task<(DataSet? Received, SubOperationProgress Last)> GetFramesAsync(TestServer server, DataSet identifier)
    {
        var get = Uid.Parse(SopClasses.CompositeInstanceRootRetrieveGet);
        await using var association = await server.ConnectAsync([.. ProposalPlan.ForGet(get, [CT], [TransferSyntax.ExplicitVRLittleEndian])]);
        DataSet? received = null;
        SubOperationProgress? last = null;
        await foreach (var progress in association.GetAsync(new GetRequest(get, identifier), async (context, cancel) =>
        {
            var read = await context.DataSet.ReadAtLeastAsync(int.MaxValue, cancel);
            received = DicomFile.ReadDataSet(read.Buffer.ToArray(), context.TransferSyntax).DataSet;
            context.DataSet.AdvanceTo(read.Buffer.End);
            return Status.Success;
        }, TestServer.Cancel)) last = progress;
        return (received, last!);
    }

    [Theory]
    [InlineData("PATIENT")]
    [InlineData("STUDY")]
    public async Task Retrieval_of_single_objects_knows_no_other_level(string level)
    {
        await using var server = await TestServer.StartAsync();
        var get = Uid.Parse(SopClasses.CompositeInstanceRootRetrieveGet);
        await using var association = await server.ConnectAsync([.. ProposalPlan.ForGet(get, [CT], [TransferSyntax.ExplicitVRLittleEndian])]);
        SubOperationProgress? last = null;
        await foreach (var progress in association.GetAsync(new GetRequest(get, new DataSet().Set(Tags.QueryRetrieveLevel, level).Set(Tags.SOPInstanceUID, "1.1.1.1").Set(Tags.StudyInstanceUID, "1.1")),
            (_, _) => ValueTask.FromResult(Status.Success), TestServer.Cancel)) last = progress;
        Assert.Equal(0xA900, last!.Status.Code);
    }

    private static async Task<(List<byte[]> Received, SubOperationProgress Last)> GetStudyAsync(TestServer server, string study, TransferSyntax syntax)
    {
        await using var association = await server.ConnectAsync([.. ProposalPlan.ForGet(Get, [CT], [syntax])]);
        var received = new List<byte[]>();
        SubOperationProgress? last = null;
        var identifier = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, study);
        await foreach (var progress in association.GetAsync(new GetRequest(Get, identifier), async (context, cancel) =>
        {
            var read = await context.DataSet.ReadAtLeastAsync(int.MaxValue, cancel);
            received.Add(read.Buffer.ToArray());
            context.DataSet.AdvanceTo(read.Buffer.End);
            return Status.Success;
        }, TestServer.Cancel)) last = progress;
        return (received, last!);
    }

    private static async Task<SubOperationProgress> MoveAsync(TestServer server, DataSet identifier, string destination, string? model = null)
    {
        var move = Uid.Parse(model ?? Move.Value);
        await using var association = await server.ConnectAsync(move.Value);
        SubOperationProgress? last = null;
        await foreach (var progress in association.MoveAsync(new MoveRequest(move, identifier, destination), TestServer.Cancel)) last = progress;
        return last!;
    }
}
