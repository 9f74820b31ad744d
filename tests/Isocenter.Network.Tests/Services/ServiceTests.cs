using System.Collections.Concurrent;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Network.Tests.Services;

/// <summary>Storage commitment, worklist, MPPS and instance availability, our two sides against each other.</summary>
public class ServiceTests
{
    private static readonly Uid CT = Uid.Parse(SopClasses.CTImageStorage);
    private static readonly Uid Step = Uid.Parse("1.2.3.50");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commitment_reports_on_the_same_association_what_is_safe_and_what_is_not()
    {
        await using var server = Serve(Commitment((_, _) => Task.FromResult(true)));
        var result = new TaskCompletionSource<CommitmentResult>();
        await using var association = await ConnectAsync(server, [StorageCommitment.SopClass], o => o with { OnEventReport = StorageCommitment.Receive(result.SetResult) });
        var transaction = Uid.New();
        var answer = await StorageCommitment.RequestAsync(association, transaction, [Instance("1.2.1"), Instance("1.2.404")], Cancel);
        Assert.Equal(Status.Success, answer.Status);
        var told = await result.Task.WaitAsync(Cancel);
        Assert.Equal((transaction, (ushort)2), (told.TransactionUid, told.EventTypeId));
        Assert.Equal([Instance("1.2.1")], told.Committed);
        Assert.Equal([new CommitmentFailure(Instance("1.2.404"), Status.NoSuchSopInstance)], told.Failed);
    }

    [Fact]
    public async Task Commitment_goes_another_way_when_the_user_has_left()
    {
        var delivered = new TaskCompletionSource<CommitmentResult>();
        await using var server = Serve(Commitment((_, r) => { delivered.TrySetResult(r); return Task.FromResult(true); }));
        await using (var association = await ConnectAsync(server, [StorageCommitment.SopClass]))
        {
            // Without a handler for events: 0x0211 is as good as gone.
            Assert.True((await StorageCommitment.RequestAsync(association, Uid.New(), [Instance("1.2.1")], Cancel)).Status.IsSuccess);
        }
        Assert.Equal(1, (await delivered.Task.WaitAsync(Cancel)).EventTypeId);
    }

    [Fact]
    public async Task Commitment_that_could_not_be_reported_is_kept_and_taken_up_again()
    {
        var unreported = new MemoryInstanceStore();
        var tried = new TaskCompletionSource<bool>();
        await using var server = Serve(Commitment((_, _) => { tried.TrySetResult(true); return Task.FromResult(false); }, unreported));
        var transaction = Uid.New();
        await using (var association = await ConnectAsync(server, [StorageCommitment.SopClass]))
        {
            Assert.True((await StorageCommitment.RequestAsync(association, transaction, [Instance("1.2.1"), Instance("1.2.404")], Cancel)).Status.IsSuccess);
            Assert.NotNull(unreported.Find(transaction));       // before the answer
        }
        await tried.Task.WaitAsync(Cancel);
        (string To, CommitmentResult Result)? told = null;
        Assert.False(await StorageCommitment.ResumeAsync(unreported.Find(transaction)!, Check, (_, _) => Task.FromResult(false)));
        Assert.True(await StorageCommitment.ResumeAsync(unreported.Find(transaction)!, Check, (to, result) => { told = (to, result); return Task.FromResult(true); }));
        Assert.Equal(("TEST", transaction), (told!.Value.To, told.Value.Result.TransactionUid));
        Assert.Equal([Instance("1.2.1")], told.Value.Result.Committed);
        Assert.Equal(Status.NoSuchSopInstance, Assert.Single(told.Value.Result.Failed).Reason);
    }

