using Spectre.Console;

namespace Isocenter.Cli;

/// <summary>A progress bar of bytes on stderr, for a person who watches.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work under a bar.</summary>
    /// <param name="terminal">Where it is drawn.</param>
    /// <param name="title">What stands before it.</param>
    /// <param name="total">Bytes in all.</param>
    /// <param name="work">The work: takes a way to write a line above the bar, and one to say how many more bytes are done.</param>
    public static Task RunAsync(Terminal terminal, string title, double total, Func<Action<string>, Action<long>, Task> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Error),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = terminal.HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(progress =>
            {
                var task = progress.AddTask(title, maxValue: Math.Max(1, total));
                return work(console.WriteLine, done => task.Increment(done));
            });
    }
}
