using Isocenter.Network;
using Spectre.Console;

namespace Isocenter.Cli.Sending;

/// <summary>Sends with a progress bar on stderr, when a person watches it.</summary>
internal static class SendProgress
{
    public static async Task RunAsync(Terminal terminal, AssociationOptions peer, IReadOnlyList<SendItem> items, SendReport report, CancellationToken cancel)
    {
        if (items.Count == 0) return;
        if (!terminal.IsInteractive)
        {
            await new Sender(peer, report.Add).RunAsync(items, cancel);
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
                await new Sender(peer, outcome =>
                {
                    report.Add(outcome);
                    task.Increment(outcome.Item?.Length ?? 0);
                }).RunAsync(items, cancel);
            });
        report.WriteLine = null;
    }
}
