using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Server.Corrections;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter correct</c>: corrects what the archive gives out of patients and studies, lists corrections, undoes one.</summary>
internal static class CorrectCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new DataFolder();
        var values = new Argument<string[]>("KEY=VALUE") { Description = "The right values, as PatientName=Doe^Jane; nothing after = takes the value away", Arity = ArgumentArity.ZeroOrMore };
        var patient = new Option<string?>("--patient") { Description = "Patient ID: all the studies that are there now", HelpName = "ID" };
        var issuer = new Option<string>("--issuer") { Description = "Issuer of that ID", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var studies = new Option<string[]>("--study") { Description = "Study Instance UID; may be given again", HelpName = "UID", DefaultValueFactory = _ => [] };
        var series = new Option<string[]>("--series") { Description = "These series of the study alone, with --into-study", HelpName = "UID", DefaultValueFactory = _ => [] };
        var intoPatient = new Option<string?>("--into-patient") { Description = "Give the studies to this patient: with --patient, merge", HelpName = "ID" };
        var intoIssuer = new Option<string>("--into-issuer") { Description = "Issuer of that ID", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var intoStudy = new Option<string?>("--into-study") { Description = "Move into this study, or into a new one", HelpName = "UID|new" };
        var undo = new Option<long?>("--undo") { Description = "Undo this correction", HelpName = "NUMBER" };
        var reason = new Option<string>("--reason") { Description = "Why, for the record", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var command = new Command("correct", "Correct what is found and given out of patients and studies, or list what was corrected. The stored files stay as they are, and "
            + "a correction can be undone. Works in the data folder, or through the server that runs on it.")
        { values, patient, issuer, studies, series, intoPatient, intoIssuer, intoStudy, undo, reason, LinkCommand.Create(terminal) };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = folder.Settings(parsed);
            string because = parsed.GetValue(reason)!;
            try
            {
                if (parsed.GetValue(undo) is { } number)
                {
                    if (because.Length == 0) throw new UsageException("--reason is needed, for the record");
                    await DataFolder.AskAsync(settings,
                        async archive => await archive.UndoCorrectionAsync(number, Environment.UserName, because, cancel) ? default(JsonElement) : throw new CommandException($"there is no correction {number}, or it is undone already"),
                        server => server.PostAsync(string.Create(CultureInfo.InvariantCulture, $"api/corrections/{number}/undo"), new() { ["reason"] = because }, cancel), cancel);
                    return ExitCode.Done;
                }
                if (parsed.GetValue(patient) is null && parsed.GetValue(studies)!.Length == 0)
                {
                    if (parsed.GetValue(values)!.Length > 0) throw new UsageException("--patient or --study says what is to be corrected");
                    var all = await DataFolder.AskAsync(settings, archive => Task.FromResult(DataFolder.Json(json => CorrectionRequest.WriteAll(json, archive.GetCorrections()))),
                        server => server.GetAsync("api/corrections", cancel), cancel);
                    foreach (var correction in all.GetProperty("corrections").EnumerateArray()) Write(terminal, folder.IsJson(parsed), correction);
                    return ExitCode.Done;
                }
                var pairs = parsed.GetValue(values)!.Select(PairOf).ToList();
                var request = new CorrectionRequest
                {
                    Patient = parsed.GetValue(patient),
                    Issuer = parsed.GetValue(issuer)!,
                    Studies = parsed.GetValue(studies)!,
                    Series = parsed.GetValue(series)!,
                    Set = pairs.Count > 0 ? CorrectionRequest.SetOf(pairs) : null,
                    IntoPatient = parsed.GetValue(intoPatient),
                    IntoIssuer = parsed.GetValue(intoIssuer)!,
                    IntoStudy = parsed.GetValue(intoStudy),
                    Reason = because,
                };
                var made = await DataFolder.AskAsync(settings,
                    async archive => await request.RunAsync(archive, Environment.UserName, cancel) is var correction ? DataFolder.Json(json => CorrectionRequest.Write(json, correction)) : default,
                    server => server.PostAsync("api/corrections", BodyOf(request, pairs), cancel), cancel);
                Write(terminal, folder.IsJson(parsed), made);
                return ExitCode.Done;
            }
            catch (CorrectionException e)
            {
                throw new CommandException(e.Message, e);
            }
        });
        return command;
    }

    private static Dictionary<string, object?> BodyOf(CorrectionRequest request, List<KeyValuePair<string, string>> values)
    {
        var body = new Dictionary<string, object?> { ["reason"] = request.Reason, ["issuer"] = request.Issuer, ["intoIssuer"] = request.IntoIssuer };
        if (request.Patient is not null) body["patient"] = request.Patient;
        if (request.Studies.Count > 0) body["studies"] = request.Studies;
        if (request.Series.Count > 0) body["series"] = request.Series;
        if (values.Count > 0) body["set"] = values.ToDictionary(pair => pair.Key, pair => pair.Value);
        if (request.IntoPatient is not null) body["intoPatient"] = request.IntoPatient;
        if (request.IntoStudy is not null) body["intoStudy"] = request.IntoStudy;
        return body;
    }

    private static KeyValuePair<string, string> PairOf(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : throw new UsageException($"'{text}' is not KEY=VALUE");
    }

    private static void Write(Terminal terminal, bool isJson, JsonElement correction)
    {
        if (isJson)
        {
            terminal.Output.WriteLine(correction.GetRawText());
            return;
        }
        var changes = correction.GetProperty("set").EnumerateObject().Select(change => $"{change.Name}='{change.Value.GetString()}'");
        string List(string name) => correction.TryGetProperty(name, out var list) ? string.Join(' ', list.EnumerateArray().Select(one => one.GetString())) : "";
        terminal.Output.WriteLine(Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{correction.Number("number"),6}  {correction.Time()}  {correction.Text("who")}: {correction.Text("reason")}")
            + (correction.TryGetProperty("undone", out var undone) ? $"  (undone {undone.Time()} by {undone.Text("who")}: {undone.Text("reason")})" : "")));
        terminal.Output.WriteLine(Printable.Of($"        {List("studies")}{(List("series") is { Length: > 0 } series ? " series " + series : "")}: {string.Join(", ", changes)}"));
    }
}
