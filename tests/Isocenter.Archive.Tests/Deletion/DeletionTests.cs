using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Deletion;

public sealed class DeletionTests
{
    private static readonly Uid Study = Uid.Parse("1.2.3.1.1");

    [Fact]
    public async Task What_is_deleted_is_not_found_and_not_counted_and_its_file_stays()
    {
        await using var test = await FilledAsync();

        var record = await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.1")), "tester", "wrong patient");

        Assert.NotNull(record);
        Assert.Equal((1, 2, "tester", "wrong patient", null), (record.Key, record.Instances, record.Who, record.Reason, record.RestoredAt));
        var study = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.StudyInstanceUID, Study.Value),
            (Tags.NumberOfStudyRelatedInstances, ""), (Tags.NumberOfStudyRelatedSeries, ""), (Tags.ModalitiesInStudy, ""))));
        Assert.Equal((1, 1), (study.Get<int>(Tags.NumberOfStudyRelatedSeries), study.Get<int>(Tags.NumberOfStudyRelatedInstances)));
        Assert.Equal(["SR"], study.GetAll<string>(Tags.ModalitiesInStudy));
        Assert.Single(await test.Archive.FindInstancesAsync(Selection.Of(Study)));
        Assert.Equal(3, test.Files().Length);
    }

    [Fact]
    public async Task A_study_without_instances_is_gone()
    {
        await using var test = await FilledAsync();

        await test.Archive.DeleteAsync(Selection.Of(Study), "tester");

        Assert.Empty(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.StudyInstanceUID, ""))));
        Assert.Empty(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, ""))));
        Assert.Equal(0, await test.Archive.CountAsync(new Query { Level = QueryLevel.Image, Identifier = TestObjects.Keys() }));
        Assert.Null(await test.Archive.DeleteAsync(Selection.Of(Study), "tester"));
    }

    [Fact]
    public async Task A_deletion_can_be_undone_once()
    {
        await using var test = await FilledAsync();
        var record = await test.Archive.DeleteAsync(Selection.Of(Study), "tester");

        Assert.Equal(3, await test.Archive.RestoreAsync(record!.Key, "tester"));

        Assert.Equal(3, (await test.Archive.FindInstancesAsync(Selection.Of(Study))).Count);
        Assert.Null(await test.Archive.RestoreAsync(record.Key, "tester"));
        Assert.Null(await test.Archive.RestoreAsync(77, "tester"));
        Assert.NotNull(Assert.Single(await test.Archive.GetDeletionsAsync()).RestoredAt);
    }

    [Fact]
    public async Task A_deleted_object_can_be_stored_anew_and_then_stays_current()
    {
        await using var test = await FilledAsync();
        var record = await test.Archive.DeleteAsync(Selection.Of(Study), "tester");

        var again = await test.StoreAsync(TestObjects.Ct64());
        var other = await test.StoreAsync(TestObjects.Ct64(instance: 2).Set(Tags.StudyDescription, "CHANGED"));

        Assert.Equal((IngestStatus.Stored, IngestStatus.Stored), (again.Status, other.Status));
        Assert.Equal(1, await test.Archive.RestoreAsync(record!.Key, "tester"));
        var found = await test.Archive.FindInstancesAsync(Selection.Of(Study));
        Assert.Equal(3, found.Count);
        Assert.Contains(found, f => f.ContentHash == other.Instance!.ContentHash);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reindex_brings_nothing_back_that_is_deleted(bool storedAgain)
    {
        await using var test = await FilledAsync();
        await test.StoreAsync(TestObjects.Ct64(patient: 2));
        await test.Archive.DeleteAsync(Selection.Of(Study), "tester", "why");
        if (storedAgain) await test.StoreAsync(TestObjects.Ct64());
        await test.CloseAsync();

        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();

        Assert.Equal(storedAgain ? 1 : 0, (await test.Archive.FindInstancesAsync(Selection.Of(Study))).Count);
        var record = Assert.Single(await test.Archive.GetDeletionsAsync());
        Assert.Equal((3, "tester", "why"), (record.Instances, record.Who, record.Reason));
        Assert.Equal(storedAgain ? 2 : 3, await test.Archive.RestoreAsync(record.Key, "tester"));
        Assert.Equal(3, (await test.Archive.FindInstancesAsync(Selection.Of(Study))).Count);
    }

    [Fact]
    public async Task An_index_that_lost_a_deletion_catches_up_before_it_takes_new_files_for_copies()
    {
        await using var test = await FilledAsync();
        string index = Path.Combine(test.Folder, "index.db");
        await test.CloseAsync();
        byte[] before = await File.ReadAllBytesAsync(index, TestContext.Current.CancellationToken);
        await test.ReopenAsync();
        await test.Archive.DeleteAsync(Selection.Of(Study), "tester");
        await test.StoreAsync(TestObjects.Ct64());
        await test.CloseAsync();
        // A power cut: the files are on disk, the last transactions are not.
        foreach (string end in new[] { "-wal", "-shm" }) File.Delete(index + end);
        await File.WriteAllBytesAsync(index, before, TestContext.Current.CancellationToken);

        await test.ReopenAsync();

        Assert.Single(await test.Archive.FindInstancesAsync(Selection.Of(Study)));
        Assert.Equal(4, test.Files().Length);
        Assert.Single(await test.Archive.GetDeletionsAsync());
    }

    [Fact]
    public async Task A_line_that_a_crash_cut_off_counts_for_nothing()
    {
        await using var test = await FilledAsync();
        await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.2")), "tester");
        await test.CloseAsync();
        await File.AppendAllTextAsync(Path.Combine(test.Folder, "deletions.jsonl"), """{"delete":2,"at":"2026-""", TestContext.Current.CancellationToken);
        await test.ReopenAsync();

        var second = await test.Archive.DeleteAsync(Selection.Of(Study), "tester");
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();

        Assert.Equal(2, second!.Key);
        Assert.Empty(await test.Archive.FindInstancesAsync(Selection.Of(Study)));
        Assert.Equal([2L, 1L], (await test.Archive.GetDeletionsAsync()).Select(d => d.Key));
    }

    /// <summary>Two CTs and a report.</summary>
    private static async Task<TestArchive> FilledAsync()
    {
        var test = await TestArchive.OpenAsync();
        foreach (var dataSet in new[] { TestObjects.Ct64(), TestObjects.Ct64(instance: 2), TestObjects.Ct64(series: 2) }) await test.StoreAsync(dataSet);
        return test;
    }
}
