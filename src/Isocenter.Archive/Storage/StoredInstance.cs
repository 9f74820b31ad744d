using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>One stored SOP Instance, its current version: what it is and where its bytes are.</summary>
public sealed record StoredInstance
{
    internal StoredInstance(ObjectId id) => Id = id;

    /// <summary>Patient ID; empty when the object has none.</summary>
    public required string PatientId { get; init; }

    /// <summary>Study Instance UID.</summary>
    public required Uid StudyInstanceUid { get; init; }

    /// <summary>Series Instance UID.</summary>
    public required Uid SeriesInstanceUid { get; init; }

    /// <summary>SOP Instance UID.</summary>
    public required Uid SopInstanceUid { get; init; }

    /// <summary>SOP Class UID.</summary>
    public required Uid SopClassUid { get; init; }

    /// <summary>How the data set is encoded, which is as it was received.</summary>
    public required TransferSyntax TransferSyntax { get; init; }

    /// <summary>Bytes of the whole file (PS3.10): preamble, File Meta Information and data set.</summary>
    public required long FileLength { get; init; }

    /// <summary>First byte of the data set, from the start of the file.</summary>
    public required long DataSetOffset { get; init; }

    /// <summary>Bytes of the data set.</summary>
    public long DataSetLength => FileLength - DataSetOffset;

    /// <summary>XXH3-128 of the data set's bytes, as 32 hexadecimal digits: a good ETag.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Number of Frames (0028,0008); 1 when the object does not say.</summary>
    public required int NumberOfFrames { get; init; }

    /// <summary>When it began to arrive, to the millisecond.</summary>
    public DateTimeOffset ArrivedAt => Id.Time;

    /// <summary>When what is given out last became what it is: when it arrived, or when its corrections changed.</summary>
    public DateTimeOffset ModifiedAt => CorrectedAt > ArrivedAt ? CorrectedAt.Value : ArrivedAt;

    /// <summary>It is given out with other attributes than its file has (<see cref="ImageArchive.CorrectAsync"/>): then its bytes
    /// are made when it is opened, and <see cref="FileLength"/> and <see cref="DataSetOffset"/> are those of the file.</summary>
    public bool IsCorrected => Corrections is not null;

    /// <summary>The same as long as its corrections are the same; empty: none. With <see cref="ContentHash"/> it names what is
    /// given out.</summary>
    public string Revision => Corrections?.Revision ?? "";

    internal ObjectCorrections? Corrections { get; init; }

    internal DateTimeOffset? CorrectedAt { get; init; }

    internal ObjectId Id { get; }
}