    [Fact]
    public async Task Commitment_refuses_what_it_cannot_understand()
    {
        await using var server = Serve(Commitment((_, _) => Task.FromResult(true)));
        await using var association = await ConnectAsync(server, [StorageCommitment.SopClass]);
        var well = new NormalizedTarget(StorageCommitment.SopClass, StorageCommitment.SopInstance);
        var whole = new DataSet().Set(Tags.TransactionUID, "1.2").Set(Tags.ReferencedSOPSequence, new DataSet());
        Assert.Equal(Status.NoSuchSopInstance, (await association.NActionAsync(well with { SopInstanceUid = Step }, 1, whole, Cancel)).Status);
        Assert.Equal(Status.NoSuchAction, (await association.NActionAsync(well, 2, whole, Cancel)).Status);
        Assert.Equal(Status.MissingAttribute, (await association.NActionAsync(well, 1, new DataSet().Set(Tags.TransactionUID, "1.2"), Cancel)).Status);
        Assert.Equal(Status.InvalidArgumentValue, (await association.NActionAsync(well, 1, whole, Cancel)).Status);
        Assert.Equal(Status.UnrecognizedOperation, (await association.NDeleteAsync(well, Cancel)).Status);
        Assert.Equal(Status.NoSuchSopClass, (await association.NGetAsync(well with { SopClassUid = CT, AbstractSyntax = StorageCommitment.SopClass }, [], Cancel)).Status);
    }

    [Fact]
    public async Task Normalized_operation_of_a_class_that_has_none_is_not_recognized()
    {
        await using var server = Serve(Commitment((_, _) => Task.FromResult(true)));
        await using var association = await ConnectAsync(server, [CT]);

        Assert.Equal(Status.UnrecognizedOperation, (await association.NGetAsync(new NormalizedTarget(CT, Step), [], Cancel)).Status);
    }

    [Fact]
    public async Task Worklist_matches_within_the_sequence_and_returns_what_was_asked_for()
    {
        DataSet Entry(string patient, string station, string date) => new DataSet()
            .Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.PatientName, patient).Set(Tags.AccessionNumber, "A1").Set(Tags.PatientID, "7")
            .Set(Tags.ScheduledProcedureStepSequence, new DataSet().Set(Tags.ScheduledStationAETitle, station).Set(Tags.Modality, "CT")
                .SetText(Tags.ScheduledProcedureStepStartDate, VR.DA, date));
        var two = Entry("Müller^Jörg", "CT1", "20250102");
        two.AddItem(Tags.ScheduledProcedureStepSequence, new DataSet().Set(Tags.ScheduledStationAETitle, "CT2").SetText(Tags.ScheduledProcedureStepStartDate, VR.DA, "20250102"));
        await using var server = Serve(ModalityWorklist.Provider(_ => [two, Entry("Doe^Jane", "CT1", "20250203")]));
        await using var association = await ConnectAsync(server, [ModalityWorklist.SopClass]);

