using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;
using Isocenter.Dicom;

namespace Isocenter.Server.Corrections;

/// <summary>What a person wants corrected, as <c>/api/corrections</c> and <c>isocenter correct</c> take it: which studies, series or
/// patient, and either new values, another patient or another study.</summary>
public sealed record CorrectionRequest
{
    /// <summary>Patient ID of a patient: all the studies that are there now.</summary>
    public string? Patient { get; init; }

    /// <summary>Issuer of that ID.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Study Instance UIDs.</summary>
    public IReadOnlyList<string> Studies { get; init; } = [];

    /// <summary>Series Instance UIDs, of one study that goes into another.</summary>
    public IReadOnlyList<string> Series { get; init; } = [];

    /// <summary>New values; null: none.</summary>
    public DataSet? Set { get; init; }

    /// <summary>Patient ID of the patient that gets the studies.</summary>
    public string? IntoPatient { get; init; }

    /// <summary>Issuer of that ID.</summary>
    public string IntoIssuer { get; init; } = "";

    /// <summary>Study Instance UID of the study that gets the series; <c>new</c> makes one.</summary>
    public string? IntoStudy { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Has the archive make the correction.</summary>
    /// <exception cref="CorrectionException">The request is no correction, or it cannot be made.</exception>
    public async ValueTask<Correction> RunAsync(ImageArchive archive, string who, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(archive);
        if (Reason.Length == 0) throw new CorrectionException("a reason is needed, for the record");
        if ((Patient is null) == (Studies.Count == 0)) throw new CorrectionException("either a patient or studies are to be named");
        if (new[] { Set is not null, IntoPatient is not null, IntoStudy is not null }.Count(isThere => isThere) != 1)
            throw new CorrectionException("either new values, a patient or a study to move to are to be named");
        if (IntoStudy is not null)
        {
            if (Studies.Count != 1) throw new CorrectionException("the series of one study are moved into another");
            return await archive.MoveSeriesAsync(UidOf(Studies[0]), [.. Series.Select(UidOf)], IntoStudy == "new" ? Uid.New() : UidOf(IntoStudy), who, Reason, cancel);
        }
        if (Series.Count > 0) throw new CorrectionException("series alone can only be moved into another study");
        if (IntoPatient is not null)
        {
            return Patient is null ? await archive.MoveToPatientAsync(Studies, IntoPatient, IntoIssuer, who, Reason, cancel)
                : await archive.MergePatientAsync(Patient, Issuer, IntoPatient, IntoIssuer, who, Reason, cancel);
        }
        return Patient is null ? await archive.CorrectAsync(Studies, Set!, who, Reason, cancel)
            : await archive.CorrectPatientAsync(Patient, Issuer, Set!, who, Reason, cancel);
    }

    /// <summary>Values by keyword or tag, as PatientName or 00100010.</summary>
    /// <exception cref="CorrectionException">A name is no attribute, or the value none for it.</exception>
    public static DataSet SetOf(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var set = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var (name, value) in values)
        {
            if (!TryTag(name, out var tag)) throw new CorrectionException($"'{name}' is no attribute; a keyword such as PatientName or a tag such as 00100010 is expected");
            if (DataDictionary.VROf(tag) is var vr && vr == VR.SQ) throw new CorrectionException($"{name} is a sequence, which cannot be corrected");
            try
            {
                if (value.Length == 0) set.SetBytes(tag, vr, []);
                else set.SetText(tag, vr, value.Split('\\'));
            }
            catch (Exception e) when (e is ArgumentException or FormatException)
            {
                throw new CorrectionException($"{name}: {e.Message}");
            }
        }
        return set;
    }

    /// <summary>Writes corrections, as the answer to GET.</summary>
    public static void WriteAll(Utf8JsonWriter json, IEnumerable<Correction> corrections) => RecordJson.WriteAll(json, "corrections", corrections, Write);

    /// <summary>Writes a correction.</summary>
    public static void Write(Utf8JsonWriter json, Correction correction)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(correction);
        json.WriteStartObject();
        RecordJson.WriteHead(json, correction.Number, correction.At, correction.Who, correction.Reason);
        WriteList("studies", correction.Studies);
        if (correction.Series.Count > 0) WriteList("series", correction.Series);
        json.WriteStartObject("set");
        foreach (var change in correction.Changes)
        {
            if (change.Tag != Tags.SpecificCharacterSet)
                json.WriteString(KeywordOf(change.Tag), string.Join('\\', correction.Changes.GetAll<string>(change.Tag)));
        }
        json.WriteEndObject();
        if (correction.Undone is { } undone) RecordJson.WriteEnding(json, "undone", undone.At, undone.Who, undone.Reason);
        json.WriteEndObject();

        void WriteList(string name, IReadOnlyList<string> values)
        {
            json.WriteStartArray(name);
            foreach (string value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }

    /// <summary>The keyword of an attribute, or its tag.</summary>
    public static string KeywordOf(Tag tag) => DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : tag.ToString();

    private static bool TryTag(string name, out Tag tag)
    {
        if (DataDictionary.TryFind(name.AsSpan(), out var entry))
        {
            tag = entry.Tag;
            return true;
        }
        bool isTag = name.Length == 8 & uint.TryParse(name, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out uint value);
        tag = new Tag(value);
        return isTag;
    }

    private static Uid UidOf(string text) => Uid.TryParseLenient(text, out var uid) ? uid : throw new CorrectionException("a UID is no UID");
}
