using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>The tables of the index. <c>user_version</c> counts the schema; a higher one than ours is refused.</summary>
internal static class Schema
{
    public const int Version = 11;

    /// <summary>"ISOC": whose database it is.</summary>
    private const int ApplicationId = 0x4953_4F43;

    private const string Create = $"""
        CREATE TABLE settings(name TEXT PRIMARY KEY, value) WITHOUT ROWID;

        -- A patient is an ID and its issuer. Without an ID nobody can tell whether two are one: only_study keeps them apart.
        -- Where objects give one ID different names, birth dates or sexes, each is a row of its own, so that a study shows what
        -- its objects say. identity is then the key of the first of these rows in all of them; 0: there is only one.
        CREATE TABLE patients(key INTEGER PRIMARY KEY, patient_id TEXT NOT NULL, issuer TEXT NOT NULL, only_study TEXT NOT NULL,
            name TEXT NOT NULL, name_ideographic TEXT, name_phonetic TEXT, birth_date TEXT NOT NULL, sex TEXT NOT NULL,
            attributes BLOB NOT NULL, identity INTEGER NOT NULL DEFAULT 0);
        {PatientIndexes}
        CREATE INDEX patients_by_name ON patients(name);
        CREATE INDEX patients_by_ideographic ON patients(name_ideographic) WHERE name_ideographic IS NOT NULL;
        CREATE INDEX patients_by_phonetic ON patients(name_phonetic) WHERE name_phonetic IS NOT NULL;
        CREATE INDEX patients_by_birth_date ON patients(birth_date);

        CREATE TABLE studies(key INTEGER PRIMARY KEY, patient_key INTEGER NOT NULL, study_uid TEXT NOT NULL,
            study_date TEXT NOT NULL, study_time TEXT NOT NULL, accession TEXT NOT NULL, study_id TEXT NOT NULL,
            description TEXT NOT NULL, series_count INTEGER NOT NULL, instance_count INTEGER NOT NULL, byte_count INTEGER NOT NULL,
            modalities TEXT NOT NULL, sop_classes TEXT NOT NULL, attributes BLOB NOT NULL);
        CREATE UNIQUE INDEX studies_by_uid ON studies(study_uid);
        CREATE INDEX studies_by_patient ON studies(patient_key);
        -- The indexes that answers are ordered by are unique with the key as their last column, and their columns are never
        -- NULL: so SQLite knows that nested loops over them are in order, and does not sort.
        -- A study whose instances all moved elsewhere is not shown. Counting walks this index and nothing else.
        CREATE UNIQUE INDEX studies_by_date ON studies(study_date DESC, study_time DESC, key DESC) WHERE series_count > 0;
        CREATE INDEX studies_by_accession ON studies(accession) WHERE accession <> '';

        CREATE TABLE series(key INTEGER PRIMARY KEY, study_key INTEGER NOT NULL, series_uid TEXT NOT NULL,
            modality TEXT NOT NULL, number INTEGER NOT NULL, instance_count INTEGER NOT NULL, attributes BLOB NOT NULL);
        CREATE UNIQUE INDEX series_by_uid ON series(series_uid, study_key);
        CREATE UNIQUE INDEX series_by_study ON series(study_key, number, key);

        -- The key is the first half of the name of the file: rows are in the order of arrival.
        CREATE TABLE instances(key INTEGER PRIMARY KEY, name_rest INTEGER NOT NULL, series_key INTEGER NOT NULL,
            sop_uid TEXT NOT NULL, sop_class TEXT NOT NULL, transfer_syntax TEXT NOT NULL, number INTEGER NOT NULL,
            frames INTEGER NOT NULL, file_length INTEGER NOT NULL, data_set_offset INTEGER NOT NULL, hash BLOB NOT NULL,
            is_current INTEGER NOT NULL, attributes BLOB NOT NULL, deletion INTEGER NOT NULL DEFAULT 0, original_study TEXT);
        CREATE UNIQUE INDEX instances_by_uid ON instances(sop_uid) WHERE is_current = 1;
        CREATE INDEX instances_superseded ON instances(sop_uid) WHERE is_current = 0;
        CREATE UNIQUE INDEX instances_by_series ON instances(series_key, number, key) WHERE is_current = 1;
        {Deletions}
        {Changes}
        {Conflicts}
        {Rejections}
        {Holds}
        {Purges}
        {ExtraValues}
        {Linked}
        """;

    /// <summary>Since version 5 (docs/formats/conflicts.md). The study is the one that the contradicting object came for; one
    /// contradiction of one study is told once, with the first instance that it came with.</summary>
    private const string Conflicts = """
        CREATE TABLE conflicts(key INTEGER PRIMARY KEY, at INTEGER NOT NULL, study_key INTEGER NOT NULL, tag INTEGER NOT NULL,
            known TEXT NOT NULL, incoming TEXT NOT NULL, instance INTEGER NOT NULL, resolved_at INTEGER, resolved_by TEXT, note TEXT);
        CREATE UNIQUE INDEX conflicts_once ON conflicts(study_key, tag, incoming);
        """;

    /// <summary>Since version 4.</summary>
    private const string PatientIndexes = """
        CREATE INDEX patients_by_id ON patients(patient_id, issuer, only_study);
        CREATE INDEX patients_by_identity ON patients(identity) WHERE identity <> 0;
        """;

    /// <summary>Since version 2. An instance that is deleted is not current, and names its deletion.</summary>
    private const string Deletions = """
        CREATE TABLE deletions(key INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL,
            instances INTEGER NOT NULL, restored_at INTEGER);
        CREATE INDEX instances_deleted ON instances(deletion) WHERE deletion <> 0;
        """;

