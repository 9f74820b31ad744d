using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Isocenter.Cli.Commands;
using Isocenter.Server.Settings;

namespace Isocenter.Cli;

/// <summary>The <c>isocenter</c> program: finds the command, runs it, turns what went wrong into one sentence and an exit
/// code (0 done, 1 the operation failed, 2 wrong usage).</summary>
internal static class Program
{
    /// <summary>How long a command may take to stop after Ctrl-C or SIGTERM: <c>serve</c> drains within 10 s.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(12);

    /// <summary>The commands in the order of the help text. A new one is a file in Commands and a line here; only the one
    /// that was asked for is built.</summary>
    private static readonly (string Name, Func<Terminal, Command> Create)[] Commands =
    [
        ("serve", ServeCommand.Create),
        ("node", NodeCommand.Create),
        ("reindex", ReindexCommand.Create),
        ("verify", VerifyCommand.Create),
        ("stats", StatsCommand.Create),
        ("import", ImportCommand.Create),
        ("export", ExportCommand.Create),
        ("backup", BackupCommand.Create),
        ("restore", BackupCommand.CreateRestore),
        ("undelete", UndeleteCommand.Create),
        ("dump", DumpCommand.Create),
        ("json", JsonCommand.Create),
        ("xml", XmlCommand.Create),
        ("from-json", FromJsonCommand.Create),
        ("from-xml", FromXmlCommand.Create),
        ("diff", DiffCommand.Create),
        ("set", SetCommand.Create),
        ("insert", InsertCommand.Create),
        ("remove", RemoveCommand.Create),
        ("convert", ConvertCommand.Create),
        ("validate", ValidateCommand.Create),
        ("dicomdir", DicomDirCommand.Create),
        ("decode", DecodeCommand.Create),
        ("transcode", TranscodeCommand.Create),
        ("render", RenderCommand.Create),
        ("demo", DemoCommand.Create),
        ("echo", EchoCommand.Create),
        ("send", SendCommand.Create),
        ("receive", ReceiveCommand.Create),
        ("find", FindCommand.Create),
        ("get", GetCommand.Create),
        ("move", MoveCommand.Create),
        ("worklist", WorklistCommand.Create),
        ("mpps", MppsCommand.Create),
        ("commit", CommitCommand.Create),
        ("ups", UpsCommand.Create),
        ("ian", IanCommand.Create),
        ("print", PrintCommand.Create),
        ("proxy", ProxyCommand.Create),
        ("web", WebCommand.Create),
    ];

    private static async Task<int> Main(string[] args)
    {
        using var terminal = Terminal.OfProcess();
        return await RunAsync(args, terminal, CancellationToken.None);
    }

    /// <summary>Runs one command line, without touching the process: tests call it.</summary>
    internal static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancel)
    {
        try
        {
            var parsed = Root(args, terminal).Parse(args);
            if (parsed.Action is not HelpAction && Problem(parsed, args) is { } problem)
            {
                terminal.Complain($"{problem} (see 'isocenter {CommandPath(parsed)}--help')");
                return ExitCode.WrongUsage;
            }
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopTimeout,
            }, cancel);
        }
        catch (Exception e) when (Failure.Describe(e) is { } sentence)
        {
            terminal.Complain(sentence);
            return e is UsageException or SettingsException ? ExitCode.WrongUsage : ExitCode.Failed;
        }
        finally
        {
            terminal.Output.Flush();
            terminal.Error.Flush();
        }
    }

    private static RootCommand Root(string[] args, Terminal terminal)
    {
        var root = new RootCommand("Isocenter: a DICOM archive and toolkit. 'isocenter COMMAND --help' explains a command.");
        string? asked = Array.Find(args, arg => !arg.StartsWith('-'));
        foreach (var (name, create) in Commands)
        {
            if (name == asked) root.Add(create(terminal));
        }
        if (root.Subcommands.Count > 0) return root;
        foreach (var (_, create) in Commands) root.Add(create(terminal));
        return root;
    }

    /// <summary>What is wrong with the command line, or null.</summary>
    private static string? Problem(ParseResult parsed, string[] args)
    {
        // The parser takes an option that does not exist for one of several files. After -- a file may be called so.
        string[] meant = [.. args.SkipWhile(arg => arg != "--")];
        var stray = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .FirstOrDefault(token => token.Value.Length > 1 && token.Value[0] == '-' && !meant.Contains(token.Value));
        if (stray is not null) return $"there is no option '{stray.Value}'";
        if (parsed.Errors.Count == 0) return null;
        if (parsed.CommandResult.Command is not RootCommand) return parsed.Errors[0].Message.TrimEnd('.');
        return Array.Find(args, arg => !arg.StartsWith('-')) is { } asked ? $"there is no command '{asked}'" : "which command?";
    }

    private static string CommandPath(ParseResult parsed)
    {
        string path = "";
        for (var result = parsed.CommandResult; result.Command is not RootCommand; result = (CommandResult)result.Parent!)
            path = result.Command.Name + " " + path;
        return path;
    }
}
