using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>A correction: the objects of these studies are found by, and given out with, other values than those in their files.
/// The files stay as they are, and it can be undone. It holds for objects that come later too.</summary>
/// <param name="Number">Its number, from 1. They are applied in this order.</param>
/// <param name="At">When it was made.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Studies">Study Instance UIDs, as they are after the corrections before it.</param>
/// <param name="Series">Of one study, these series alone; empty: all.</param>
/// <param name="Changes">The attributes and their values; an empty one takes the value away. A Study Instance UID moves the objects
/// into that study.</param>
/// <param name="Undone">When and by whom it was undone; null: it holds.</param>
public sealed record Correction(long Number, DateTimeOffset At, string Who, string Reason, IReadOnlyList<string> Studies, IReadOnlyList<string> Series,
    DataSet Changes, CorrectionUndo? Undone = null)
{
    /// <summary>The study that the objects are moved into; null: they stay where they are.</summary>
    public string? MovedTo { get; } = Changes.TryGet(Tags.StudyInstanceUID, out string? study) ? study : null;

    /// <summary>It changes which patient or which study the objects belong to.</summary>
    internal bool MovesAway => MovedTo is not null || Changes.Contains(Tags.PatientID) || Changes.Contains(Tags.IssuerOfPatientID);

    internal bool Covers(string series) => Series.Count == 0 || Series.Contains(series, StringComparer.Ordinal);
}

/// <summary>A correction was undone.</summary>
/// <param name="At">When.</param>
/// <param name="Who">By whom.</param>
/// <param name="Reason">Why.</param>
public sealed record CorrectionUndo(DateTimeOffset At, string Who, string Reason);

/// <summary>A correction cannot be made. The message says why, for the person who asked for it.</summary>
public sealed class CorrectionException : Exception
{
    /// <summary>Makes the error.</summary>
    public CorrectionException(string message) : base(message)
    {
    }
}
