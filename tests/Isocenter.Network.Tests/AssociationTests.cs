using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests;

/// <summary>Our user against our provider, over TCP on the loopback interface.</summary>
public class AssociationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Echo_is_answered_with_success()
    {
        await using var archive = new MemoryArchive();
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(Verification)), Cancel);
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
        await association.ReleaseAsync(Cancel);
        Assert.True(association.Ended.IsCompleted);
        Assert.Null(association.Failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public async Task Stored_object_arrives_byte_for_byte(int pixels)
    {
        await using var archive = new MemoryArchive();
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        for (int i = 0; i < 3; i++)
        {
            var instance = Uid.New();
            byte[] bytes = Image(instance, pixels & ~1);
            using var request = StoreRequest.FromMemory(CT, instance, TransferSyntax.ExplicitVRLittleEndian, bytes.AsMemory());
            Assert.Equal(Status.Success, await association.StoreAsync(request, Cancel));
            Assert.Equal(bytes, archive.Objects[instance.Value].Bytes);
        }
    }

    [Theory]
    [InlineData(8u)]
    [InlineData(128u)]
    [InlineData(16_384u)]
    public async Task Stored_object_arrives_in_PDUs_as_small_as_the_acceptor_wants(uint length)
    {
        await using var archive = new MemoryArchive(o => o with { MaxPduLength = length });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        var instance = Uid.New();
        byte[] bytes = Image(instance, 20_000);
        using var request = StoreRequest.FromStream(CT, instance, TransferSyntax.ExplicitVRLittleEndian, new UnseekableStream(bytes));
        Assert.Equal(Status.Success, await association.StoreAsync(request, Cancel));
        Assert.Equal(bytes, archive.Objects[instance.Value].Bytes);
    }

    [Fact]
    public async Task Find_yields_every_match_and_ends()
    {
        await using var archive = new MemoryArchive();
        for (int i = 0; i < 300; i++) archive.Add(Uid.New(), []);
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(StudyFind)), Cancel);
        List<string> found = [];
        await foreach (var match in association.FindAsync(new FindRequest(StudyFind, Keys()), Cancel)) found.Add(match.Get<string>(Tags.SOPInstanceUID));
        Assert.Equal(archive.Objects.Keys.Order(), found);
    }

    [Fact]
    public async Task Find_left_early_is_cancelled_and_the_association_lives_on()
    {
        await using var archive = new MemoryArchive();
        for (int i = 0; i < 5000; i++) archive.Add(Uid.New(), []);
        await using var association = await Association.ConnectAsync(
            archive.Client(new PresentationContextProposal(StudyFind), new PresentationContextProposal(Verification)), Cancel);
        await foreach (var match in association.FindAsync(new FindRequest(StudyFind, Keys()), Cancel)) break;
        Assert.Equal(Status.Success, await association.EchoAsync(Cancel));
    }

    [Fact]
    public async Task Move_sends_the_objects_to_the_destination_and_reports_progress()
    {
        await using var archive = new MemoryArchive();
        await using var destination = new MemoryArchive();
        archive.Destinations["DEST"] = destination.Port;
        for (int i = 0; i < 5; i++) archive.Add(Uid.New(), Image(Uid.New()));
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(StudyMove)), Cancel);
        List<SubOperationProgress> progress = [];
        await foreach (var p in association.MoveAsync(new MoveRequest(StudyMove, Keys(), "DEST"), Cancel)) progress.Add(p);
        Assert.Equal(5, destination.Objects.Count);
        Assert.Equal([1, 2, 3, 4, 5], progress.Select(p => p.Completed));
        Assert.Equal([4, 3, 2, 1, 0], progress.Select(p => p.Remaining));
        Assert.Equal(Status.Success, progress[^1].Status);
    }

    [Fact]
    public async Task Move_to_an_unknown_destination_ends_with_that_status()
    {
        await using var archive = new MemoryArchive();
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(StudyMove)), Cancel);
        List<SubOperationProgress> progress = [];
        await foreach (var p in association.MoveAsync(new MoveRequest(StudyMove, Keys(), "NOBODY"), Cancel)) progress.Add(p);
        Assert.Equal(Status.MoveDestinationUnknown, Assert.Single(progress).Status);
    }

    [Fact]
    public async Task Get_brings_the_objects_on_the_same_association()
    {
        await using var archive = new MemoryArchive();
        for (int i = 0; i < 5; i++)
        {
            var instance = Uid.New();
            archive.Add(instance, Image(instance, 300_000));
        }
        await using var association = await Association.ConnectAsync(archive.Client([.. ProposalPlan.ForGet(StudyGet, [CT], [TransferSyntax.ExplicitVRLittleEndian])]), Cancel);
        Dictionary<string, byte[]> got = [];
        SubOperationProgress? last = null;
        await foreach (var p in association.GetAsync(new GetRequest(StudyGet, Keys()), async (context, cancel) =>
        {
            var bytes = new MemoryStream();
            await context.DataSet.CopyToAsync(bytes, cancel);
            got.Add(context.SopInstanceUid.Value, bytes.ToArray());
            return Status.Success;
        }, Cancel)) last = p;
        Assert.Equal(Status.Success, last!.Status);
        Assert.Equal(5, last.Completed);
        Assert.Equal(archive.Objects.Keys.Order(), got.Keys.Order());
        Assert.All(got, g => Assert.Equal(archive.Objects[g.Key].Bytes, g.Value));
    }

    private static DataSet Keys() => new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.StudyInstanceUID, "1.2.3");
}

/// <summary>A stream that does not tell its length.</summary>
internal sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
{
    public override bool CanSeek => false;
}
