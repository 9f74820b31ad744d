using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Changes;

public sealed class ChangeFeedTests
{
    private static readonly Uid Study = Uid.Parse("1.2.3.1.1");

    [Fact]
    public async Task Everything_that_happens_is_told_in_its_order()
    {
        await using var test = await TestArchive.OpenAsync(DuplicatePolicy.Keep);
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.StudyDescription, "OTHER"));
        var deletion = await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.1"), Uid.Parse("1.2.3.1.1.1.2")), "tester");
        await test.Archive.RestoreAsync(deletion!.Key, "tester");

        var changes = await test.Archive.GetChangesAsync(cancel: TestContext.Current.CancellationToken);

        Assert.Equal([ChangeKind.Stored, ChangeKind.Stored, ChangeKind.StoredAsVersion, ChangeKind.Deleted, ChangeKind.Restored], changes.Select(c => c.Kind));
        Assert.Equal(["1", "2", "1", "2", "2"], changes.Select(c => c.SopInstanceUid!.Split('.')[^1]));
        Assert.All(changes, c => Assert.Equal((Study.Value, "1.2.3.1.1.1", TestObjects.Ct), (c.StudyInstanceUid, c.SeriesInstanceUid, c.SopClassUid)));
        Assert.Equal(changes.Select(c => c.Number).Distinct().Order(), changes.Select(c => c.Number));
        Assert.Equal(changes.Count, changes.Select(c => (c.Kind, c.Id)).Distinct().Count());
    }

    [Fact]
    public async Task Who_goes_on_from_the_last_number_misses_none_and_sees_none_twice()
    {
        await using var test = await TestArchive.OpenAsync();
        var seen = new List<Change>();
        var storing = Task.Run(async () =>
        {
            for (int i = 1; i <= 200; i += 4) await Task.WhenAll(Enumerable.Range(i, 4).Select(n => test.StoreAsync(TestObjects.Ct64(instance: n))));
        }, TestContext.Current.CancellationToken);
        while (seen.Count < 200)
        {
            bool isDone = storing.IsCompleted;
            var more = await test.Archive.GetChangesAsync(seen.Count == 0 ? 0 : seen[^1].Number, limit: 7, cancel: TestContext.Current.CancellationToken);
            seen.AddRange(more);
            if (isDone && more.Count == 0) break;
        }
        await storing;

        Assert.Equal(200, seen.Count);
        Assert.Equal(200, seen.Select(c => c.SopInstanceUid).Distinct().Count());
    }

    [Fact]
    public async Task A_window_of_time_has_the_changes_of_that_time_only()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        await using var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock });
        for (int hour = 8; hour < 12; hour++)
        {
            await test.StoreAsync(TestObjects.Ct64(instance: hour));
            clock.Now = clock.Now.AddHours(1);
        }

        var window = await test.Archive.GetChangesAsync(0, 100, new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero),
            TestContext.Current.CancellationToken);

        Assert.Equal(["9", "10"], window.Where(c => c.SopInstanceUid is not null).Select(c => c.SopInstanceUid!.Split('.')[^1]));
    }

    [Fact]
    public async Task Numbers_grow_although_the_clock_goes_back()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        await using var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock });
        await test.StoreAsync(TestObjects.Ct64());
        await test.ReopenAsync(options => options with { TimeProvider = new HandClock(clock.Now.AddDays(-1)) });
        await test.StoreAsync(TestObjects.Ct64(instance: 2));

        var changes = await test.Archive.GetChangesAsync(cancel: TestContext.Current.CancellationToken);

        Assert.Equal(["1", "2"], changes.Select(c => c.SopInstanceUid!.Split('.')[^1]));
    }

    [Fact]
    public async Task A_study_is_complete_after_the_quiet_time_also_when_the_program_was_started_anew_within_it()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        await using var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock, StudyQuietTime = TimeSpan.FromSeconds(60) });
        await test.StoreAsync(TestObjects.Ct64());
        clock.Now = clock.Now.AddSeconds(40);
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await test.Archive.SettleAsync();
        Assert.Empty(await CompleteAsync());
        await test.ReopenAsync();
        clock.Now = clock.Now.AddSeconds(59);
        await test.Archive.SettleAsync();
        Assert.Empty(await CompleteAsync());

        clock.Now = clock.Now.AddSeconds(2);
        await test.Archive.SettleAsync();
        await test.Archive.SettleAsync();

        var complete = Assert.Single(await CompleteAsync());
        Assert.Equal((Study.Value, null, null), (complete.StudyInstanceUid, complete.SeriesInstanceUid, complete.SopInstanceUid));
        await test.StoreAsync(TestObjects.Ct64(instance: 3));
        clock.Now = clock.Now.AddSeconds(61);
        await test.Archive.SettleAsync();
        Assert.Equal(2, (await CompleteAsync()).Count());

        async Task<IEnumerable<Change>> CompleteAsync() => (await test.Archive.GetChangesAsync()).Where(c => c.Kind == ChangeKind.StudyComplete);
    }

    [Theory]
    [InlineData(24 * 3650)]
    [InlineData(-24 * 3650)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_disorders_nothing_and_makes_no_study_complete_too_early_or_never(int hours)
    {
        var clock = new HandClock(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        await using var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock, StudyQuietTime = TimeSpan.FromSeconds(60) });
        await test.StoreAsync(TestObjects.Ct64());
        clock.Now = clock.Now.AddSeconds(10);
        await test.Archive.SettleAsync();

        clock.Jump(TimeSpan.FromHours(hours));
        await test.Archive.SettleAsync();
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        clock.Now = clock.Now.AddSeconds(50);
        await test.Archive.SettleAsync();
        Assert.DoesNotContain(await test.Archive.GetChangesAsync(), change => change.Kind == ChangeKind.StudyComplete);
        clock.Now = clock.Now.AddSeconds(11);
        await test.Archive.SettleAsync();
        clock.Jump(TimeSpan.FromHours(-hours));
        await test.Archive.SettleAsync();
        await test.StoreAsync(TestObjects.Ct64(instance: 3));
        await test.StoreAsync(TestObjects.Ct64(study: 2));
        clock.Now = clock.Now.AddSeconds(61);
        await test.Archive.SettleAsync();

        var changes = await test.Archive.GetChangesAsync();
        Assert.Equal("S1 S2 C1 S3 S1 C1 C2", string.Join(' ', changes.Select(change => change.Kind == ChangeKind.Stored ? $"S{change.SopInstanceUid![^1]}" : $"C{change.StudyInstanceUid[^1]}")));
        Assert.Equal(changes.Select(change => change.Number).Order(), changes.Select(change => change.Number));
        // Who was told up to a number is told of everything after it, and the scrub reads every object once.
        Assert.Equal(4, (await test.Archive.GetChangesAsync(changes[2].Number)).Count);
        var files = await TestArchive.ToListAsync(test.Archive.VerifyAllAsync());
        Assert.Equal(["1.2.3.1.1.1.1", "1.2.3.1.1.1.2", "1.2.3.1.1.1.3", "1.2.3.1.2.1.1"], files.Select(file => file.Instance.SopInstanceUid.Value));
        Assert.Equal(0, await test.Archive.ScrubAsync(100, TestContext.Current.CancellationToken));
        Assert.Equal(4, (await (await test.ReopenAsync()).GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_while_nobody_ran_keeps_no_study_from_being_complete()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        await using var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock, StudyQuietTime = TimeSpan.FromSeconds(60) });
        await test.StoreAsync(TestObjects.Ct64());
        await test.CloseAsync();
        clock.Jump(TimeSpan.FromDays(-30));
        await test.ReopenAsync();

        await test.Archive.SettleAsync();
        clock.Now = clock.Now.AddSeconds(61);
        await test.Archive.SettleAsync();

        Assert.Single(await test.Archive.GetChangesAsync(), change => change.Kind == ChangeKind.StudyComplete);
    }

    [Fact]
    public async Task After_a_reindex_everything_is_told_again_under_the_same_ids()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 3; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        var before = await test.Archive.GetChangesAsync(cancel: TestContext.Current.CancellationToken);
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options, cancel: TestContext.Current.CancellationToken);
        await test.ReopenAsync();

        var after = await test.Archive.GetChangesAsync(before[^1].Number, cancel: TestContext.Current.CancellationToken);

        Assert.Equal(before.Select(c => (c.Kind, c.Id)), after.Select(c => (c.Kind, c.Id)));
    }
}
