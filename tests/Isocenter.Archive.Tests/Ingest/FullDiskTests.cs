using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Archive.Tests.Ingest;

/// <summary>A real disk that is really full.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_and_leaves_nothing_behind_and_recovers()
    {
        await using var disk = await SmallDisk.TakeAsync();
        string folder = Path.Combine(disk.Path, "data");
        await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = folder, MinFreeBytes = 0 });
        Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64())).IsSuccess);
        disk.Fill();

        int stored = await StoreUntilRefusedAsync(archive, from: 2) + 1;

        string objects = Path.Combine(folder, "objects");
        Assert.Equal(stored, Directory.GetFiles(objects, "*.dcm", SearchOption.AllDirectories).Length);
        Assert.Equal(stored, (await archive.GetStatisticsAsync()).Instances);
        disk.Free();
        Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: 1000))).IsSuccess);
        Assert.Null(await archive.CheckWritableAsync());
    }

    [Fact]
    public async Task A_disk_below_its_watermark_refuses_before_it_is_full_and_takes_again_when_it_has_space()
    {
        await using var disk = await SmallDisk.TakeAsync();
        await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = Path.Combine(disk.Path, "data"), MinFreeBytes = 3 << 20 });
        Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64())).IsSuccess);
        disk.Fill(leave: 2 << 20);
        // The disk is asked a few times a second.
        while (await archive.CheckWritableAsync() is not { } problem || !problem.Contains("must stay free", StringComparison.Ordinal)) await Task.Yield();
        long free = new DriveInfo(disk.Path).AvailableFreeSpace;

        Assert.Equal(0, await StoreUntilRefusedAsync(archive, from: 2));

        Assert.Equal(free, new DriveInfo(disk.Path).AvailableFreeSpace);
        disk.Free();
        while (await archive.CheckWritableAsync() is not null) await Task.Yield();
        Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: 1000))).IsSuccess);
    }

    /// <summary>The objects are on another disk than the index, so that it is the index that finds no space.</summary>
    [Fact]
    public async Task A_full_disk_of_the_index_refuses_and_what_was_acknowledged_stays()
    {
        await using var disk = await SmallDisk.TakeAsync();
        using var elsewhere = new TemporaryFolder();
        var options = new ArchiveOptions { DataFolder = Path.Combine(disk.Path, "data"), MinFreeBytes = 0 };
        Directory.CreateDirectory(options.DataFolder);
        Directory.CreateSymbolicLink(Path.Combine(options.DataFolder, "objects"), Directory.CreateDirectory(elsewhere["objects"]).FullName);
        int stored;
        await using (var archive = await ImageArchive.OpenAsync(options))
        {
            disk.Fill(leave: 200_000);

            stored = await StoreUntilRefusedAsync(archive, from: 1);

            Assert.True(stored > 0);
            Assert.Equal(stored, (await archive.GetStatisticsAsync()).Instances);
            Assert.Equal(stored, (await archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1")))).Count);
            // No decision of a person is half made.
            await Assert.ThrowsAnyAsync<Exception>(async () => await archive.DeleteAsync(Selection.Of(Uid.Parse("1.2.3.1.1")), "anna"));
            Assert.Equal(stored, (await archive.GetStatisticsAsync()).Instances);
        }
        disk.Free();
        await using (var archive = await ImageArchive.OpenAsync(options))
        {
            Assert.Equal(stored, (await archive.GetStatisticsAsync()).Instances);
            Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: 10_000))).IsSuccess);
            Assert.All(await TestArchive.ToListAsync(archive.VerifyAllAsync()), found => Assert.Equal(VerifyResult.Intact, found.Result));
        }
    }

    /// <returns>How many were stored.</returns>
    private static async Task<int> StoreUntilRefusedAsync(ImageArchive archive, int from)
    {
        IngestResult result;
        int at = from;
        while ((result = await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: at))).IsSuccess) at++;
        Assert.Equal(IngestStatus.OutOfResources, result.Status);
        return at - from;
    }
}
