using Isocenter.Dicom;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>Makes <see cref="StoredInstance"/>s of rows and of what was just written.</summary>
internal static class StoredInstances
{
    public const string Columns = """
        i.key, i.name_rest, p.patient_id, st.study_uid, se.series_uid, i.sop_uid, i.sop_class, i.transfer_syntax, i.file_length,
        i.data_set_offset, i.hash, i.frames, i.original_study
        """;

    public static StoredInstance Read(SqliteDataReader row, CorrectionBook book) => new(new ObjectId(row.GetInt64(0), unchecked((ulong)row.GetInt64(1))))
    {
        PatientId = row.GetString(2),
        StudyInstanceUid = UidOf(row.GetString(3)),
        SeriesInstanceUid = UidOf(row.GetString(4)),
        SopInstanceUid = UidOf(row.GetString(5)),
        SopClassUid = UidOf(row.GetString(6)),
        TransferSyntax = TransferSyntax.Of(UidOf(row.GetString(7))),
        FileLength = row.GetInt64(8),
        DataSetOffset = row.GetInt64(9),
        ContentHash = ContentHash.Read(row.GetFieldValue<byte[]>(10)).ToString(),
        NumberOfFrames = row.GetInt32(11),
        Corrections = book.Find(row.IsDBNull(12) ? row.GetString(3) : row.GetString(12), row.GetString(4)),
        CorrectedAt = book.ChangedAt(row.GetString(3)),
    };

    public static StoredInstance Of(NewObject added) => new(added.Id)
    {
        PatientId = added.Entry.PatientId,
        StudyInstanceUid = UidOf(added.Entry.StudyUid),
        SeriesInstanceUid = UidOf(added.Entry.SeriesUid),
        SopInstanceUid = UidOf(added.Entry.SopInstanceUid),
        SopClassUid = UidOf(added.Entry.SopClassUid),
        TransferSyntax = added.TransferSyntax,
        FileLength = added.FileLength,
        DataSetOffset = added.DataSetOffset,
        ContentHash = added.Hash.ToString(),
        NumberOfFrames = added.Entry.NumberOfFrames,
        Corrections = added.Entry.Corrections,
        CorrectedAt = added.Book.ChangedAt(added.Entry.StudyUid),
    };

    /// <summary>Only UIDs that passed this on the way in are in the index.</summary>
    private static Uid UidOf(string text) => Uid.TryParseLenient(text, out var uid) ? uid
        : throw new ArchiveException(ArchiveProblem.IndexDamaged, "the index holds a UID that is none; 'isocenter reindex' rebuilds it");
}
