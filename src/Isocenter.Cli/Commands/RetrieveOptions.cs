using System.CommandLine;
using Isocenter.Cli.Querying;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>What <c>get</c> and <c>move</c> have in common: what to retrieve, and how to tell how it went.</summary>
internal sealed class RetrieveOptions
{
    private readonly Option<string?> _patient = new("--patient") { Description = "All studies of this Patient ID (Patient Root).", HelpName = "ID" };
    private readonly Option<string?> _study = new("--study") { Description = "Study Instance UID.", HelpName = "UID" };
    private readonly Option<string?> _series = new("--series") { Description = "Series Instance UID; its study is needed too.", HelpName = "UID" };
    private readonly Option<string?> _instance = new("--instance") { Description = "SOP Instance UID; its study and series are needed too.", HelpName = "UID" };

    /// <summary>Adds the options, and the check that they name something.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new[] { _patient, _study, _series, _instance }) command.Add(option);
        foreach (var option in new[] { _study, _series, _instance })
        {
            option.Validators.Add(result =>
            {
                if (!Uid.TryParseLenient(result.Tokens[0].Value, out _)) result.AddError($"'{result.Tokens[0].Value}' is not a UID");
            });
        }
        command.Validators.Add(result =>
        {
            bool Has(Option option) => result.GetResult(option) is not null;
            if (!Has(_patient) && !Has(_study)) result.AddError("say what to retrieve: --study UID (and --series, --instance), or --patient ID");
            else if (Has(_series) && !Has(_study) || Has(_instance) && !Has(_series)) result.AddError("--series needs --study, and --instance needs --series");
        });
    }

    public bool UsesPatientRoot(ParseResult parsed) => parsed.GetValue(_patient) is not null;

    public string? Study(ParseResult parsed) => parsed.GetValue(_study);

    /// <summary>The unique keys down to the lowest that is given, and its level (PS3.4 §C.4.2.2.1).</summary>
    public DataSet Identifier(ParseResult parsed)
    {
        var identifier = new DataSet();
        var lowest = QueryLevel.Patient;
        foreach (var (option, level) in new[]
        {
            (_patient, QueryLevel.Patient), (_study, QueryLevel.Study), (_series, QueryLevel.Series), (_instance, QueryLevel.Image),
        })
        {
            if (parsed.GetValue(option) is not { } value) continue;
            if (!System.Text.Ascii.IsValid(value)) identifier.Set(Tags.SpecificCharacterSet, "ISO_IR 192");
            identifier.SetText(level.UniqueKey, DataDictionary.VROf(level.UniqueKey), value);
            lowest = level;
        }
        return identifier.Set(Tags.QueryRetrieveLevel, lowest.Name);
    }

    /// <summary>Tells how a retrieval ended.</summary>
    /// <returns>The exit code.</returns>
    public static int Finish(Terminal terminal, SubOperationProgress? last, string verb, string where, bool json)
    {
        if (last is null) throw new CommandException("the peer did not answer");
        // All came, some with a reservation: as with 'send', that is done.
        bool isClean = last.Status.IsSuccessOrWarning && last.Failed == 0;
        if (json)
        {
            terminal.Output.WriteLine(System.Text.Json.JsonSerializer.Serialize(new
            {
                status = last.Status.Code.ToString("X4", System.Globalization.CultureInfo.InvariantCulture),
                completed = last.Completed,
                warning = last.Warning,
                failed = last.Failed,
                failedInstances = last.FailedInstances.Select(uid => uid.Value),
            }));
        }
        else
        {
            terminal.Output.WriteLine($"{last.Completed + last.Warning} {(last.Completed + last.Warning == 1 ? "object" : "objects")} {verb} {where}"
                + (last.Warning > 0 ? $", {last.Warning} of them with a warning" : "") + (last.Failed > 0 ? $", {last.Failed} failed" : ""));
        }
        if (isClean) return ExitCode.Done;
        foreach (var uid in last.FailedInstances) terminal.Complain($"{uid}: failed");
        terminal.Complain($"the peer answers {Advice.Of(last.Status)}");
        return ExitCode.Failed;
    }
}
