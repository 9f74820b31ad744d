using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Ingest;

/// <summary>Objects that an archive does not take, and what becomes of their files.</summary>
public sealed class RefusalTests
{
    private const string Unknown = "1.2.826.0.1.3680043.9.9999.1";

    [Theory]
    [InlineData(UnknownClassPolicy.Accept, IngestStatus.Stored, 0)]
    [InlineData(UnknownClassPolicy.Refuse, IngestStatus.UnknownClass, 0)]
    [InlineData(UnknownClassPolicy.Quarantine, IngestStatus.UnknownClass, 1)]
    public async Task An_unknown_SOP_class_is_treated_as_the_policy_says(UnknownClassPolicy policy, IngestStatus expected, int quarantined)
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { UnknownClassPolicy = policy });

        var first = await test.StoreAsync(TestObjects.Ct64().Set(Tags.SOPClassUID, Unknown));
        var again = await test.StoreAsync(TestObjects.Ct64().Set(Tags.SOPClassUID, Unknown));
        var known = await test.StoreAsync(TestObjects.Ct64(study: 2));

        Assert.Equal((expected, IngestStatus.Stored), (first.Status, known.Status));
        Assert.Equal(policy == UnknownClassPolicy.Accept ? IngestStatus.AlreadyStored : expected, again.Status);
        Assert.Equal(quarantined, test.Archive.GetQuarantine().Count);
        Assert.Equal(policy == UnknownClassPolicy.Accept ? 2 : 1, (await test.Archive.GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task What_waits_because_of_its_class_is_taken_by_a_reindex_when_the_policy_has_changed()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { UnknownClassPolicy = UnknownClassPolicy.Quarantine });
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.SOPClassUID, Unknown));
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        Assert.Equal(0, (await test.Archive.GetStatisticsAsync()).Instances);

        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options with { UnknownClassPolicy = UnknownClassPolicy.Accept });
        await test.ReopenAsync();
        Assert.Equal(1, (await test.Archive.GetStatisticsAsync()).Instances);
        Assert.Empty(test.Archive.GetQuarantine());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_cannot_be_indexed_is_refused_and_kept_aside_once(bool keeps)
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { KeepsUnindexable = keeps });
        var nameless = TestObjects.Ct64();
        nameless.Remove(Tags.StudyInstanceUID);
        byte[] whole = DataSetWriter.ToArray(TestObjects.Ct64(study: 2), TransferSyntax.ExplicitVRLittleEndian);

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(IngestStatus.NotIndexable, (await test.StoreAsync(nameless)).Status);
            Assert.Equal(IngestStatus.Malformed, (await TestArchive.StoreBytesAsync(test.Archive, whole[..^100], TransferSyntax.ExplicitVRLittleEndian, TestObjects.Ct, "1.2.3.1.2.1.1")).Status);
        }

        Assert.Equal(keeps ? 2 : 0, test.Archive.GetQuarantine().Count);
        Assert.Empty(test.Files());
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        Assert.Equal(keeps ? 2 : 0, test.Archive.GetQuarantine().Count);
        Assert.Equal(0, (await test.Archive.GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task What_is_released_is_stored_and_leaves_the_quarantine_and_what_is_refused_again_stays()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { UnknownClassPolicy = UnknownClassPolicy.Quarantine });
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.SOPClassUID, "1.2.840.99.1"));
        await test.StoreAsync(TestObjects.Ct64(instance: 2).Set(Tags.StudyInstanceUID, ""));
        string[] names = [.. test.Archive.GetQuarantine().Select(file => file.Name)];
        Assert.Equal(2, names.Length);

        var released = await test.Archive.ReleaseQuarantinedAsync(names[0], "ann");
        var refused = await test.Archive.ReleaseQuarantinedAsync(names[1], "ann");

        Assert.True(released!.IsSuccess);
        Assert.Equal(IngestStatus.NotIndexable, refused!.Status);
        Assert.Equal(names[1], Assert.Single(test.Archive.GetQuarantine()).Name);
        Assert.Single(test.Files());
        Assert.Null(await test.Archive.ReleaseQuarantinedAsync(names[0], "ann"));
        Assert.Null(await test.Archive.ReleaseQuarantinedAsync("../index.db", "ann"));
        Assert.Contains("\"who\":\"ann\"", Assert.Single(File.ReadAllLines(Path.Combine(test.Folder, "quarantine", "log.jsonl"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_discarded_is_gone_and_on_record()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.StudyInstanceUID, ""));
        string name = Assert.Single(test.Archive.GetQuarantine()).Name;

        Assert.True(test.Archive.DiscardQuarantined(name, "ann", "a test of the modality"));

        Assert.False(test.Archive.DiscardQuarantined(name, "ann", "again"));
        Assert.False(test.Archive.DiscardQuarantined("log.jsonl", "ann", "the log"));
        Assert.Empty(test.Archive.GetQuarantine());
        Assert.Contains("a test of the modality", Assert.Single(File.ReadAllLines(Path.Combine(test.Folder, "quarantine", "log.jsonl"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantine_takes_no_more_bytes_than_it_may()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { MaxQuarantineBytes = 15_000 });
        for (int i = 1; i <= 4; i++) await test.StoreAsync(TestObjects.Ct64(instance: i).Set(Tags.StudyInstanceUID, ""));

        long bytes = test.Archive.GetQuarantine().Sum(file => file.Bytes);

        Assert.InRange(bytes, 1, 15_000);
        string name = test.Archive.GetQuarantine()[0].Name;
        Assert.True(test.Archive.DiscardQuarantined(name, "ann", "to make room"));
        await test.StoreAsync(TestObjects.Ct64(instance: 9).Set(Tags.StudyInstanceUID, ""));
        Assert.Equal(bytes, test.Archive.GetQuarantine().Sum(file => file.Bytes));
    }
}
