using Isocenter.Network;
using Spectre.Console;

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
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Error),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = terminal.HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        });
        await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask($"{items.Count} objects", maxValue: Math.Max(1, items.Sum(item => (double)item.Length)));
                report.WriteLine = line => console.WriteLine(line);
                await foreach (var outcome in StoreQueue.SendAsync(items, options, cancel))
                {
                    report.Add(SendOutcome.Of(outcome));
                    task.Increment(outcome.Item.Length);
                }
            });
        report.WriteLine = null;
    }
}
