using System.CommandLine;
using System.Text.Json;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter user add|list|remove</c>: the users who may come in over DIMSE, in the file of the setting
/// <c>dicom:users</c>.</summary>
internal static class UserCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Option<string>("--file")
        {
            Description = "The file, which the setting dicom:users names (default: ./users)",
            HelpName = "FILE",
            DefaultValueFactory = _ => "users",
            Recursive = true,
        };
        return new Command("user", "Users who may come in over DIMSE (user identity, PS3.7 D.3.3.7). Of pass codes only a hash is kept. The server takes the file with the setting "
            + "dicom:users, refuses who names nobody with dicom:userRequired, and reads the file again when it changes. Pass codes cross the network as they are: use TLS.")
        {
            file, Add(terminal, file), List(terminal, file), Remove(terminal, file),
        };
    }

    private static Command Add(Terminal terminal, Option<string> file)
    {
        var name = new Argument<string>("NAME") { Description = "The user name" };
        var nameOnly = new Option<bool>("--no-passcode") { Description = "The name alone is enough: says who calls, proves nothing." };
        var command = new Command("add", "Add a user, or change the pass code, which is one line of standard input") { name, nameOnly };
        command.SetAction(parsed =>
        {
            string? passcode = parsed.GetValue(nameOnly) ? null : Passcode(terminal);
            string path = parsed.GetValue(file)!;
            try
            {
                UserList.Set(path, parsed.GetValue(name)!, passcode);
            }
            catch (ArgumentException e)
            {
                throw new UsageException(e.Message);
            }
            terminal.Output.WriteLine($"user '{parsed.GetValue(name)}' stands in {path} now");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Passcode(Terminal terminal)
    {
        if (terminal.IsInteractive && !Console.IsInputRedirected) terminal.Error.Write("pass code: ");
        return Console.In.ReadLine() is { Length: > 0 } line ? line : throw new UsageException("standard input has no pass code (--no-passcode for a user without one)");
    }

    private static Command List(Terminal terminal, Option<string> file)
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("list", "List the users") { json };
        command.SetAction(parsed =>
        {
            var users = UserList.Names(parsed.GetValue(file)!);
            if (parsed.GetValue(json))
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(users.Select(user => new { name = user.Name, passcode = user.HasPasscode })));
                return ExitCode.Done;
            }
            foreach (var (name, hasPasscode) in users) terminal.Output.WriteLine(hasPasscode ? name : $"{name} (no pass code)");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(Terminal terminal, Option<string> file)
    {
        var name = new Argument<string>("NAME") { Description = "The user name" };
        var command = new Command("remove", "Take a user out") { name };
        command.SetAction(parsed =>
        {
            if (UserList.Remove(parsed.GetValue(file)!, parsed.GetValue(name)!)) return ExitCode.Done;
            terminal.Complain($"there is no user '{parsed.GetValue(name)}'");
            return ExitCode.Failed;
        });
        return command;
    }
}
