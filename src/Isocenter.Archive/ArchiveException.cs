namespace Isocenter.Archive;

/// <summary>Why an archive cannot do what was asked.</summary>
public enum ArchiveProblem
{
    /// <summary>Another process works in the data folder.</summary>
    FolderInUse,
    /// <summary>The index was written by a newer version of this program.</summary>
    NewerSchema,
    /// <summary>The index is damaged; <c>reindex</c> rebuilds it from the files.</summary>
    IndexDamaged,
    /// <summary>The file of a stored object is gone.</summary>
    ObjectMissing,
    /// <summary>The file of a stored object is not what was stored.</summary>
    ObjectDamaged,
    /// <summary>A query was broken off because it took too long (<see cref="ArchiveOptions.QueryTimeout"/>).</summary>
    QueryTooLong,
    /// <summary>It is under legal hold (<see cref="ImageArchive.HoldAsync"/>) and cannot be deleted or moved away.</summary>
    OnHold,
}

/// <summary>The archive, or one object of it, is not in the state it should be.</summary>
public sealed class ArchiveException : Exception
{
    /// <summary>Makes the error.</summary>
    public ArchiveException(ArchiveProblem problem, string message, Exception? innerException = null)
        : base(message, innerException) => Problem = problem;

    /// <summary>The kind of trouble.</summary>
    public ArchiveProblem Problem { get; }
}
