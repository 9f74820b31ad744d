using Isocenter.Dicom;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive.Tests.Index;

/// <summary>An index that an earlier program wrote is brought up to date when it is opened.</summary>
public sealed class MigrationTests
{
    /// <summary>The tables as version 1 made them. Never change this.</summary>
    private const string Version1 = """
        CREATE TABLE settings(name TEXT PRIMARY KEY, value) WITHOUT ROWID;

        -- A patient is an ID and its issuer. Without an ID nobody can tell whether two are one: only_study keeps them apart.
        CREATE TABLE patients(key INTEGER PRIMARY KEY, patient_id TEXT NOT NULL, issuer TEXT NOT NULL, only_study TEXT NOT NULL,
            name TEXT NOT NULL, name_ideographic TEXT, name_phonetic TEXT, birth_date TEXT NOT NULL, sex TEXT NOT NULL,
            attributes BLOB NOT NULL);
        CREATE UNIQUE INDEX patients_by_id ON patients(patient_id, issuer, only_study);
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
            is_current INTEGER NOT NULL, attributes BLOB NOT NULL);
        CREATE UNIQUE INDEX instances_by_uid ON instances(sop_uid) WHERE is_current = 1;
        CREATE INDEX instances_superseded ON instances(sop_uid) WHERE is_current = 0;
        CREATE UNIQUE INDEX instances_by_series ON instances(series_key, number, key) WHERE is_current = 1;
        PRAGMA application_id = 1230196547;
        PRAGMA user_version = 1;
        """;

    [Fact]
    public async Task An_index_of_version_1_keeps_its_rows_and_can_delete()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await test.CloseAsync();
        MakeVersion1(Path.Combine(test.Folder, "index.db"));

        await test.ReopenAsync();

        var study = Selection.Of(Uid.Parse("1.2.3.1.1"));
        Assert.Equal(2, (await test.Archive.FindInstancesAsync(study)).Count);
        Assert.Equal(IngestStatus.AlreadyStored, (await test.StoreAsync(TestObjects.Ct64())).Status);
        Assert.Equal(2, (await test.Archive.DeleteAsync(study, "tester"))!.Instances);
        Assert.Empty(await test.Archive.FindInstancesAsync(study));
    }

    [Fact]
    public async Task An_index_of_version_3_that_made_one_patient_of_two_takes_them_apart()
    {
        await using var test = await SharedPatientIdTests.TwoNamesAsync();
        await test.CloseAsync();
        MakeVersion(test.Folder, 3);

        await test.ReopenAsync();

        Assert.Equal(["1.2.3.1.1 Doe^John 19610203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientName, "DOE*")));
        Assert.Equal(["1.2.3.1.2 Smith^Jane 19700101"], await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientName, "smith*")));
        Assert.Single(await test.FindAsync(QueryLevel.Patient, TestObjects.Keys((Tags.PatientID, "P1"))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task An_index_of_any_later_version_keeps_its_rows_and_can_do_what_is_new(int version)
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.1"), Uid.Parse("1.2.3.1.1.1"), Uid.Parse("1.2.3.1.1.1.2")), "anna");
        await test.CloseAsync();
        MakeVersion(test.Folder, version);

        await test.ReopenAsync();

        Assert.Equal(IngestStatus.AlreadyStored, (await test.StoreAsync(TestObjects.Ct64())).Status);
        await test.StoreAsync(TestObjects.Ct64(study: 2).Set(Tags.PatientName, "Smith^Jane"));
        Assert.Single(await test.Archive.GetConflictsAsync());
        await test.Archive.MoveSeriesAsync(Uid.Parse("1.2.3.1.1"), [Uid.Parse("1.2.3.1.1.1")], Uid.Parse("2.25.1"), "anna", "why");
        Assert.Equal(["2.25.1 Doe^John 19610203"], await SharedPatientIdTests.StudiesAsync(test, (Tags.PatientName, "DOE*")));
        Assert.Null(Assert.Single(await test.Archive.GetDeletionsAsync()).Rejection);
        Assert.Equal(1, await test.Archive.RestoreAsync(1, "anna"));
        await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.2")), "anna");
        Assert.Equal(1, (await test.Archive.PurgeAsync(DateTimeOffset.MaxValue, "anna")).Objects);
        Assert.NotEmpty(await test.Archive.GetChangesAsync());
        await test.Archive.HoldAsync(HoldSubject.Study("2.25.1"), "anna", "why");
        await Assert.ThrowsAsync<ArchiveException>(async () => await test.Archive.DeleteAsync(Selection.Of(Uid.Parse("2.25.1")), "anna"));
    }

    /// <summary>Takes away what the versions after it brought.</summary>
    private static void MakeVersion(string folder, int version)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "index.db")};Pooling=False");
        connection.Open();
        if (version < 11) Run(connection, "DROP TABLE linked");
        if (version < 10) Run(connection, "DROP TABLE extra_values");
        if (version < 9) Run(connection, "ALTER TABLE deletions DROP COLUMN files_gone; ALTER TABLE deletions DROP COLUMN purged_at");
        if (version < 8) Run(connection, "DROP TABLE holds");
        if (version < 7) Run(connection, "DROP INDEX deletions_by_rejection; ALTER TABLE deletions DROP COLUMN rejection");
        if (version < 6) Run(connection, "ALTER TABLE instances DROP COLUMN original_study");
        if (version < 5) Run(connection, "DROP TABLE conflicts");
        if (version < 4)
        {
            Run(connection, """
                UPDATE studies SET patient_key = (SELECT MIN(key) FROM patients);
                DELETE FROM patients WHERE key <> (SELECT MIN(key) FROM patients);
                DROP INDEX patients_by_id; DROP INDEX patients_by_identity; ALTER TABLE patients DROP COLUMN identity;
                CREATE UNIQUE INDEX patients_by_id ON patients(patient_id, issuer, only_study);
                """);
        }
        if (version < 3) Run(connection, "DROP TABLE changes; DROP TABLE settling");
        Run(connection, FormattableString.Invariant($"PRAGMA user_version = {version}"));
    }

    /// <summary>Copies the rows into the tables of version 1, column by column.</summary>
    private static void MakeVersion1(string path)
    {
        string old = path + ".v1";
        using (var connection = new SqliteConnection($"Data Source={old};Pooling=False"))
        {
            connection.Open();
            Run(connection, Version1);
            Run(connection, $"ATTACH '{path}' AS now");
            foreach (string table in new[] { "settings", "patients", "studies", "series", "instances" })
            {
                using var columns = connection.CreateCommand();
                columns.CommandText = $"SELECT group_concat(name) FROM pragma_table_info('{table}')";
                string names = (string)columns.ExecuteScalar()!;
                Run(connection, $"INSERT INTO main.{table}({names}) SELECT {names} FROM now.{table}");
            }
        }
        foreach (string end in new[] { "", "-wal", "-shm" }) File.Delete(path + end);
        File.Move(old, path);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
