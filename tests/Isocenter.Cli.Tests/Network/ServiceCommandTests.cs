using System.Globalization;
using System.Net;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

/// <summary>worklist, mpps, commit, ups and ian against providers in memory.</summary>
public sealed class ServiceCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private AssociationServer _server = null!;

    private string Port => _server.EndPoints[0].Port.ToString(CultureInfo.InvariantCulture);

    public ValueTask InitializeAsync()
    {
        ServiceHandlers[] services =
        [
            ModalityWorklist.Provider(_ => [new DataSet().Set(Tags.PatientName, "Doe^Jane").Set(Tags.PatientID, "7")
                .Set(Tags.ScheduledProcedureStepSequence, new DataSet().Set(Tags.Modality, "CT").Set(Tags.ScheduledStationAETitle, "CT1"))]),
            StorageCommitment.Provider((instance, _) => ValueTask.FromResult(instance.SopInstanceUid.Value == "1.2.404" ? Status.NoSuchSopInstance : Status.Success), (_, _) => Task.FromResult(true)),
            InstanceAvailability.Provider((_, _, _, _) => ValueTask.FromResult(Status.Success)),
            .. new PerformedProcedureSteps(new MemoryInstanceStore()).Handlers,
            .. new UnifiedProcedureSteps(new MemoryInstanceStore()).Handlers,
        ];
        var policy = new AcceptancePolicy { AbstractSyntaxes = [.. services.SelectMany(s => s.AbstractSyntaxes)] };
        _server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
        }.WithServices(services));
        _server.Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Worklist_shows_what_is_scheduled()
    {
        var table = await Cli.RunAsync("worklist", "127.0.0.1", Port, "--modality", "CT");
        Assert.True(table.ExitCode == 0, table.ToString());
        Assert.Contains("Doe^Jane", table.Output);
        Assert.Contains("CT1", table.Output);
        Assert.DoesNotContain("Doe^Jane", (await Cli.RunAsync("worklist", "127.0.0.1", Port, "--station", "MR1")).Output);
        using var json = JsonDocument.Parse((await Cli.RunAsync("worklist", "127.0.0.1", Port, "--json")).Output);
        Assert.Equal(1, json.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Commit_says_which_object_is_not_safe()
    {
        var good = await Cli.RunAsync("commit", "127.0.0.1", Port, "CTImageStorage=1.2.1");
        Assert.True(good.ExitCode == 0, good.ToString());
        Assert.Contains("1 of 1 committed", good.Output);
        var bad = await Cli.RunAsync("commit", "127.0.0.1", Port, "CTImageStorage=1.2.1", "CTImageStorage=1.2.404");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("1.2.404 is not committed: 0x0112", bad.Error);
        Assert.Contains("1 of 2 committed", bad.Output);
    }

    [Fact]
    public async Task Mpps_goes_from_creation_to_completion_and_no_further()
    {
        var created = await Cli.RunAsync("mpps", "create", "127.0.0.1", Port, "PatientID=7", "--uid", "1.2.3");
        Assert.True(created.ExitCode == 0, created.ToString());
        Assert.Equal(0, (await Cli.RunAsync("mpps", "set", "127.0.0.1", Port, "1.2.3", "PerformedProcedureStepDescription=Head")).ExitCode);
        Assert.Equal(0, (await Cli.RunAsync("mpps", "complete", "127.0.0.1", Port, "1.2.3")).ExitCode);
        var late = await Cli.RunAsync("mpps", "discontinue", "127.0.0.1", Port, "1.2.3");
        Assert.Equal(1, late.ExitCode);
        Assert.Contains("may no longer be updated", late.Error);
        var shown = await Cli.RunAsync("mpps", "get", "127.0.0.1", Port, "1.2.3");
        Assert.Contains("COMPLETED", shown.Output);
        Assert.Contains("Head", shown.Output);
    }

    [Fact]
    public async Task Ups_is_claimed_updated_and_completed()
    {
        var created = await Cli.RunAsync("ups", "create", "127.0.0.1", Port, "ProcedureStepLabel=Plan", "--uid", "1.2.4");
        Assert.True(created.ExitCode == 0, created.ToString());
        Assert.Contains("Plan", (await Cli.RunAsync("ups", "search", "127.0.0.1", Port, "ProcedureStepState=SCHEDULED")).Output);
        Assert.Contains("transaction 1.2.5", (await Cli.RunAsync("ups", "claim", "127.0.0.1", Port, "1.2.4", "--transaction", "1.2.5")).Output);
        var rival = await Cli.RunAsync("ups", "claim", "127.0.0.1", Port, "1.2.4");
        Assert.Equal(1, rival.ExitCode);
        Assert.Contains("0xC302", rival.Error);
        Assert.Contains("0xC304", (await Cli.RunAsync("ups", "complete", "127.0.0.1", Port, "1.2.4", "--transaction", "1.2.5")).Error);
        Assert.Equal(0, (await Cli.RunAsync("ups", "update", "127.0.0.1", Port, "1.2.4", "--transaction", "1.2.5",
            "UnifiedProcedureStepPerformedProcedureSequence.PerformedProcedureStepStartDateTime=20250102101500",
            "UnifiedProcedureStepPerformedProcedureSequence.PerformedProcedureStepEndDateTime=20250102103000")).ExitCode);
        var complete = await Cli.RunAsync("ups", "complete", "127.0.0.1", Port, "1.2.4", "--transaction", "1.2.5");
        Assert.True(complete.ExitCode == 0, complete.ToString());
        Assert.Contains("COMPLETED", (await Cli.RunAsync("ups", "get", "127.0.0.1", Port, "1.2.4")).Output);
    }

    [Fact]
    public async Task Ian_tells_of_a_file()
    {
        await File.WriteAllBytesAsync(_folder["a.dcm"], SampleObject.ToFile(SampleObject.Create()), TestContext.Current.CancellationToken);
        var told = await Cli.RunAsync("ian", "127.0.0.1", Port, _folder["a.dcm"]);
        Assert.True(told.ExitCode == 0, told.ToString());
        Assert.Contains("tells of study", told.Output);
    }
}
