using Isocenter.Archive.Tests.Index;
using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Corrections;

/// <summary>What is found and given out is corrected; the files are not.</summary>
public sealed class CorrectionTests
{
    private static readonly Uid Study = Uid.Parse("1.2.3.1.1");

    [Fact]
    public async Task A_corrected_name_is_found_and_given_out_and_the_file_stays_as_it_is()
    {
        await using var test = await FilledAsync();
        byte[] before = await File.ReadAllBytesAsync(test.Files()[0], TestContext.Current.CancellationToken);

        var correction = await test.Archive.CorrectAsync([Study.Value], Changes((Tags.PatientName, "Müller^Jörg"), (Tags.PatientBirthDate, "19620304")), "anna", "typing error");

        Assert.Equal((1, "anna", "typing error"), (correction.Number, correction.Who, correction.Reason));
        Assert.Empty(await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientName, "DOE*")).ContinueWith(t => t.Result.Where(s => s.Contains(Study.Value, StringComparison.Ordinal)), TaskScheduler.Default));
        Assert.Equal(["1.2.3.1.1 Müller^Jörg 19620304"], await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientName, "muller*")));
        foreach (var (dataSet, _) in await GivenOutAsync(test))
        {
            Assert.Equal(("Müller^Jörg", "19620304", "HEAD"), (dataSet.Get<string>(Tags.PatientName), dataSet.Get<string>(Tags.PatientBirthDate), dataSet.Get<string>(Tags.StudyDescription)));
            var original = Assert.Single(dataSet.GetAll<DataSet>(Tags.OriginalAttributesSequence));
            var modified = Assert.Single(original.GetAll<DataSet>(Tags.ModifiedAttributesSequence));
            Assert.Equal(("Doe^John", "19610203"), (modified.Get<string>(Tags.PatientName), modified.Get<string>(Tags.PatientBirthDate)));
            Assert.Equal(("CORRECT", "Isocenter"), (original.Get<string>(Tags.ReasonForTheAttributeModification), original.Get<string>(Tags.ModifyingSystem)));
            Assert.True(dataSet.TryFind(Tags.PixelData, out var pixels));
            Assert.Equal(64 * 64 * 2, pixels.Length);
        }
        Assert.Equal(before, await File.ReadAllBytesAsync(test.Files()[0], TestContext.Current.CancellationToken));
        Assert.Equal(VerifyResult.Intact, await test.Archive.VerifyAsync((await test.Archive.FindInstancesAsync(Selection.Of(Study)))[0]));
    }

    [Fact]
    public async Task Text_in_another_character_set_is_read_the_same_after_a_correction()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.StudyDescription, "Schädel").Set(Tags.PatientName, "Groß^Ute"));

        await test.Archive.CorrectAsync([Study.Value], Changes((Tags.PatientName, "Yamada^Tarou=山田^太郎")), "anna", "");

        var (dataSet, _) = (await GivenOutAsync(test))[0];
        Assert.Equal(("Yamada^Tarou=山田^太郎", "Schädel"), (dataSet.Get<string>(Tags.PatientName), dataSet.Get<string>(Tags.StudyDescription)));
        Assert.Equal("Groß^Ute", dataSet.GetAll<DataSet>(Tags.OriginalAttributesSequence)[0].GetAll<DataSet>(Tags.ModifiedAttributesSequence)[0].Get<string>(Tags.PatientName));
        var study = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.StudyDescription, "Schädel"), (Tags.PatientName, "山田*"))));
        Assert.Equal("Yamada^Tarou=山田^太郎", study.Get<string>(Tags.PatientName));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_correction_outlives_a_restart_and_a_reindex_and_holds_for_what_comes_later(bool reindex)
    {
        await using var test = await FilledAsync();
        await test.Archive.CorrectAsync([Study.Value], Changes((Tags.PatientName, "Roe^Richard")), "anna", "why");
        var revision = (await test.Archive.FindInstancesAsync(Selection.Of(Study)))[0].Revision;
        await test.CloseAsync();
        if (reindex) await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();

        await test.StoreAsync(TestObjects.Ct64(instance: 9));

        Assert.Equal(["1.2.3.1.1 Roe^Richard 19610203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.StudyInstanceUID, Study.Value)));
        Assert.Equal(["anna"], test.Archive.GetCorrections().Select(c => c.Who));
        // After a reindex the other study of the patient contradicts this one from the start.
        if (!reindex) Assert.Empty(await test.Archive.GetConflictsAsync());
        var found = await test.Archive.FindInstancesAsync(Selection.Of(Study));
        Assert.All(found, instance => Assert.Equal(revision, instance.Revision));
        Assert.Equal(4, found.Count);
        foreach (var (dataSet, _) in await GivenOutAsync(test)) Assert.Equal("Roe^Richard", dataSet.Get<string>(Tags.PatientName));
    }

    [Fact]
    public async Task What_is_undone_is_as_if_it_had_never_been_but_for_the_record()
    {
        await using var test = await FilledAsync();
        var before = await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientID, ""));
        await test.Archive.CorrectAsync([Study.Value], Changes((Tags.PatientName, "Roe^Richard")), "anna", "why");
        await test.Archive.CorrectAsync([Study.Value], Changes((Tags.AccessionNumber, "NEW")), "anna", "too");

        Assert.True(await test.Archive.UndoCorrectionAsync(1, "bob", "it was right"));
        Assert.False(await test.Archive.UndoCorrectionAsync(1, "bob", "again"));
        Assert.False(await test.Archive.UndoCorrectionAsync(9, "bob", "no such"));

        Assert.Equal(before, await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientID, "")));
        Assert.Equal("NEW", (await GivenOutAsync(test))[0].DataSet.Get<string>(Tags.AccessionNumber));
        Assert.Equal("bob", test.Archive.GetCorrections()[1].Undone!.Who);
        Assert.True(await test.Archive.UndoCorrectionAsync(2, "bob", "that too"));
        var (dataSet, instance) = (await GivenOutAsync(test))[0];
        Assert.False(dataSet.Contains(Tags.OriginalAttributesSequence));
        Assert.False(instance.IsCorrected);
    }

    [Fact]
    public async Task A_merged_patient_is_found_with_all_studies_under_the_id_that_stays()
    {
        await using var test = await FilledAsync();
        await test.StoreAsync(TestObjects.Ct64(patient: 2));

        await test.Archive.MergePatientAsync("P2", "", "P1", "", "anna", "one person");

        Assert.Empty(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, "P2"))));
        var patient = Assert.Single(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, "P1"), (Tags.NumberOfPatientRelatedStudies, ""))));
        Assert.Equal(3, patient.Get<int>(Tags.NumberOfPatientRelatedStudies));
        Assert.Equal(1, (await test.Archive.GetStatisticsAsync()).Patients);
        Assert.Equal(["1.2.3.2.1 Doe^John 19610203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.StudyInstanceUID, "1.2.3.2.1")));
        await Assert.ThrowsAsync<CorrectionException>(async () => await test.Archive.MergePatientAsync("P2", "", "P1", "", "anna", "again"));

        await test.Archive.UndoCorrectionAsync(1, "anna", "two after all");
        Assert.Equal(["1.2.3.2.1 Müller2^Anna 19620203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientID, "P2")));
        Assert.Equal(2, (await test.Archive.GetStatisticsAsync()).Patients);
    }

    [Fact]
    public async Task A_series_moves_into_another_study_and_gets_its_attributes_and_comes_back()
    {
        await using var test = await FilledAsync();
        await test.StoreAsync(TestObjects.Ct64(patient: 2));
        var (series, into) = (Uid.Parse("1.2.3.1.1.2"), Uid.Parse("1.2.3.2.1"));

        await test.Archive.MoveSeriesAsync(Study, [series], into, "anna", "wrong worklist entry");
        await test.Archive.CorrectAsync([into.Value], Changes((Tags.StudyDescription, "BOTH")), "anna", "");
        await test.StoreAsync(TestObjects.Ct64(series: 2, instance: 7));

        var moved = await test.Archive.FindInstancesAsync(Selection.Of(into, series));
        Assert.Equal(2, moved.Count);
        foreach (var instance in moved)
        {
            using var file = test.Archive.OpenDataSet(instance);
            Assert.Equal((into.Value, "P2", "Müller2^Anna", "BOTH", "A21"), (file.DataSet.Get<string>(Tags.StudyInstanceUID), file.DataSet.Get<string>(Tags.PatientID),
                file.DataSet.Get<string>(Tags.PatientName), file.DataSet.Get<string>(Tags.StudyDescription), file.DataSet.Get<string>(Tags.AccessionNumber)));
            Assert.Equal(2, file.DataSet.GetAll<DataSet>(Tags.OriginalAttributesSequence).Count);
        }
        Assert.Equal((1, 2), await CountsAsync(test, Study));
        Assert.Equal((2, 3), await CountsAsync(test, into));
        Assert.Equal(["BOTH"], (await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.StudyInstanceUID, into.Value), (Tags.StudyDescription, "")))).Select(s => s.Get<string>(Tags.StudyDescription)));

        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        Assert.Equal((2, 3), await CountsAsync(test, into));

        await test.Archive.UndoCorrectionAsync(1, "anna", "");
        Assert.Equal((2, 4), await CountsAsync(test, Study));
        Assert.Equal((1, 1), await CountsAsync(test, into));
        using var back = test.Archive.OpenDataSet((await test.Archive.FindInstancesAsync(Selection.Of(Study, series)))[0]);
        Assert.Equal("HEAD", back.DataSet.Get<string>(Tags.StudyDescription));
    }

    [Fact]
    public async Task A_series_is_split_off_into_a_study_that_is_new()
    {
        await using var test = await FilledAsync();

        await test.Archive.MoveSeriesAsync(Study, [Uid.Parse("1.2.3.1.1.2")], Uid.Parse("2.25.1"), "anna", "two examinations");

        Assert.Equal((1, 2), await CountsAsync(test, Study));
        Assert.Equal((1, 1), await CountsAsync(test, Uid.Parse("2.25.1")));
        Assert.Equal(["2.25.1 Doe^John 19610203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.StudyInstanceUID, "2.25.1")));
    }

    [Fact]
    public async Task A_deleted_object_stays_deleted_through_corrections_and_the_feed_tells_of_the_study_only()
    {
        await using var test = await FilledAsync();
        var deletion = await test.Archive.DeleteAsync(Selection.Of(Study, Uid.Parse("1.2.3.1.1.2")), "anna");
        long last = await test.Archive.GetLastChangeAsync();

        await test.Archive.CorrectAsync([Study.Value], Changes((Tags.PatientSex, "O")), "anna", "");

        Assert.Equal((1, 2), await CountsAsync(test, Study));
        var change = Assert.Single(await test.Archive.GetChangesAsync(last));
        Assert.Equal((ChangeKind.Corrected, Study.Value, null), (change.Kind, change.StudyInstanceUid, change.SopInstanceUid));
        Assert.Equal(1, await test.Archive.RestoreAsync(deletion!.Key, "anna"));
        Assert.Equal((2, 3), await CountsAsync(test, Study));
    }

    [Fact]
    public async Task A_correction_whose_rows_a_crash_took_is_done_at_the_next_start()
    {
        await using var test = await FilledAsync();
        await test.CloseAsync();
        new CorrectionJournal(test.Folder).Append(new Correction(1, DateTimeOffset.UnixEpoch, "anna", "", [Study.Value], [], Changes((Tags.PatientName, "Roe^Richard"))));

        await test.ReopenAsync();

        Assert.Equal(["1.2.3.1.1 Roe^Richard 19610203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientName, "Roe*")));
    }

    [Fact]
    public async Task What_cannot_be_corrected_is_refused_and_leaves_nothing()
    {
        await using var test = await FilledAsync();

        foreach (var changes in new[] { Changes(), Changes((Tags.Modality, "MR")), Changes((Tags.StudyInstanceUID, "1.2")), Changes((Tags.PatientBirthDate, "yesterday")) })
            await Assert.ThrowsAsync<CorrectionException>(async () => await test.Archive.CorrectAsync([Study.Value], changes, "anna", ""));
        await Assert.ThrowsAsync<CorrectionException>(async () => await test.Archive.CorrectAsync(["9.9"], Changes((Tags.PatientSex, "F")), "anna", ""));
        await Assert.ThrowsAsync<CorrectionException>(async () => await test.Archive.MoveToPatientAsync([Study.Value], "NOBODY", "", "anna", ""));
        await Assert.ThrowsAsync<CorrectionException>(async () => await test.Archive.MoveSeriesAsync(Study, [Uid.Parse("9.9")], Uid.Parse("2.25.1"), "anna", ""));

        Assert.Empty(test.Archive.GetCorrections());
    }

    /// <summary>Two series of one study, two and one instances, and another study.</summary>
    private static async Task<TestArchive> FilledAsync()
    {
        var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await test.StoreAsync(TestObjects.Ct64(series: 2));
        await test.StoreAsync(TestObjects.Ct64(study: 2));
        return test;
    }

    private static DataSet Changes(params (Tag Tag, string Value)[] changes) => TestObjects.Keys(changes);

    private static async Task<(int Series, int Instances)> CountsAsync(TestArchive test, Uid study)
    {
        var answer = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.StudyInstanceUID, study.Value), (Tags.NumberOfStudyRelatedSeries, ""), (Tags.NumberOfStudyRelatedInstances, ""))));
        Assert.Equal(answer.Get<int>(Tags.NumberOfStudyRelatedInstances), (await test.Archive.FindInstancesAsync(Selection.Of(study))).Count);
        return (answer.Get<int>(Tags.NumberOfStudyRelatedSeries), answer.Get<int>(Tags.NumberOfStudyRelatedInstances));
    }

    /// <summary>Each instance of the study, by each way out, read from what came.</summary>
    private static async Task<List<(DataSet DataSet, StoredInstance Instance)>> GivenOutAsync(TestArchive test)
    {
        var all = new List<(DataSet, StoredInstance)>();
        foreach (var instance in await test.Archive.FindInstancesAsync(Selection.Of(Study)))
        {
            await using (var stream = test.Archive.OpenRead(instance)) all.Add(((await DicomFile.ReadAsync(stream)).DataSet, instance));
            await using (var stream = test.Archive.OpenRead(instance, atDataSet: true))
            {
                var rest = new byte[stream.Length - stream.Position];
                await stream.ReadExactlyAsync(rest);
                all.Add((DicomFile.ReadDataSet(rest, instance.TransferSyntax).DataSet, instance));
            }
            using (var bytes = test.Archive.OpenBytes(instance))
            {
                var piece = new byte[bytes.Length];
                Assert.Equal(piece.Length, RandomAccess.Read(bytes.Handle, piece, bytes.Offset));
                all.Add((DicomFile.ReadDataSet(piece, instance.TransferSyntax).DataSet, instance));
            }
            using var file = test.Archive.OpenDataSet(instance);
            all.Add((file.DataSet.Copy(), instance));
        }
        return all;
    }
}
