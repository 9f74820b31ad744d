using System.Collections.Concurrent;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Network.Tests.Services;

/// <summary>PS3.4 Annex CC: states, lock, subscriptions.</summary>
public class UnifiedProcedureStepTests
{
    private static readonly Uid Step = Uid.Parse("1.2.3.60");
    private static readonly Uid Lock = Uid.Parse("1.2.3.61");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Table CC.1.1-2: state, request, with the lock or with another Transaction UID, answer.</summary>
    [Theory]
    [InlineData("SCHEDULED", "SCHEDULED", true, 0xC303)]
    [InlineData("SCHEDULED", "IN PROGRESS", true, 0x0000)]
    [InlineData("SCHEDULED", "COMPLETED", true, 0xC310)]
    [InlineData("SCHEDULED", "CANCELED", true, 0xC310)]
    [InlineData("IN PROGRESS", "SCHEDULED", true, 0xC303)]
    [InlineData("IN PROGRESS", "IN PROGRESS", true, 0xC302)]
    [InlineData("IN PROGRESS", "IN PROGRESS", false, 0xC302)]
    [InlineData("IN PROGRESS", "COMPLETED", true, 0x0000)]
    [InlineData("IN PROGRESS", "COMPLETED", false, 0xC301)]
    [InlineData("IN PROGRESS", "CANCELED", true, 0x0000)]
    [InlineData("IN PROGRESS", "CANCELED", false, 0xC301)]
    [InlineData("COMPLETED", "IN PROGRESS", true, 0xC300)]
    [InlineData("COMPLETED", "COMPLETED", true, 0xB306)]
    [InlineData("COMPLETED", "COMPLETED", false, 0xC301)]
    [InlineData("COMPLETED", "CANCELED", true, 0xC311)]
    [InlineData("CANCELED", "IN PROGRESS", true, 0xC300)]
    [InlineData("CANCELED", "COMPLETED", true, 0xC300)]
    [InlineData("CANCELED", "CANCELED", true, 0xB304)]
    [InlineData("CANCELED", "CANCELED", false, 0xC301)]
    public async Task State_changes_as_the_table_says(string state, string asked, bool holdsLock, int answer)
    {
        await using var world = await World.CreateAsync();
        await world.ReachAsync(state);
        Assert.Equal(answer, (await world.ChangeAsync(asked, holdsLock ? Lock : Uid.New())).Code);
    }

    [Fact]
    public async Task Creation_is_refused_with_the_reason()
    {
        await using var world = await World.CreateAsync();
        Assert.Equal(0xC309, (await world.CreateStepAsync(Scheduled().Set(Tags.ProcedureStepState, "IN PROGRESS"))).Status.Code);
        var incomplete = Scheduled();
        incomplete.Remove(Tags.ProcedureStepLabel);
        var missing = await world.CreateStepAsync(incomplete);
        Assert.Equal((Status.MissingAttribute, Tags.ProcedureStepLabel), (missing.Status, Assert.Single(missing.OffendingElements)));
        Assert.Equal((Status.Success, Step), await StatusAndUid(world.CreateStepAsync(Scheduled())));
        Assert.Equal(Status.DuplicateSopInstance, (await world.CreateStepAsync(Scheduled())).Status);
    }

    [Fact]
    public async Task Step_that_is_taken_is_changed_by_the_one_with_the_lock_only()
    {
        await using var world = await World.CreateAsync();
        Assert.Equal(0xC307, (await world.SetAsync(new DataSet().Set(Tags.WorklistLabel, "X"))).Code);
        await world.ReachAsync("SCHEDULED");
        Assert.Equal(Status.Success, await world.SetAsync(new DataSet().Set(Tags.WorklistLabel, "X")));
        Assert.Equal(0xC310, (await world.SetAsync(new DataSet().Set(Tags.TransactionUID, Lock.Value))).Code);
        Assert.Equal(0xC303, (await world.SetAsync(new DataSet().Set(Tags.ProcedureStepState, "SCHEDULED"))).Code);
        Assert.Equal(Status.Success, await world.ChangeAsync("IN PROGRESS", Lock));
        Assert.Equal(0xC301, (await world.SetAsync(new DataSet().Set(Tags.WorklistLabel, "Y"))).Code);
        Assert.Equal(0xC304, (await world.ChangeAsync("COMPLETED", Lock)).Code);
        Assert.Equal(Status.Success, await world.SetAsync(new DataSet().Set(Tags.WorklistLabel, "Z").Set(Tags.TransactionUID, Lock.Value)));
        var got = await world.Association.NGetAsync(World.Target(UnifiedProcedureSteps.WatchSopClass), [], Cancel);
        Assert.Equal(("Z", "IN PROGRESS"), (got.DataSet!.Get<string>(Tags.WorklistLabel), got.DataSet!.Get<string>(Tags.ProcedureStepState)));
        Assert.False(got.DataSet.Contains(Tags.TransactionUID));
    }

