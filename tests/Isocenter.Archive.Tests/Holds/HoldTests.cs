using Isocenter.Archive.Tests.Deletion;
using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Holds;

public sealed class HoldTests
{
    private static readonly Uid Study = Uid.Parse("1.2.3.1.1");

    [Fact]
    public async Task What_is_held_cannot_be_deleted_until_it_is_released()
    {
        await using var test = await FilledAsync();
        var hold = await test.Archive.HoldAsync(HoldSubject.Study(Study.Value), "anna", "case 7");

        foreach (var selection in new[] { Selection.Of(Study), Selection.Of(Study, Uid.Parse("1.2.3.1.1.1"), Uid.Parse("1.2.3.1.1.1.1")) })
            await RefusedAsync(async () => await test.Archive.DeleteAsync(selection, "bob"));
        await RefusedAsync(async () => await test.Archive.DeleteAsync(new Selection { SopInstanceUids = [Uid.Parse("1.2.3.1.1.1.1"), Uid.Parse("1.2.3.1.2.1.1")] }, "bob"));
        Assert.NotNull(await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.2")), "bob"));
        Assert.True(await test.Archive.ReleaseHoldAsync(hold.Number, "anna", "closed"));
        Assert.False(await test.Archive.ReleaseHoldAsync(hold.Number, "anna", "closed"));

        Assert.Equal(2, (await test.Archive.DeleteAsync(Selection.Of(Study), "bob"))!.Instances);
        Assert.Empty(await test.Archive.GetHoldsAsync());
        Assert.Equal("closed", Assert.Single(await test.Archive.GetHoldsAsync(all: true)).Release!.Reason);
    }

    [Fact]
    public async Task A_held_patient_holds_what_comes_later_and_nobody_with_another_issuer()
    {
        await using var test = await FilledAsync();
        await test.Archive.HoldAsync(HoldSubject.Patient("P1"), "anna", "case 7");
        await test.StoreAsync(TestObjects.Ct64(study: 3));
        await test.StoreAsync(TestObjects.Ct64(study: 4).Set(Tags.IssuerOfPatientID, "ELSEWHERE"));

        await RefusedAsync(async () => await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.3")), "bob"));
        Assert.NotNull(await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.4")), "bob"));
    }

    [Fact]
    public async Task A_hold_outlives_a_crash_and_a_reindex()
    {
        await using var test = await FilledAsync();
        await test.CloseAsync();
        new HoldJournal(test.Folder).Append(1, DateTimeOffset.UnixEpoch, "anna", "case 7", HoldSubject.Study(Study.Value));
        await test.ReopenAsync();
        await RefusedAsync(async () => await test.Archive.DeleteAsync(Selection.Of(Study), "bob"));

        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();

        await RefusedAsync(async () => await test.Archive.DeleteAsync(Selection.Of(Study), "bob"));
        Assert.Equal((1, "anna", "case 7"), Assert.Single(await test.Archive.GetHoldsAsync()) is var hold ? (hold.Number, hold.Who, hold.Reason) : default);
    }

    [Fact]
    public async Task Nothing_is_moved_out_of_a_held_study_and_what_was_moved_out_of_it_before_is_held_too()
    {
        await using var test = await FilledAsync();
        var (series, elsewhere) = (Uid.Parse("1.2.3.1.1.1"), Uid.Parse("2.25.1"));
        var before = await test.Archive.MoveSeriesAsync(Study, [series], elsewhere, "anna", "split");
        await test.Archive.HoldAsync(HoldSubject.Study(Study.Value), "anna", "case 7");
        await RefusedAsync(async () => await test.Archive.DeleteAsync(Selection.Of(elsewhere), "bob"));
        await RefusedAsync(async () => await test.Archive.UndoCorrectionAsync(before.Number, "bob", "no"));
        await RefusedAsync(async () => await test.Archive.MoveSeriesAsync(elsewhere, [], Uid.Parse("2.25.2"), "bob", "hide"));
        await RefusedAsync(async () => await test.Archive.CorrectAsync([elsewhere.Value], TestObjects.Keys((Tags.PatientID, "P9")), "bob", "hide"));

        await test.Archive.CorrectAsync([elsewhere.Value], TestObjects.Keys((Tags.StudyDescription, "CHEST")), "bob", "typing error");

        Assert.Single(test.Archive.GetCorrections(), correction => correction.Number > before.Number);
    }

    [Fact]
    public async Task A_dangerous_image_is_hidden_under_hold_and_one_whose_time_has_passed_is_not()
    {
        await using var test = await FilledAsync();
        await test.Archive.HoldAsync(HoldSubject.Study(Study.Value), "anna", "case 7");

        Assert.True((await test.StoreAsync(RejectionTests.KeyObject("113039", "1.2.3.1.1.1.1"))).IsSuccess);
        Assert.Equal(2, (await test.Archive.FindInstancesAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.1")))).Count);
        Assert.True((await test.StoreAsync(RejectionTests.KeyObject("113037", "1.2.3.1.1.1.1").Set(Tags.SOPInstanceUID, "1.2.3.1.1.9.2"))).IsSuccess);

        Assert.Single(await test.Archive.FindInstancesAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.1"))));
        Assert.StartsWith("113037", Assert.Single(await test.Archive.GetDeletionsAsync()).Reason, StringComparison.Ordinal);
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

    private static async Task RefusedAsync(Func<Task> work) =>
        Assert.Equal(ArchiveProblem.OnHold, (await Assert.ThrowsAsync<ArchiveException>(work)).Problem);
}
