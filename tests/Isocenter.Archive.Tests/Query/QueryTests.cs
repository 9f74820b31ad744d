using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Queries;

/// <summary>One archive for the many rows of a theory.</summary>
public sealed class FilledArchive : IAsyncLifetime
{
    internal TestArchive Test { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Test = await QueryTests.FilledAsync();

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}

public sealed class QueryTests(FilledArchive shared) : IClassFixture<FilledArchive>
{
    [Fact]
    public async Task Every_level_answers_with_its_unique_keys_and_counts()
    {
        await using var test = await FilledAsync();
        var patient = Assert.Single(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, "P1"), (Tags.PatientName, ""),
            (Tags.NumberOfPatientRelatedStudies, ""), (Tags.NumberOfPatientRelatedSeries, ""), (Tags.NumberOfPatientRelatedInstances, ""))));
        Assert.Equal("Doe^John", patient.Get<string>(Tags.PatientName));
        Assert.Equal((2, 4, 12), (patient.Get<int>(Tags.NumberOfPatientRelatedStudies), patient.Get<int>(Tags.NumberOfPatientRelatedSeries), patient.Get<int>(Tags.NumberOfPatientRelatedInstances)));

        var studies = await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientID, "P1"), (Tags.ModalitiesInStudy, ""), (Tags.SOPClassesInStudy, ""),
            (Tags.NumberOfStudyRelatedSeries, ""), (Tags.NumberOfStudyRelatedInstances, ""), (Tags.InstanceAvailability, ""), (Tags.QueryRetrieveLevel, "STUDY")));
        Assert.Equal(["1.2.3.1.2", "1.2.3.1.1"], studies.Select(s => s.Get<string>(Tags.StudyInstanceUID)));
        Assert.Equal(["CT", "SR"], studies[0].GetAll<string>(Tags.ModalitiesInStudy));
        Assert.Equal([TestObjects.Ct], studies[0].GetAll<string>(Tags.SOPClassesInStudy));
        Assert.Equal((2, 6), (studies[0].Get<int>(Tags.NumberOfStudyRelatedSeries), studies[0].Get<int>(Tags.NumberOfStudyRelatedInstances)));
        Assert.Equal("ONLINE", studies[0].Get<string>(Tags.InstanceAvailability));
        Assert.Equal("STUDY", studies[0].Get<string>(Tags.QueryRetrieveLevel));

        var series = await test.FindAsync(QueryLevel.Series, TestObjects.Keys((Tags.StudyInstanceUID, "1.2.3.1.2"), (Tags.Modality, "SR"), (Tags.NumberOfSeriesRelatedInstances, "")));
        Assert.Equal("1.2.3.1.2.2", Assert.Single(series).Get<string>(Tags.SeriesInstanceUID));
        Assert.Equal("1.2.3.1.2", series[0].Get<string>(Tags.StudyInstanceUID));
        Assert.Equal(3, series[0].Get<int>(Tags.NumberOfSeriesRelatedInstances));

        var images = await test.FindAsync(QueryLevel.Image, TestObjects.Keys((Tags.SeriesInstanceUID, "1.2.3.1.2.2"), (Tags.InstanceNumber, ""), (Tags.AvailableTransferSyntaxUID, ""), (Tags.Rows, "")));
        Assert.Equal([1, 2, 3], images.Select(i => i.Get<int>(Tags.InstanceNumber)));
        Assert.Equal("1.2.3.1.2.2.3", images[2].Get<string>(Tags.SOPInstanceUID));
        Assert.Equal("1.2.840.10008.1.2.1", images[2].Get<string>(Tags.AvailableTransferSyntaxUID));
        Assert.Equal(64, images[2].Get<int>(Tags.Rows));
        Assert.False(images[2].Contains(Tags.PatientName));
    }

    [Fact]
    public async Task An_unknown_key_comes_back_empty_and_is_told()
    {
        await using var test = await FilledAsync();
        var query = new Archive.Query { Level = QueryLevel.Study, Identifier = TestObjects.Keys((Tags.PatientID, "P1"), (Tags.ContrastBolusAgent, "X"), (Tags.Modality, "CT"), (Tags.AdmittingDate, "")) };
        var found = await TestArchive.ToListAsync(test.Archive.QueryAsync(query));
        Assert.Equal(2, found.Count);
        Assert.True(found[0].TryFind(Tags.ContrastBolusAgent, out var agent) && agent.IsEmpty);
        Assert.Equal([Tags.Modality, Tags.ContrastBolusAgent, Tags.AdmittingDate], test.Archive.UnsupportedKeys(query).Order());
    }

    [Fact]
    public async Task Limit_and_offset_page_through_the_answers()
    {
        await using var test = await FilledAsync();
        foreach (string name in (string[])["", "*o*"])   // "*o*" on the description is left to SQL, on the body part to the matcher
        {
            var identifier = TestObjects.Keys((Tags.StudyDescription, name));
            var all = await test.FindAsync(QueryLevel.Study, identifier);
            var paged = new List<DataSet>();
            for (int offset = 0; offset < all.Count + 2; offset += 2) paged.AddRange(await test.FindAsync(QueryLevel.Study, identifier, q => q with { Limit = 2, Offset = offset }));
            Assert.Equal(all.Select(s => s.Get<string>(Tags.StudyInstanceUID)), paged.Select(s => s.Get<string>(Tags.StudyInstanceUID)));
        }
        Assert.Empty(await test.FindAsync(QueryLevel.Study, new DataSet(), q => q with { Limit = 0 }));
    }

    [Fact]
    public async Task The_count_is_that_of_all_answers_and_follows_what_is_stored()
    {
        await using var test = await FilledAsync();
        foreach (var (level, keys) in ((QueryLevel, DataSet)[])[(QueryLevel.Patient, new DataSet()), (QueryLevel.Study, new DataSet()),
            (QueryLevel.Study, TestObjects.Keys((Tags.PatientName, "m*"))), (QueryLevel.Series, TestObjects.Keys((Tags.Modality, "CT"))),
            (QueryLevel.Image, TestObjects.Keys((Tags.StudyDate, "20240102-"), (Tags.InstanceNumber, "1"))),
            (QueryLevel.Study, TestObjects.Keys((Tags.ReferringPhysicianName, "nobody")))])
        {
            var query = new Archive.Query { Level = level, Identifier = keys, Limit = 1, Offset = 1 };
            Assert.Equal((await test.FindAsync(level, keys)).Count, await test.Archive.CountAsync(query));
        }
        var all = new Archive.Query { Level = QueryLevel.Study, Identifier = new DataSet() };
        long before = await test.Archive.CountAsync(all);
        await test.StoreAsync(TestObjects.Ct64(7));
        Assert.Equal(before + 1, await test.Archive.CountAsync(all));
    }

    public static TheoryData<QueryLevel, string, string> Keys() => new()
    {
        { QueryLevel.Patient, "PatientName", "doe*" },
        { QueryLevel.Patient, "PatientName", "*ANNA" },
        { QueryLevel.Patient, "PatientName", "Muller2^Anna" },
        { QueryLevel.Patient, "PatientName", "muller?^*" },
        { QueryLevel.Patient, "PatientName", "山田*" },
        { QueryLevel.Patient, "PatientName", "=山田*" },
        { QueryLevel.Patient, "PatientName", "^" },
        { QueryLevel.Patient, "PatientID", "P?" },
        { QueryLevel.Patient, "PatientID", "p1" },
        { QueryLevel.Patient, "PatientID", "P1\\P3" },
        { QueryLevel.Patient, "PatientBirthDate", "19610101-19621231" },
        { QueryLevel.Patient, "PatientBirthDate", "nonsense" },
        { QueryLevel.Study, "PatientName", "doe*" },
        { QueryLevel.Study, "PatientBirthDate", "-1962" },
        { QueryLevel.Study, "StudyDate", "20240102" },
        { QueryLevel.Study, "StudyDate", "20240102-" },
        { QueryLevel.Study, "StudyDate", "-20240101" },
        { QueryLevel.Study, "StudyDate", "20240101-20240102" },
        { QueryLevel.Study, "StudyTime", "10" },
        { QueryLevel.Study, "StudyTime", "1000-1016" },
        { QueryLevel.Study, "AccessionNumber", "A1*" },
        { QueryLevel.Study, "AccessionNumber", "A12" },
        { QueryLevel.Study, "StudyDescription", "*[late]" },
        { QueryLevel.Study, "StudyDescription", "head" },
        { QueryLevel.Study, "StudyInstanceUID", "1.2.3.1.1\\1.2.3.2.2\\hello\"]" },
        { QueryLevel.Study, "StudyInstanceUID", "1.2.3.*" },
        { QueryLevel.Study, "ModalitiesInStudy", "SR" },
        { QueryLevel.Study, "ModalitiesInStudy", "S*" },
        { QueryLevel.Study, "ModalitiesInStudy", "MR\\CT" },
        { QueryLevel.Study, "SOPClassesInStudy", "1.2.840.10008.5.1.4.1.1.2" },
        { QueryLevel.Study, "StudyID", "S1" },
        { QueryLevel.Series, "Modality", "C?" },
        { QueryLevel.Series, "SeriesNumber", "2" },
        { QueryLevel.Series, "SeriesNumber", "02" },
        { QueryLevel.Series, "SeriesNumber", "two" },
        { QueryLevel.Series, "SeriesInstanceUID", "1.2.3.1.1.1" },
        { QueryLevel.Series, "PatientID", "P2" },
        { QueryLevel.Image, "SOPInstanceUID", "1.2.3.1.1.1.1\\1.2.3.1.1.1.2" },
        { QueryLevel.Image, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2" },
        { QueryLevel.Image, "InstanceNumber", "3" },
        { QueryLevel.Image, "StudyDate", "20240102-" },
        { QueryLevel.Image, "Rows", "64" },
    };

    /// <summary>The fast path (SQL) and its slow twin (the matcher over every row) give the same answers.</summary>
    [Theory, MemberData(nameof(Keys))]
    public async Task Sql_and_matcher_agree(QueryLevel level, string keyword, string value)
    {
        var test = shared.Test;
        var tag = Tag.Parse(keyword);
        var identifier = tag == Tags.Rows ? new DataSet().Set<ushort>(tag, 64) : TestObjects.Keys((tag, value));
        var query = new Archive.Query { Level = level, Identifier = identifier };
        var fast = await TestArchive.ToListAsync(test.Archive.RunAsync(query, new QueryPlan(query)));
        var slow = await TestArchive.ToListAsync(test.Archive.RunAsync(query, new QueryPlan(query, narrow: false)));
        var unique = IndexedAttributes.UniqueKeyOf(level);
        Assert.Equal(slow.Select(d => d.Get(unique, "")).Order(), fast.Select(d => d.Get(unique, "")).Order());
        Assert.Equal(slow.Select(d => d.Get(unique, "")), fast.Select(d => d.Get(unique, "")));
    }

    [Fact]
    public async Task Names_match_without_case_and_accents_in_every_character_set()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64(1).Utf8("Müller^Jörg"));
        await test.StoreAsync(TestObjects.Ct64(2).Utf8("Yamada^Tarou=山田^太郎=やまだ^たろう"));
        foreach (string key in (string[])["MULLER^JORG", "müller*", "Müller^Jörg", "*jorg"])
            Assert.Equal("P1", Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientName, key), (Tags.PatientID, "")))).Get<string>(Tags.PatientID));
        foreach (string key in (string[])["山田*", "YAMADA^tarou", "=山田^太郎", "やまだ^たろう"])
        {
            var found = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientName, key), (Tags.PatientID, ""))));
            Assert.Equal("P2", found.Get<string>(Tags.PatientID));
            Assert.Equal("Yamada^Tarou=山田^太郎=やまだ^たろう", found.Get<string>(Tags.PatientName));
        }
        Assert.Equal("P1", Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientName, "jorg mul"), (Tags.PatientID, "")),
            q => q with { FuzzyMatching = true })).Get<string>(Tags.PatientID));
    }

    [Fact]
    public async Task Levels_in_different_character_sets_are_answered_in_one_that_holds_all()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64().Utf8("Müller^Jörg"));
        await test.StoreAsync(TestObjects.Ct64(series: 2).Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.PatientName, "Müller^Jörg").Set(Tags.SeriesDescription, "Schädel"));
        var series = Assert.Single(await test.FindAsync(QueryLevel.Series, TestObjects.Keys((Tags.PatientName, ""), (Tags.SeriesDescription, "Sch*"))));
        Assert.Equal("Müller^Jörg", series.Get<string>(Tags.PatientName));
        Assert.Equal("Schädel", series.Get<string>(Tags.SeriesDescription));
        Assert.Equal("ISO_IR 192", series.Get<string>(Tags.SpecificCharacterSet));
    }

    [Fact]
    public async Task Objects_without_a_patient_id_are_not_one_patient()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64(1).Set<string>(Tags.PatientID));
        await test.StoreAsync(TestObjects.Ct64(2).Set<string>(Tags.PatientID));
        Assert.Equal(2, (await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientName, "")))).Count);
    }

    [Fact]
    public async Task What_the_first_object_lacked_is_filled_in_from_the_next()
    {
        await using var test = await TestArchive.OpenAsync();
        var first = TestObjects.Ct64();
        first.Remove(Tags.StudyDate);
        first.Remove(Tags.PatientName);
        await test.StoreAsync(first);
        await test.StoreAsync(TestObjects.Ct64(instance: 2).Utf8("Müller"));
        var study = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.StudyDate, "20240101"), (Tags.PatientName, "muller"))));
        Assert.Equal("Müller", study.Get<string>(Tags.PatientName));
    }

    [Fact]
    public async Task A_sequence_key_returns_what_it_asks_for()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.RequestAttributesSequence,
            new DataSet().Set(Tags.RequestedProcedureID, "R1").Set(Tags.ScheduledProcedureStepID, "S1")));
        var keys = new DataSet().Set(Tags.RequestAttributesSequence, new DataSet().Set(Tags.RequestedProcedureID, "R*").Set<string>(Tags.StudyID));
        var item = Assert.Single(await test.FindAsync(QueryLevel.Series, keys)).Get<DataSet>(Tags.RequestAttributesSequence);
        Assert.Equal("R1", item.Get<string>(Tags.RequestedProcedureID));
        Assert.False(item.Contains(Tags.ScheduledProcedureStepID));
        Assert.Empty(await test.FindAsync(QueryLevel.Series, new DataSet().Set(Tags.RequestAttributesSequence, new DataSet().Set(Tags.RequestedProcedureID, "X"))));
    }

    [Fact]
    public async Task A_retrieval_takes_asterisks_literally()
    {
        await using var test = await FilledAsync();
        Assert.Empty(await test.Archive.FindInstancesAsync(new Selection { PatientId = "*" }));
        Assert.Equal(12, (await test.Archive.FindInstancesAsync(new Selection { PatientId = "P1" })).Count);
        Assert.True(Selection.TryParse(TestObjects.Keys((Tags.StudyInstanceUID, "1.2.3.1.1\\1.2.3.2.1")), QueryLevel.Study, out var selection));
        Assert.Equal(12, (await test.Archive.FindInstancesAsync(selection)).Count);
        Assert.False(Selection.TryParse(TestObjects.Keys((Tags.StudyInstanceUID, "")), QueryLevel.Study, out _));
        Assert.True(Selection.TryParse(TestObjects.Keys((Tags.StudyInstanceUID, "*")), QueryLevel.Study, out selection));
        Assert.Empty(await test.Archive.FindInstancesAsync(selection));
    }

    [Fact]
    public async Task Illegal_values_that_were_stored_can_be_answered()
    {
        await using var test = await TestArchive.OpenAsync();
        var dataSet = TestObjects.Ct64();
        dataSet.SetBytes(Tags.SpecificCharacterSet, VR.CS, "NO SUCH CHARACTER SET\\ISO_IR\\\xC4"u8)
            .SetBytes(Tags.Modality, VR.CS, "THIS IS NO MODALITY \xC4"u8).SetBytes(Tags.PatientName, VR.PN, [0xC4, 0x1B, 0x24, 0xFF, 0x5E, 0x41])
            .SetBytes(Tags.StudyDate, VR.DA, "yesterday"u8).SetBytes(Tags.InstanceNumber, VR.IS, "99999999999999"u8)
            .SetBytes(Tags.SeriesNumber, VR.IS, "one"u8).SetBytes(Tags.StudyDescription, VR.LO, new byte[] { 0, 0, 0xFE, 0xFF });
        Assert.Equal(IngestStatus.Stored, (await test.StoreAsync(dataSet)).Status);
        foreach (var level in Enum.GetValues<QueryLevel>())
        {
            Assert.Single(await test.FindAsync(level, new DataSet(), q => q with { IncludeAll = true }));
            Assert.Single(await test.FindAsync(level, TestObjects.Keys((Tags.PatientName, "*"), (Tags.StudyDate, ""), (Tags.ModalitiesInStudy, ""))));
        }
    }

    [Fact]
    public async Task A_cancelled_query_ends()
    {
        await using var test = await FilledAsync();
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in test.Archive.QueryAsync(new Archive.Query { Level = QueryLevel.Study, Identifier = new DataSet() }, cancel.Token))
            {
            }
        });
    }

    internal static async Task<TestArchive> FilledAsync()
    {
        var test = await TestArchive.OpenAsync();
        for (int patient = 1; patient <= 3; patient++)
            for (int study = 1; study <= 2; study++)
                for (int series = 1; series <= 2; series++)
                    for (int instance = 3; instance >= 1; instance--)
                    {
                        var dataSet = TestObjects.Ct64(patient, study, series, instance);
                        if (patient == 2) dataSet.Utf8("Müller2^Anna");
                        if (patient == 3) dataSet.Utf8("Yamada^Tarou=山田^太郎=やまだ^たろう");
                        Assert.True((await test.StoreAsync(dataSet)).IsSuccess);
                    }
        return test;
    }
}
