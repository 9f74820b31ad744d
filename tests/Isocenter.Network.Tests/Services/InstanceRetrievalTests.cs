using System.Collections.Concurrent;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Network.Tests.Services;

/// <summary>Find, move and get of instances that belong to no patient, our two sides against each other.</summary>
public sealed class InstanceRetrievalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Models => [.. InstanceModel.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Instances_of_a_model_are_found_by_their_attributes_and_got_by_their_uid(string name)
    {
        var model = InstanceModel.All.Single(m => m.Name == name);
        var store = new MemoryInstanceStore();
        foreach (var sopClass in model.Instances) Add(store, sopClass, "1.2." + (1 + store.All.Count), "CHEST");
        Add(store, model.Instances[0], "1.2.9", "HEAD");
        Add(store, Uid.Parse(SopClasses.CTImageStorage), "1.2.10", "CHEST");       // not of the model
        await using var server = ServiceTests.Serve(new InstanceRetrieval(model, store).Handlers);
        await using var association = await ServiceTests.ConnectAsync(server, [model.Find]);
        var keys = new DataSet().SetText(Tags.SOPInstanceUID, VR.UI).Set(Tags.ContentLabel, "CH*");
        var found = await FindAsync(association, model, keys);
        Assert.Equal(model.Instances.Select((_, i) => "1.2." + (i + 1)), found.Select(f => f.Get(Tags.SOPInstanceUID, "")).Order());
        Assert.All(found, match => Assert.Equal("CHEST", match.Get(Tags.ContentLabel, "")));
        Assert.All(found, match => Assert.False(match.Contains(Tags.SOPClassUID)));

        var (got, last) = await GetAsync(server, model, InstanceModel.Key(Uid.Parse("1.2.1"), Uid.Parse("1.2.9"), Uid.Parse("1.2.10")));
        Assert.Equal((Status.Success, 2), (last.Status, last.Completed));
        Assert.Equal(["1.2.1", "1.2.9"], got.Order());
    }

    [Fact]
    public async Task Retrieval_without_a_uid_is_refused_and_of_an_unknown_one_brings_nothing()
    {
        await using var server = ServiceTests.Serve(new InstanceRetrieval(InstanceModel.ColorPalette, new MemoryInstanceStore()).Handlers);
        Assert.Equal(0xA900, (await GetAsync(server, InstanceModel.ColorPalette, new DataSet().Set(Tags.ContentLabel, "HOT"))).Last.Status.Code);
        Assert.Equal(0xA900, (await GetAsync(server, InstanceModel.ColorPalette, new DataSet().SetText(Tags.SOPInstanceUID, VR.UI, "1.2.*"))).Last.Status.Code);
        var (got, last) = await GetAsync(server, InstanceModel.ColorPalette, InstanceModel.Key(Uid.Parse("1.2.404")));
        Assert.Equal((0, 0, 0), (got.Count, last.Status.Code, last.Completed));
    }

    [Fact]
    public async Task Move_sends_to_a_known_destination_and_says_what_it_could_not_send()
    {
        var arrived = new ConcurrentQueue<(string Uid, string? Originator)>();
        await using var receiver = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnAssociate = (request, _) => ValueTask.FromResult(new AcceptancePolicy().Decide(request)),
            OnStore = async (context, cancel) =>
            {
                await context.DataSet.CopyToAsync(Stream.Null, cancel);
                arrived.Enqueue((context.SopInstanceUid.Value, context.MoveOriginatorAETitle));
                return context.SopInstanceUid.Value == "1.2.2" ? Status.OutOfResources : Status.Success;
            },
        });
        receiver.Start();
        var model = InstanceModel.HangingProtocol;
        var store = new MemoryInstanceStore();
        for (int i = 1; i <= 3; i++) Add(store, model.Instances[0], "1.2." + i, "CHEST");
        await using var server = ServiceTests.Serve(new InstanceRetrieval(model, store, title => title == "THERE"
            ? new AssociationOptions { Port = receiver.EndPoints[0].Port, CallingAETitle = "ARCHIVE", CalledAETitle = "THERE", PresentationContexts = [] } : null).Handlers);
        await using var association = await ServiceTests.ConnectAsync(server, [model.Move]);

        var all = InstanceModel.Key(Uid.Parse("1.2.1"), Uid.Parse("1.2.2"), Uid.Parse("1.2.3"));
        Assert.Equal(0xA801, (await LastAsync(association.MoveAsync(new MoveRequest(model.Move, all, "NOWHERE"), Cancel))).Status.Code);
        var last = await LastAsync(association.MoveAsync(new MoveRequest(model.Move, all, "THERE"), Cancel));
        Assert.Equal((0xB000, 2, 1), (last.Status.Code, last.Completed, last.Failed));
        Assert.Equal("1.2.2", Assert.Single(last.FailedInstances).Value);
        Assert.Equal(["1.2.1", "1.2.2", "1.2.3"], arrived.Select(a => a.Uid).Order());
        Assert.All(arrived, a => Assert.Equal("TEST", a.Originator));
    }

    private static void Add(MemoryInstanceStore store, Uid sopClass, string uid, string label) => store.Save(Uid.Parse(uid),
        new DataSet().Set(Tags.SOPClassUID, sopClass.Value).SetText(Tags.SOPInstanceUID, VR.UI, uid).Set(Tags.ContentLabel, label));

    private static async Task<List<DataSet>> FindAsync(Association association, InstanceModel model, DataSet keys)
    {
        var all = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(model.Find, keys), Cancel)) all.Add(match);
        return all;
    }

    private static async Task<(List<string> Got, SubOperationProgress Last)> GetAsync(AssociationServer server, InstanceModel model, DataSet key)
    {
        await using var association = await ServiceTests.ConnectAsync(server, [], o => o with
        {
            PresentationContexts = [new PresentationContextProposal(model.Get), .. model.Instances.Select(uid => new PresentationContextProposal(uid) { Scu = false, Scp = true })],
        });
        var got = new List<string>();
        var last = await LastAsync(association.GetAsync(new GetRequest(model.Get, key), async (context, cancel) =>
        {
            await context.DataSet.CopyToAsync(Stream.Null, cancel);
            got.Add(context.SopInstanceUid.Value);
            return Status.Success;
        }, Cancel));
        return (got, last);
    }

    private static async Task<SubOperationProgress> LastAsync(IAsyncEnumerable<SubOperationProgress> all)
    {
        SubOperationProgress? last = null;
        await foreach (var progress in all) last = progress;
        return last!;
    }
}
