namespace Isocenter.Archive;

/// <summary>What a retention rule does with the studies it is for.</summary>
public enum RetentionAction
{
    /// <summary>They stay, whatever the rules behind this one say.</summary>
    Keep,
    /// <summary>They are deleted, as by a person: it can be undone until it is purged.</summary>
    Delete,
    /// <summary>Their files move to <see cref="ArchiveOptions.ColdFolder"/>. They are found and given out as before.</summary>
    Move,
}

/// <summary>From when on a retention rule counts.</summary>
public enum RetentionAge
{
    /// <summary>Study Date. Studies without one are not touched.</summary>
    StudyDate,
    /// <summary>The arrival of the last object of the study.</summary>
    Received,
    /// <summary>The last arrival or correction.</summary>
    Changed,
}

/// <summary>One rule of retention. What it says of a study must all be true; the first rule for which it is decides.</summary>
public sealed record RetentionRule
{
    /// <summary>Its name, for the record.</summary>
    public required string Name { get; init; }

    /// <summary>What is done.</summary>
    public required RetentionAction Action { get; init; }

    /// <summary>So many days at least have passed since <see cref="AgeOf"/>, and, to delete it, since a person undid a deletion of something of
    /// the study.</summary>
    public int Days { get; init; }

    /// <summary>From when on they count.</summary>
    public RetentionAge AgeOf { get; init; }

    /// <summary>The study has something of one of these modalities; empty: any.</summary>
    public IReadOnlyList<string> Modalities { get; init; } = [];

    /// <summary>AE titles, with wildcards: the first object of every series of the study came from one of them; empty: from anywhere.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Study Description, with wildcards, upper and lower case alike; null: any.</summary>
    public string? Description { get; init; }
}

/// <summary>A study that a retention rule is for.</summary>
/// <param name="Rule">The name of the rule.</param>
/// <param name="Action">What it says.</param>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="StudyDate">As yyyyMMdd; empty: it has none.</param>
/// <param name="ReceivedAt">When the last object of it began to arrive.</param>
/// <param name="Modalities">Separated by backslashes.</param>
/// <param name="Instances">Its objects.</param>
/// <param name="Bytes">Bytes of their files.</param>
/// <param name="Hold">The number of the legal hold that keeps it; null: nothing does.</param>
public sealed record RetentionCandidate(string Rule, RetentionAction Action, string StudyInstanceUid, string StudyDate, DateTimeOffset ReceivedAt, string Modalities, long Instances, long Bytes, long? Hold)
{
    /// <summary>A legal hold keeps it from what the rule says. Moving loses nothing.</summary>
    public bool IsKept => Hold is not null && Action == RetentionAction.Delete;
}

/// <summary>What retention came to.</summary>
/// <param name="Studies">Studies that were deleted.</param>
/// <param name="Instances">Their objects.</param>
/// <param name="Bytes">Bytes of their files.</param>
/// <param name="Left">Studies that are due and were left for the next time, because of the limits.</param>
/// <param name="Moved">Studies whose files moved to the cold folder.</param>
/// <param name="MovedBytes">Bytes of these files.</param>
/// <param name="Problem">Why the last file that should move did not; null: all did.</param>
public sealed record RetentionOutcome(long Studies, long Instances, long Bytes, long Left, long Moved = 0, long MovedBytes = 0, string? Problem = null);

/// <summary>What a purge came to, or would come to.</summary>
/// <param name="Deletions">Deletions that cannot be undone any more.</param>
/// <param name="Objects">Files that are gone for good.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Held">Deletions that are old enough, of which something is under legal hold.</param>
public sealed record PurgeOutcome(long Deletions, long Objects, long Bytes, long Held);
