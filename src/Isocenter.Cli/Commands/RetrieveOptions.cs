using System.CommandLine;
using Isocenter.Cli.Querying;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;

namespace Isocenter.Cli.Commands;

/// <summary>What <c>get</c> and <c>move</c> have in common: what to retrieve, and how to tell how it went.</summary>
internal sealed class RetrieveOptions
{
    private readonly Option<string?> _patient = new("--patient") { Description = "All studies of this Patient ID (Patient Root).", HelpName = "ID" };
    private readonly Option<string?> _study = new("--study") { Description = "Study Instance UID.", HelpName = "UID" };
    private readonly Option<string?> _series = new("--series") { Description = "Series Instance UID; its study is needed too.", HelpName = "UID" };
    private readonly Option<string?> _instance = new("--instance") { Description = "SOP Instance UID; its study and series are needed too.", HelpName = "UID" };

    private readonly Option<string?> _frames = new("--frames") { Description = "Only these frames of --instance, as a new object (FRAME level): 1,5,9 or 1-10 or 1-100/10 or 20-.", HelpName = "LIST" };
    private readonly Option<string?> _seconds = new("--seconds") { Description = "Only the frames of --instance from that second to that after it began, such as 1.5-3.", HelpName = "FROM-TO" };

    /// <summary>Adds the options, and the check that they name something.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new[] { _patient, _study, _series, _instance, _frames, _seconds }) command.Add(option);
        Check(_frames, FrameList.Parse);
        Check(_seconds, FrameList.ParseSeconds);
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
            if (Has(_frames) || Has(_seconds))
            {
                if (Has(_frames) && Has(_seconds)) result.AddError("either --frames or --seconds");
                if (!Has(_instance)) result.AddError("frames are those of one object: --instance UID");
                if (Has(_patient)) result.AddError("frames are asked for by the UID of their object, not by --patient");
                return;
            }
            if (!Has(_patient) && !Has(_study)) result.AddError("say what to retrieve: --study UID (and --series, --instance), or --patient ID");
            else if (Has(_series) && !Has(_study) || Has(_instance) && !Has(_series)) result.AddError("--series needs --study, and --instance needs --series");
        });
    }

    /// <summary>The information model: Composite Instance Root for frames (PS3.4 Annex Y), else Patient or Study Root.</summary>
    public Uid Model(ParseResult parsed, bool isMove) => Uid.Parse((Frames(parsed), parsed.GetValue(_patient), isMove) switch
    {
        (not null, _, true) => SopClasses.CompositeInstanceRootRetrieveMove,
        (not null, _, false) => SopClasses.CompositeInstanceRootRetrieveGet,
        (_, not null, true) => SopClasses.PatientRootQueryRetrieveInformationModelMove,
        (_, not null, false) => SopClasses.PatientRootQueryRetrieveInformationModelGet,
        (_, _, true) => SopClasses.StudyRootQueryRetrieveInformationModelMove,
        _ => SopClasses.StudyRootQueryRetrieveInformationModelGet,
    });

    public string? Study(ParseResult parsed) => parsed.GetValue(_study);

    /// <summary>The unique keys down to the lowest that is given, and its level (PS3.4 §C.4.2.2.1).</summary>
    public DataSet Identifier(ParseResult parsed)
    {
        var identifier = new DataSet();
        if (Frames(parsed) is { } frames)
        {
            identifier.Set(Tags.QueryRetrieveLevel, "FRAME").SetText(Tags.SOPInstanceUID, VR.UI, parsed.GetValue(_instance)!);
            frames.WriteTo(identifier);
            return identifier;
        }
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

    private FrameRange? Frames(ParseResult parsed) => parsed.GetValue(_frames) is { } list ? FrameList.Parse(list)
        : parsed.GetValue(_seconds) is { } seconds ? FrameList.ParseSeconds(seconds) : null;

    private static void Check(Option<string?> option, Func<string, FrameRange> parse) => option.Validators.Add(result =>
    {
        try
        {
            parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
        }
    });

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
