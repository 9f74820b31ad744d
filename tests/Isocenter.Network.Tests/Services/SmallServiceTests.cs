using System.Collections.Concurrent;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Network.Tests.Services;

/// <summary>Relevant patient information, display systems, substance administration and media creation, our two sides against
/// each other.</summary>
public sealed class SmallServiceTests
{
    private static readonly Uid Request = Uid.Parse("1.2.3.60");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Relevant_information_is_one_document_of_one_patient()
    {
        await using var server = ServiceTests.Serve(RelevantPatientInformation.Provider(RelevantPatientInformation.General, ["9007"], (keys, _) =>
            ValueTask.FromResult<IReadOnlyList<DataSet>>(keys.Get(Tags.PatientID, "") switch
            {
                "7" => [new DataSet().Set(Tags.PatientID, "7").Set(Tags.ValueType, "CONTAINER")],
                "TWINS" => [new DataSet(), new DataSet()],
                _ => [],
            })));
        await using var association = await ServiceTests.ConnectAsync(server, [RelevantPatientInformation.General]);
        Assert.Equal("CONTAINER", Assert.Single(await FindAsync(association, RelevantPatientInformation.Keys("7", "9007"))).Get(Tags.ValueType, ""));
        Assert.Empty(await FindAsync(association, RelevantPatientInformation.Keys("8", "9007")));
        Assert.Equal(0xC100, await FailureAsync(RelevantPatientInformation.Keys("TWINS", "9007")));
        Assert.Equal(0xC200, await FailureAsync(RelevantPatientInformation.Keys("7", "3802")));
        Assert.Equal(0xA900, await FailureAsync(RelevantPatientInformation.Keys("7*", "9007")));
        Assert.Equal(0xA900, await FailureAsync(new DataSet().Set(Tags.PatientID, "7")));

        async Task<int> FailureAsync(DataSet keys) => (await Assert.ThrowsAsync<StatusException>(() => FindAsync(association, keys))).Status.Code;
        async Task<List<DataSet>> FindAsync(Association to, DataSet keys) => await AllAsync(to.FindAsync(new FindRequest(RelevantPatientInformation.General, keys), Cancel));
    }

    [Fact]
    public async Task Display_system_tells_what_it_is_asked_and_warns_of_what_it_has_not()
    {
        await using var server = ServiceTests.Serve(DisplaySystem.Provider(() => new DataSet().Set(Tags.Manufacturer, "ACME").Set(Tags.StationName, "READING1")));
        await using var association = await ServiceTests.ConnectAsync(server, [DisplaySystem.SopClass]);
        Assert.Equal("ACME", (await DisplaySystem.GetAsync(association, cancel: Cancel)).DataSet!.Get(Tags.Manufacturer, ""));
        var one = await DisplaySystem.GetAsync(association, [Tags.StationName], Cancel);
        Assert.Equal((Status.Success, 1), (one.Status, one.DataSet!.Count));
        var partly = await DisplaySystem.GetAsync(association, [Tags.StationName, Tags.DeviceSerialNumber], Cancel);
        Assert.Equal((Status.AttributeListError, Tags.DeviceSerialNumber), (partly.Status, Assert.Single(partly.OffendingElements)));
        Assert.Equal("READING1", partly.DataSet!.Get(Tags.StationName, ""));
        Assert.Equal(Status.NoSuchSopInstance, (await association.NGetAsync(new NormalizedTarget(DisplaySystem.SopClass, Request), [], Cancel)).Status);
    }

