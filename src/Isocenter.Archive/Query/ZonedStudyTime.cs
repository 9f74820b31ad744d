using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The keys Study Date and Study Time, in the time zone of whoever asks (timezone query adjustment, PS3.4 §C.5.1.1.1.4):
/// the date and time of a study that names its zone are brought into that of the query before they are compared. Date and
/// time are one moment then.</summary>
internal sealed class ZonedStudyTime
{
    private const string DateFormat = "yyyyMMdd", MomentFormat = "yyyyMMddHHmmssffffff";
    /// <summary>No two zones are further apart.</summary>
    private const int MaxDaysApart = 2;

    private readonly TimeSpan _zone;
    private readonly string? _from, _to;

    private ZonedStudyTime(TimeSpan zone, TemporalRange dates, TemporalRange times)
    {
        _zone = zone;
        _from = dates.From is null ? null : dates.From + times.From;
        _to = dates.To is null ? null : dates.To + (times.To ?? "9");
        FirstDate = Moved(dates.From, -MaxDaysApart);
        LastDate = Moved(dates.To, MaxDaysApart);
    }

    /// <summary>No study of an earlier date matches, whatever its zone; null: that is not known.</summary>
    public string? FirstDate { get; }

    /// <summary>No study of a later date matches.</summary>
    public string? LastDate { get; }

    /// <summary>Reads the keys.</summary>
    /// <returns>Null when no date is asked for, or a list of them.</returns>
    public static ZonedStudyTime? Of(DataSet identifier, TimeSpan zone)
    {
        if (!TryRange(identifier, Tags.StudyDate, VR.DA, out var dates) || dates is null) return null;
        return TryRange(identifier, Tags.StudyTime, VR.TM, out var times) ? new ZonedStudyTime(zone, dates.Value, times ?? default) : null;
    }

    /// <summary>The study is of that time.</summary>
    public bool Matches(DataSet study)
    {
        if (TemporalRange.Normalize(VR.DA, study.Get(Tags.StudyDate, "")) is not { } moment) return false;
        string? time = TemporalRange.Normalize(VR.TM, study.Get(Tags.StudyTime, ""));
        moment += time ?? "000000000000";
        // Without a time there is nothing to move, and without a zone it is taken to be the one that is asked for.
        if (time is not null && TryParseZone(study.Get(Tags.TimezoneOffsetFromUTC, ""), out var own)
            && DateTime.TryParseExact(moment, MomentFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            && local.Year is > 1 and < 9999)
            moment = (local - own + _zone).ToString(MomentFormat, CultureInfo.InvariantCulture);
        return (_from is null || string.CompareOrdinal(_from, moment) <= 0) && (_to is null || string.CompareOrdinal(moment, _to) <= 0);
    }

    /// <summary>Reads a Timezone Offset From UTC: &amp;ZZXX, from -1200 to +1400 (PS3.3 §C.12.1.1.8).</summary>
    public static bool TryParseZone(string text, out TimeSpan zone)
    {
        zone = default;
        if (text is not ['+' or '-', _, _, _, _] || !int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return false;
        int minutes = number / 100 * 60 + number % 100;
        if (number % 100 > 59 || minutes > 14 * 60) return false;
        zone = TimeSpan.FromMinutes(text[0] == '-' ? -minutes : minutes);
        return true;
    }

    private static bool TryRange(DataSet identifier, Tag tag, VR vr, out TemporalRange? range)
    {
        range = null;
        if (!identifier.TryFind(tag, out var key) || key.IsEmpty || Matcher.IsUniversal(key)) return true;
        if (identifier.GetAll<string>(tag) is not [var value] || !TemporalRange.TryParse(vr, value, out var read)) return false;
        range = read;
        return true;
    }

    private static string? Moved(string? date, int days) =>
        DateTime.TryParseExact(date, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1 and < 9999
            ? day.AddDays(days).ToString(DateFormat, CultureInfo.InvariantCulture)
            : null;
}
