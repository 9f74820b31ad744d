using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Tests;

/// <summary>DIMSE-N between our two sides (PS3.7 §10).</summary>
public class NormalizedTests
{
    private static readonly Uid Mpps = Uid.Parse(SopClasses.ModalityPerformedProcedureStep);
    private static readonly NormalizedTarget Step = new(Mpps, Uid.Parse("1.2.3.9"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_operation_carries_its_fields_there_and_back()
    {
        var seen = new List<NormalizedContext>();
        ValueTask<NormalizedResponse> Answer(NormalizedContext context, CancellationToken cancel)
        {
            seen.Add(context);
            return ValueTask.FromResult(NormalizedResponse.Success(new DataSet().Set(Tags.PatientID, "7")));
        }
        await using var server = Serve(o => o with { OnNGet = Answer, OnNSet = Answer, OnNAction = Answer, OnNCreate = Answer, OnNDelete = Answer });
        await using var association = await ConnectAsync(server);
        var some = new DataSet().Set(Tags.PatientID, "6");

        var got = await association.NGetAsync(Step, [Tags.PatientID, Tags.Modality], Cancel);
        var set = await association.NSetAsync(Step, some, Cancel);
        var acted = await association.NActionAsync(Step, 4, some, Cancel);
        var created = await association.NCreateAsync(Step, some, Cancel);
        var deleted = await association.NDeleteAsync(Step, Cancel);

        foreach (var response in new[] { got, set, acted, created, deleted })
        {
            Assert.Equal(Status.Success, response.Status);
            Assert.Equal((Mpps, Step.SopInstanceUid), (response.SopClassUid, response.SopInstanceUid));
            Assert.Equal("7", response.DataSet!.Get<string>(Tags.PatientID));
        }
        Assert.Equal([Tags.PatientID, Tags.Modality], seen[0].AttributeIdentifierList);
        Assert.Equal("6", seen[1].DataSet!.Get<string>(Tags.PatientID));
        Assert.Equal((4, 4), ((int)seen[2].ActionTypeId, (int)acted.ActionTypeId!.Value));
        Assert.Equal(Mpps.Value, seen[3].Command.AffectedSopClassUid);
        Assert.Equal(Mpps.Value, seen[4].Command.RequestedSopClassUid);
        Assert.All(seen, context => Assert.Equal(Step.SopInstanceUid, context.SopInstanceUid));
        Assert.Null(seen[0].DataSet);
    }

    [Fact]
    public async Task Failure_is_a_value_with_offending_elements_error_id_and_comment()
    {
        await using var server = Serve(o => o with
        {
            OnNCreate = (_, _) => ValueTask.FromResult(NormalizedResponse.Refuse(Status.MissingAttribute.With("no Modality"), Tags.Modality) with { ErrorId = 7 }),
            OnNSet = static (_, _) => throw new IOException("disk full"),
            OnNGet = static (_, _) => throw new StatusException(Status.NoSuchSopInstance),
        });
        await using var association = await ConnectAsync(server);
        var refused = await association.NCreateAsync(new NormalizedTarget(Mpps, null), new DataSet(), Cancel);
        Assert.Equal((Status.MissingAttribute, "no Modality", (ushort?)7), (refused.Status, refused.Status.Comment, refused.ErrorId));
        Assert.Equal([Tags.Modality], refused.OffendingElements);
        Assert.Null(refused.SopInstanceUid);
        var failed = await association.NSetAsync(Step, new DataSet(), Cancel);
        Assert.Equal((Status.ProcessingFailure, "disk full"), (failed.Status, failed.Status.Comment));
        Assert.Equal(Status.NoSuchSopInstance, (await association.NGetAsync(Step, [], Cancel)).Status);
        Assert.Equal(Status.UnrecognizedOperation, (await association.NActionAsync(Step, 1, null, Cancel)).Status);
    }

    [Fact]
    public async Task Provider_names_the_instance_when_the_user_does_not()
    {
        var given = Uid.Parse("1.2.3.77");
        await using var server = Serve(o => o with { OnNCreate = (c, _) => ValueTask.FromResult(NormalizedResponse.Success(null, c.SopInstanceUid ?? given)) });
        await using var association = await ConnectAsync(server);
        var created = await association.NCreateAsync(new NormalizedTarget(Mpps, null), null, Cancel);
        Assert.Equal(given, created.SopInstanceUid);
        await Assert.ThrowsAsync<ArgumentException>(() => association.NDeleteAsync(new NormalizedTarget(Mpps, null), Cancel));
    }

    [Fact]
    public async Task Event_comes_back_on_the_same_association_within_the_operation_and_after_it()
    {
        var events = new List<(ushort Type, string Id)>();
        var second = new TaskCompletionSource<NormalizedResponse>();
        await using var server = Serve(o => o with
        {
            OnNAction = async (context, cancel) =>
            {
                var reply = await context.EventReportAsync(Mpps, context.SopInstanceUid!, 1, new DataSet().Set(Tags.PatientID, "during"), cancel);
                Assert.Equal((ushort?)1, reply.EventTypeId);
                _ = Task.Run(async () =>
                {
                    await context.Responded;
                    second.SetResult(await context.EventReportAsync(Mpps, context.SopInstanceUid!, 2, new DataSet().Set(Tags.PatientID, "after"), cancel));
                }, cancel);
                return Status.Success;
            },
            OnNGet = (_, _) => ValueTask.FromResult<NormalizedResponse>(Status.Success),
        });
        Association? association = null;
        await using var standing = association = await ConnectAsync(server, o => o with
        {
            OnEventReport = async (context, cancel) =>
            {
                events.Add((context.EventTypeId, context.DataSet!.Get<string>(Tags.PatientID)));
                // An operation of ours within the handler of an event: the association must not wait for itself.
                if (context.EventTypeId == 2) Assert.True((await association!.NGetAsync(Step, [], cancel)).Status.IsSuccess);
                return Status.Success;
            },
        });
        Assert.Equal(Status.Success, (await association.NActionAsync(Step, 1, null, Cancel)).Status);
        Assert.True((await second.Task.WaitAsync(Cancel)).Status.IsSuccess);
        Assert.Equal([((ushort)1, "during"), ((ushort)2, "after")], events);
    }

    [Fact]
    public async Task Event_without_a_handler_is_not_recognized()
    {
        var answer = new TaskCompletionSource<Status>();
        await using var server = Serve(o => o with
        {
            OnNAction = async (context, cancel) =>
            {
                answer.SetResult((await context.EventReportAsync(Mpps, context.SopInstanceUid!, 1, null, cancel)).Status);
                return Status.Success;
            },
        });
        await using var association = await ConnectAsync(server);
        await association.NActionAsync(Step, 1, null, Cancel);
        Assert.Equal(Status.UnrecognizedOperation, await answer.Task);
    }

    [Fact]
    public async Task Provider_may_ask_for_the_association_to_deliver_an_event()
    {
        NormalizedContext? seen = null;
        await using var server = Serve(o => o with { OnEventReport = (c, _) => { seen = c; return ValueTask.FromResult<NormalizedResponse>(Status.Success); } });
        await using var association = await Association.ConnectAsync(
            Options(server) with { PresentationContexts = [new PresentationContextProposal(Mpps) { Scu = false, Scp = true }] }, Cancel);
        var answer = await association.NEventReportAsync(Step, 5, new DataSet().Set(Tags.PatientID, "1"), Cancel);
        Assert.Equal((Status.Success, (ushort)5), (answer.Status, seen!.EventTypeId));
        await Assert.ThrowsAsync<NoPresentationContextException>(() => association.NGetAsync(Step, [], Cancel));
    }

    [Fact]
    public async Task Operations_are_performed_in_the_order_of_their_arrival()
    {
        var order = new List<string>();
        await using var server = Serve(o => o with
        {
            MaxOperationsPerformed = 0,
            OnNSet = async (context, cancel) =>
            {
                string id = context.DataSet!.Get<string>(Tags.PatientID);
                if (id == "0") await Task.Delay(20, cancel);
                lock (order) order.Add(id);
                return Status.Success;
            },
        });
        await using var association = await ConnectAsync(server, o => o with { MaxOperationsInvoked = 0 });
        var all = new List<Task<NormalizedResponse>>();
        for (int i = 0; i < 6; i++) all.Add(association.NSetAsync(Step, new DataSet().Set(Tags.PatientID, $"{i}"), Cancel));
        Assert.All(await Task.WhenAll(all), response => Assert.True(response.Status.IsSuccess));
        Assert.Equal(["0", "1", "2", "3", "4", "5"], order);
    }

    internal static AssociationServer Serve(Func<AssociationServerOptions, AssociationServerOptions> configure)
    {
        var policy = new AcceptancePolicy { AbstractSyntaxes = [Mpps] };
        var server = new AssociationServer(configure(new AssociationServerOptions
        {
            EndPoints = [new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)],
            OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
        }));
        server.Start();
        return server;
    }

    private static AssociationOptions Options(AssociationServer server) =>
        new() { Port = server.EndPoints[0].Port, PresentationContexts = [new PresentationContextProposal(Mpps)] };

    private static Task<Association> ConnectAsync(AssociationServer server, Func<AssociationOptions, AssociationOptions>? configure = null) =>
        Association.ConnectAsync(configure is null ? Options(server) : configure(Options(server)), Cancel);
}
