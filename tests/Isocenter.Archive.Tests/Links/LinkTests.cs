using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Links;

public sealed class LinkTests
{
    [Fact]
    public async Task A_query_that_asks_for_it_finds_the_linked_patients_too_until_the_link_is_undone()
    {
        await using var test = await FilledAsync();
        Assert.Equal("1", await StudiesAsync(test, "P1"));
        await test.Archive.LinkPatientsAsync([new("P1"), new("P2")], "anna", "married");
        var second = await test.Archive.LinkPatientsAsync([new("P2"), new("P3", "ELSEWHERE")], "anna", "referred");

        Assert.Equal("123", await StudiesAsync(test, "P1"));
        Assert.Equal("123", await StudiesAsync(test, "P3"));
        Assert.Equal("123", await StudiesAsync(test, "P3", (Tags.IssuerOfPatientID, "ELSEWHERE")));
        Assert.Equal("", await StudiesAsync(test, "P3", (Tags.IssuerOfPatientID, "NOWHERE")));
        Assert.Equal("2", await StudiesAsync(test, "P1", (Tags.PatientName, "Müller2*")));
        Assert.Equal("1", await StudiesAsync(test, "P1", isAsked: false));
        Assert.Equal("1234", await StudiesAsync(test, "P*"));
        var page = await test.Archive.QueryPageAsync(new Query { Level = QueryLevel.Patient, Identifier = TestObjects.Keys((Tags.PatientID, "P1")), IncludeLinkedPatients = true });
        Assert.Equal(3, page.Total);

        Assert.True(await test.Archive.UnlinkPatientsAsync(second.Number, "anna", "another one"));
        Assert.False(await test.Archive.UnlinkPatientsAsync(second.Number, "anna", "another one"));
        Assert.Equal("12", await StudiesAsync(test, "P1"));
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        Assert.Equal("12", await StudiesAsync(test, "P2"));
        Assert.Equal(["another one", null], test.Archive.GetLinks().Select(link => link.Undone?.Reason));
    }

    [Fact]
    public async Task A_hold_on_a_patient_holds_those_who_are_linked_to_that_one()
    {
        await using var test = await FilledAsync();
        await test.Archive.HoldAsync(HoldSubject.Patient("P1"), "anna", "case 7");
        await test.Archive.LinkPatientsAsync([new("P1"), new("P2")], "anna", "married");
        var second = await test.Archive.LinkPatientsAsync([new("P2"), new("P3", "ELSEWHERE")], "anna", "referred");

        await RefusedAsync("1.2.3.2.1");
        await RefusedAsync("1.2.3.3.1");
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        await RefusedAsync("1.2.3.3.1");
        await test.Archive.UnlinkPatientsAsync(second.Number, "anna", "another one");

        Assert.NotNull(await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.3.1")), "bob"));
        await RefusedAsync("1.2.3.2.1");
        Assert.NotNull(await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.4.1")), "bob"));

        async Task RefusedAsync(string study) => Assert.Equal(ArchiveProblem.OnHold,
            (await Assert.ThrowsAsync<ArchiveException>(async () => await test.Archive.DeleteAsync(Selection.Of(Uid.Parse(study)), "bob"))).Problem);
    }

    [Fact]
    public async Task A_retrieval_that_asks_for_it_takes_the_linked_patients_too()
    {
        await using var test = await FilledAsync();
        await test.Archive.LinkPatientsAsync([new("P1"), new("P3", "ELSEWHERE")], "anna", "referred");

        Assert.Equal(["1.2.3.1.1", "1.2.3.3.1"], await StudiesOfAsync("P1", linked: true));
        Assert.Equal(["1.2.3.1.1", "1.2.3.3.1"], await StudiesOfAsync("P3", linked: true));
        Assert.Equal(["1.2.3.1.1"], await StudiesOfAsync("P1", linked: false));

        async Task<List<string>> StudiesOfAsync(string patient, bool linked) =>
            [.. (await test.Archive.FindInstancesAsync(new Selection { PatientId = patient, IncludeLinkedPatients = linked })).Select(instance => instance.StudyInstanceUid.Value).Order()];
    }

    [Fact]
    public async Task What_is_not_two_patients_that_are_there_is_no_link()
    {
        await using var test = await FilledAsync();

        foreach (var patients in new LinkedPatient[][] { [new("P1")], [new("P1"), new("P1")], [new("P1"), new("P9")], [new("P1"), new("P3")] })
            await Assert.ThrowsAsync<CorrectionException>(async () => await test.Archive.LinkPatientsAsync(patients, "anna", "why"));

        Assert.Empty(test.Archive.GetLinks());
    }

    private static async Task<TestArchive> FilledAsync()
    {
        var test = await TestArchive.OpenAsync();
        for (int patient = 1; patient <= 4; patient++)
        {
            var o = TestObjects.Ct64(patient: patient);
            if (patient == 3) o.Set(Tags.IssuerOfPatientID, "ELSEWHERE");
            await test.StoreAsync(o);
        }
        return test;
    }

    /// <summary>The numbers of the patients whose studies are found.</summary>
    private static Task<string> StudiesAsync(TestArchive test, string id, params (Tag Tag, string Value)[] more) => StudiesAsync(test, id, isAsked: true, more);

    private static async Task<string> StudiesAsync(TestArchive test, string id, bool isAsked, params (Tag Tag, string Value)[] more)
    {
        var found = await test.FindAsync(QueryLevel.Study, TestObjects.Keys([(Tags.PatientID, id), .. more]), query => query with { IncludeLinkedPatients = isAsked });
        return string.Concat(found.Select(study => study.Get<string>(Tags.StudyInstanceUID).Split('.')[3]).Order());
    }
}
