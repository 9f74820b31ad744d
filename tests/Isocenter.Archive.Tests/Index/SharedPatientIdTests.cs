using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Index;

/// <summary>One Patient ID, and objects that do not agree about whose it is.</summary>
public sealed class SharedPatientIdTests
{
    [Fact]
    public async Task A_study_is_found_by_the_name_in_its_own_objects_and_answers_with_it()
    {
        await using var test = await TwoNamesAsync();

        Assert.Equal(["1.2.3.1.1 Doe^John 19610203"], await StudiesAsync(test, (Tags.PatientName, "DOE*")));
        Assert.Equal(["1.2.3.1.2 Smith^Jane 19700101"], await StudiesAsync(test, (Tags.PatientName, "smith*")));
        Assert.Equal(["1.2.3.1.2 Smith^Jane 19700101"], await StudiesAsync(test, (Tags.PatientBirthDate, "19700101")));
        Assert.Equal(["1.2.3.1.2 Smith^Jane 19700101", "1.2.3.1.1 Doe^John 19610203"], await StudiesAsync(test, (Tags.PatientID, "P1")));
        var series = Assert.Single(await test.FindAsync(QueryLevel.Series, TestObjects.Keys((Tags.StudyInstanceUID, "1.2.3.1.2"), (Tags.PatientName, ""))));
        Assert.Equal("Smith^Jane", series.Get<string>(Tags.PatientName));
    }

    [Fact]
    public async Task The_patient_is_answered_once_with_all_the_studies()
    {
        await using var test = await TwoNamesAsync();

        foreach (var (name, answer) in new[] { ("", "Doe^John"), ("*", "Doe^John"), ("SMITH*", "Smith^Jane"), ("doe^john", "Doe^John") })
        {
            var patient = Assert.Single(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, "P1"), (Tags.PatientName, name), (Tags.NumberOfPatientRelatedStudies, ""))));
            Assert.Equal(answer, patient.Get<string>(Tags.PatientName));
            Assert.Equal(2, patient.Get<int>(Tags.NumberOfPatientRelatedStudies));
        }
        var query = new Query { Level = QueryLevel.Patient, Identifier = TestObjects.Keys((Tags.PatientID, "")) };
        Assert.Equal(1, await test.Archive.CountAsync(query));
        Assert.Equal(1, (await test.Archive.GetStatisticsAsync()).Patients);
    }

    [Theory]
    [InlineData("DOE^JOHN", "19610203")]
    [InlineData("Doe^John^^", "19610203")]
    [InlineData("", "19610203")]
    [InlineData("Döe^John", "")]
    public async Task What_only_looks_different_is_the_same_patient(string name, string birthDate)
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(study: 2).Utf8(name).Set(Tags.PatientBirthDate, birthDate));

        Assert.Equal(["1.2.3.1.2 Doe^John 19610203", "1.2.3.1.1 Doe^John 19610203"], await StudiesAsync(test, (Tags.PatientName, "Doe^John")));
    }

    [Fact]
    public async Task An_object_that_contradicts_its_study_fills_in_nothing()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2).Set(Tags.PatientName, "Smith^Jane").Set(Tags.PatientSex, "F"));

        var study = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientName, ""), (Tags.PatientSex, ""))));
        Assert.Equal("Doe^John", study.Get<string>(Tags.PatientName));
        Assert.Equal("", study.Get(Tags.PatientSex, ""));
    }

    [Fact]
    public async Task Reindex_comes_to_the_same()
    {
        await using var test = await TwoNamesAsync();
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(new ArchiveOptions { DataFolder = test.Folder });
        await test.ReopenAsync();

        Assert.Equal(["1.2.3.1.2 Smith^Jane 19700101"], await StudiesAsync(test, (Tags.PatientName, "smith*")));
        Assert.Single(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, "P1"))));
    }

    internal static async Task<TestArchive> TwoNamesAsync()
    {
        var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(study: 2).Set(Tags.PatientName, "Smith^Jane").Set(Tags.PatientBirthDate, "19700101"));
        return test;
    }

    /// <summary>UID, name and birth date of the studies that match.</summary>
    internal static async Task<string[]> StudiesAsync(TestArchive test, params (Tag Tag, string Value)[] keys)
    {
        var identifier = TestObjects.Keys(keys);
        foreach (var tag in new[] { Tags.PatientName, Tags.PatientBirthDate })
        {
            if (!identifier.Contains(tag)) identifier.Set<string>(tag);
        }
        return [.. (await test.FindAsync(QueryLevel.Study, identifier)).Select(study =>
            $"{study.Get<string>(Tags.StudyInstanceUID)} {study.Get<string>(Tags.PatientName)} {study.Get<string>(Tags.PatientBirthDate)}")];
    }
}
