using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What is known of an object before its data set arrives, as from a C-STORE request (PS3.7 §9.1.1).</summary>
/// <param name="SopClassUid">Affected SOP Class UID. The data set must say the same.</param>
/// <param name="SopInstanceUid">Affected SOP Instance UID. The data set must say the same.</param>
/// <param name="TransferSyntax">How the data set is encoded.</param>
/// <param name="SourceAETitle">Who sends it, for the File Meta Information; null when it has no AE title.</param>
/// <param name="StudyInstanceUid">The study it must belong to, as when it is posted to that study; null: any.</param>
public sealed record IngestContext(
    string SopClassUid, string SopInstanceUid, TransferSyntax TransferSyntax, string? SourceAETitle = null, Uid? StudyInstanceUid = null)
{
    /// <summary>It comes out of quarantine, by the will of a person: its SOP class may be unknown, and it is not kept a second time.</summary>
    internal bool IsRelease { get; init; }
}
