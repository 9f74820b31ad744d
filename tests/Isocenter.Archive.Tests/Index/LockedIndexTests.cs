using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Archive.Tests.Index;

/// <summary>Another process has the database locked: somebody looks into it with a tool, or copies it.</summary>
public sealed class LockedIndexTests
{
    [Fact]
    public async Task While_another_process_writes_to_the_index_stores_wait_and_queries_are_answered()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        await using var other = await LockAsync(test, "IMMEDIATE");

        var storing = Task.Run(() => test.StoreAsync(TestObjects.Ct64(instance: 2)), TestContext.Current.CancellationToken);
        Assert.Single(await test.Archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1"))));
        Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientID, "P1"))));
        Assert.False(storing.IsCompleted);
        Release(test);

        Assert.Equal(IngestStatus.Stored, (await storing.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task A_lock_that_lasts_refuses_the_object_and_leaves_nothing_of_it()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { IndexLockTimeout = TimeSpan.FromSeconds(1) });
        await test.StoreAsync(TestObjects.Ct64());
        await using var other = await LockAsync(test, "IMMEDIATE");

        var refused = await test.StoreAsync(TestObjects.Ct64(instance: 2));

        Assert.Equal(IngestStatus.OutOfResources, refused.Status);
        Assert.Contains("locked", refused.Problem);
        Assert.Single(test.Files());
        Release(test);
        Assert.Equal(IngestStatus.Stored, (await test.StoreAsync(TestObjects.Ct64(instance: 2))).Status);
    }

    [Fact]
    public async Task An_index_that_is_locked_at_the_start_is_told_in_one_sentence()
    {
        await using var test = await TestArchive.OpenAsync(change: options => options with { IndexLockTimeout = TimeSpan.FromSeconds(1) });
        await test.StoreAsync(TestObjects.Ct64());
        await test.CloseAsync();
        await using var other = await LockAsync(test, "EXCLUSIVE");

        var error = await Assert.ThrowsAsync<ArchiveException>(async () => await test.ReopenAsync());

        Assert.Equal(ArchiveProblem.FolderInUse, error.Problem);
        Release(test);
        while (true)
        {
            try
            {
                await test.ReopenAsync();
                break;
            }
            catch (ArchiveException)
            {
                // The other one is still on its way out.
            }
        }
        Assert.Single(await test.Archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1"))));
    }

    /// <summary>Another process takes the lock and keeps it until a file appears.</summary>
    private static async Task<RunningTool> LockAsync(TestArchive test, string how)
    {
        var tool = ForeignTool.Start("python3", ["-u", "-c", $"""
            import sqlite3, os, time
            db = sqlite3.connect("{test.Folder}/index.db", isolation_level=None)
            if "{how}" == "EXCLUSIVE": db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN {how}")
            db.execute("UPDATE settings SET value = value WHERE name = 'watermark'")
            print("locked")
            while not os.path.exists("{test.Folder}/release"): time.sleep(0.01)
            db.execute("ROLLBACK")
            db.close()
            """]);
        while (!tool.Said.Contains("locked", StringComparison.Ordinal))
        {
            Assert.False(tool.HasExited, tool.Said);
            await Task.Yield();
        }
        return tool;
    }

    private static void Release(TestArchive test) => File.WriteAllText(Path.Combine(test.Folder, "release"), "");
}
