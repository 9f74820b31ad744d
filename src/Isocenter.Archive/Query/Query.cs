using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The levels of the Query/Retrieve information models (PS3.4 §C.6).</summary>
public enum QueryLevel
{
    /// <summary>PATIENT.</summary>
    Patient,
    /// <summary>STUDY.</summary>
    Study,
    /// <summary>SERIES.</summary>
    Series,
    /// <summary>IMAGE: any SOP Instance.</summary>
    Image,
}

/// <summary>A question to the index, as a C-FIND Identifier or the parameters of a QIDO-RS search carry it.</summary>
public sealed record Query
{
    /// <summary>What one answer is about.</summary>
    public required QueryLevel Level { get; init; }

    /// <summary>Matching keys have a value, return keys are empty (PS3.4 §C.2.2.1). Keys of this level and of all above
    /// are used; a list of UIDs is several values of the key.</summary>
    public required DataSet Identifier { get; init; }

    /// <summary>Most answers; null: all.</summary>
    public int? Limit { get; init; }

    /// <summary>Answers to pass over first.</summary>
    public int Offset { get; init; }

    /// <summary>Names match by the beginnings of their words (PS3.4 §C.2.2.2.1.1, fuzzy semantic matching).</summary>
    public bool FuzzyMatching { get; init; }

    /// <summary>A key of two quotation marks matches what is empty (PS3.4 §C.2.2.2.8).</summary>
    public bool EmptyValueMatching { get; init; }

    /// <summary>Attributes that the answers are sorted by, the first before the others; empty: the usual order. Each must be
    /// one that <see cref="QueryKeys.CanSortBy"/> knows.</summary>
    public IReadOnlyList<(Tag Tag, bool IsDescending)> OrderBy { get; init; } = [];

    /// <summary>Date and time are one: a range of both begins at the time on its first date and ends at the time on its
    /// last (PS3.4 §C.2.2.2.5.4).</summary>
    public bool CombinedDateTime { get; init; }

    /// <summary>The zone in which Study Date and Study Time are asked for: those of studies that name another are converted before
    /// they are compared, and date and time are one (PS3.4 §C.5.1.1.1.4). Null: times are compared as they stand.</summary>
    public TimeSpan? TimeZone { get; init; }

    /// <summary>Patients that are linked to the one whose ID is asked for (<see cref="ImageArchive.LinkPatientsAsync"/>) match too.</summary>
    public bool IncludeLinkedPatients { get; init; }

    internal IReadOnlyList<LinkedPatient> LinkedPatients { get; init; } = [];

    /// <summary>What can be asked for in the archive beside what can in all.</summary>
    internal ExtraAttributes Extra { get; init; } = ExtraAttributes.None;

    /// <summary>Answers hold everything the index knows, not just the keys.</summary>
    public bool IncludeAll { get; init; }
}
