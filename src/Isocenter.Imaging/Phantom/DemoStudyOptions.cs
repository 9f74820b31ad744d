namespace Isocenter.Imaging;

/// <summary>Who is in the demo study, and when it was made. Equal options give equal bytes; any other option gives other
/// UIDs.</summary>
public sealed record DemoStudyOptions
{
    /// <summary>Decides the course of the sulci, the grain of the pictures and all UIDs.</summary>
    public uint Seed { get; init; } = 1;

    /// <summary>When the study began, in the scanner's local time. A constant unless set, so that loading the study twice
    /// loads the same objects; ask a <see cref="TimeProvider"/> for a study of today.</summary>
    public DateTime StudyDateTime { get; init; } = new(2025, 3, 14, 9, 26, 53, DateTimeKind.Unspecified);

    /// <summary>PN.</summary>
    public string PatientName { get; init; } = "Phantom^Isocenter";

    /// <summary>LO.</summary>
    public string PatientId { get; init; } = "ISO-DEMO-0001";

    /// <summary>SH, 16 characters at most.</summary>
    public string AccessionNumber { get; init; } = "ISO-DEMO-A0001";

    /// <summary>LO.</summary>
    public string StudyDescription { get; init; } = "Synthetic head phantom: CT, MR, US";
}
