using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Links;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter correct link</c>: notes that patients are one person, lists that, undoes it.</summary>
internal static class LinkCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var patients = new Argument<string[]>("PATIENT") { Description = "Patient IDs, or ID^^^ISSUER; without any, the links are listed", Arity = ArgumentArity.ZeroOrMore };
        var undo = new Option<long?>("--undo") { Description = "Undo this link", HelpName = "NUMBER" };
        var reason = new Option<string>("--reason") { Description = "Why, for the record", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var command = new Command("link", "Note that patients are one person: queries for one find the others when they ask so (linkedpatients=true, setting linkedPatients). Nothing of theirs changes.") { patients, undo, reason };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed);
            string[] named = parsed.GetValue(patients)!;
            string because = parsed.GetValue(reason)!;
            if ((named.Length > 0 || parsed.GetValue(undo) is not null) && because.Length == 0) throw new UsageException("--reason is needed, for the record");
            try
            {
                if (parsed.GetValue(undo) is { } number)
                {
                    await DataFolder.AskAsync(settings,
                        async archive => await archive.UnlinkPatientsAsync(number, Environment.UserName, because) ? default(JsonElement) : throw new CommandException("there is no such link, or it is undone already"),
                        server => server.PostAsync(string.Create(CultureInfo.InvariantCulture, $"api/links/{number}/undo"), new() { ["reason"] = because }, cancel), cancel);
                }
                else if (named.Length > 0)
                {
                    Write(terminal, folder.IsJson(parsed), await DataFolder.AskAsync(settings,
                        async archive => await archive.LinkPatientsAsync(LinkText.PatientsOf(named), Environment.UserName, because, cancel) is var link ? DataFolder.Json(json => LinkText.Write(json, link)) : default,
                        server => server.PostAsync("api/links", new() { ["patients"] = named, ["reason"] = because }, cancel), cancel));
                }
                else
                {
                    var all = await DataFolder.AskAsync(settings, archive => Task.FromResult(DataFolder.Json(json => LinkText.WriteAll(json, archive.GetLinks()))), server => server.GetAsync("api/links", cancel), cancel);
                    foreach (var link in all.GetProperty("links").EnumerateArray()) Write(terminal, folder.IsJson(parsed), link);
                }
                return ExitCode.Done;
            }
            catch (CorrectionException e)
            {
                throw new CommandException(e.Message, e);
            }
        });
        return command;
    }

    private static void Write(Terminal terminal, bool isJson, JsonElement link) => terminal.Output.WriteLine(isJson ? link.GetRawText()
        : Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{link.Number("number"),6}  {link.Time()}  {string.Join(" = ", link.GetProperty("patients").EnumerateArray().Select(p => p.GetString()))}  {link.Text("who")}: {link.Text("reason")}")
            + (link.TryGetProperty("undone", out var undone) ? $"  (undone {undone.Time()} by {undone.Text("who")}: {undone.Text("reason")})" : "")));
}