        var keys = ModalityWorklist.Keys();
        keys.GetAll<DataSet>(Tags.ScheduledProcedureStepSequence)[0].Set(Tags.ScheduledStationAETitle, "CT1")
            .SetText(Tags.ScheduledProcedureStepStartDate, VR.DA, "20250101-20250131");
        var matches = await FindAsync(association, keys);
        var match = Assert.Single(matches);
        Assert.Equal("Müller^Jörg", match.Get<PersonName>(Tags.PatientName).ToString());
        var step = Assert.Single(match.GetAll<DataSet>(Tags.ScheduledProcedureStepSequence));
        Assert.Equal("CT1", step.Get<string>(Tags.ScheduledStationAETitle));
        Assert.True(match.Contains(Tags.StudyInstanceUID));
        Assert.Equal(3, (await FindAsync(association, ModalityWorklist.Keys())).Count);
        Assert.Empty(await FindAsync(association, ModalityWorklist.Keys().Set(Tags.PatientID, "8")));
    }

    [Fact]
    public async Task Performed_step_is_created_changed_completed_and_then_never_changed_again()
    {
        var events = new List<PerformedProcedureStepEvent>();
        var steps = new PerformedProcedureSteps(new MemoryInstanceStore(), (_, _, what) => events.Add(what));
        await using var server = Serve([.. steps.Handlers]);
        await using var association = await ConnectAsync(server, [PerformedProcedureSteps.SopClass, PerformedProcedureSteps.RetrieveSopClass]);
        var target = new NormalizedTarget(PerformedProcedureSteps.SopClass, Step);

        Assert.Equal(Status.NoSuchSopInstance, (await association.NSetAsync(target, Performed("COMPLETED"), Cancel)).Status);
        var refused = await association.NCreateAsync(target, NewStep().Set(Tags.PerformedProcedureStepStatus, "COMPLETED"), Cancel);
        Assert.Equal((Status.InvalidAttributeValue, Tags.PerformedProcedureStepStatus), (refused.Status, Assert.Single(refused.OffendingElements)));
        var incomplete = NewStep();
        incomplete.Remove(Tags.Modality);
        var missing = await association.NCreateAsync(target, incomplete, Cancel);
        Assert.Equal((Status.MissingAttribute, Tags.Modality), (missing.Status, Assert.Single(missing.OffendingElements)));

        Assert.Equal((Status.Success, Step), await StatusAndUid(association.NCreateAsync(target, NewStep(), Cancel)));
        Assert.Equal(Status.DuplicateSopInstance, (await association.NCreateAsync(target, NewStep(), Cancel)).Status);
        Assert.NotNull((await association.NCreateAsync(target with { SopInstanceUid = null }, NewStep(), Cancel)).SopInstanceUid);
        Assert.Equal(Status.InvalidAttributeValue, (await association.NSetAsync(target, Performed("DONE"), Cancel)).Status);
        Assert.Equal(Status.Success, (await association.NSetAsync(target, Performed("IN PROGRESS").Set(Tags.PerformedProcedureStepDescription, "Schädel"), Cancel)).Status);
        Assert.Equal(Status.AttributeListError, (await association.NSetAsync(target, new DataSet().Set(Tags.PatientID, "9"), Cancel)).Status);
        Assert.Equal(Status.Success, (await association.NSetAsync(target, Performed("COMPLETED"), Cancel)).Status);
        var late = await association.NSetAsync(target, Performed("DISCONTINUED"), Cancel);
        Assert.Equal((Status.ProcessingFailure, (ushort?)0xA710), (late.Status, late.ErrorId));

        var got = await association.NGetAsync(target with { AbstractSyntax = PerformedProcedureSteps.RetrieveSopClass },
            [Tags.PerformedProcedureStepStatus, Tags.PatientID, Tags.PerformedProcedureStepDescription], Cancel);
        Assert.Equal(("COMPLETED", "7"), (got.DataSet!.Get<string>(Tags.PerformedProcedureStepStatus), got.DataSet!.Get<string>(Tags.PatientID)));
        Assert.Equal("Schädel", got.DataSet!.Get<string>(Tags.PerformedProcedureStepDescription));
        Assert.False(got.DataSet.Contains(Tags.Modality));
        Assert.Equal([PerformedProcedureStepEvent.InProgress, PerformedProcedureStepEvent.InProgress, PerformedProcedureStepEvent.Updated,
            PerformedProcedureStepEvent.Updated, PerformedProcedureStepEvent.Completed], events);
    }

    [Fact]
    public async Task Availability_is_taken_when_it_is_whole()
    {
        var taken = new ConcurrentQueue<DataSet>();
        await using var server = Serve(InstanceAvailability.Provider((_, _, n, _) => { taken.Enqueue(n); return ValueTask.FromResult(Status.Success); }));
        await using var association = await ConnectAsync(server, [InstanceAvailability.SopClass]);
        var whole = InstanceAvailability.Notification(Uid.Parse("1.2.3"), [(Uid.Parse("1.2.3.4"), Instance("1.2.3.4.5"))], "PACS");
        Assert.Equal(Status.Success, (await InstanceAvailability.NotifyAsync(association, whole, Cancel)).Status);
        Assert.Equal(Status.InvalidAttributeValue, (await InstanceAvailability.NotifyAsync(association,
            InstanceAvailability.Notification(Uid.Parse("1.2.3"), [(Uid.Parse("1.2.3.4"), Instance("1.2.3.4.5"))], "PACS", "SOMEWHERE"), Cancel)).Status);
        Assert.Equal(Status.MissingAttribute, (await InstanceAvailability.NotifyAsync(association, new DataSet().Set(Tags.StudyInstanceUID, "1.2"), Cancel)).Status);
        Assert.Equal("1.2.3", Assert.Single(taken).Get<string>(Tags.StudyInstanceUID));
    }

    [Fact]
    public void Folder_store_has_after_a_restart_what_it_had()
    {
        string folder = Directory.CreateTempSubdirectory("isocenter-store-").FullName;
        try
        {
            var store = new FolderInstanceStore(folder, PerformedProcedureSteps.SopClass);
            store.Save(Step, NewStep());
            store.Save(Uid.Parse("1.2.9"), NewStep());
            store.Remove(Uid.Parse("1.2.9"));
            File.WriteAllText(Path.Combine(folder, "1.2.8.dcm"), "no DICOM");
            var again = new FolderInstanceStore(folder, PerformedProcedureSteps.SopClass);
            Assert.Equal(Step, Assert.Single(again.All).Key);
            Assert.Equal("7", again.Find(Step)!.Get<string>(Tags.PatientID));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static AssociationServer Serve(params IReadOnlyList<ServiceHandlers> services)
    {
        var policy = new AcceptancePolicy { AbstractSyntaxes = [.. services.SelectMany(s => s.AbstractSyntaxes)] };
        var server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
        }.WithServices(services));
        server.Start();
        return server;
    }

    internal static Task<Association> ConnectAsync(AssociationServer server, IEnumerable<Uid> classes, Func<AssociationOptions, AssociationOptions>? configure = null)
    {
        var options = new AssociationOptions
        {
            Port = server.EndPoints[0].Port,
            CallingAETitle = "TEST",
            PresentationContexts = [.. classes.Select(c => new PresentationContextProposal(c))],
        };
        return Association.ConnectAsync(configure?.Invoke(options) ?? options, Cancel);
    }

    private static ServiceHandlers Commitment(Func<string, CommitmentResult, Task<bool>> deliver, ISopInstanceStore? unreported = null) => StorageCommitment.Provider(Check, deliver, unreported: unreported);

    private static ValueTask<Status> Check(InstanceReference instance, CancellationToken cancel) =>
        ValueTask.FromResult(instance.SopInstanceUid.Value == "1.2.404" ? Status.NoSuchSopInstance : Status.Success);

    private static InstanceReference Instance(string uid) => new(CT, Uid.Parse(uid));

    private static async Task<List<DataSet>> FindAsync(Association association, DataSet keys)
    {
        var all = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(ModalityWorklist.SopClass, keys), Cancel)) all.Add(match);
        return all;
    }

    private static async Task<(Status, Uid?)> StatusAndUid(Task<NormalizedResponse> response) => ((await response).Status, (await response).SopInstanceUid);

    private static DataSet Performed(string status) => new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PerformedProcedureStepStatus, status);

    private static DataSet NewStep() => Performed("IN PROGRESS")
        .Set(Tags.PatientID, "7").Set(Tags.PatientName, "Doe^Jane").Set(Tags.Modality, "CT")
        .Set(Tags.PerformedStationAETitle, "CT1").Set(Tags.PerformedProcedureStepID, "1")
        .SetText(Tags.PerformedProcedureStepStartDate, VR.DA, "20250102").SetText(Tags.PerformedProcedureStepStartTime, VR.TM, "101500")
        .Set(Tags.ScheduledStepAttributesSequence, new DataSet().Set(Tags.StudyInstanceUID, "1.2.3"));
}
