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

    /// <summary>How often a thread of the pool looks for work before it sleeps. 0 for the server (see the project file); where one
    /// association waits for each answer, waking a thread is a fifth of the time, and a few looks cost no more than the sleep.</summary>
    private const string SpinLimit = "System.Threading.ThreadPool.UnfairSemaphoreSpinLimit";

    /// <summary>The commands, in the order of the help text. A new one is a file in Commands and a line here; only the one
    /// that was asked for is built.</summary>
    private static readonly CommandEntry[] Commands =
    [
        new("The archive", "serve", ServeCommand.Create),
        new("The archive", "node", NodeCommand.Create),
        new("The archive", "user", UserCommand.Create),
        new("The archive", "reindex", ReindexCommand.Create),
        new("The archive", "verify", VerifyCommand.Create),
        new("The archive", "stats", StatsCommand.Create),
        new("The archive", "import", ImportCommand.Create),
        new("The archive", "export", ExportCommand.Create),
        new("The archive", "backup", BackupCommand.Create),
        new("The archive", "restore", BackupCommand.CreateRestore),
        new("The archive", "undelete", UndeleteCommand.Create),
        new("The archive", "conflicts", ConflictsCommand.Create),
        new("The archive", "correct", CorrectCommand.Create),
        new("The archive", "hold", HoldCommand.Create),
        new("The archive", "quarantine", QuarantineCommand.Create),
        new("The archive", "retention", RetentionCommand.Create),
        new("The archive", "purge", PurgeCommand.Create),
        new("Files", "dump", DumpCommand.Create),
        new("Files", "json", JsonCommand.Create),
        new("Files", "xml", XmlCommand.Create),
        new("Files", "from-json", FromJsonCommand.Create),
        new("Files", "from-xml", FromXmlCommand.Create),
        new("Files", "diff", DiffCommand.Create),
        new("Files", "set", SetCommand.Create),
        new("Files", "insert", InsertCommand.Create),
        new("Files", "remove", RemoveCommand.Create),
        new("Files", "convert", ConvertCommand.Create),
        new("Files", "validate", ValidateCommand.Create),
        new("Files", "dicomdir", DicomDirCommand.Create),
        new("Images", "decode", DecodeCommand.Create),
        new("Images", "transcode", TranscodeCommand.Create),
        new("Images", "render", RenderCommand.Create),
        new("Images", "fromimg", FromImgCommand.Create),
        new("Images", "toimg", ToImgCommand.Create),
        new("Images", "demo", DemoCommand.Create),
        new("Network", "echo", EchoCommand.Create),
        new("Network", "send", SendCommand.Create),
        new("Network", "receive", ReceiveCommand.Create),
        new("Network", "find", FindCommand.Create),
        new("Network", "get", GetCommand.Create),
        new("Network", "move", MoveCommand.Create),
        new("Network", "worklist", WorklistCommand.Create),
        new("Network", "mpps", MppsCommand.Create),
        new("Network", "commit", CommitCommand.Create),
        new("Network", "ups", UpsCommand.Create),
        new("Network", "ian", IanCommand.Create),
        new("Network", "print", PrintCommand.Create),
        new("Network", "proxy", ProxyCommand.Create),
        new("Network", "web", WebCommand.Create),
    ];

    private static async Task<int> Main(string[] args)
    {
        if (args is ["receive" or "send" or "get" or "proxy", ..]) AppContext.SetData(SpinLimit, 10);
        using var terminal = Terminal.OfProcess();
        return await RunAsync(args, terminal, CancellationToken.None);
    }

    /// <summary>Runs one command line, without touching the process: tests call it.</summary>
    internal static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancel)
    {
        try
        {
            var parsed = Root(args, terminal).Parse(args);
            if (parsed.Action is not (HelpAction or Overview) && Problem(parsed, args) is { } problem)
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
        if (Array.Find(Commands, command => command.Name == asked) is { } known)
        {
            root.Add(known.Create(terminal));
            return root;
        }
        foreach (var command in Commands) root.Add(command.Create(terminal));
        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { } help) help.Action = new Overview(Commands);
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
        if (Array.Find(args, arg => !arg.StartsWith('-')) is not { } asked) return "which command?";
        return $"there is no command '{asked}'" + (Overview.Nearest(asked, Commands) is { } near ? $"; did you mean '{near}'?" : "");
    }

    private static string CommandPath(ParseResult parsed)
    {
        string path = "";
        for (var result = parsed.CommandResult; result.Command is not RootCommand; result = (CommandResult)result.Parent!)
            path = result.Command.Name + " " + path;
        return path;
    }
}
