using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Deletion;

/// <summary>Key objects that reject what they refer to (IHE Imaging Object Change Management).</summary>
public sealed class RejectionTests
{
    private static readonly Uid Study = Uid.Parse("1.2.3.1.1");

    [Theory]
    [InlineData("113001")]
    [InlineData("113037")]
    [InlineData("113038")]
    [InlineData("113039")]
    public async Task What_a_key_object_rejects_is_hidden_and_comes_back_when_it_is_deleted(string title)
    {
        await using var test = await FilledAsync();

        var stored = await test.StoreAsync(KeyObject(title, "1.2.3.1.1.1.1", "1.2.3.1.1.1.2", "9.9.9"));

        Assert.Equal(IngestStatus.Stored, stored.Status);
        Assert.Equal(["1.2.3.1.1.1.3", "1.2.3.1.1.9.1"], await UidsAsync(test));
        var record = Assert.Single(await test.Archive.GetDeletionsAsync());
        Assert.Equal(("TESTER", 2, "1.2.3.1.1.9.1"), (record.Who, record.Instances, record.Rejection));
        Assert.StartsWith(title, record.Reason, StringComparison.Ordinal);

        var deletion = await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.9")), "anna", "by mistake");
        Assert.Equal(["1.2.3.1.1.1.1", "1.2.3.1.1.1.2", "1.2.3.1.1.1.3"], await UidsAsync(test));
        await test.Archive.RestoreAsync(deletion!.Key, "anna");
        Assert.Equal(["1.2.3.1.1.1.3", "1.2.3.1.1.9.1"], await UidsAsync(test));
    }

    [Fact]
    public async Task A_key_object_that_only_points_something_out_hides_nothing()
    {
        await using var test = await FilledAsync();

        await test.StoreAsync(KeyObject("113000", "1.2.3.1.1.1.1"));

        Assert.Equal(4, (await UidsAsync(test)).Length);
        Assert.Empty(await test.Archive.GetDeletionsAsync());
    }

    [Fact]
    public async Task A_rejection_outlives_a_reindex_and_is_made_once()
    {
        await using var test = await FilledAsync();
        await test.StoreAsync(KeyObject("113001", "1.2.3.1.1.1.1"));
        Assert.Equal(IngestStatus.AlreadyStored, (await test.StoreAsync(KeyObject("113001", "1.2.3.1.1.1.1"))).Status);
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();

        Assert.Equal(["1.2.3.1.1.1.2", "1.2.3.1.1.1.3", "1.2.3.1.1.9.1"], await UidsAsync(test));
        Assert.Equal("1.2.3.1.1.9.1", Assert.Single(await test.Archive.GetDeletionsAsync()).Rejection);
        await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.9")), "anna");
        Assert.Equal(3, (await UidsAsync(test)).Length);
    }

    private static async Task<TestArchive> FilledAsync()
    {
        var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 3; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        return test;
    }

    private static async Task<string[]> UidsAsync(TestArchive test) =>
        [.. (await test.Archive.FindInstancesAsync(Selection.Of(Study))).Select(instance => instance.SopInstanceUid.Value).Order(StringComparer.Ordinal)];

    internal static DataSet KeyObject(string title, params string[] rejected)
    {
        var keyObject = TestObjects.Ct64(series: 9)
            .Set(Tags.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.59")
            .Set(Tags.Modality, "KO")
            .Set<DataSet>(Tags.ConceptNameCodeSequence, new DataSet().Set(Tags.CodeValue, title).Set(Tags.CodingSchemeDesignator, "DCM").Set(Tags.CodeMeaning, "title"))
            .Set<DataSet>(Tags.CurrentRequestedProcedureEvidenceSequence, new DataSet()
                .Set<DataSet>(Tags.ReferencedSeriesSequence, new DataSet()
                    .Set<DataSet>(Tags.ReferencedSOPSequence, [.. rejected.Select(uid => new DataSet().Set(Tags.ReferencedSOPClassUID, TestObjects.Ct).Set(Tags.ReferencedSOPInstanceUID, uid))])
                    .Set(Tags.SeriesInstanceUID, "1.2.3.1.1.1"))
                .Set(Tags.StudyInstanceUID, "1.2.3.1.1"));
        keyObject.Remove(Tags.PixelData);
        return keyObject;
    }
}
