using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Cli.Archiving;
using Isocenter.Cli.Dump;
using Isocenter.Dicom;
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
            + "a correction can be undone. The server must not be running on the folder; a running one has /api/corrections.")
        { values, patient, issuer, studies, series, intoPatient, intoIssuer, intoStudy, undo, reason };
        folder.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var archive = await DataFolder.OpenAsync(folder.Settings(parsed), cancel);
            try
            {
                if (parsed.GetValue(undo) is { } number)
                {
                    if (parsed.GetValue(reason)!.Length == 0) throw new UsageException("--reason is needed, for the record");
                    if (!await archive.UndoCorrectionAsync(number, Environment.UserName, parsed.GetValue(reason)!, cancel)) throw new CommandException($"there is no correction {number}, or it is undone already");
                    return ExitCode.Done;
                }
                if (parsed.GetValue(patient) is null && parsed.GetValue(studies)!.Length == 0)
                {
                    if (parsed.GetValue(values)!.Length > 0) throw new UsageException("--patient or --study says what is to be corrected");
                    foreach (var correction in archive.GetCorrections()) Write(terminal, folder.IsJson(parsed), correction);
                    return ExitCode.Done;
                }
                var request = new CorrectionRequest
                {
                    Patient = parsed.GetValue(patient),
                    Issuer = parsed.GetValue(issuer)!,
                    Studies = parsed.GetValue(studies)!,
                    Series = parsed.GetValue(series)!,
                    Set = parsed.GetValue(values) is { Length: > 0 } given ? CorrectionRequest.SetOf(given.Select(PairOf)) : null,
                    IntoPatient = parsed.GetValue(intoPatient),
                    IntoIssuer = parsed.GetValue(intoIssuer)!,
                    IntoStudy = parsed.GetValue(intoStudy),
                    Reason = parsed.GetValue(reason)!,
                };
                Write(terminal, folder.IsJson(parsed), await request.RunAsync(archive, Environment.UserName, cancel));
                return ExitCode.Done;
            }
            catch (CorrectionException e)
            {
                throw new CommandException(e.Message, e);
            }
        });
        return command;
    }

    private static KeyValuePair<string, string> PairOf(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : throw new UsageException($"'{text}' is not KEY=VALUE");
    }

    private static void Write(Terminal terminal, bool isJson, Correction correction)
    {
        if (isJson)
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer)) CorrectionRequest.Write(json, correction);
            terminal.Output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
            return;
        }
        var changes = correction.Changes.Where(change => change.Tag != Tags.SpecificCharacterSet)
            .Select(change => $"{CorrectionRequest.KeywordOf(change.Tag)}='{string.Join('\\', correction.Changes.GetAll<string>(change.Tag))}'");
        terminal.Output.WriteLine(Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{correction.Number,6}  {correction.At:yyyy-MM-dd HH:mm:ss}Z  {correction.Who}: {correction.Reason}")
            + (correction.Undone is { } undone ? string.Create(CultureInfo.InvariantCulture, $"  (undone {undone.At:yyyy-MM-dd HH:mm:ss}Z by {undone.Who}: {undone.Reason})") : "")));
        terminal.Output.WriteLine(Printable.Of($"        {string.Join(' ', correction.Studies)}{(correction.Series.Count > 0 ? " series " + string.Join(' ', correction.Series) : "")}: {string.Join(", ", changes)}"));
    }
}
