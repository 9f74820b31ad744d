using System.Text.Json;

namespace Isocenter.Archive;

/// <summary>Legal holds and their releases, a line of JSON each, beside the objects: an index that is made anew from the files holds
/// what was held (docs/formats/holds.md).</summary>
internal sealed class HoldJournal(string folder)
{
    public const string Name = "holds.jsonl";

    private readonly JsonLines _lines = new(folder, Name);

    /// <summary>One line: a hold, or, without a subject, a release. End: bytes of the file up to and with it.</summary>
    internal sealed record Line(long Number, DateTimeOffset At, string Who, string Reason, HoldSubject? Subject, long End);

    /// <summary>The whole lines behind <paramref name="offset"/>.</summary>
    public IEnumerable<Line> ReadFrom(long offset)
    {
        foreach (var (json, end) in _lines.ReadFrom(offset))
        {
            if (TryParse(json, end) is { } line) yield return line;
        }
    }

    /// <summary>Adds a line and brings it to disk.</summary>
    /// <returns>Bytes of the file now.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public long Append(long number, DateTimeOffset at, string who, string reason, HoldSubject? subject) => _lines.Append(json =>
    {
        json.WriteNumber(subject is null ? "release" : "hold", number);
        json.WriteString("at", at);
        json.WriteString("who", who);
        json.WriteString("reason", reason);
        if (subject?.StudyInstanceUid is { } study) json.WriteString("study", study);
        if (subject?.PatientId is not { } patient) return;
        json.WriteString("patient", patient);
        json.WriteString("issuer", subject.Issuer);
    });

    private static Line? TryParse(JsonElement json, long end)
    {
        try
        {
            bool isHold = json.TryGetProperty("hold", out var number);
            if (!isHold && !json.TryGetProperty("release", out number)) return null;
            HoldSubject? subject = !isHold ? null
                : json.TryGetProperty("study", out var study) ? HoldSubject.Study(study.GetString() ?? "")
                : HoldSubject.Patient(json.GetProperty("patient").GetString() ?? "", json.GetProperty("issuer").GetString() ?? "");
            return new Line(number.GetInt64(), json.GetProperty("at").GetDateTimeOffset(), json.GetProperty("who").GetString() ?? "",
                json.GetProperty("reason").GetString() ?? "", subject, end);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Somebody else's line: passed over, the others hold.
            return null;
        }
    }
}