    /// <summary>Since version 3 (docs/formats/changes.md). The key grows with time; the subject is an instance, or a study. A
    /// study in settling has got something since it was last told to be complete.</summary>
    private const string Changes = """
        CREATE TABLE changes(key INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject INTEGER NOT NULL);
        CREATE TABLE settling(study_key INTEGER PRIMARY KEY, since INTEGER NOT NULL);
        CREATE INDEX settling_by_time ON settling(since);
        """;

    /// <summary>Since version 7: SOP Instance UID of the key object that is the reason of a deletion.</summary>
    private const string Rejections = """
        ALTER TABLE deletions ADD COLUMN rejection TEXT;
        CREATE INDEX deletions_by_rejection ON deletions(rejection) WHERE rejection IS NOT NULL;
        """;

    /// <summary>Since version 8 (docs/formats/holds.md): legal holds, on a study or on a patient. A program that does not know of
    /// them must not open the index.</summary>
    private const string Holds = """
        CREATE TABLE holds(key INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL, study_uid TEXT, patient_id TEXT,
            issuer TEXT NOT NULL, released_at INTEGER, released_by TEXT, released_because TEXT);
        CREATE INDEX holds_by_study ON holds(study_uid) WHERE study_uid IS NOT NULL;
        CREATE INDEX holds_by_patient ON holds(patient_id, issuer) WHERE patient_id IS NOT NULL;
        """;

    /// <summary>Since version 9: when the files of a deletion were given up for good, and whether they are gone. The rows of its objects stay, for the change feed.</summary>
    private const string Purges = """
        ALTER TABLE deletions ADD COLUMN purged_at INTEGER;
        ALTER TABLE deletions ADD COLUMN files_gone INTEGER NOT NULL DEFAULT 0;
        """;

    /// <summary>Since version 10: values of extra attributes, by which the rows of their level are found. A program that does not know of
    /// them would store objects without, and must not open the index.</summary>
    private const string ExtraValues = "CREATE TABLE extra_values(tag INTEGER NOT NULL, value TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(tag, value, key)) WITHOUT ROWID;";

    /// <summary>Since version 11 (docs/formats/links.md): patients who are one person, made anew at each start and with each link. A program that
    /// does not know of it would delete what is held because of a link.</summary>
    private const string Linked = """
        CREATE TABLE linked(patient_id TEXT NOT NULL, issuer TEXT NOT NULL, person INTEGER NOT NULL, PRIMARY KEY(patient_id, issuer)) WITHOUT ROWID;
        CREATE INDEX linked_by_person ON linked(person);
        """;

    /// <summary>What was stored before there were changes: in the order of arrival, at the time of arrival.</summary>
    private const string FillChanges = """
        INSERT OR IGNORE INTO changes(key, kind, subject)
        SELECT (key >> 16) * 1000 + min(999, row_number() OVER (PARTITION BY key >> 16 ORDER BY key) - 1), 1, key FROM instances WHERE deletion = 0 ORDER BY key;
        """;

    /// <summary>What makes a schema of the one before, from that of version 1 on. Each is one transaction: after a crash in
    /// the middle the older schema is there, and the next start goes on.</summary>
    private static readonly string[] Migrations =
    [
        $"ALTER TABLE instances ADD COLUMN deletion INTEGER NOT NULL DEFAULT 0; {Deletions}",
        $"{Changes} {FillChanges}",
        $"""
        DROP INDEX patients_by_id;
        ALTER TABLE patients ADD COLUMN identity INTEGER NOT NULL DEFAULT 0;
        {PatientIndexes}
        INSERT INTO settings(name, value) VALUES('{PatientSplit.Done}', 0);
        """,
        Conflicts,
        // The study in the file of an object that a correction moved (docs/formats/corrections.md).
        "ALTER TABLE instances ADD COLUMN original_study TEXT",
        Rejections,
        Holds,
        Purges,
        ExtraValues,
        Linked,
    ];

    /// <summary>Makes the tables, or checks that they are ours and brings those of an earlier version up to date.</summary>
    /// <exception cref="ArchiveException">A newer program wrote it, or it is no index.</exception>
    public static void Prepare(SqliteConnection connection)
    {
        long version = Convert.ToInt64(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        long application = Convert.ToInt64(Scalar(connection, "PRAGMA application_id"), CultureInfo.InvariantCulture);
        if (version > Version && application == ApplicationId)
            throw new ArchiveException(ArchiveProblem.NewerSchema, $"the index has schema {version}, this program knows {Version}: use the newer program");
        if (version >= 1 && application == ApplicationId)
        {
            for (; version < Version; version++) Migrate(connection, version);
            return;
        }
        if (version != 0 || Convert.ToInt64(Scalar(connection, "SELECT COUNT(*) FROM sqlite_schema"), CultureInfo.InvariantCulture) != 0)
            throw new ArchiveException(ArchiveProblem.IndexDamaged, "the database is not an index of this program");
        using var transaction = connection.BeginTransaction();
        Execute(connection, Create, transaction);
        Execute(connection, FormattableString.Invariant($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}"), transaction);
        transaction.Commit();
    }

    private static void Migrate(SqliteConnection connection, long from)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, Migrations[from - 1], transaction);
        Execute(connection, FormattableString.Invariant($"PRAGMA user_version = {from + 1}"), transaction);
        transaction.Commit();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
