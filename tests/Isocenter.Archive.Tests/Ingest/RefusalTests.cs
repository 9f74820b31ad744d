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
}
