using System.Globalization;

namespace Isocenter.Server.Settings;

/// <summary>One setting as it is in a running server, for people to look at.</summary>
/// <param name="Name">As it stands in the file, groups with a colon.</param>
/// <param name="Value">What it is; empty where it is not set and has no default.</param>
/// <param name="Default">What it would be.</param>
/// <param name="Source">default, file, environment or command line.</param>
/// <param name="Effect">What it does.</param>
public sealed record SettingFact(string Name, string Value, string Default, string Source, string Effect)
{
    /// <summary>The default of a setting as it would be written into the file.</summary>
    internal static string DefaultOf(string name)
    {
        var defaults = new ServerSettings();
        return name switch
        {
            "aet" => defaults.AETitle,
            "data" => "./" + defaults.DataFolder,
            "dicom:address" => defaults.Dicom.Address.ToString(),
            "dicom:port" => Text(defaults.Dicom.Port),
            "http:address" => defaults.Http.Address.ToString(),
            "http:port" => Text(defaults.Http.Port),
            "dicom:acceptAnyCalledAet" => Text(defaults.AcceptAnyCalledAETitle),
            "dicom:onlyKnownNodes" => Text(defaults.OnlyKnownNodes),
            "dicom:storeUnknownSopClasses" => Text(defaults.StoreUnknownSopClasses),
            "dicom:userRequired" => "false",
            "dicom:maxAssociations" => Text(defaults.MaxAssociations),
            "duplicates" => "refuse",
            "unknownSopClasses" => "accept",
            "unindexable" => "quarantine",
            "conflicts" => "record",
            "maxObjectLength" => Text(defaults.MaxObjectLength),
            "minFreeSpace" => Text(defaults.MinFreeSpace),
            "quarantineSpace" => Text(defaults.QuarantineSpace),
            "metadataSpace" => Text(defaults.MetadataSpace),
            "studyQuietTime" => Text((long)defaults.StudyQuietTime.TotalSeconds),
            "scrubDays" => Text(defaults.ScrubDays),
            "linkedPatients" => Text(defaults.LinkedPatients),
            "retention:time" => defaults.Retention.Time.ToString("HH:mm", CultureInfo.InvariantCulture),
            "retention:maxStudies" => Text(defaults.Retention.MaxStudies),
            "retention:maxBytes" => Text(defaults.Retention.MaxBytes),
            "retention:purgeDays" => Text(defaults.Retention.PurgeDays),
            "telemetry:protocol" => "grpc",
            "telemetry:interval" => "60",
            "insecure" => Text(defaults.Insecure),
            _ => "",
        };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool flag) => flag ? "true" : "false";
}
