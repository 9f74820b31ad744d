namespace Isocenter.Archive;

/// <summary>How far a reindex is, and what it came to.</summary>
/// <param name="Seen">Files looked at.</param>
/// <param name="Indexed">Objects in the new index, versions included.</param>
/// <param name="Unfinished">Files that were never finished; left alone.</param>
/// <param name="Failed">Files that are finished but cannot be indexed; left alone.</param>
/// <param name="LastProblem">Why the last of them failed.</param>
public sealed record ReindexProgress(long Seen, long Indexed, long Unfinished, long Failed, string? LastProblem);
