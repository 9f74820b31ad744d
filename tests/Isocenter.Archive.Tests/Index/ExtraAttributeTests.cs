using Isocenter.Dicom;

namespace Isocenter.Archive.Tests;

/// <summary>Attributes that an archive is told to keep beside the usual ones, before or after objects came.</summary>
public sealed class ExtraAttributeTests
{
    private static readonly ExtraAttribute Agent = new(Tags.ContrastBolusAgent, QueryLevel.Series), Religion = new(Tags.PatientReligiousPreference, QueryLevel.Patient),
        Kvp = new(Tags.KVP, QueryLevel.Image), Codes = new(Tags.ReasonForRequestedProcedureCodeSequence, QueryLevel.Study), Late = new(Tags.RequestedContrastAgent, QueryLevel.Study);

    [Fact]
    public async Task An_extra_attribute_is_found_at_its_level_and_answered()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { ExtraAttributes = [Agent, Religion, Kvp, Codes] });
        await test.StoreAsync(Object(1, "IODINE", "120", "A1"));
        await test.StoreAsync(Object(2, "NONE", "80", "B2"));

        Assert.Equal(["1.2.3.1.1.1"], await SeriesAsync(test, "IODINE"));
        Assert.Equal(["1.2.3.1.1.1", "1.2.3.2.1.1"], (await SeriesAsync(test, "*O*")).Order());
        Assert.Empty(await SeriesAsync(test, "iodine"));
        Assert.Equal("80", Assert.Single(await test.FindAsync(QueryLevel.Image, TestObjects.Keys((Tags.KVP, "80.0")))).Get<string>(Tags.KVP));
        Assert.Single(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientReligiousPreference, "R2"))));
        Assert.Single(await test.FindAsync(QueryLevel.Study, new DataSet().Set<DataSet>(Tags.ReasonForRequestedProcedureCodeSequence, new DataSet().Set(Tags.CodeValue, "B2"))));
        Assert.Empty(test.Archive.UnsupportedKeys(new Archive.Query { Level = QueryLevel.Series, Identifier = TestObjects.Keys((Tags.ContrastBolusAgent, "X")) }));
        // Of a lower level.
        Assert.Equal([Tags.ContrastBolusAgent], test.Archive.UnsupportedKeys(new Archive.Query { Level = QueryLevel.Study, Identifier = TestObjects.Keys((Tags.ContrastBolusAgent, "X")) }));
    }

    [Fact]
    public async Task One_that_is_new_is_filled_in_from_the_files_and_survives_a_restart()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 70; i++) await test.StoreAsync(Object(i, i % 2 == 0 ? "IODINE" : "NONE", "120", "A1"));

        await test.ReopenAsync(options => options with { ExtraAttributes = [Agent, Kvp, Late] });
        await test.StoreAsync(Object(71, "LATER", "100", "A1"));
        await test.Archive.ExtraAttributesReady;

        Assert.Equal(35, (await SeriesAsync(test, "IODINE")).Count);
        Assert.Single(await SeriesAsync(test, "LATER"));
        Assert.Equal(70, (await test.FindAsync(QueryLevel.Image, TestObjects.Keys((Tags.KVP, "120")))).Count);
        Assert.Equal("T7", Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.RequestedContrastAgent, "T7")))).Get<string>(Tags.RequestedContrastAgent));
        Assert.All(test.Archive.GetExtraAttributes().Attributes, attribute => Assert.True(attribute.IsReady));

        // Who opens it without saying anything, keeps them.
        await test.ReopenAsync(options => options with { ExtraAttributes = null });
        Assert.Equal(35, (await SeriesAsync(test, "IODINE")).Count);
        Assert.Equal(3, test.Archive.GetExtraAttributes().Attributes.Count);
    }

    [Fact]
    public async Task One_that_was_taken_out_is_no_key_any_more_and_comes_back_whole()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { ExtraAttributes = [Agent] });
        await test.StoreAsync(Object(1, "IODINE", "120", "A1"));
        await test.ReopenAsync(options => options with { ExtraAttributes = [] });
        await test.StoreAsync(Object(2, "IODINE", "120", "A1"));

        var all = await test.FindAsync(QueryLevel.Series, TestObjects.Keys(), query => query with { IncludeAll = true });
        Assert.Equal(2, all.Count);
        Assert.DoesNotContain(all, series => series.Contains(Tags.ContrastBolusAgent));
        Assert.Equal(2, (await SeriesAsync(test, "X")).Count);

        await test.ReopenAsync(options => options with { ExtraAttributes = [Agent] });
        await test.Archive.ExtraAttributesReady;
        Assert.Equal(2, (await SeriesAsync(test, "IODINE")).Count);
        Assert.Empty(await SeriesAsync(test, "X"));
    }

    [Fact]
    public async Task Filling_in_goes_on_where_it_was_broken_off_and_is_not_asked_for_before()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 70; i++) await test.StoreAsync(Object(i, "IODINE", "120", "A1"));
        // The clock stands still: after the first group it waits for ever.
        await test.ReopenAsync(options => options with { ExtraAttributes = [Agent], TimeProvider = new StoppedClock() });
        while (test.Archive.GetExtraAttributes().Done < 64) await Task.Yield();

        Assert.Equal((64, 70), (test.Archive.GetExtraAttributes().Done, test.Archive.GetExtraAttributes().Total));
        Assert.Equal([Tags.ContrastBolusAgent], test.Archive.UnsupportedKeys(new Archive.Query { Level = QueryLevel.Series, Identifier = TestObjects.Keys((Tags.ContrastBolusAgent, "X")) }));
        Assert.Equal(70, (await SeriesAsync(test, "X")).Count);

        await test.ReopenAsync(options => options with { TimeProvider = TimeProvider.System });
        await test.Archive.ExtraAttributesReady;
        Assert.Equal(70, (await SeriesAsync(test, "IODINE")).Count);
        Assert.Empty(await SeriesAsync(test, "X"));
    }

    [Fact]
    public async Task Reindexing_and_corrections_keep_them()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { ExtraAttributes = [Agent, Late] });
        await test.StoreAsync(Object(1, "IODINE", "120", "A1"));
        await test.Archive.CorrectAsync(["1.2.3.1.1"], new DataSet().Set(Tags.StudyDescription, "OTHER"), "anna", "typing error");
        Assert.Single(await SeriesAsync(test, "IODINE"));

        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        await test.Archive.ExtraAttributesReady;

        Assert.Single(await SeriesAsync(test, "IODINE"));
        Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.RequestedContrastAgent, "T1"), (Tags.StudyDescription, "OTHER"))));
    }

    [Theory]
    [InlineData("PatientName")]
    [InlineData("PixelData")]
    [InlineData("NumberOfStudyRelatedSeries")]
    [InlineData("00091001")]
    [InlineData("ICCProfile")]
    [InlineData("SpecificCharacterSet")]
    public void What_is_kept_anyway_or_cannot_be_is_refused(string attribute)
    {
        Assert.True(Tag.TryParse(attribute, System.Globalization.CultureInfo.InvariantCulture, out var tag));

        Assert.False(ExtraAttribute.TryMake(tag, QueryLevel.Study, out _, out string? problem));
        Assert.NotEmpty(problem);
    }

    private static DataSet Object(int patient, string agent, string kvp, string code) => TestObjects.Ct64()
        .Set(Tags.PatientID, $"P{patient}").Set(Tags.StudyInstanceUID, $"1.2.3.{patient}.1").Set(Tags.SeriesInstanceUID, $"1.2.3.{patient}.1.1").Set(Tags.SOPInstanceUID, $"1.2.3.{patient}.1.1.1")
        .Set(Tags.ContrastBolusAgent, agent).Set(Tags.KVP, kvp).Set(Tags.PatientReligiousPreference, $"R{patient}").Set(Tags.RequestedContrastAgent, $"T{patient}")
        .Set<DataSet>(Tags.ReasonForRequestedProcedureCodeSequence, new DataSet().Set(Tags.CodeValue, code));

    private static async Task<List<string>> SeriesAsync(TestArchive test, string agent) =>
        [.. (await test.FindAsync(QueryLevel.Series, TestObjects.Keys((Tags.ContrastBolusAgent, agent)))).Select(series => series.Get<string>(Tags.SeriesInstanceUID))];

    /// <summary>Measures time, and no wait ever ends.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
