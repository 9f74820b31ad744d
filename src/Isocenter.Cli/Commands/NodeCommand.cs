using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Server.Settings;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter node add|list|remove</c>: the known peers in the settings file.</summary>
internal static class NodeCommand
{
    public static Command Create(Terminal terminal)
    {
        var config = new Option<string>("--config")
        {
            Description = "Settings file (default: ./isocenter.json)",
            HelpName = "FILE",
            DefaultValueFactory = _ => SettingsReader.DefaultFile,
            Recursive = true,
        };
        return new Command("node", "Known peers, such as destinations of C-MOVE. They stand in the settings file, which a running server reads again when it changes.")
        {
            config, Add(terminal, config), List(terminal, config), Remove(terminal, config),
        };
    }

    private static Command Add(Terminal terminal, Option<string> config)
    {
        var aet = new Argument<string>("AET") { Description = "Its AE title" };
        var host = new Argument<string>("HOST") { Description = "Its name or address" };
        var port = new Argument<int>("PORT") { Description = "Its TCP port" };
        var command = new Command("add", "Add a node, in place of one with the same AE title") { aet, host, port };
        command.SetAction(parsed =>
        {
            var node = SettingsReader.CheckedNode("node", parsed.GetValue(aet)!, parsed.GetValue(host)!, parsed.GetValue(port));
            NodeFile.Add(parsed.GetValue(config)!, node);
            terminal.Output.WriteLine($"{node.AETitle} is {node.Host}:{node.Port.ToString(CultureInfo.InvariantCulture)} now");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal, Option<string> config)
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("list", "List the nodes") { json };
        command.SetAction(parsed =>
        {
            var nodes = SettingsReader.ReadNodes(parsed.GetValue(config)!);
            if (parsed.GetValue(json))
            {
                terminal.Output.WriteLine(JsonSerializer.Serialize(nodes.Select(n => new { aet = n.AETitle, host = n.Host, port = n.Port })));
                return ExitCode.Done;
            }
            foreach (var node in nodes) terminal.Output.WriteLine($"{node.AETitle,-16} {node.Host}:{node.Port.ToString(CultureInfo.InvariantCulture)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(Terminal terminal, Option<string> config)
    {
        var aet = new Argument<string>("AET") { Description = "Its AE title" };
        var command = new Command("remove", "Take a node out") { aet };
        command.SetAction(parsed =>
        {
            if (NodeFile.Remove(parsed.GetValue(config)!, parsed.GetValue(aet)!)) return ExitCode.Done;
            terminal.Error.WriteLine($"isocenter: there is no node '{parsed.GetValue(aet)}'");
            return ExitCode.Failed;
        });
        return command;
    }
}
