using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What the index keeps of one object: the keys that have columns, and the attributes of each level.</summary>
internal sealed record IndexEntry
{
    /// <summary>Stands for a number that is missing or none; sorts before all others, and no key is like it.</summary>
    public const long NoNumber = long.MinValue;

    public required string PatientId { get; init; }
    public required string Issuer { get; init; }
    public required SearchName PatientName { get; init; }
    public required string BirthDate { get; init; }
    public required string Sex { get; init; }
    public required byte[] Patient { get; init; }

    public required string StudyUid { get; init; }
    public required string StudyDate { get; init; }
    public required string StudyTime { get; init; }
    public required string AccessionNumber { get; init; }
    public required string StudyId { get; init; }
    public required string StudyDescription { get; init; }
    public required byte[] Study { get; init; }

    public required string SeriesUid { get; init; }
    public required string Modality { get; init; }
    public required long SeriesNumber { get; init; }
    public required byte[] Series { get; init; }

    public required string SopInstanceUid { get; init; }
    public required string SopClassUid { get; init; }
    public required long InstanceNumber { get; init; }
    public required int NumberOfFrames { get; init; }
    public required byte[] Instance { get; init; }

    /// <summary>Corrections that are in these attributes; null: none.</summary>
    public ObjectCorrections? Corrections { get; init; }

    /// <summary>Study Instance UID in the file, when a correction moved the object; null: the same.</summary>
    public string? OriginalStudy { get; init; }

    /// <summary>What of the archive's own the attributes were made with.</summary>
    public required ExtraAttributes Extra { get; init; }

    /// <summary>Reads the header of an object.</summary>
    /// <param name="header">The top-level elements before the pixel data; more is passed over.</param>
    /// <param name="extra">What is kept beside what every index keeps.</param>
    /// <param name="entry">Its entry.</param>
    /// <param name="problem">Why it cannot be indexed.</param>
    public static bool TryMake(DataSet header, ExtraAttributes extra, [NotNullWhen(true)] out IndexEntry? entry, [NotNullWhen(false)] out string? problem)
    {
        entry = null;
        if (!TryUid(header, Tags.SOPInstanceUID, "SOP Instance UID", out var instance, out problem)
            || !TryUid(header, Tags.SOPClassUID, "SOP Class UID", out var sopClass, out problem)
            || !TryUid(header, Tags.StudyInstanceUID, "Study Instance UID", out var study, out problem)
            || !TryUid(header, Tags.SeriesInstanceUID, "Series Instance UID", out var series, out problem)) return false;
        entry = new IndexEntry
        {
            Extra = extra,
            PatientId = Text(header, Tags.PatientID),
            Issuer = Text(header, Tags.IssuerOfPatientID),
            PatientName = SearchName.Of(Text(header, Tags.PatientName)),
            BirthDate = TemporalRange.Normalize(VR.DA, Text(header, Tags.PatientBirthDate)) ?? "",
            Sex = Text(header, Tags.PatientSex),
            Patient = LevelAttributes.Of(header, QueryLevel.Patient, extra),
            StudyUid = study.Value,
            StudyDate = TemporalRange.Normalize(VR.DA, Text(header, Tags.StudyDate)) ?? "",
            StudyTime = TemporalRange.Normalize(VR.TM, Text(header, Tags.StudyTime)) ?? "",
            AccessionNumber = Text(header, Tags.AccessionNumber),
            StudyId = Text(header, Tags.StudyID),
            StudyDescription = Text(header, Tags.StudyDescription),
            Study = LevelAttributes.Of(header, QueryLevel.Study, extra),
            SeriesUid = series.Value,
            Modality = Text(header, Tags.Modality),
            SeriesNumber = Number(header, Tags.SeriesNumber) ?? NoNumber,
            Series = LevelAttributes.Of(header, QueryLevel.Series, extra),
            SopInstanceUid = instance.Value,
            SopClassUid = sopClass.Value,
            InstanceNumber = Number(header, Tags.InstanceNumber) ?? NoNumber,
            NumberOfFrames = Math.Max(1, Number(header, Tags.NumberOfFrames) ?? 1),
            Instance = LevelAttributes.Of(header, QueryLevel.Image, extra),
        };
        return true;
    }

    private static bool TryUid(DataSet header, Tag tag, string name, [NotNullWhen(true)] out Uid? uid, [NotNullWhen(false)] out string? problem)
    {
        uid = null;
        problem = null;
        var values = header.GetAll<string>(tag);
        string text = string.Join('\\', values);
        if (text.Length == 0) problem = $"{name} {tag} is missing";
        else if (values.Count > 1 || !Uid.TryParseLenient(text, out uid)) problem = $"{name} {tag} is no UID: '{Shorten(text)}'";
        return uid is not null;
    }

    /// <summary>What a message may show of a value from outside.</summary>
    internal static string Shorten(string text)
    {
        text = new string([.. text.Take(80).Select(c => char.IsControl(c) ? '?' : c)]);
        return text.Length == 80 ? text + "…" : text;
    }

    private static string Text(DataSet header, Tag tag) => header.TryGet(tag, out string? text) ? text : "";

    private static int? Number(DataSet header, Tag tag) =>
        header.TryGet(tag, out string? text) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null;
}
