using Isocenter.Dicom;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive.Tests.Recovery;

public sealed class RecoveryTests
{
    [Fact]
    public async Task An_archive_opens_again_with_what_it_had()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        var archive = await test.ReopenAsync();
        Assert.Equal(0, archive.Recovery.Indexed);
        Assert.Equal(0, archive.Recovery.Checked);
        Assert.Equal(1, (await archive.GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task Rows_that_a_power_cut_took_come_back_from_the_files()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 5; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        await test.CloseAsync();
        var before = Copy(test, "index.db");
        await test.ReopenAsync();
        for (int i = 6; i <= 20; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        var expected = await DumpAsync(test.Archive);
        await test.CloseAsync();
        File.WriteAllBytes(Path.Combine(test.Folder, "index.db"), before);

        var archive = await test.ReopenAsync();
        Assert.Equal(15, archive.Recovery.Indexed);
        Assert.Equal(0, archive.Recovery.Removed);
        Assert.Equal(expected, await DumpAsync(archive));
        // And then there is nothing more to do.
        Assert.Equal(0, (await test.ReopenAsync()).Recovery.Indexed);
    }

    [Theory]
    [InlineData(-400, 0)]
    [InlineData(-400, 800)]
    [InlineData(400, -800)]
    public async Task Rows_that_a_power_cut_took_come_back_although_the_clock_jumped_between_the_starts(int first, int second)
    {
        var clock = new HandClock(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
        await using var test = await TestArchive.OpenAsync(change: options => options with { TimeProvider = clock });
        for (int i = 1; i <= 5; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        await test.CloseAsync();
        var before = Copy(test, "index.db");
        clock.Jump(TimeSpan.FromDays(first));
        await test.ReopenAsync();
        for (int i = 6; i <= 20; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        await test.CloseAsync();
        File.WriteAllBytes(Path.Combine(test.Folder, "index.db"), before);
        clock.Jump(TimeSpan.FromDays(second));

        var archive = await test.ReopenAsync();

        Assert.Equal((15, 0, 0), (archive.Recovery.Indexed, archive.Recovery.Removed, archive.Recovery.Quarantined));
        await test.StoreAsync(TestObjects.Ct64(instance: 21));
        Assert.Equal(21, (await archive.GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task The_whole_index_comes_back_when_the_database_is_gone()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 20; i++) await test.StoreAsync(TestObjects.Ct64(1 + i % 2, 1, 1, i));
        var expected = await DumpAsync(test.Archive);
        await test.CloseAsync();
        File.Delete(Path.Combine(test.Folder, "index.db"));
        File.WriteAllBytes(Path.Combine(test.Folder, "index.db-wal"), [1, 2, 3]);
        var archive = await test.ReopenAsync();
        Assert.Equal(20, archive.Recovery.Indexed);
        Assert.Equal(expected, await DumpAsync(archive));
    }

    [Fact]
    public async Task Files_without_a_seal_were_never_acknowledged_and_go()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        string sealedFile = Assert.Single(test.Files());
        await test.CloseAsync();
        string bucket = Path.GetDirectoryName(sealedFile)!;
        byte[] whole = File.ReadAllBytes(sealedFile);
        string name = Path.GetFileNameWithoutExtension(sealedFile);
        var next = ObjectId.TryParse(name, out var id) ? new ObjectId(id.High + 1, id.Low) : default;

        byte[] unfinished = (byte[])whole.Clone();
        unfinished.AsSpan(0, 128).Clear();
        File.WriteAllBytes(Path.Combine(bucket, new ObjectId(next.High, next.Low) + ".dcm"), unfinished[..500]);
        File.WriteAllBytes(Path.Combine(bucket, new ObjectId(next.High + 1, next.Low) + ".dcm"), []);
        File.WriteAllBytes(Path.Combine(bucket, new ObjectId(next.High + 2, next.Low) + ".dcm"), whole[..^1]);   // the seal arrived, the end did not
        string stranger = Path.Combine(bucket, "notes.dcm");
        File.WriteAllBytes(stranger, [1]);

        var archive = await test.ReopenAsync();
        Assert.Equal(3, archive.Recovery.Removed);
        Assert.Equal([sealedFile, stranger], test.Files().Order());
        Assert.Equal(1, (await archive.GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task A_sealed_file_that_is_not_what_was_written_is_put_aside()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await test.CloseAsync();
        string file = Assert.Single(test.Files());
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^100] ^= 1;
        File.WriteAllBytes(file, bytes);
        File.Delete(Path.Combine(test.Folder, "index.db"));
        var archive = await test.ReopenAsync();
        Assert.Equal(1, archive.Recovery.Quarantined);
        Assert.Equal(0, (await archive.GetStatisticsAsync()).Instances);
        Assert.Single(Directory.GetFiles(Path.Combine(test.Folder, "quarantine")));
        var aside = Assert.Single(archive.GetQuarantine());
        Assert.Equal(("1.2.3.1.1.1.1", "1.2.3.1.1", bytes.Length), (aside.SopInstanceUid, aside.StudyInstanceUid, aside.Bytes));

        // A reindex tries it again: it stays while it is damaged, and is back when somebody mended it.
        await test.CloseAsync();
        await ImageArchive.ReindexAsync(test.Options);
        Assert.Empty(test.Files());
        bytes[^100] ^= 1;
        File.WriteAllBytes(Path.Combine(test.Folder, "quarantine", aside.Name), bytes);
        await ImageArchive.ReindexAsync(test.Options);
        await test.ReopenAsync();
        Assert.Equal(1, (await test.Archive.GetStatisticsAsync()).Instances);
        Assert.Empty(test.Archive.GetQuarantine());
    }

    [Fact]
    public async Task Of_two_different_objects_that_wait_for_their_rows_none_is_lost()
    {
        await using var test = await TestArchive.OpenAsync(DuplicatePolicy.Keep);
        await test.StoreAsync(TestObjects.Ct64());
        await test.StoreAsync(TestObjects.Ct64().Set(Tags.ImageComments, "second"));
        await test.CloseAsync();
        File.Delete(Path.Combine(test.Folder, "index.db"));
        var archive = await test.ReopenAsync(o => o with { DuplicatePolicy = DuplicatePolicy.Refuse });
        Assert.Equal(2, archive.Recovery.Indexed);
        Assert.Equal(2, test.Files().Length);
        Assert.Equal("second", Assert.Single(await test.FindAsync(QueryLevel.Image, TestObjects.Keys((Tags.ImageComments, "")))).Get<string>(Tags.ImageComments));
    }

    [Theory]
    [InlineData(DuplicatePolicy.Refuse)]
    [InlineData(DuplicatePolicy.Keep)]
    public async Task Reindex_gives_the_index_that_was(DuplicatePolicy policy)
    {
        await using var test = await TestArchive.OpenAsync(policy);
        for (int i = 1; i <= 30; i++)
        {
            await test.StoreAsync(TestObjects.Ct64(1 + i % 3, 1 + i % 2, 1 + i % 4, i));
            if (i % 5 == 0) await test.StoreAsync(TestObjects.Ct64(1 + i % 3, 1 + i % 2, 1 + i % 4, i).Set(Tags.ImageComments, "again"));
            if (i % 7 == 0) await test.StoreAsync(TestObjects.Ct64(1 + i % 3, 1 + i % 2, 1 + i % 4, i));
        }
        await test.StoreAsync(TestObjects.Ct64(9).Utf8("Müller^Jörg"), TransferSyntax.ExplicitVRBigEndian);
        var expected = await DumpAsync(test.Archive);
        await test.CloseAsync();
        var report = await ImageArchive.ReindexAsync(test.Options);
        Assert.Equal(test.Files().Length, report.Indexed);
        Assert.Equal(0, report.Failed);
        var archive = await test.ReopenAsync();
        Assert.Equal(0, archive.Recovery.Checked);
        Assert.Equal(expected, await DumpAsync(archive));
        Assert.DoesNotContain(Directory.GetFiles(test.Folder, "index.*"), file => !Path.GetFileName(file).StartsWith("index.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damage_to_the_index_is_told_and_reindex_mends_it()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 5; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        var expected = await DumpAsync(test.Archive);
        await test.CloseAsync();
        File.WriteAllBytes(Path.Combine(test.Folder, "index.db"), [.. Enumerable.Repeat((byte)0x55, 20_000)]);
        var error = await Assert.ThrowsAsync<ArchiveException>(() => test.ReopenAsync());
        Assert.Equal(ArchiveProblem.IndexDamaged, error.Problem);
        await ImageArchive.ReindexAsync(test.Options);
        Assert.Equal(expected, await DumpAsync(await test.ReopenAsync()));
    }

    [Fact]
    public async Task Damage_that_is_met_while_running_is_told_and_the_archive_is_no_longer_ready()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 5; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        await test.CloseAsync();
        await test.ReopenAsync();
        Assert.Null(await test.Archive.CheckWritableAsync(TestContext.Current.CancellationToken));
        using (var file = new FileStream(Path.Combine(test.Folder, "index.db"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            byte[] rubbish = [.. Enumerable.Repeat((byte)0x55, 3000)];
            for (long page = 4096; page < file.Length; page += 4096)
            {
                file.Position = page;
                file.Write(rubbish);
            }
        }

        var error = await Assert.ThrowsAsync<ArchiveException>(() => test.FindAsync(QueryLevel.Image, new DataSet()));

        Assert.Equal(ArchiveProblem.IndexDamaged, error.Problem);
        Assert.Contains("reindex", await test.Archive.CheckWritableAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_index_is_refused()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.CloseAsync();
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(test.Folder, "index.db")};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 1000";
            command.ExecuteNonQuery();
        }
        var error = await Assert.ThrowsAsync<ArchiveException>(() => test.ReopenAsync());
        Assert.Equal(ArchiveProblem.NewerSchema, error.Problem);
    }

    [Fact]
    public async Task A_folder_has_one_archive_at_a_time()
    {
        await using var test = await TestArchive.OpenAsync();
        var error = await Assert.ThrowsAsync<ArchiveException>(() => ImageArchive.OpenAsync(test.Options));
        Assert.Equal(ArchiveProblem.FolderInUse, error.Problem);
        error = await Assert.ThrowsAsync<ArchiveException>(() => ImageArchive.ReindexAsync(test.Options));
        Assert.Equal(ArchiveProblem.FolderInUse, error.Problem);
    }

    [Fact]
    public async Task A_missing_or_damaged_file_is_told_and_the_rest_is_served()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 3; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        var stored = await test.Archive.FindInstancesAsync(new Selection());
        string[] files = test.Files();
        File.Delete(files[0]);
        using (var file = new FileStream(files[1], FileMode.Open)) file.SetLength(file.Length - 1);
        Assert.Equal([VerifyResult.Missing, VerifyResult.Damaged, VerifyResult.Intact], await Task.WhenAll(stored.Select(i => test.Archive.VerifyAsync(i))));
        Assert.Equal(ArchiveProblem.ObjectMissing, Assert.Throws<ArchiveException>(() => test.Archive.OpenRead(stored[0])).Problem);
        Assert.Equal(ArchiveProblem.ObjectDamaged, Assert.Throws<ArchiveException>(() => test.Archive.OpenBytes(stored[1])).Problem);
        test.Archive.OpenRead(stored[2]).Dispose();
        using (var file = new FileStream(files[2], FileMode.Open))
        {
            file.Position = file.Length - 10;
            file.WriteByte(77);
        }
        Assert.Equal(VerifyResult.Damaged, await test.Archive.VerifyAsync(stored[2]));
        Assert.Equal(ArchiveProblem.ObjectDamaged, Assert.Throws<ArchiveException>(() => test.Archive.OpenRead(stored[2])).Problem);
        test.Archive.OpenDataSet(stored[2], isHeaderOnly: true).Dispose();
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_storm_loses_nothing_acknowledged()
    {
        await using var test = await TestArchive.OpenAsync();
        // What kill -9 leaves: the folder as it is at some moment, with sessions open. Copied while it is being written to.
        using var stop = new CancellationTokenSource();
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<string>();
        var storm = Enumerable.Range(1, 4).Select(sender => Task.Run(async () =>
        {
            for (int i = 1; !stop.IsCancellationRequested; i++)
            {
                var result = await test.StoreAsync(TestObjects.Ct64(sender, 1, 1, i));
                if (result.IsSuccess) acknowledged.Add(result.SopInstanceUid!);
            }
        })).ToList();
        string copy = test.Folder + "-copy";
        try
        {
            while (acknowledged.Count < 50) await Task.Yield();
            var must = acknowledged.ToHashSet();
            // The database first: files that came after it was copied are without a row, as after a power cut.
            CopyFolder(test.Folder, copy, "index.db*");
            CopyFolder(Path.Combine(test.Folder, "objects"), Path.Combine(copy, "objects"), "*.dcm");
            await stop.CancelAsync();
            await Task.WhenAll(storm);

            await using var archive = await ImageArchive.OpenAsync(test.Options with { DataFolder = copy });
            var found = await archive.FindInstancesAsync(new Selection());
            Assert.Empty(must.Except(found.Select(i => i.SopInstanceUid.Value)));
            foreach (var instance in found) Assert.Equal(VerifyResult.Intact, await archive.VerifyAsync(instance));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(storm);
            if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        }
    }

    private static void CopyFolder(string from, string to, string pattern)
    {
        foreach (string file in Directory.GetFiles(from, pattern, pattern == "*.dcm" ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            try
            {
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var destination = File.Create(target);
                source.CopyTo(destination);
            }
            catch (FileNotFoundException)
            {
                // Went while we copied.
            }
        }
    }

    private static byte[] Copy(TestArchive test, string name) => File.ReadAllBytes(Path.Combine(test.Folder, name));

    /// <summary>Everything that queries can tell, in the order of the UIDs.</summary>
    private static async Task<List<string>> DumpAsync(ImageArchive archive)
    {
        var lines = new List<string>();
        foreach (var level in Enum.GetValues<QueryLevel>())
        {
            var answers = await TestArchive.ToListAsync(archive.QueryAsync(new Archive.Query { Level = level, Identifier = TestObjects.Keys((Tags.NumberOfPatientRelatedInstances, "")), IncludeAll = true }));
            lines.AddRange(answers.Select(answer => level + " " + Convert.ToHexString(DataSetWriter.ToArray(answer, TransferSyntax.ExplicitVRLittleEndian))));
        }
        foreach (var instance in await archive.FindInstancesAsync(new Selection())) lines.Add(instance.ToString());
        return lines;
    }
}