    [Fact]
    public async Task Query_finds_by_keys_and_does_not_give_the_lock_away()
    {
        await using var world = await World.CreateAsync();
        await world.ReachAsync("IN PROGRESS");
        foreach (var model in (Uid[])[UnifiedProcedureSteps.PullSopClass, UnifiedProcedureSteps.WatchSopClass, UnifiedProcedureSteps.QuerySopClass])
        {
            var keys = new DataSet().Set(Tags.ProcedureStepState, "IN PROGRESS").Set(Tags.TransactionUID, "1.9").Set<string>(Tags.ProcedureStepLabel).Set<string>(Tags.SOPInstanceUID);
            var matches = new List<DataSet>();
            await foreach (var match in world.Association.FindAsync(new FindRequest(model, keys), Cancel)) matches.Add(match);
            var only = Assert.Single(matches);
            Assert.Equal(("Plan", Step.Value, ""), (only.Get<string>(Tags.ProcedureStepLabel), only.Get<string>(Tags.SOPInstanceUID), only.Get(Tags.TransactionUID, "")));
        }
    }

    [Fact]
    public async Task Subscribers_hear_of_every_change()
    {
        await using var world = await World.CreateAsync();
        Assert.Equal(0xC308, (await world.SubscribeAsync(3, UnifiedProcedureSteps.GlobalSubscription, "NOBODY")).Code);
        Assert.Equal(0xC307, (await world.SubscribeAsync(3, Step)).Code);
        Assert.Equal(0xC314, (await world.SubscribeAsync(5, Step)).Code);
        Assert.Equal(Status.Success, await world.SubscribeAsync(3, UnifiedProcedureSteps.GlobalSubscription));
        await world.ReachAsync("IN PROGRESS");
        Assert.Equal(Status.Success, await world.RequestCancelAsync("Patient left"));
        Assert.Equal([(1, "SCHEDULED"), (1, "IN PROGRESS"), (2, "")], world.Heard());
        Assert.Equal(Status.Success, await world.SubscribeAsync(4, Step));
        Assert.Equal(0xC312, (await world.RequestCancelAsync("again")).Code);
    }

    [Fact]
    public async Task Filtered_subscription_hears_of_what_matches_only()
    {
        await using var world = await World.CreateAsync();
        Assert.Equal(Status.Success, await world.SubscribeAsync(3, UnifiedProcedureSteps.FilteredGlobalSubscription, "WATCHER", new DataSet().Set(Tags.ProcedureStepLabel, "Other*")));
        await world.ReachAsync("IN PROGRESS");
        Assert.Empty(world.Heard());
        Assert.Equal(Status.Success, await world.SubscribeAsync(3, Step));
        Assert.Equal([(1, "IN PROGRESS")], world.Heard());
    }

    [Fact]
    public async Task Request_to_cancel_a_scheduled_step_cancels_it()
    {
        await using var world = await World.CreateAsync();
        await world.ReachAsync("SCHEDULED");
        await world.SubscribeAsync(3, Step);
        Assert.Equal(Status.Success, await world.RequestCancelAsync("Patient left"));
        Assert.Equal([(1, "SCHEDULED"), (1, "IN PROGRESS"), (1, "CANCELED")], world.Heard());
        Assert.Equal(0xB304, (await world.RequestCancelAsync("again")).Code);
        Assert.Equal(0xC300, (await world.SetAsync(new DataSet().Set(Tags.WorklistLabel, "X"))).Code);
    }

    [Fact]
    public async Task Operation_on_a_class_that_does_not_have_it_is_refused()
    {
        await using var world = await World.CreateAsync();
        Assert.Equal(Status.UnrecognizedOperation, (await world.Association.NCreateAsync(World.Target(UnifiedProcedureSteps.PullSopClass), Scheduled(), Cancel)).Status);
        var change = new DataSet().Set(Tags.ProcedureStepState, "IN PROGRESS").Set(Tags.TransactionUID, Lock.Value);
        Assert.Equal(Status.NoSuchAction, (await world.Association.NActionAsync(World.Target(UnifiedProcedureSteps.PushSopClass), 1, change, Cancel)).Status);
    }

