using Isocenter.Archive.Tests.Index;
using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Conflicts;

/// <summary>Objects that contradict each other wait for a person.</summary>
public sealed class ConflictTests
{
    [Fact]
    public async Task A_known_ID_with_another_name_is_told_with_both_values_and_the_object_that_came()
    {
        await using var test = await SharedPatientIdTests.TwoNamesAsync();

        Assert.Equal(["1.2.3.1.2 1.2.3.1.2.1.1 PatientName: Doe^John, Smith^Jane", "1.2.3.1.2 1.2.3.1.2.1.1 PatientBirthDate: 19610203, 19700101"], await ListAsync(test));
    }

    [Fact]
    public async Task A_study_whose_objects_do_not_agree_is_told_once_for_each_value()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        for (int i = 2; i <= 5; i++) await test.StoreAsync(TestObjects.Ct64(instance: i).Set(Tags.PatientID, "P9").Set(Tags.AccessionNumber, "other"));

        Assert.Equal(["1.2.3.1.1 1.2.3.1.1.1.2 AccessionNumber: A11, other", "1.2.3.1.1 1.2.3.1.1.1.2 PatientID: P1, P9"], await ListAsync(test));
        Assert.Equal(5, (await test.Archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1")))).Count);
    }

    [Fact]
    public async Task What_means_the_same_is_no_conflict()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2).Set(Tags.PatientName, "DOE^JOHN^^").Set(Tags.StudyTime, "101500.000").Set(Tags.AccessionNumber, ""));
        await test.StoreAsync(TestObjects.Ct64(study: 2).Utf8("Döe^John"));

        Assert.Empty(await ListAsync(test));
    }

    [Fact]
    public async Task One_study_does_not_fill_the_inbox()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 80; i++) await test.StoreAsync(TestObjects.Ct64(instance: i).Set(Tags.StudyID, $"S{i}"));

        Assert.Equal(64, (await test.Archive.GetConflictsAsync()).Count);
    }

    [Fact]
    public async Task What_was_decided_stays_decided_after_a_reindex()
    {
        await using var test = await SharedPatientIdTests.TwoNamesAsync();
        var name = (await test.Archive.GetConflictsAsync())[0];
        Assert.True(await test.Archive.ResolveConflictAsync(name.Number, "anna", "two people, ID to be corrected"));
        Assert.False(await test.Archive.ResolveConflictAsync(name.Number, "anna"));
        Assert.False(await test.Archive.ResolveConflictAsync(12345, "anna"));
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();

        Assert.Equal(Tags.PatientBirthDate, Assert.Single(await test.Archive.GetConflictsAsync()).Tag);
        var resolution = (await test.Archive.GetConflictsAsync(all: true)).Single(c => c.Tag == Tags.PatientName).Resolution;
        Assert.Equal(("anna", "two people, ID to be corrected"), (resolution!.Who, resolution.Note));
    }

    [Fact]
    public async Task Where_contradictions_are_refused_nothing_of_them_is_left()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { ConflictPolicy = ConflictPolicy.Refuse });
        await test.StoreAsync(TestObjects.Ct64());

        Assert.Equal(IngestStatus.Contradiction, (await test.StoreAsync(TestObjects.Ct64(instance: 2).Set(Tags.PatientID, "P9"))).Status);
        var other = await test.StoreAsync(TestObjects.Ct64(study: 2).Set(Tags.PatientName, "Smith^Jane"));
        Assert.Equal(IngestStatus.Contradiction, other.Status);
        Assert.DoesNotContain("Smith", other.Problem);
        Assert.Equal(IngestStatus.Stored, (await test.StoreAsync(TestObjects.Ct64(study: 2))).Status);

        Assert.Equal(IngestStatus.Stored, (await test.StoreAsync(TestObjects.Ct64(study: 2, instance: 2).Set(Tags.StudyTime, "111111"))).Status);

        Assert.Equal(3, test.Files().Length);
        Assert.Equal(2, (await test.Archive.GetStatisticsAsync()).Studies);
    }

    private static async Task<string[]> ListAsync(TestArchive test) =>
        [.. (await test.Archive.GetConflictsAsync()).Select(c => $"{c.StudyInstanceUid} {c.SopInstanceUid} {c.Attribute}: {c.Known}, {c.Incoming}")];
}
