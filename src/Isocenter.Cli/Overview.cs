using System.CommandLine;
using System.CommandLine.Invocation;

namespace Isocenter.Cli;

/// <summary>A command of the program.</summary>
/// <param name="Group">What it has to do with.</param>
/// <param name="Name">What is typed.</param>
/// <param name="Create">Builds it.</param>
internal sealed record CommandEntry(string Group, string Name, Func<Terminal, Command> Create);

/// <summary><c>isocenter --help</c>: every command in a line, by what it has to do with. The rest stands in its own help.</summary>
internal sealed class Overview(IReadOnlyList<CommandEntry> commands) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        var root = parseResult.RootCommandResult.Command;
        output.WriteLine(root.Description);
        output.WriteLine("Usage: isocenter COMMAND [arguments and options]");
        int width = commands.Max(command => command.Name.Length);
        foreach (var group in commands.GroupBy(command => command.Group))
        {
            output.WriteLine();
            output.WriteLine(group.Key);
            foreach (var entry in group)
            {
                string description = root.Subcommands.First(command => command.Name == entry.Name).Description ?? "";
                output.WriteLine($"  {entry.Name.PadRight(width)}  {FirstSentence(description)}");
            }
        }
        output.WriteLine();
        output.WriteLine("  --version".PadRight(width + 4) + "Which version this is");
        return ExitCode.Done;
    }

    /// <summary>The command that was probably meant, or null: two slips of the finger at most.</summary>
    public static string? Nearest(string typed, IReadOnlyList<CommandEntry> commands)
    {
        var (name, slips) = commands.Select(command => (command.Name, Slips: Slips(typed, command.Name))).MinBy(candidate => candidate.Slips);
        return slips <= 2 && slips < name.Length - 1 ? name : null;
    }

    private static string FirstSentence(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        if (end >= 0) text = text[..end];
        end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end >= 0 ? text[..end] : text).TrimEnd('.');
    }

    /// <summary>Letters to add, drop, change or swap with their neighbour.</summary>
    private static int Slips(string a, string b)
    {
        const int Longest = 32;
        if (a.Length > Longest) return int.MaxValue;
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(change, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[a.Length, b.Length];
    }
}