    [Fact]
    public async Task Substance_is_looked_up_approved_and_logged()
    {
        var log = new ConcurrentQueue<string>();
        await using var server = ServiceTests.Serve(
            SubstanceAdministration.ProductProvider(_ => [new DataSet().Set(Tags.ProductPackageIdentifier, "PK1").Set(Tags.ProductName, "Contrast")]),
            SubstanceAdministration.ApprovalProvider(keys => keys.Get(Tags.PatientID, "") == "7" ? keys.Copy().Set(Tags.SubstanceAdministrationApproval, "APPROVED") : null),
            SubstanceAdministration.LoggingProvider((_, information, _) =>
            {
                log.Enqueue(information.Get(Tags.PatientID, ""));
                return ValueTask.FromResult(information.Get(Tags.PatientID, "") == "7" ? Status.Success : new Status(0xC110));
            }));
        await using var association = await ServiceTests.ConnectAsync(server,
            [SubstanceAdministration.ProductCharacteristics, SubstanceAdministration.SubstanceApproval, SubstanceAdministration.Logging]);
        var product = await AllAsync(association.FindAsync(new FindRequest(SubstanceAdministration.ProductCharacteristics,
            new DataSet().Set(Tags.ProductPackageIdentifier, "PK1").Set<string>(Tags.ProductName)), Cancel));
        Assert.Equal("Contrast", Assert.Single(product).Get(Tags.ProductName, ""));
        var approval = await AllAsync(association.FindAsync(new FindRequest(SubstanceAdministration.SubstanceApproval,
            new DataSet().Set(Tags.PatientID, "7").Set<string>(Tags.SubstanceAdministrationApproval)), Cancel));
        Assert.Equal("APPROVED", Assert.Single(approval).Get(Tags.SubstanceAdministrationApproval, ""));
        Assert.Empty(await AllAsync(association.FindAsync(new FindRequest(SubstanceAdministration.SubstanceApproval, new DataSet().Set(Tags.PatientID, "8")), Cancel)));

        DataSet Given(string patient) => new DataSet().Set(Tags.PatientID, patient).SetText(Tags.SubstanceAdministrationDateTime, VR.DT, "20260101120000")
            .Set(Tags.AdministrationRouteCodeSequence, new DataSet().Set(Tags.CodeValue, "IV"));
        Assert.Equal(Status.Success, (await SubstanceAdministration.LogAsync(association, Given("7"), Cancel)).Status);
        Assert.Equal(0xC110, (await SubstanceAdministration.LogAsync(association, Given("8"), Cancel)).Status.Code);
        Assert.Equal(0xC110, (await SubstanceAdministration.LogAsync(association, new DataSet(), Cancel)).Status.Code);
        Assert.Equal(Status.MissingAttribute, (await SubstanceAdministration.LogAsync(association, new DataSet().Set(Tags.PatientID, "7"), Cancel)).Status);
        Assert.Equal(["7", "8"], log);
    }

    [Fact]
    public async Task Media_are_requested_started_once_and_made()
    {
        var started = new ConcurrentQueue<(Uid Request, string Priority)>();
        var media = new MediaCreation(new MemoryInstanceStore(), (uid, _, priority) => started.Enqueue((uid, priority)));
        await using var server = ServiceTests.Serve(media.Handlers);
        await using var association = await ServiceTests.ConnectAsync(server, [MediaCreation.SopClass]);
        InstanceReference[] what = [new(Uid.Parse(SopClasses.CTImageStorage), Uid.Parse("1.2.3.4"))];
        Assert.Equal(Status.MissingAttributeValue, (await MediaCreation.CreateAsync(association, Request, [], cancel: Cancel)).Status);
        Assert.Equal(Status.NoSuchSopInstance, (await MediaCreation.StartAsync(association, Request, cancel: Cancel)).Status);
        Assert.Equal(Status.Success, (await MediaCreation.CreateAsync(association, Request, what, "STD-GEN-CD", Cancel)).Status);
        Assert.Equal(Status.DuplicateSopInstance, (await MediaCreation.CreateAsync(association, Request, what, cancel: Cancel)).Status);
        Assert.Equal("IDLE", await ExecutionAsync(association));
        Assert.Equal(Status.InvalidArgumentValue, (await MediaCreation.StartAsync(association, Request, 1, "SOON", Cancel)).Status);
        Assert.Equal(Status.InvalidArgumentValue, (await MediaCreation.StartAsync(association, Request, 0, "HIGH", Cancel)).Status);
        Assert.Equal(Status.Success, (await MediaCreation.StartAsync(association, Request, 2, "HIGH", Cancel)).Status);
        Assert.Equal("PENDING", await ExecutionAsync(association));
        Assert.Equal(0xA510, (await MediaCreation.StartAsync(association, Request, cancel: Cancel)).Status.Code);
        Assert.Equal((Request, "HIGH"), Assert.Single(started));
        Assert.Equal(0xC202, (await association.NActionAsync(new NormalizedTarget(MediaCreation.SopClass, Request), 2, null, Cancel)).Status.Code);
        Assert.True(media.Report(Request, "DONE"));
        Assert.False(media.Report(Request, "CREATING"));
        Assert.Equal("DONE", await ExecutionAsync(association));
        Assert.Equal(0xC201, (await association.NActionAsync(new NormalizedTarget(MediaCreation.SopClass, Request), 2, null, Cancel)).Status.Code);
        Assert.Equal(Status.NoSuchAction, (await association.NActionAsync(new NormalizedTarget(MediaCreation.SopClass, Request), 3, null, Cancel)).Status);
    }

    private static async Task<string> ExecutionAsync(Association association) =>
        (await association.NGetAsync(new NormalizedTarget(MediaCreation.SopClass, Request), [Tags.ExecutionStatus], Cancel)).DataSet!.Get(Tags.ExecutionStatus, "");

    private static async Task<List<DataSet>> AllAsync(IAsyncEnumerable<DataSet> matches)
    {
        var all = new List<DataSet>();
        await foreach (var match in matches) all.Add(match);
        return all;
    }
}
