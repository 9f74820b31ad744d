using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Storage;

public sealed class ArrivalLogTests
{
    [Fact]
    public async Task Files_that_a_power_cut_took_come_back_from_the_log()
    {
        await using var test = await OpenAsync();
        for (int i = 2; i <= 21; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        await using var cut = PowerCut.Of(test);
        string[] files = cut.Files();
        File.Delete(files[3]);
        File.WriteAllBytes(files[7], []);
        File.WriteAllBytes(files[11], new byte[new FileInfo(files[11]).Length]);
        foreach (string index in Directory.GetFiles(cut.Folder, "index.db*")) File.Delete(index);

        var archive = await cut.OpenAsync();

        Assert.Equal((3, 21, 0, 0), (archive.Recovery.Restored, archive.Recovery.Indexed, archive.Recovery.Removed, archive.Recovery.Quarantined));
        await AssertIntactAsync(archive, 21);
    }

    [Fact]
    public async Task A_log_that_is_full_goes_on_in_its_other_half_and_nothing_of_its_earlier_use_counts()
    {
        await using var test = await OpenAsync(segmentLength: 64 * 1024);
        for (int i = 2; i <= 61; i++)
        {
            Assert.True((await test.StoreAsync(TestObjects.Ct64(instance: i))).IsSuccess);
            await test.Archive.Store.Arrivals!.Background;
        }
        await using var cut = PowerCut.Of(test);
        // The first ones were brought to disk long ago: were they gone now, somebody took them.
        File.Delete(cut.Files()[2]);

        var archive = await cut.OpenAsync();

        Assert.Equal((0, 0), (archive.Recovery.Restored, archive.Recovery.Quarantined));
        Assert.Equal(60, cut.Files().Length);
    }

    [Fact]
    public async Task Senders_side_by_side_fill_the_log_many_times_and_lose_nothing()
    {
        await using var test = await OpenAsync(segmentLength: 128 * 1024);
        await Parallel.ForAsync(0, 400, async (i, _) => Assert.True((await test.StoreAsync(TestObjects.Ct64(series: 1 + i % 8, instance: 10 + i))).IsSuccess));

        await using var cut = PowerCut.Of(test);

        await AssertIntactAsync(await cut.OpenAsync(), 401);
        Assert.Null(test.Archive.Store.Arrivals!.Problem);
    }

    [Fact]
    public async Task What_was_taken_away_is_not_brought_back()
    {
        await using var test = await OpenAsync();
        var stored = (await test.StoreAsync(TestObjects.Ct64(instance: 2))).Instance!;
        test.Archive.Store.Delete(stored.Id);
        await using var cut = PowerCut.Of(test);

        var archive = await cut.OpenAsync();

        Assert.Equal((0, 1), (archive.Recovery.Restored, cut.Files().Length));
    }

    [Fact]
    public async Task What_was_refused_and_kept_aside_does_not_come_back_among_the_others()
    {
        await using var test = await OpenAsync(change: o => o with { UnknownClassPolicy = UnknownClassPolicy.Quarantine });
        Assert.Equal(IngestStatus.UnknownClass, (await test.StoreAsync(TestObjects.Ct64(instance: 2).Set(Tags.SOPClassUID, "1.2.840.99.1"))).Status);
        await using var cut = PowerCut.Of(test);

        var archive = await cut.OpenAsync();

        Assert.Equal((0, 1), (archive.Recovery.Restored, cut.Files().Length));
        await AssertIntactAsync(archive, 1);
    }

    [Fact]
    public async Task A_torn_record_is_passed_over()
    {
        await using var test = await OpenAsync();
        for (int i = 2; i <= 4; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        await using var cut = PowerCut.Of(test);
        foreach (string file in cut.Files()) File.Delete(file);
        string log = Path.Combine(cut.Folder, "arrivals", "a.log");
        byte[] bytes = File.ReadAllBytes(log);
        int second = bytes.AsSpan(4096 + 8).IndexOf("ISOCOBJ1"u8) + 4096 + 8;
        bytes[second + 200] ^= 1;
        File.WriteAllBytes(log, bytes);

        var archive = await cut.OpenAsync();

        Assert.Equal(2, archive.Recovery.Restored);
        Assert.Equal(2, cut.Files().Length);
    }

    [Fact]
    public async Task A_log_whose_head_is_damaged_is_passed_over_and_used_anew()
    {
        await using var test = await OpenAsync();
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await using var cut = PowerCut.Of(test);
        File.WriteAllBytes(Path.Combine(cut.Folder, "arrivals", "a.log"), [.. "not a log"u8, .. new byte[8192]]);

        var archive = await cut.OpenAsync();
        await TestArchive.StoreAsync(archive, TestObjects.Ct64(instance: 3));
        await archive.Store.Arrivals!.Background;

        Assert.True(archive.Store.Arrivals.IsReady);
        await AssertIntactAsync(archive, 3);
    }

    [Fact]
    public async Task A_clean_end_leaves_a_log_of_which_a_start_reads_the_head_alone()
    {
        await using var test = await OpenAsync();
        for (int i = 2; i <= 4; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));

        await test.ReopenAsync();

        Assert.All(Logs(test.Folder), log => Assert.True(IsEnded(log)));
        await test.StoreAsync(TestObjects.Ct64(instance: 5));
        await test.Archive.Store.Arrivals!.Background;
        Assert.All(Logs(test.Folder), log => Assert.False(IsEnded(log)));
        await test.StoreAsync(TestObjects.Ct64(instance: 6));
        await using var cut = PowerCut.Of(test);
        foreach (string file in cut.Files()) File.Delete(file);
        // The one that came when there was no log yet was synced; this copy has lost it.
        Assert.Equal(1, (await cut.OpenAsync()).Recovery.Restored);
    }

    [Fact]
    public async Task A_start_that_has_read_the_log_ends_it()
    {
        await using var test = await OpenAsync();
        await test.StoreAsync(TestObjects.Ct64(instance: 2));
        await using var cut = PowerCut.Of(test);

        await cut.OpenAsync();

        Assert.All(Logs(cut.Folder), log => Assert.True(IsEnded(log)));
    }

    private static string[] Logs(string folder) => Directory.GetFiles(Path.Combine(folder, "arrivals"));

    private static bool IsEnded(string log)
    {
        using var segment = ArrivalSegment.Open(log);
        return segment.IsEnded;
    }

    [Fact]
    public async Task Large_objects_do_without_the_log()
    {
        await using var test = await OpenAsync();
        var large = TestObjects.Ct64(instance: 2).Set(Tags.PixelData, VR.OW, new byte[ArrivalLog.MaxFileLength]);
        await test.StoreAsync(large);
        await using var cut = PowerCut.Of(test);
        foreach (string file in cut.Files()) File.Delete(file);

        Assert.Equal(0, (await cut.OpenAsync()).Recovery.Restored);
    }

    [Fact]
    public async Task An_archive_of_few_objects_makes_no_log()
    {
        await using var test = await TestArchive.OpenAsync();
        for (int i = 1; i <= 10; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));

        Assert.False(Directory.Exists(Path.Combine(test.Folder, "arrivals")));
    }

