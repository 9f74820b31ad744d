namespace Isocenter.Archive;

/// <summary>A deletion: its objects are not found any more, their files stay, and it can be undone.</summary>
/// <param name="Key">Its number, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="Instances">Files it covers, superseded versions included.</param>
/// <param name="RestoredAt">When it was undone; null: it holds.</param>
/// <param name="Rejection">SOP Instance UID of the key object that rejected them, and whose deletion undoes it; null: they were deleted.</param>
/// <param name="PurgedAt">When the files were given up for good; null: they are there.</param>
public sealed record DeletionRecord(long Key, DateTimeOffset At, string Who, string Reason, int Instances, DateTimeOffset? RestoredAt, string? Rejection = null, DateTimeOffset? PurgedAt = null);
