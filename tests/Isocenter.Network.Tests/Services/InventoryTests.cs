using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Network.Tests.Services;

/// <summary>Inventory Creation and Repository Query, our two sides against each other.</summary>
public sealed class InventoryTests
{
    private static readonly Uid Transaction = Uid.Parse("1.2.3.70");
    private static readonly InstanceReference Root = new(Uid.Parse(SopClasses.InventoryStorage), Uid.Parse("1.2.3.71"));

    private readonly Channel<(ushort Type, DataSet Information)> _events = Channel.CreateUnbounded<(ushort, DataSet)>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Inventory_is_made_and_told_of_with_the_place_to_get_it_from()
    {
        InventoryOrder? order = null;
        await using var server = ServiceTests.Serve(Creation((production, _) =>
        {
            order = production.Order;
            production.Report(12);
            return Task.FromResult<InstanceReference?>(Root);
        }).Handlers);
        await using var association = await ConnectAsync(server);
        Assert.Equal(Status.Success, (await InventoryCreation.InitiateAsync(association, Transaction, "SERIES", new DataSet().Set(Tags.PatientID, "7"), "moving", Cancel)).Status);

        var (type, told) = await _events.Reader.ReadAsync(Cancel);
        Assert.Equal((11, "COMPLETE", 12UL), (type, told.Get(Tags.TransactionStatus, ""), told.Get<ulong>(Tags.TotalNumberOfStudyRecords)));
        Assert.Equal(("1.2.3.71", "REPOSITORY"), (told.Get(Tags.ReferencedSOPInstanceUID, ""), told.Get(Tags.RetrieveAETitle, "")));
        Assert.Equal(("SERIES", "moving", "TEST", "7"), (order!.Level, order.Purpose, order.Requestor, order.Scope!.Get(Tags.PatientID, "")));
        Assert.Equal(Status.DuplicateInvocation, (await InventoryCreation.InitiateAsync(association, Transaction, cancel: Cancel)).Status);
        Assert.Equal(Status.ProcessingFailure, (await InventoryCreation.CancelAsync(association, Transaction, false, Cancel)).Status);
    }

    [Theory]
    [InlineData(true, 11)]
    [InlineData(false, 13)]
    public async Task Inventory_is_paused_resumed_and_cancelled(bool retain, int eventType)
    {
        var begun = new TaskCompletionSource();
        await using var server = ServiceTests.Serve(Creation(async (production, _) =>
        {
            begun.SetResult();
            try
            {
                while (true)
                {
                    await Task.Yield();
                    await production.WhenResumedAsync();
                }
            }
            catch (OperationCanceledException)
            {
                return Root;
            }
        }).Handlers);
        await using var association = await ConnectAsync(server);
        Assert.Equal(Status.Success, (await InventoryCreation.InitiateAsync(association, Transaction, cancel: Cancel)).Status);
        await begun.Task;
        Assert.Equal(Status.ProcessingFailure, (await InventoryCreation.ResumeAsync(association, Transaction, Cancel)).Status);
        Assert.Equal(Status.Success, (await InventoryCreation.PauseAsync(association, Transaction, Cancel)).Status);
        Assert.Equal("PAUSED", await StatusAsync());
        Assert.Equal(Status.Success, (await InventoryCreation.ResumeAsync(association, Transaction, Cancel)).Status);
        Assert.Equal("PROCESSING", await StatusAsync());
        Assert.Equal(Status.Success, (await InventoryCreation.RequestStatusAsync(association, Transaction, Cancel)).Status);
        Assert.Equal("PROCESSING", await StatusAsync());
        Assert.Equal(Status.Success, (await InventoryCreation.CancelAsync(association, Transaction, retain, Cancel)).Status);
        var (type, told) = await _events.Reader.ReadAsync(Cancel);
        Assert.Equal((eventType, "CANCELED"), (type, told.Get(Tags.TransactionStatus, "")));

        async Task<string> StatusAsync()
        {
            var (kind, information) = await _events.Reader.ReadAsync(Cancel);
            Assert.Equal(12, kind);
            return information.Get(Tags.TransactionStatus, "");
        }
    }

    [Fact]
    public async Task Inventory_that_fails_is_told_of_to_one_who_has_left()
    {
        var go = new TaskCompletionSource();
        await using var server = ServiceTests.Serve(Creation(async (_, _) =>
        {
            await go.Task;
            throw new IOException("disk full");
        }).Handlers);
        await using (var association = await ConnectAsync(server))
        {
            await InventoryCreation.InitiateAsync(association, Transaction, cancel: Cancel);
            await association.ReleaseAsync(Cancel);
        }
        go.SetResult();
        var (type, told) = await _events.Reader.ReadAsync(Cancel);
        Assert.Equal((13, "FAILURE", "disk full"), (type, told.Get(Tags.TransactionStatus, ""), told.Get(Tags.TransactionStatusComment, "")));
    }

