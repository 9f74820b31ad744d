using Isocenter.Network;

namespace Isocenter.Cli.Sending;

/// <summary>Sends with a progress bar on stderr, when a person watches it.</summary>
internal static class SendProgress
{
    public static async Task RunAsync(Terminal terminal, StoreQueueOptions options, IReadOnlyList<StoreItem> items, SendReport report, CancellationToken cancel)
    {
        if (items.Count == 0) return;
        if (!terminal.IsInteractive)
        {
            await foreach (var outcome in StoreQueue.SendAsync(items, options, cancel)) report.Add(SendOutcome.Of(outcome));
            return;
        }
        await ProgressBar.RunAsync(terminal, $"{items.Count} objects", items.Sum(item => (double)item.Length), async (writeLine, done) =>
        {
            report.WriteLine = writeLine;
            await foreach (var outcome in StoreQueue.SendAsync(items, options, cancel))
            {
                report.Add(SendOutcome.Of(outcome));
                done(outcome.Item.Length);
            }
        });
        report.WriteLine = null;
    }
}
