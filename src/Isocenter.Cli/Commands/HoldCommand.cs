using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Holds;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter hold add|list|remove</c>: what must not be deleted, whoever asks for it.</summary>
internal static class HoldCommand
{
    public static Command Create(Terminal terminal) =>
        new("hold", "Legal holds: what must not be deleted or moved away, whoever asks for it. Works in the data folder, or through the server that runs on it.")
        {
            Add(terminal), List(terminal), Remove(terminal),
        };

    private static Command Add(Terminal terminal)
    {
        var folder = new DataFolder();
        var study = new Option<string?>("--study") { Description = "Study Instance UID", HelpName = "UID" };
        var patient = new Option<string?>("--patient") { Description = "Patient ID: all studies, those that come later too", HelpName = "ID" };
        var issuer = new Option<string>("--issuer") { Description = "Issuer of that ID", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var reason = new Option<string>("--reason") { Description = "Why, for the record, such as a case number", HelpName = "TEXT", Required = true };
        var command = new Command("add", "Hold a study or a patient") { study, patient, issuer, reason };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var subject = HoldRequest.SubjectOf(parsed.GetValue(study), parsed.GetValue(patient), parsed.GetValue(issuer)!)
                ?? throw new UsageException("either --study with a UID or --patient with an ID is needed");
            var hold = await DataFolder.AskAsync(folder.Settings(parsed),
                async archive => Json(await archive.HoldAsync(subject, Environment.UserName, parsed.GetValue(reason)!)),
                server => server.PostAsync("api/holds", new()
                {
                    [subject.PatientId is null ? "study" : "patient"] = subject.PatientId ?? subject.StudyInstanceUid,
                    ["issuer"] = subject.Issuer,
                    ["reason"] = parsed.GetValue(reason),
                }, cancel), cancel);
            Write(terminal, folder.IsJson(parsed), hold);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var folder = new DataFolder();
        var all = new Option<bool>("--all") { Description = "Also those that were removed" };
        var command = new Command("list", "List the holds") { all };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var answer = await DataFolder.AskAsync(folder.Settings(parsed),
                async archive => await archive.GetHoldsAsync(parsed.GetValue(all), cancel) is var holds ? DataFolder.Json(json => HoldRequest.WriteAll(json, holds)) : default,
                server => server.GetAsync(parsed.GetValue(all) ? "api/holds?all=true" : "api/holds", cancel), cancel);
            foreach (var hold in answer.GetProperty("holds").EnumerateArray()) Write(terminal, folder.IsJson(parsed), hold);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var folder = new DataFolder();
        var number = new Argument<long>("NUMBER") { Description = "The hold" };
        var reason = new Option<string>("--reason") { Description = "Why, for the record", HelpName = "TEXT", Required = true };
        var command = new Command("remove", "Release what is held, unless another hold is on it too") { number, reason };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await DataFolder.AskAsync(folder.Settings(parsed),
                async archive => await archive.ReleaseHoldAsync(parsed.GetValue(number), Environment.UserName, parsed.GetValue(reason)!) ? default(JsonElement)
                    : throw new CommandException("there is no such hold, or it is released already"),
                server => server.PostAsync(string.Create(CultureInfo.InvariantCulture, $"api/holds/{parsed.GetValue(number)}/release"), new() { ["reason"] = parsed.GetValue(reason) }, cancel), cancel);
            return ExitCode.Done;
        });
        return command;
    }

    private static JsonElement Json(Hold hold) => DataFolder.Json(json => HoldRequest.Write(json, hold));

    private static void Write(Terminal terminal, bool isJson, JsonElement hold)
    {
        if (isJson)
        {
            terminal.Output.WriteLine(hold.GetRawText());
            return;
        }
        string subject = hold.Text("patient") is { Length: > 0 } patient ? $"patient {patient}{(hold.Text("issuer") is { Length: > 0 } issuer ? $" of {issuer}" : "")}" : $"study {hold.Text("study")}";
        terminal.Output.WriteLine(Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{hold.Number("number"),6}  {hold.Time()}  {subject}  {hold.Text("who")}: {hold.Text("reason")}")
            + (hold.TryGetProperty("released", out var released) ? $"  (removed {released.Time()} by {released.Text("who")}: {released.Text("reason")})" : "")));
    }
}