    [Fact]
    public async Task Inventory_that_cannot_be_made_as_asked_for_is_refused()
    {
        await using var server = ServiceTests.Serve(Creation((_, _) => Task.FromResult<InstanceReference?>(null)).Handlers);
        await using var association = await ConnectAsync(server);
        Assert.Equal(Status.MistypedArgument, (await InventoryCreation.InitiateAsync(association, Transaction, "PATIENT", cancel: Cancel)).Status);
        Assert.Equal(Status.MistypedArgument, (await InventoryCreation.InitiateAsync(association, Transaction, scope: new DataSet().Set(Tags.ExtendedMatchingMechanisms, "FUZZY"), cancel: Cancel)).Status);
        Assert.Equal(Status.InvalidArgumentValue, (await InventoryCreation.PauseAsync(association, Transaction, Cancel)).Status);
        var target = new NormalizedTarget(InventoryCreation.SopClass, InventoryCreation.SopInstance);
        Assert.Equal(Status.NoSuchAction, (await association.NActionAsync(target, 1, new DataSet(), Cancel)).Status);
        Assert.Equal(Status.MissingAttribute, (await association.NActionAsync(target, 11, new DataSet().Set(Tags.TransactionUID, "1.2").Set(Tags.InventoryLevel, "STUDY"), Cancel)).Status);
    }

    [Fact]
    public async Task Repository_is_asked_in_portions_until_nothing_is_left()
    {
        var asked = new List<(string After, ulong Most)>();
        await using var server = ServiceTests.Serve(RepositoryQuery.Provider((context, after, cancel) =>
        {
            asked.Add((System.Text.Encoding.ASCII.GetString(after.Span).Trim('\0'), context.Identifier.Get(Tags.MaximumNumberOfRecords, 0UL)));
            return RecordsAsync(after, cancel);
        }, limit: 3));
        await using var association = await ServiceTests.ConnectAsync(server, [RepositoryQuery.SopClass]);
        var keys = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").Set<string>(Tags.StudyInstanceUID);
        var found = new List<string>();
        await foreach (var match in RepositoryQuery.FindAllAsync(association, keys, portion: 100, cancel: Cancel)) found.Add(match.Get(Tags.StudyInstanceUID, ""));

        Assert.Equal(Enumerable.Range(10, 7).Select(i => $"1.2.{i}"), found);
        Assert.Equal([("", 100UL), ("12", 100UL), ("15", 100UL), ("16", 100UL)], asked);

        var wrong = keys.Copy().SetBytes(Tags.PriorRecordKey, VR.OB, [9, 9]);
        var refused = await Assert.ThrowsAsync<StatusException>(async () =>
        {
            await foreach (var _ in association.FindAsync(new FindRequest(RepositoryQuery.SopClass, wrong), Cancel)) Assert.Fail("a match");
        });
        Assert.Equal(0xA710, refused.Status.Code);
    }

    /// <summary>Seven studies, whose Record Keys are their numbers.</summary>
    private static async IAsyncEnumerable<RepositoryRecord> RecordsAsync(ReadOnlyMemory<byte> after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.Yield();
        int last = 9;
        if (!after.IsEmpty && !int.TryParse(after.Span, out last)) throw new StatusException(RepositoryQuery.InvalidPriorRecordKey);
        for (int i = last + 1; i < 17; i++)
        {
            cancel.ThrowIfCancellationRequested();
            yield return new RepositoryRecord(System.Text.Encoding.ASCII.GetBytes($"{i}"), new DataSet().Set(Tags.StudyInstanceUID, $"1.2.{i}"));
        }
    }

    private InventoryCreation Creation(Func<InventoryProduction, CancellationToken, Task<InstanceReference?>> produce) => new(produce, (_, type, information) =>
    {
        _events.Writer.TryWrite((type, information));
        return Task.CompletedTask;
    }, "REPOSITORY");

    private Task<Association> ConnectAsync(AssociationServer server) => ServiceTests.ConnectAsync(server, [InventoryCreation.SopClass],
        options => options with { OnEventReport = InventoryCreation.Receive((type, information) => _events.Writer.TryWrite((type, information.Copy()))) });
}
