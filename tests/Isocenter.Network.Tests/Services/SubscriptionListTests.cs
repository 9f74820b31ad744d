using Isocenter.Dicom;
using Isocenter.Network.Services;
using Isocenter.Testing;

namespace Isocenter.Network.Tests.Services;

/// <summary>Subscriptions to procedure steps and what is left of them after a restart.</summary>
public sealed class SubscriptionListTests : IDisposable
{
    private static readonly Uid One = Uid.Parse("1.2.3.1"), Two = Uid.Parse("1.2.3.2");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Subscriptions_to_single_steps_outlive_a_restart_and_end_for_good()
    {
        var list = Open();
        list.Subscribe("A", One, locks: true);
        list.Subscribe("B", One, locks: false);
        list.Subscribe("B", Two, locks: false);

        list = Open();
        Assert.Equal(["A", "B"], list.Of(One).Order());
        Assert.Equal(["B"], list.Of(Two));
        list.Unsubscribe("B", One);
        list.Unsubscribe("B", Two);

        Assert.Equal(["A"], Open().Of(One));
        Assert.Empty(Open().Of(Two));
    }

    [Fact]
    public void Global_subscriptions_outlive_a_restart_with_their_filter()
    {
        var list = Open();
        Assert.Single(list.SubscribeGlobally("ALL", false, null, [new(One, Labelled("a"))]));
        Assert.Empty(list.SubscribeGlobally("SOME", false, Labelled("b*"), [new(One, Labelled("a"))]));

        list = Open();
        list.Added(Two, Labelled("bee"));
        Assert.Equal(["ALL"], list.Of(One));
        Assert.Equal(["ALL", "SOME"], list.Of(Two).Order());
        list.SuspendGlobally("SOME");
        list.UnsubscribeGlobally("ALL");

        list = Open();
        list.Added(One, Labelled("bee"));
        Assert.Empty(list.Of(One));
        Assert.Equal(["SOME"], list.Of(Two));
    }

    private static DataSet Labelled(string label) => new DataSet().Set(Tags.ProcedureStepLabel, label);

    private SubscriptionList Open() => new(new FolderInstanceStore(_folder["subscriptions"], UnifiedProcedureSteps.WatchSopClass));
}
