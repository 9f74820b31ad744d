using System.CommandLine;
using System.Text.Json;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Portal;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter quarantine list|release|discard</c>: files that are no objects we can index, which nobody throws away.</summary>
internal static class QuarantineCommand
{
    public static Command Create(Terminal terminal) =>
        new("quarantine", "Files that could not be indexed, or are damaged. Works in the data folder, or through the server that runs on it.")
        {
            List(terminal), Release(terminal), Discard(terminal),
        };

    private static Command List(Terminal terminal)
    {
        var folder = new DataFolder();
        var command = new Command("list", "List the files, and what is wrong with them");
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var answer = await DataFolder.AskAsync(folder.Settings(parsed),
                archive => ValueTask.FromResult(DataFolder.Json(json => QuarantineText.WriteAll(json, archive.GetQuarantine()))).AsTask(),
                server => server.GetAsync("api/quarantine", cancel), cancel);
            foreach (var file in answer.GetProperty("files").EnumerateArray())
            {
                terminal.Output.WriteLine(folder.IsJson(parsed) ? file.GetRawText()
                    : Printable.Of($"{file.Text("name")}  {file.Time("arrived")}  {DataFolder.Count(file.Number("bytes")),12} bytes  {file.Text("instance")}  {file.Text("problem")}"));
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Release(Terminal terminal)
    {
        var folder = new DataFolder();
        var name = Name();
        var command = new Command("release", "Try to store a file again, whatever its SOP class; it leaves the quarantine when it is stored") { name };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string file = parsed.GetRequiredValue(name);
            var answer = await DataFolder.AskAsync(folder.Settings(parsed),
                async archive => await archive.ReleaseQuarantinedAsync(file, Environment.UserName, cancel) is { } result
                    ? result.IsSuccess ? DataFolder.Json(json => QuarantineText.Write(json, result)) : throw new CommandException(result.Problem ?? result.Status.ToString())
                    : throw new CommandException("there is no such file in quarantine"),
                server => server.PostAsync($"api/quarantine/{Uri.EscapeDataString(file)}/release", [], cancel), cancel);
            terminal.Output.WriteLine(folder.IsJson(parsed) ? answer.GetRawText() : Printable.Of($"{file} is stored as {answer.Text("instance")}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Discard(Terminal terminal)
    {
        var folder = new DataFolder();
        var name = Name();
        var reason = new Option<string>("--reason") { Description = "Why, for the record", HelpName = "TEXT", Required = true };
        var command = new Command("discard", "Destroy a file") { name, reason };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string file = parsed.GetRequiredValue(name);
            await DataFolder.AskAsync(folder.Settings(parsed),
                archive => archive.DiscardQuarantined(file, Environment.UserName, parsed.GetRequiredValue(reason)) ? Task.FromResult(default(JsonElement))
                    : throw new CommandException("there is no such file in quarantine"),
                server => server.PostAsync($"api/quarantine/{Uri.EscapeDataString(file)}/discard", new() { ["reason"] = parsed.GetRequiredValue(reason) }, cancel), cancel);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The file, as 'quarantine list' names it" };
}
