using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What happens when a different object comes under a SOP Instance UID that is stored already. The same object
/// again is no duplicate: it is acknowledged and nothing changes.</summary>
public enum DuplicatePolicy
{
    /// <summary>The new one is refused (<see cref="IngestStatus.Conflict"/>); what is stored stays.</summary>
    Refuse,

    /// <summary>Both are kept: the one that began to arrive last is current, the others are superseded versions.</summary>
    Keep,
}

/// <summary>What happens to an object whose patient or study attributes contradict those of other objects of the same patient or
/// study.</summary>
public enum ConflictPolicy
{
    /// <summary>It is stored, and the conflict waits for a person (<see cref="ImageArchive.GetConflictsAsync"/>).</summary>
    Record,

    /// <summary>It is refused when it is about who the patient is (<see cref="IngestStatus.Contradiction"/>), and recorded else.</summary>
    Refuse,
}

/// <summary>What happens to an object whose SOP class is not in PS3.6 Annex A, or is no SOP class.</summary>
public enum UnknownClassPolicy
{
    /// <summary>It is stored like any other.</summary>
    Accept,

    /// <summary>It is refused (<see cref="IngestStatus.UnknownClass"/>).</summary>
    Refuse,

    /// <summary>It is refused, and its file is kept in quarantine.</summary>
    Quarantine,
}

/// <summary>How to open an <see cref="ImageArchive"/>.</summary>
public sealed record ArchiveOptions
{
    /// <summary>The folder of the archive; made when it does not exist. One process at a time works in it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Different content under one SOP Instance UID. Default: refused.</summary>
    public DuplicatePolicy DuplicatePolicy { get; init; } = DuplicatePolicy.Refuse;

    /// <summary>Tells of the paths of two files, of one SOP Instance UID and different transfer syntaxes, whether they are the same object. Then the one that comes is
    /// acknowledged and nothing changes. Null: they are not. Only asked where a duplicate would be refused.</summary>
    public Func<string, string, bool>? IsSameObject { get; init; }

    /// <summary>Contradicting patient or study attributes. Default: stored and recorded.</summary>
    public ConflictPolicy ConflictPolicy { get; init; } = ConflictPolicy.Record;

    /// <summary>Objects of unknown SOP classes. Default: stored.</summary>
    public UnknownClassPolicy UnknownClassPolicy { get; init; } = UnknownClassPolicy.Accept;

    /// <summary>The files of objects that cannot be indexed, or are no whole data sets, are kept in quarantine. Their senders are told that they are
    /// refused all the same.</summary>
    public bool KeepsUnindexable { get; init; } = true;

    /// <summary>Bytes that refused files take in quarantine at most; one that would be beyond is not kept.</summary>
    public long MaxQuarantineBytes { get; init; } = 10L << 30;

    /// <summary>Longest data set that is taken, in bytes.</summary>
    public long MaxObjectLength { get; init; } = 64L << 30;

    /// <summary>Most bytes that a deflated data set may inflate to: what <see cref="Dicom.ReadOptions"/> can read again.</summary>
    public long MaxInflatedLength { get; init; } = ReadOptions.Default.MaxInflatedLength;

    /// <summary>Objects are refused while the disk has fewer free bytes than this.</summary>
    public long MinFreeBytes { get; init; } = 64L << 20;

    /// <summary>Most files that are being synced to disk at once.</summary>
    public int MaxParallelSyncs { get; init; } = 16;

    /// <summary>Most queries that run at once; others wait.</summary>
    public int MaxReaders { get; init; } = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>A query that has searched for so long is broken off.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a write waits, in whole seconds, for another process that has the index locked; then the object is refused.</summary>
    public TimeSpan IndexLockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the index is brought to disk for good, which bounds the work of the next start after a power
    /// cut. Acknowledged objects do not depend on it.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A study is complete when nothing came for it for so long. It may get more afterwards, and is complete again.</summary>
    public TimeSpan StudyQuietTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Every stored object is read again and compared with its checksums in so long a time, steadily; zero: only when
    /// <see cref="ImageArchive.VerifyAllAsync"/> is called.</summary>
    public TimeSpan ScrubPeriod { get; init; }

    /// <summary>A folder on a slower disk, where retention rules move old studies to; null: there is none.</summary>
    public string? ColdFolder { get; init; }

    /// <summary>Is told of an object that the scrub found damaged or missing; null: nobody is.</summary>
    public Action<StoredInstance, VerifyResult>? OnScrubbedBad { get; init; }

    /// <summary>Attributes that the index keeps beside the usual ones, of different tags. One that is new is filled in from the stored files while
    /// the archive is open, and can be searched for when that is done. Null: those that it kept when it was last open.</summary>
    public IReadOnlyList<ExtraAttribute>? ExtraAttributes { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Small objects after which the log of arrivals is made.</summary>
    internal int ObjectsBeforeLog { get; init; } = 256;

    /// <summary>Bytes of each of the two segments of the log of arrivals.</summary>
    internal int ArrivalSegmentLength { get; init; } = 16 << 20;
}
