namespace Isocenter.Archive.Tests.Ingest;

public sealed class FullDiskTests
{
    /// <summary>Needs a real disk that is really full: a few MB mounted somewhere.</summary>
    [Fact]
    public async Task A_full_disk_refuses_and_leaves_nothing_behind_and_recovers()
    {
        string? disk = Environment.GetEnvironmentVariable("ISOCENTER_SMALL_DISK");
        if (string.IsNullOrEmpty(disk)) Assert.Skip("no small disk: mount a tmpfs of 8 MB and name it in ISOCENTER_SMALL_DISK");
        string folder = Path.Combine(disk, "data-" + Guid.NewGuid().ToString("N"));
        string filler = Path.Combine(disk, "filler");
        try
        {
            await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = folder, MinFreeBytes = 0 });
            Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64())).IsSuccess);
            Fill(filler);
            int stored = 1;
            IngestResult result;
            for (int i = 2; (result = await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: i))).IsSuccess; i++) stored++;
            Assert.Equal(IngestStatus.OutOfResources, result.Status);
            string objects = Path.Combine(folder, "objects");
            Assert.Equal(stored, Directory.GetFiles(objects, "*.dcm", SearchOption.AllDirectories).Length);
            Assert.Equal(stored, (await archive.GetStatisticsAsync()).Instances);
            File.Delete(filler);
            Assert.True((await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: 1000))).IsSuccess);
            Assert.Null(await archive.CheckWritableAsync());
        }
        finally
        {
            File.Delete(filler);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (int piece in (int[])[100_000, 1000])
        {
            try
            {
                while (true) file.Write(new byte[piece]);
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }
}
