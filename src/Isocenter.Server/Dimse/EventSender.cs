using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Takes event reports to known nodes, each on an association of its own in which we are the SCP.</summary>
internal sealed class EventSender(ServerSettings settings, KnownNodes nodes, ILogger logger, CancellationToken stopping)
{
    /// <summary>A node may be down for a moment, or still be ending the association in which it asked.</summary>
    private static readonly TimeSpan[] Retries = [TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)];

    /// <summary>Is an AE title that events can be sent to.</summary>
    public bool Knows(string aeTitle) => nodes.Find(aeTitle) is not null;

    /// <summary>Sends, and sends again when it fails. Never throws: at the end there is a line in the log.</summary>
    /// <returns>The node has taken it.</returns>
    public async Task<bool> SendAsync(string aeTitle, Uid abstractSyntax, Func<Association, Task<NormalizedResponse>> report)
    {
        string problem = "no node of this AE title is known";
        foreach (var wait in Retries)
        {
            await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return false;
            if (nodes.Find(aeTitle) is not { } node) break;
            try
            {
                await using var association = await Association.ConnectAsync(new AssociationOptions
                {
                    Host = node.Host,
                    Port = node.Port,
                    CallingAETitle = settings.AETitle,
                    CalledAETitle = node.AETitle,
                    PresentationContexts = [new PresentationContextProposal(abstractSyntax) { Scu = false, Scp = true }],
                }, stopping);
                var answer = await report(association);
                await association.ReleaseAsync();
                if (answer.Status.IsSuccessOrWarning) return true;
                problem = answer.Status.ToString();
            }
            catch (Exception failed) when (failed is AssociationException or NoPresentationContextException)
            {
                problem = failed.Message;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
        Log.EventNotDelivered(logger, aeTitle, problem);
        return false;
    }
}
