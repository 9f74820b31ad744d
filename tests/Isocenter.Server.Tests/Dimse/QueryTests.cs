using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.Dimse;

public sealed class QueryTests
{
    private const string PatientRoot = SopClasses.PatientRootQueryRetrieveInformationModelFind;
    private const string StudyRoot = SopClasses.StudyRootQueryRetrieveInformationModelFind;

    [Theory]
    [InlineData(PatientRoot, "PATIENT", 1)]
    [InlineData(PatientRoot, "STUDY", 2)]
    [InlineData(PatientRoot, "SERIES", 3)]
    [InlineData(PatientRoot, "IMAGE", 4)]
    [InlineData(StudyRoot, "STUDY", 2)]
    [InlineData(StudyRoot, "SERIES", 3)]
    [InlineData(StudyRoot, "IMAGE", 4)]
    public async Task Every_level_of_both_models_answers(string model, string level, int expected)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var (study, series) in new[] { ("1.1", "1.1.1"), ("1.1", "1.1.1"), ("1.1", "1.1.2"), ("1.2", "1.2.1") })
            Assert.Equal(0, (await server.StoreAsync(SampleObject.Create(study, series))).Code);

        var found = await server.FindAsync(model, new DataSet()
            .Set(Tags.QueryRetrieveLevel, level)
            .Set(Tags.PatientID, "P-0001")
            .SetBytes(Tags.PatientName, VR.PN, default));

        Assert.Equal(expected, found.Count);
        Assert.All(found, match =>
        {
            Assert.Equal(level, match.Get<string>(Tags.QueryRetrieveLevel));
            Assert.Equal("ISOCENTER", match.Get<string>(Tags.RetrieveAETitle));
            Assert.Equal("Müller^Jürgen", match.Get<string>(Tags.PatientName));
        });
    }

    [Theory]
    [InlineData(nameof(Tags.PatientName), "MÜLLER*", 1)]
    [InlineData(nameof(Tags.PatientName), "M?ller^J*", 1)]
    [InlineData(nameof(Tags.PatientName), "Schmidt*", 0)]
    [InlineData(nameof(Tags.StudyDate), "20250101-20251231", 1)]
    [InlineData(nameof(Tags.StudyDate), "-20250313", 0)]
    [InlineData(nameof(Tags.StudyDate), "20250314", 1)]
    [InlineData(nameof(Tags.ModalitiesInStudy), "CT", 1)]
    [InlineData(nameof(Tags.ModalitiesInStudy), "MR", 0)]
    [InlineData(nameof(Tags.AccessionNumber), "A-17", 1)]
    [InlineData(nameof(Tags.StudyInstanceUID), "1.2.3\\1.1", 1)]
    public async Task Keys_match_as_the_standard_says(string keyword, string value, int expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.1"));
        Assert.True(Tag.TryParse(keyword, null, out var tag));

        var found = await server.FindAsync(StudyRoot, new DataSet()
            .Set(Tags.SpecificCharacterSet, "ISO_IR 192")
            .Set(Tags.QueryRetrieveLevel, "STUDY")
            .Set(tag, value.Split('\\')));

        Assert.Equal(expected, found.Count);
    }

    [Fact]
    public async Task Names_match_by_meaning_when_that_was_negotiated()
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.1"));
        var model = Uid.Parse(StudyRoot);
        var asked = new QueryRetrieveNegotiation { Relational = true, FuzzyMatching = true, TimezoneQueryAdjustment = true };
        await using var association = await Association.ConnectAsync(new AssociationOptions
        {
            Port = server.Server.EndPoints.Dicom.Port,
            CalledAETitle = "ISOCENTER",
            PresentationContexts = [new PresentationContextProposal(model)],
            ExtendedNegotiations = [asked.For(model)],
        }, TestServer.Cancel);

        var agreed = QueryRetrieveNegotiation.Of(association.Info.ExtendedNegotiations, model);
        Assert.Equal(asked, agreed);
        var keys = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.QueryRetrieveLevel, "STUDY").Set(Tags.PatientName, "jürg");
        var found = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(model, keys), TestServer.Cancel)) found.Add(match);
        Assert.Single(found);
        keys.Set(Tags.InstanceAvailability, VR.CS, "");
        Assert.Equal("ONLINE", Assert.Single(await server.FindAsync(PatientRoot, keys.Copy().Set(Tags.PatientName, "M*"))).Get<string>(Tags.InstanceAvailability));
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    public async Task Dates_and_times_are_one_moment_when_that_was_negotiated(bool isCombined, int expected)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var (study, date, time) in new[] { ("1.1", "20240101", "235000"), ("1.2", "20240102", "001000"), ("1.3", "20240102", "120000"), ("1.4", "20240101", "120000") })
            await server.StoreAsync(SampleObject.Create(study).Set(Tags.StudyDate, date).Set(Tags.StudyTime, time));
        var model = Uid.Parse(StudyRoot);
        await using var association = await Association.ConnectAsync(new AssociationOptions
        {
            Port = server.Server.EndPoints.Dicom.Port,
            CalledAETitle = "ISOCENTER",
            PresentationContexts = [new PresentationContextProposal(model)],
            ExtendedNegotiations = isCombined ? [new QueryRetrieveNegotiation { CombinedDateTimeMatching = true }.For(model)] : [],
        }, TestServer.Cancel);

        var keys = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").SetText(Tags.StudyDate, VR.DA, "20240101-20240102").SetText(Tags.StudyTime, VR.TM, "2330-0030");
        var found = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(model, keys), TestServer.Cancel)) found.Add(match);

        Assert.Equal(expected, found.Count);
    }

    [Theory]
    [InlineData(true, "+0100", 1)]
    [InlineData(true, "-0500", 0)]
    [InlineData(false, "-0500", 1)]
    public async Task Times_are_those_of_the_zone_that_asks_when_that_was_negotiated(bool isNegotiated, string zone, int expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.StoreAsync(SampleObject.Create("1.1").Set(Tags.StudyDate, "20240102").Set(Tags.StudyTime, "013000").Set(Tags.TimezoneOffsetFromUTC, "+0100"));
        var model = Uid.Parse(StudyRoot);
        await using var association = await Association.ConnectAsync(new AssociationOptions
        {
            Port = server.Server.EndPoints.Dicom.Port,
            CalledAETitle = "ISOCENTER",
            PresentationContexts = [new PresentationContextProposal(model)],
            ExtendedNegotiations = isNegotiated ? [new QueryRetrieveNegotiation { TimezoneQueryAdjustment = true }.For(model)] : [],
        }, TestServer.Cancel);

        var keys = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").SetText(Tags.StudyDate, VR.DA, "20240102").Set(Tags.TimezoneOffsetFromUTC, zone);
        var found = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(model, keys), TestServer.Cancel)) found.Add(match);

        Assert.Equal(expected, found.Count);
        Assert.All(found, match => Assert.Equal("+0100", match.Get<string>(Tags.TimezoneOffsetFromUTC)));
    }

    [Theory]
    [InlineData("PATIENT")]
    [InlineData("STUDY")]
    public async Task The_retired_patient_study_only_model_is_answered(string level)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(Status.Success, await server.StoreAsync(SampleObject.Create(study: "1.2.3")));
        var keys = new DataSet().Set(Tags.QueryRetrieveLevel, level).Set<string>(Tags.PatientID).Set<string>(Tags.StudyInstanceUID);
        Assert.Single(await server.FindAsync(SopClasses.PatientStudyOnlyQueryRetrieveInformationModelFind, keys));
    }

    [Theory]
    [InlineData(StudyRoot, "PATIENT")]
    [InlineData(StudyRoot, "SHELF")]
    [InlineData(PatientRoot, "")]
    [InlineData(SopClasses.PatientStudyOnlyQueryRetrieveInformationModelFind, "SERIES")]
    public async Task A_level_that_the_model_does_not_have_is_an_identifier_error(string model, string level)
    {
        await using var server = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<StatusException>(() => server.FindAsync(model, new DataSet().Set(Tags.QueryRetrieveLevel, level)));

        Assert.Equal(0xA900, error.Status.Code);
        Assert.Equal(0, (await server.StoreAsync(SampleObject.Create())).Code);
    }
}