    [Fact]
    public async Task Event_is_delivered_under_the_push_class_in_the_context_of_event()
    {
        NormalizedContext? seen = null;
        await using var watcher = ServiceTests.Serve(new ServiceHandlers
        {
            AbstractSyntaxes = [UnifiedProcedureSteps.EventSopClass],
            SopClasses = [UnifiedProcedureSteps.PushSopClass],
            OnEventReport = (c, _) => { seen = c; return ValueTask.FromResult<NormalizedResponse>(Status.Success); },
        });
        await using var association = await ServiceTests.ConnectAsync(watcher, [], o => o with
        {
            PresentationContexts = [new PresentationContextProposal(UnifiedProcedureSteps.EventSopClass) { Scu = false, Scp = true }],
        });
        var answer = await UnifiedProcedureSteps.ReportAsync(association, new UnifiedProcedureStepEvent("W", Step, 1, new DataSet().Set(Tags.ProcedureStepState, "SCHEDULED")), Cancel);
        Assert.Equal((Status.Success, UnifiedProcedureSteps.PushSopClass, Step), (answer.Status, seen!.SopClassUid, seen.SopInstanceUid));
    }

    private static async Task<(Status, Uid?)> StatusAndUid(Task<NormalizedResponse> response) => ((await response).Status, (await response).SopInstanceUid);

    private static DataSet Scheduled() => new DataSet()
        .Set(Tags.ProcedureStepState, "SCHEDULED").Set(Tags.ScheduledProcedureStepPriority, "MEDIUM").Set(Tags.ProcedureStepLabel, "Plan")
        .SetText(Tags.ScheduledProcedureStepStartDateTime, VR.DT, "20250102101500").Set(Tags.InputReadinessState, "READY").Set(Tags.PatientID, "7");

    private sealed class World : IAsyncDisposable
    {
        private readonly ConcurrentQueue<UnifiedProcedureStepEvent> _events = new();
        private readonly AssociationServer _server;

        private World() => _server = ServiceTests.Serve([.. new UnifiedProcedureSteps(new MemoryInstanceStore(), title => title != "NOBODY", _events.Enqueue).Handlers]);

        public Association Association { get; private set; } = null!;

        public static async Task<World> CreateAsync()
        {
            var world = new World();
            world.Association = await ServiceTests.ConnectAsync(world._server,
                [UnifiedProcedureSteps.PushSopClass, UnifiedProcedureSteps.PullSopClass, UnifiedProcedureSteps.WatchSopClass, UnifiedProcedureSteps.QuerySopClass]);
            return world;
        }

        public static NormalizedTarget Target(Uid context, Uid? instance = null) => new(UnifiedProcedureSteps.PushSopClass, instance ?? Step) { AbstractSyntax = context };

        public Task<NormalizedResponse> CreateStepAsync(DataSet attributes) => Association.NCreateAsync(Target(UnifiedProcedureSteps.PushSopClass), attributes, Cancel);

        public async Task<Status> SetAsync(DataSet modifications) => (await Association.NSetAsync(Target(UnifiedProcedureSteps.PullSopClass), modifications, Cancel)).Status;

        public async Task<Status> ChangeAsync(string state, Uid transaction) => (await Association.NActionAsync(Target(UnifiedProcedureSteps.PullSopClass), 1,
            new DataSet().Set(Tags.ProcedureStepState, state).Set(Tags.TransactionUID, transaction.Value), Cancel)).Status;

        public async Task<Status> RequestCancelAsync(string reason) => (await Association.NActionAsync(Target(UnifiedProcedureSteps.WatchSopClass), 2,
            new DataSet().Set(Tags.ReasonForCancellation, reason), Cancel)).Status;

        public async Task<Status> SubscribeAsync(ushort action, Uid what, string receiver = "WATCHER", DataSet? filter = null) =>
            (await Association.NActionAsync(Target(UnifiedProcedureSteps.WatchSopClass, what), action,
                (filter ?? new DataSet()).Set(Tags.ReceivingAE, receiver).Set(Tags.DeletionLock, "FALSE"), Cancel)).Status;

        public List<(int, string)> Heard() => [.. _events.Select(e => ((int)e.EventTypeId, e.Information.Get(Tags.ProcedureStepState, "")))];

        public async Task ReachAsync(string state)
        {
            Assert.True((await CreateStepAsync(Scheduled())).Status.IsSuccess);
            if (state == "SCHEDULED") return;
            Assert.Equal(Status.Success, await ChangeAsync("IN PROGRESS", Lock));
            Assert.Equal(Status.Success, await SetAsync(new DataSet().Set(Tags.TransactionUID, Lock.Value)
                .Set(Tags.UnifiedProcedureStepPerformedProcedureSequence, new DataSet()
                    .SetText(Tags.PerformedProcedureStepStartDateTime, VR.DT, "20250102101500").SetText(Tags.PerformedProcedureStepEndDateTime, VR.DT, "20250102103000"))));
            if (state != "IN PROGRESS") Assert.Equal(Status.Success, await ChangeAsync(state, Lock));
        }

        public async ValueTask DisposeAsync()
        {
            await Association.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
