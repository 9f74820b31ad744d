using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Archive.Tests.Retention;

public sealed class RetentionTests
{
    private static readonly RetentionRule Old = new() { Name = "old", Action = RetentionAction.Delete, Days = 365 };

    /// <summary>Studies of 2024-01-01 to -03; the clock says so too while they come.</summary>
    private static async Task<(TestArchive Test, HandClock Clock)> FilledAsync()
    {
        var clock = new HandClock(new DateTimeOffset(2024, 1, 1, 8, 0, 0, TimeSpan.Zero));
        var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock });
        for (int study = 1; study <= 3; study++)
        {
            await test.StoreAsync(TestObjects.Ct64(study: study));
            await test.StoreAsync(TestObjects.Ct64(study: study, series: 2));
            clock.Now = clock.Now.AddDays(1);
        }
        clock.Now = clock.Now.AddDays(1);
        await test.Archive.SettleAsync();
        return (test, clock);
    }

    [Fact]
    public async Task What_is_old_by_its_study_date_is_deleted_and_can_be_brought_back()
    {
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        clock.Now = new DateTimeOffset(2025, 1, 1, 2, 0, 0, TimeSpan.Zero);

        var plan = await test.Archive.PlanRetentionAsync([Old]);

        Assert.Equal(["1.2.3.1.1", "1.2.3.1.2"], plan.Select(study => study.StudyInstanceUid).Take(2));
        var first = plan[0];
        Assert.Equal(("old", "20240101", @"CT\SR", 2, null), (first.Rule, first.StudyDate, first.Modalities, first.Instances, first.Hold));
        Assert.Equal(test.Files().Take(2).Sum(file => new FileInfo(file).Length), first.Bytes);
        Assert.Equal(3, (await test.FindAsync(QueryLevel.Study, TestObjects.Keys())).Count);

        var outcome = await test.Archive.ApplyRetentionAsync([first]);

        Assert.Equal(new RetentionOutcome(1, 2, first.Bytes, 0), outcome);
        Assert.Empty(await test.Archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1"))));
        var record = Assert.Single(await test.Archive.GetDeletionsAsync());
        Assert.Equal(("retention", "rule old", 2), (record.Who, record.Reason, record.Instances));
        Assert.Equal(2, (await test.Archive.GetChangesAsync()).Count(change => change.Kind == ChangeKind.Deleted));
        Assert.Equal(2, await test.Archive.RestoreAsync(record.Key, "anna"));
        // Whoever brought it back does not find it gone again the next morning.
        Assert.DoesNotContain(await test.Archive.PlanRetentionAsync([Old]), study => study.StudyInstanceUid == "1.2.3.1.1");
        clock.Now = clock.Now.AddDays(365);
        Assert.Contains(await test.Archive.PlanRetentionAsync([Old]), study => study.StudyInstanceUid == "1.2.3.1.1");
    }

    [Theory]
    [InlineData(RetentionAge.StudyDate, 365, "2024-12-31", "1")]
    [InlineData(RetentionAge.StudyDate, 365, "2024-12-30", "")]
    [InlineData(RetentionAge.Received, 30, "2024-02-01", "12")]
    [InlineData(RetentionAge.Changed, 30, "2024-02-01", "2")]
    public async Task Age_counts_from_what_the_rule_names(RetentionAge from, int days, string today, string due)
    {
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        await test.Archive.CorrectAsync(["1.2.3.1.1"], TestObjects.Keys((Tags.StudyDescription, "CHEST")), "anna", "why");
        clock.Now = DateTimeOffset.Parse(today + "T09:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

        var plan = await test.Archive.PlanRetentionAsync([Old with { AgeOf = from, Days = days }]);

        Assert.Equal(due, string.Concat(plan.Select(study => study.StudyInstanceUid[^1])));
    }

    [Fact]
    public async Task The_first_rule_that_is_for_a_study_decides_and_all_it_says_must_be_true()
    {
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        await test.StoreAsync(TestObjects.Ct64(patient: 2, series: 3).Set(Tags.Modality, "MG"));
        await TestArchive.StoreBytesAsync(test.Archive, DataSetWriter.ToArray(TestObjects.Ct64(patient: 3), TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian, TestObjects.Ct, "1.2.3.3.1.1.1");
        await test.StoreAsync(TestObjects.Ct64(patient: 4).Set<string>(Tags.StudyDate));
        clock.Now = new DateTimeOffset(2034, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await test.Archive.SettleAsync();

        async Task<string> DueAsync(params RetentionRule[] rules) =>
            string.Join(' ', (await test.Archive.PlanRetentionAsync(rules)).Select(study => $"{study.StudyInstanceUid[6..]}:{study.Rule}"));

        Assert.Equal("1.1:old 2.1:old 3.1:old 1.2:old 1.3:old", await DueAsync(Old));
        Assert.Equal("2.1:mg", await DueAsync(Old with { Name = "mg", Modalities = ["MG", "PX"] }));
        Assert.Equal("1.2:late 1.3:late", await DueAsync(Old with { Name = "late", Description = "abdomen*" }));
        Assert.Equal("1.1:old 3.1:old", await DueAsync(
            new RetentionRule { Name = "breasts", Action = RetentionAction.Keep, Modalities = ["MG"] }, Old with { Name = "late", Description = "AB*", Days = 36500 },
            new RetentionRule { Name = "fresh", Action = RetentionAction.Keep, Description = "ABDOMEN*" }, Old));
        Assert.Equal("", await DueAsync(Old with { Sources = ["CT*"] }));
        Assert.Equal("1.1:old 2.1:old 3.1:old 1.2:old 1.3:old", await DueAsync(Old with { Sources = ["CT*", "TEST??"] }));
    }

    [Fact]
    public async Task What_is_held_is_shown_and_stays_and_the_limits_of_a_run_are_kept()
    {
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        clock.Now = new DateTimeOffset(2034, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var hold = await test.Archive.HoldAsync(HoldSubject.Study("1.2.3.1.1"), "anna", "case 7");

        var plan = await test.Archive.PlanRetentionAsync([Old]);
        Assert.Equal([hold.Number, null, null], plan.Select(study => study.Hold));
        Assert.Equal((1, 1), (await test.Archive.ApplyRetentionAsync(plan, maxStudies: 1)) is var one ? (one.Studies, one.Left) : default);
        await test.Archive.HoldAsync(HoldSubject.Study("1.2.3.1.3"), "anna", "meanwhile");

        Assert.Equal((0, 0), (await test.Archive.ApplyRetentionAsync(plan)) is var rest ? (rest.Studies, rest.Left) : default);
        Assert.Equal(2, (await test.FindAsync(QueryLevel.Study, TestObjects.Keys())).Count);
    }

    [Fact]
    public async Task What_moves_to_the_cold_folder_is_read_checked_indexed_and_copied_as_before()
    {
        using var elsewhere = new TemporaryFolder();
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        await test.ReopenAsync(options => options with { ColdFolder = elsewhere["cold"] });
        clock.Now = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var rule = new RetentionRule { Name = "cold", Action = RetentionAction.Move, Days = 60 };
        byte[][] before = [.. test.Files().Select(File.ReadAllBytes)];
        await test.Archive.HoldAsync(HoldSubject.Study("1.2.3.1.1"), "anna", "a hold keeps nothing from moving");

        var plan = await test.Archive.PlanRetentionAsync([rule]);
        var outcome = await test.Archive.ApplyRetentionAsync(plan);

        Assert.Equal((1, plan[0].Bytes, null, 0), (outcome.Moved, outcome.MovedBytes, outcome.Problem, outcome.Studies));
        Assert.Equal(2, Directory.GetFiles(elsewhere["cold"], "*.dcm", SearchOption.AllDirectories).Length);
        Assert.Equal(before, test.Files().Select(File.ReadAllBytes));
        Assert.Equal(2, test.Files().Count(file => new FileInfo(file).LinkTarget is not null));
        Assert.Empty(await test.Archive.PlanRetentionAsync([rule]));
        Assert.Empty(await test.Archive.GetDeletionsAsync());
        Assert.All(await TestArchive.ToListAsync(test.Archive.VerifyAllAsync()), found => Assert.Equal(VerifyResult.Intact, found.Result));
        // What comes later for the study is not there yet, and follows.
        await test.StoreAsync(TestObjects.Ct64(instance: 5));
        clock.Now = clock.Now.AddDays(61);
        Assert.Equal(1, (await test.Archive.ApplyRetentionAsync([.. (await test.Archive.PlanRetentionAsync([rule])).Where(study => study.StudyInstanceUid == "1.2.3.1.1")])).Moved);
        Assert.Equal(3, Directory.GetFiles(elsewhere["cold"], "*.dcm", SearchOption.AllDirectories).Length);
        Assert.Equal(3, (await test.Archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1")))).Count(instance => test.Archive.FindProblem(instance) is null));

        await test.CloseAsync();
        Assert.Equal(7, (await ImageArchive.ReindexAsync(test.Options)).Indexed);
        Assert.Equal((7, 0), ArchiveCopy.Backup(test.Folder, elsewhere["backup"]) is var copy ? (copy.Copied, copy.Failed) : default);
        Assert.DoesNotContain(Directory.GetFiles(elsewhere["backup"], "*.dcm", SearchOption.AllDirectories), file => new FileInfo(file).LinkTarget is not null);
        await test.ReopenAsync();
        await test.Archive.ReleaseHoldAsync(1, "anna", "closed");
        await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.1")), "anna");
        Assert.Equal(3, (await test.Archive.PurgeAsync(DateTimeOffset.MaxValue, "anna")).Objects);
        Assert.Empty(Directory.GetFiles(elsewhere["cold"], "*.dcm", SearchOption.AllDirectories));
        Assert.Equal(4, test.Files().Length);
    }

    [Fact]
    public async Task What_is_damaged_or_has_nowhere_to_go_does_not_move()
    {
        using var elsewhere = new TemporaryFolder();
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        clock.Now = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
        var plan = await test.Archive.PlanRetentionAsync([new RetentionRule { Name = "cold", Action = RetentionAction.Move, Days = 60 }]);
        Assert.Contains("there is no cold folder", (await test.Archive.ApplyRetentionAsync(plan)).Problem);
        await test.ReopenAsync(options => options with { ColdFolder = elsewhere["cold"] });
        string file = test.Files()[1];
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^100] ^= 1;
        File.WriteAllBytes(file, bytes);

        var outcome = await test.Archive.ApplyRetentionAsync(plan);

        Assert.Equal(0, outcome.Moved);
        Assert.Contains("is not what was stored", outcome.Problem);
        Assert.Null(new FileInfo(file).LinkTarget);
        Assert.Single(Directory.GetFiles(elsewhere["cold"], "*.dcm", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_study_that_something_just_comes_for_is_left_alone()
    {
        var (test, clock) = await FilledAsync();
        await using var _ = test;
        clock.Now = new DateTimeOffset(2034, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await test.StoreAsync(TestObjects.Ct64(study: 2, instance: 2));

        Assert.Equal(["1.2.3.1.1", "1.2.3.1.3"], (await test.Archive.PlanRetentionAsync([Old])).Select(study => study.StudyInstanceUid));
    }
}
