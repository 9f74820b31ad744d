using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Sending;

/// <summary>Sends objects to a peer, as many associations as they need one after the other.</summary>
internal sealed class Sender(AssociationOptions peer, Action<SendOutcome> report)
{
    /// <summary>Associations that may be lost on the way before the rest is given up.</summary>
    private const int MaxLosses = 3;

    private int _losses;
    private string? _givenUp;

    /// <summary>Sends all items; each is reported once, whatever happens.</summary>
    public async Task RunAsync(IReadOnlyList<SendItem> items, CancellationToken cancel)
    {
        foreach (var portion in SendPlan.For(items)) await RunAsync(portion, cancel);
    }

    private async Task RunAsync(SendPortion portion, CancellationToken cancel)
    {
        Association? association = null;
        try
        {
            foreach (var item in portion.Items)
            {
                if (association is { Ended.IsCompleted: true })
                {
                    await association.DisposeAsync();
                    association = null;
                }
                association ??= await ConnectAsync(portion, cancel);
                report(association is null
                    ? new SendOutcome(item.Name, SendResult.Failed, _givenUp, item)
                    : await SendAsync(association, item, cancel));
            }
            if (association is { Ended.IsCompleted: false }) await association.ReleaseAsync(cancel);
        }
        finally
        {
            if (association is not null) await association.DisposeAsync();
        }
    }

    private async Task<Association?> ConnectAsync(SendPortion portion, CancellationToken cancel)
    {
        if (_givenUp is not null) return null;
        try
        {
            return await Association.ConnectAsync(peer with { PresentationContexts = portion.Contexts }, cancel);
        }
        catch (AssociationException e)
        {
            _givenUp = e.Message;       // what refuses or is not there now will be so for the next object too
            return null;
        }
    }

    private async Task<SendOutcome> SendAsync(Association association, SendItem item, CancellationToken cancel)
    {
        try
        {
            var status = await item.SendAsync(association, cancel);
            var result = status.IsSuccess ? SendResult.Stored : status.Category == StatusCategory.Warning ? SendResult.Warning : SendResult.Failed;
            return new SendOutcome(item.Name, result, status.IsSuccess ? null : $"the peer answers {status}", item, status);
        }
        catch (AssociationException e)
        {
            if (++_losses >= MaxLosses) _givenUp = e.Message;
            return new SendOutcome(item.Name, SendResult.Failed, e.Message, item);
        }
        catch (Exception e) when (e is not OperationCanceledException && Failure.Describe(e) is not null)
        {
            return new SendOutcome(item.Name, SendResult.Failed, Failure.Describe(e), item);
        }
    }
}