    /// <summary>With one object already, and a log from the second on.</summary>
    private static async Task<TestArchive> OpenAsync(int segmentLength = 1 << 20, Func<ArchiveOptions, ArchiveOptions>? change = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the log of arrivals is for Linux alone");
        var test = await TestArchive.OpenAsync(change: o => (change?.Invoke(o) ?? o) with { ObjectsBeforeLog = 1, ArrivalSegmentLength = segmentLength });
        await test.StoreAsync(TestObjects.Ct64());
        await test.Archive.Store.Arrivals!.Background;
        Assert.True(test.Archive.Store.Arrivals.IsReady);
        return test;
    }

    private static async Task AssertIntactAsync(ImageArchive archive, int expected)
    {
        int count = 0;
        await foreach (var (_, result) in archive.VerifyAllAsync())
        {
            Assert.Equal(VerifyResult.Intact, result);
            count++;
        }
        Assert.Equal(expected, count);
    }

    /// <summary>The folder of an archive as it is this moment, without its lock.</summary>
    private sealed class PowerCut : IAsyncDisposable
    {
        private readonly ArchiveOptions _options;
        private ImageArchive? _archive;

        private PowerCut(ArchiveOptions options) => _options = options;

        public string Folder => _options.DataFolder;

        public static PowerCut Of(TestArchive test)
        {
            string folder = Path.Combine(Directory.CreateTempSubdirectory("isocenter-test-").FullName, "data");
            foreach (string file in Directory.GetFiles(test.Folder, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(folder, Path.GetRelativePath(test.Folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                if (Path.GetFileName(file) == "isocenter.lock") continue;
                using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var copy = File.Create(target);
                source.CopyTo(copy);
            }
            return new PowerCut(test.Options with { DataFolder = folder });
        }

        public string[] Files() => Directory.GetFiles(Path.Combine(Folder, "objects"), "*", SearchOption.AllDirectories).Order().ToArray();

        public async Task<ImageArchive> OpenAsync() => _archive = await ImageArchive.OpenAsync(_options);

        public async ValueTask DisposeAsync()
        {
            if (_archive is not null) await _archive.DisposeAsync();
            Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
        }
    }
}
