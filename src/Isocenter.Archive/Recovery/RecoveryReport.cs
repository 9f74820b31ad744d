namespace Isocenter.Archive;

/// <summary>What was done when an archive was opened.</summary>
/// <param name="Checked">Files looked at: those that arrived since the index was last brought to disk for good.</param>
/// <param name="Indexed">Whole objects whose rows were missing; found by queries again.</param>
/// <param name="Removed">Files that were never finished, and so never acknowledged.</param>
/// <param name="Quarantined">Files that are finished but not what was written; moved to <c>quarantine/</c>.</param>
/// <param name="Missing">Rows of that time without a file.</param>
public sealed record RecoveryReport(int Checked, int Indexed, int Removed, int Quarantined, int Missing)
{
    /// <summary>Files that a power cut had taken, written again from the log of arrivals.</summary>
    public int Restored { get; init; }
}
