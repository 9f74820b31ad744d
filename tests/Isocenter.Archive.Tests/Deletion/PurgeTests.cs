using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Deletion;

/// <summary>Files of old deletions go for good.</summary>
public sealed class PurgeTests
{
    private static readonly Uid Study = Uid.Parse("1.2.3.1.1");

    private static readonly DateTimeOffset Later = DateTimeOffset.MaxValue;

    [Fact]
    public async Task What_was_deleted_long_ago_is_removed_and_nothing_else()
    {
        await using var test = await FilledAsync();
        var deletion = await test.Archive.DeleteAsync(Selection.Of(Study), "anna");
        var taken = await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.2")), "anna");
        await test.Archive.RestoreAsync(taken!.Key, "anna");
        long bytes = test.Files().Take(2).Sum(file => new FileInfo(file).Length);
        Assert.Equal(new PurgeOutcome(0, 0, 0, 0), await test.Archive.PurgeAsync(deletion!.At, "bob"));
        Assert.Equal(new PurgeOutcome(1, 2, bytes, 0), await test.Archive.PurgeAsync(Later, "bob", dryRun: true));
        Assert.Equal(3, test.Files().Length);

        Assert.Equal(new PurgeOutcome(1, 2, bytes, 0), await test.Archive.PurgeAsync(Later, "bob"));

        Assert.Single(test.Files());
        Assert.Equal(new PurgeOutcome(0, 0, 0, 0), await test.Archive.PurgeAsync(Later, "bob"));
        Assert.Null(await test.Archive.RestoreAsync(deletion.Key, "anna"));
        Assert.NotNull((await test.Archive.GetDeletionsAsync()).Single(d => d.Key == deletion.Key).PurgedAt);
        Assert.All(await TestArchive.ToListAsync(test.Archive.VerifyAllAsync()), found => Assert.Equal(VerifyResult.Intact, found.Result));
        // The same objects may come anew, and the feed still tells what became of the old ones.
        Assert.Equal(IngestStatus.Stored, (await test.StoreAsync(TestObjects.Ct64())).Status);
        Assert.Equal(3, (await test.Archive.GetChangesAsync()).Count(change => change.Kind == ChangeKind.Deleted));
        await test.Archive.CorrectAsync([Study.Value], TestObjects.Keys((Tags.PatientSex, "F")), "anna", "why");
    }

    [Fact]
    public async Task What_is_held_or_rejected_stays()
    {
        await using var test = await FilledAsync();
        await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.1"), Uid.Parse("1.2.3.1.1.1.1")), "anna");
        await test.StoreAsync(RejectionTests.KeyObject("113001", "1.2.3.1.1.1.2"));
        var hold = await test.Archive.HoldAsync(HoldSubject.Study(Study.Value), "anna", "case 7");

        Assert.Equal(new PurgeOutcome(0, 0, 0, 1), await test.Archive.PurgeAsync(Later, "bob"));
        Assert.Equal(4, test.Files().Length);
        await test.Archive.ReleaseHoldAsync(hold.Number, "anna", "closed");

        Assert.Equal(1, (await test.Archive.PurgeAsync(Later, "bob")).Objects);
    }

    [Fact]
    public async Task A_purge_that_a_crash_cut_off_is_finished_and_a_reindex_brings_nothing_back()
    {
        await using var test = await FilledAsync();
        var deletion = await test.Archive.DeleteAsync(Selection.Of(Study), "anna");
        await test.CloseAsync();
        new DeletionJournal(test.Folder).Append(DeletionAct.Purge, deletion!.Key, DateTimeOffset.UnixEpoch, "bob", "", []);
        await test.ReopenAsync();
        Assert.Null(await test.Archive.RestoreAsync(deletion.Key, "anna"));
        Assert.Equal(3, test.Files().Length);

        await test.Archive.PurgeAsync(Later, "bob");

        Assert.Single(test.Files());
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        Assert.Equal(new ArchiveStatistics(1, 1, 1, 1, new FileInfo(test.Files()[0]).Length), await test.Archive.GetStatisticsAsync());
        Assert.NotNull(Assert.Single(await test.Archive.GetDeletionsAsync()).PurgedAt);
        Assert.Equal(0, test.Archive.Recovery.Missing);
    }

    /// <summary>Two studies of one patient, of two and one instances.</summary>
    private static async Task<TestArchive> FilledAsync()
    {
        var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await test.StoreAsync(TestObjects.Ct64(study: 2));
        return test;
    }
}
