using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Archive.Tests.Ingest;

public sealed class IngestTests
{
    [Fact]
    public async Task What_was_stored_comes_back_bit_for_bit()
    {
        await using var test = await TestArchive.OpenAsync();
        byte[] sent = DataSetWriter.ToArray(TestObjects.Ct64(), TransferSyntax.ImplicitVRLittleEndian);
        var result = await TestArchive.StoreBytesAsync(test.Archive, sent, TransferSyntax.ImplicitVRLittleEndian, TestObjects.Ct, "1.2.3.1.1.1.1");
        Assert.Equal(IngestStatus.Stored, result.Status);
        var stored = await test.Archive.FindInstanceAsync(Uid.Parse("1.2.3.1.1"), Uid.Parse("1.2.3.1.1.1"), Uid.Parse("1.2.3.1.1.1.1"));
        Assert.NotNull(stored);
        Assert.Equal(result.Instance, stored);
        Assert.Equal(sent.Length, stored.DataSetLength);
        Assert.Equal(TransferSyntax.ImplicitVRLittleEndian, stored.TransferSyntax);
        Assert.Equal("P1", stored.PatientId);

        using var bytes = test.Archive.OpenBytes(stored);
        var back = new byte[bytes.Length];
        RandomAccess.Read(bytes.Handle, back, bytes.Offset);
        Assert.Equal(sent, back);

        using var stream = test.Archive.OpenRead(stored);
        var whole = new MemoryStream();
        await stream.CopyToAsync(whole);
        Assert.Equal(stored.FileLength, whole.Length);
        Assert.True(whole.ToArray().AsSpan(0, 128).IndexOfAnyExcept((byte)0) < 0, "the preamble is zero");
        var file = DicomFile.Read(whole.ToArray());
        Assert.Empty(file.Findings);
        Assert.Equal("TESTER", file.FileMeta.Get<string>(Tags.SourceApplicationEntityTitle));
        Assert.Equal(VerifyResult.Intact, await test.Archive.VerifyAsync(stored));
        using var opened = test.Archive.OpenDataSet(stored, ReadOptions.HeaderOnly);
        Assert.Equal("Doe^John", opened.DataSet.Get<string>(Tags.PatientName));
    }

    [Fact]
    public async Task The_same_object_again_changes_nothing()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        string file = Assert.Single(test.Files());
        var again = await test.StoreAsync(TestObjects.Ct64());
        Assert.Equal(IngestStatus.AlreadyStored, again.Status);
        Assert.True(again.IsSuccess);
        Assert.Equal(file, Assert.Single(test.Files()));
        Assert.Equal(1, (await test.Archive.GetStatisticsAsync()).Instances);
    }

    [Fact]
    public async Task Different_content_under_one_UID_is_refused()
    {
        await using var test = await TestArchive.OpenAsync();
        await test.StoreAsync(TestObjects.Ct64());
        var other = await test.StoreAsync(TestObjects.Ct64().Set(Tags.ImageComments, "another"));
        Assert.Equal(IngestStatus.Conflict, other.Status);
        Assert.Single(test.Files());
        var found = await test.FindAsync(QueryLevel.Image, TestObjects.Keys((Tags.SOPInstanceUID, ""), (Tags.ImageComments, "")));
        Assert.True(Assert.Single(found).TryFind(Tags.ImageComments, out var comments) && comments.IsEmpty);
    }

    [Fact]
    public async Task Different_content_under_one_UID_becomes_a_version_when_that_is_the_policy()
    {
        await using var test = await TestArchive.OpenAsync(DuplicatePolicy.Keep);
        await test.StoreAsync(TestObjects.Ct64());
        var moved = TestObjects.Ct64().Set(Tags.SeriesInstanceUID, "1.2.3.1.1.9").Set(Tags.Modality, "MR");
        Assert.Equal(IngestStatus.StoredAsVersion, (await test.StoreAsync(moved)).Status);
        Assert.Equal(IngestStatus.AlreadyStored, (await test.StoreAsync(TestObjects.Ct64())).Status);
        Assert.Equal(2, test.Files().Length);
        var study = Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys(
            (Tags.NumberOfStudyRelatedInstances, ""), (Tags.NumberOfStudyRelatedSeries, ""), (Tags.ModalitiesInStudy, ""))));
        Assert.Equal(1, study.Get<int>(Tags.NumberOfStudyRelatedInstances));
        Assert.Equal(1, study.Get<int>(Tags.NumberOfStudyRelatedSeries));
        Assert.Equal(["MR"], study.GetAll<string>(Tags.ModalitiesInStudy));
        var current = Assert.Single(await test.Archive.FindInstancesAsync(Selection.Of(Uid.Parse("1.2.3.1.1"))));
        Assert.Equal("1.2.3.1.1.9", current.SeriesInstanceUid.Value);
        Assert.Equal(1, (await test.Archive.GetStatisticsAsync()).Instances);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("1.2.3/../../../4")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    [InlineData("")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("1.2.3\\4.5.6'; DROP TABLE instances; --")]
    public async Task A_hostile_UID_is_refused_and_touches_nothing(string uid)
    {
        await using var test = await TestArchive.OpenAsync();
        foreach (var tag in (Tag[])[Tags.SOPInstanceUID, Tags.StudyInstanceUID, Tags.SeriesInstanceUID, Tags.SOPClassUID])
        {
            var dataSet = TestObjects.Ct64().SetBytes(tag, VR.UI, System.Text.Encoding.ASCII.GetBytes(uid));
            byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
            string announced = tag == Tags.SOPInstanceUID ? uid : "1.2.3.1.1.1.1", announcedClass = tag == Tags.SOPClassUID ? uid : TestObjects.Ct;
            var result = await TestArchive.StoreBytesAsync(test.Archive, bytes, TransferSyntax.ExplicitVRLittleEndian, announcedClass, announced);
            Assert.False(result.IsSuccess);
            Assert.Contains(result.Status, (IngestStatus[])[IngestStatus.NotIndexable, IngestStatus.Mismatch]);
            Assert.NotNull(result.Problem);
        }
        Assert.Empty(test.Files());
        Assert.Equal([test.Folder], Directory.GetFileSystemEntries(Path.GetDirectoryName(test.Folder)!));
        // What could be read but not indexed is kept aside, under names of ours.
        string quarantine = Path.Combine(test.Folder, "quarantine");
        Assert.All(Directory.Exists(quarantine) ? Directory.GetFileSystemEntries(quarantine) : [], path => Assert.True(ObjectId.TryParse(Path.GetFileNameWithoutExtension(path), out _)));
        string[] known = ["isocenter.lock", "index.db", "index.db-shm", "index.db-wal", "objects", .. Directory.Exists(quarantine) ? ["quarantine"] : Array.Empty<string>()];
        Assert.Equal(known.Order(), Directory.GetFileSystemEntries(test.Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("SOPInstanceUID")]
    [InlineData("SOPClassUID")]
    [InlineData("StudyInstanceUID")]
    [InlineData("SeriesInstanceUID")]
    public async Task An_object_without_one_of_its_UIDs_is_refused(string keyword)
    {
        await using var test = await TestArchive.OpenAsync();
        var dataSet = TestObjects.Ct64();
        dataSet.Remove(Tag.Parse(keyword));
        byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        var result = await TestArchive.StoreBytesAsync(test.Archive, bytes, TransferSyntax.ExplicitVRLittleEndian, TestObjects.Ct, "1.2.3.1.1.1.1");
        Assert.Equal(IngestStatus.NotIndexable, result.Status);
        Assert.Contains("missing", result.Problem);
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task Other_UIDs_than_announced_are_a_mismatch()
    {
        await using var test = await TestArchive.OpenAsync();
        byte[] bytes = DataSetWriter.ToArray(TestObjects.Ct64(), TransferSyntax.ExplicitVRLittleEndian);
        var result = await TestArchive.StoreBytesAsync(test.Archive, bytes, TransferSyntax.ExplicitVRLittleEndian, TestObjects.Ct, "1.2.3.4");
        Assert.Equal(IngestStatus.Mismatch, result.Status);
        result = await TestArchive.StoreBytesAsync(test.Archive, bytes, TransferSyntax.ExplicitVRLittleEndian, "1.2.840.10008.5.1.4.1.1.4", "1.2.3.1.1.1.1");
        Assert.Equal(IngestStatus.Mismatch, result.Status);
        Assert.Equal("1.2.3.1.1.1.1", result.SopInstanceUid);
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task A_truncated_object_is_refused_wherever_it_ends()
    {
        await using var test = await TestArchive.OpenAsync();
        foreach (var syntax in (TransferSyntax[])[TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])
        {
            byte[] bytes = DataSetWriter.ToArray(TestObjects.Ct64(), syntax);
            foreach (int cut in (int[])[1, 2, 100, 4000, 8192])
            {
                var result = await TestArchive.StoreBytesAsync(test.Archive, bytes[..^cut], syntax, TestObjects.Ct, "1.2.3.1.1.1.1");
                Assert.Equal(IngestStatus.Malformed, result.Status);
                Assert.NotNull(result.Problem);
            }
        }
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task A_truncated_encapsulated_object_is_refused()
    {
        await using var test = await TestArchive.OpenAsync();
        var syntax = TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.50"));
        byte[] bytes = DataSetWriter.ToArray(TestObjects.Ct64().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[5000]])), syntax);
        Assert.Equal(IngestStatus.Malformed, (await TestArchive.StoreBytesAsync(test.Archive, bytes[..^8], syntax, TestObjects.Ct, "1.2.3.1.1.1.1")).Status);
        Assert.Equal(IngestStatus.Stored, (await TestArchive.StoreBytesAsync(test.Archive, bytes, syntax, TestObjects.Ct, "1.2.3.1.1.1.1")).Status);
    }

    [Fact]
    public async Task A_deflated_object_without_its_last_block_is_refused_although_its_last_element_is_whole()
    {
        await using var test = await TestArchive.OpenAsync();
        using var deflated = new MemoryStream();
        using (var stream = new System.IO.Compression.DeflateStream(deflated, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(DataSetWriter.ToArray(TestObjects.Ct64(), TransferSyntax.ExplicitVRLittleEndian));
            stream.Flush();
            var cut = await TestArchive.StoreBytesAsync(test.Archive, deflated.ToArray(), TransferSyntax.DeflatedExplicitVRLittleEndian, TestObjects.Ct, "1.2.3.1.1.1.1");
            Assert.Equal(IngestStatus.Malformed, cut.Status);
        }
        var whole = await TestArchive.StoreBytesAsync(test.Archive, deflated.ToArray(), TransferSyntax.DeflatedExplicitVRLittleEndian, TestObjects.Ct, "1.2.3.1.1.1.1");
        Assert.Equal(IngestStatus.Stored, whole.Status);
    }

    [Fact]
    public async Task A_deflated_object_is_checked_and_indexed()
    {
        await using var test = await TestArchive.OpenAsync(change: o => o with { MaxInflatedLength = 100_000 });
        var syntax = TransferSyntax.DeflatedExplicitVRLittleEndian;
        byte[] bytes = new DicomFile(TestObjects.Ct64(), syntax).ToArray();
        Assert.Equal(IngestStatus.Stored, (await test.Archive.IngestFileAsync(new MemoryStream(bytes))).Status);
        Assert.Equal("Doe^John", Assert.Single(await test.FindAsync(QueryLevel.Study, TestObjects.Keys((Tags.PatientName, "")))).Get<string>(Tags.PatientName));

        byte[] cut = new DicomFile(TestObjects.Ct64(instance: 2), syntax).ToArray()[..^400];
        Assert.Equal(IngestStatus.Malformed, (await test.Archive.IngestFileAsync(new MemoryStream(cut))).Status);

        var bomb = TestObjects.Ct64(instance: 3).SetOwnedBytes(Tags.PixelData, VR.OW, new byte[1 << 20]);
        var result = await test.Archive.IngestFileAsync(new MemoryStream(new DicomFile(bomb, syntax).ToArray()));
        Assert.Equal(IngestStatus.Malformed, result.Status);
        Assert.Contains("inflates", result.Problem);
        Assert.Single(test.Files());
    }

    [Fact]
    public async Task Deep_nesting_and_noise_are_refused_and_leave_nothing()
    {
        await using var test = await TestArchive.OpenAsync();
        byte[] header = DataSetWriter.ToArray(TestObjects.Ct64(), TransferSyntax.ImplicitVRLittleEndian);
        byte[] nest = [.. header, .. Enumerable.Repeat<byte[]>([0xE0, 0x7F, 0x10, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF], 5000).SelectMany(b => b)];
        var result = await TestArchive.StoreBytesAsync(test.Archive, nest, TransferSyntax.ImplicitVRLittleEndian, TestObjects.Ct, "1.2.3.1.1.1.1");
        Assert.Equal(IngestStatus.Malformed, result.Status);
        var noise = new byte[100_000];
        new Random(1).NextBytes(noise);
        Assert.False((await TestArchive.StoreBytesAsync(test.Archive, noise, TransferSyntax.ExplicitVRLittleEndian, TestObjects.Ct, "1.2.3")).IsSuccess);
        Assert.False((await test.Archive.IngestFileAsync(new MemoryStream(noise))).IsSuccess);
        Assert.False((await test.Archive.IngestFileAsync(new MemoryStream([]))).IsSuccess);
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task An_object_of_any_length_takes_the_same_memory()
    {
        await using var test = await TestArchive.OpenAsync();
        byte[] small = DataSetWriter.ToArray(TestObjects.Ct64(), TransferSyntax.ExplicitVRLittleEndian);
        const int pixels = 64 * 64 * 2, longer = 96 << 20;
        byte[] header = small[..^pixels];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(header.Length - 4), longer);
        var piece = new byte[64 * 1024];
        await using var session = test.Archive.BeginIngest(new IngestContext(TestObjects.Ct, "1.2.3.1.1.1.1", TransferSyntax.ExplicitVRLittleEndian));
        await session.WriteAsync(header);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int written = 0; written < longer; written += piece.Length)
        {
            // Completes at once, so that it stays on this thread.
            var write = session.WriteAsync(piece);
            Assert.True(write.IsCompletedSuccessfully);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        var result = await session.CommitAsync();
        Assert.Equal(IngestStatus.Stored, result.Status);
        Assert.Equal(header.Length + (long)longer, result.Instance!.DataSetLength);
    }

    [Fact]
    public async Task A_session_that_is_given_up_leaves_nothing()
    {
        await using var test = await TestArchive.OpenAsync();
        await using (var session = test.Archive.BeginIngest(new IngestContext(TestObjects.Ct, "1.2.3", TransferSyntax.ExplicitVRLittleEndian)))
        {
            await session.WriteAsync(new byte[300_000]);
            Assert.Single(test.Files());
        }
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task An_object_beyond_the_limit_is_refused()
    {
        await using var test = await TestArchive.OpenAsync(change: o => o with { MaxObjectLength = 5000 });
        var result = await test.StoreAsync(TestObjects.Ct64());
        Assert.Equal(IngestStatus.TooLong, result.Status);
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_takes_nothing_more()
    {
        await using var test = await TestArchive.OpenAsync();
        var archive = await test.ReopenAsync(o => o with { MinFreeBytes = long.MaxValue });
        var result = await test.StoreAsync(TestObjects.Ct64());
        Assert.Equal(IngestStatus.OutOfResources, result.Status);
        Assert.Contains("must stay free", result.Problem);
        Assert.Empty(test.Files());
        Assert.NotNull(await archive.CheckWritableAsync());
    }

    [Fact]
    public async Task Sixty_four_sessions_at_once_lose_nothing()
    {
        await using var test = await TestArchive.OpenAsync();
        var results = await Task.WhenAll(Enumerable.Range(1, 64).Select(session => Task.Run(async () =>
        {
            var statuses = new List<IngestStatus>();
            for (int i = 1; i <= 5; i++) statuses.Add((await test.StoreAsync(TestObjects.Ct64(session % 4 + 1, session % 3 + 1, session, i))).Status);
            return statuses;
        })));
        Assert.All(results.SelectMany(s => s), status => Assert.Equal(IngestStatus.Stored, status));
        var statistics = await test.Archive.GetStatisticsAsync();
        Assert.Equal((4, 12, 64, 320), (statistics.Patients, statistics.Studies, statistics.Series, statistics.Instances));
        Assert.Equal(test.Files().Sum(file => new FileInfo(file).Length), statistics.Bytes);
    }

    [Fact]
    public async Task Of_many_senders_of_one_UID_one_wins_and_nobody_overwrites()
    {
        await using var test = await TestArchive.OpenAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() =>
            test.StoreAsync(TestObjects.Ct64().Set(Tags.ImageComments, $"sender {i % 8}")))));
        Assert.Single(results, r => r.Status == IngestStatus.Stored);
        Assert.Equal(3, results.Count(r => r.Status == IngestStatus.AlreadyStored));
        Assert.Equal(28, results.Count(r => r.Status == IngestStatus.Conflict));
        Assert.Single(test.Files());
    }

    [Fact]
    public async Task A_file_without_preamble_or_meta_is_taken()
    {
        await using var test = await TestArchive.OpenAsync();
        byte[] bare = DataSetWriter.ToArray(TestObjects.Ct64(), TransferSyntax.ExplicitVRLittleEndian);
        Assert.Equal(IngestStatus.Stored, (await test.Archive.IngestFileAsync(new MemoryStream(bare))).Status);
        byte[] noPreamble = new DicomFile(TestObjects.Ct64(instance: 2), TransferSyntax.ImplicitVRLittleEndian).ToArray()[128..];
        Assert.Equal(IngestStatus.Stored, (await test.Archive.IngestFileAsync(new MemoryStream(noPreamble))).Status);
    }

    [Fact]
    public async Task The_archive_says_that_it_can_be_written_to()
    {
        await using var test = await TestArchive.OpenAsync();
        Assert.Null(await test.Archive.CheckWritableAsync());
        Assert.Empty(test.Files());
    }

    [Fact]
    public async Task Every_readable_file_of_the_corpus_is_stored_and_given_back_identical()
    {
        await using var test = await TestArchive.OpenAsync(DuplicatePolicy.Keep);
        int stored = 0;
        var refused = new List<string>();
        foreach (string path in Corpus.Files().Select(file => file.Path))
        {
            byte[] bytes = File.ReadAllBytes(path);
            IngestResult result = await test.Archive.IngestFileAsync(new MemoryStream(bytes));
            if (!result.IsSuccess)
            {
                Assert.NotNull(result.Problem);
                DicomFile? file = null;
                try
                {
                    file = DicomFile.Read(bytes);
                }
                catch (DicomFormatException)
                {
                    continue;
                }
                // What a reader takes without complaint and what has its UIDs must be stored.
                if (file.IsComplete && IndexEntry.TryMake(file.DataSet, ExtraAttributes.None, out _, out _)) refused.Add($"{path}: {result.Status} {result.Problem}");
                continue;
            }
            stored++;
            if (result.Status == IngestStatus.AlreadyStored || result.Instance is not { } instance) continue;
            using var stream = test.Archive.OpenBytes(instance);
            var back = new byte[stream.Length];
            RandomAccess.Read(stream.Handle, back, stream.Offset);
            Assert.True(bytes.AsSpan()[^back.Length..].SequenceEqual(back), path);
            Assert.Equal((int)DicomFile.Read(bytes).DataSetOffset, bytes.Length - back.Length);
            using var read = test.Archive.OpenDataSet(instance);
            Assert.True(read.IsComplete, path);
        }
        Assert.True(refused.Count == 0, string.Join('\n', refused));
        Assert.True(stored > 100, $"{stored} stored");
        foreach (var level in Enum.GetValues<QueryLevel>())
        {
            var found = await test.FindAsync(level, new DataSet(), q => q with { IncludeAll = true });
            Assert.NotEmpty(found);
        }
        Assert.Equal((await test.Archive.GetStatisticsAsync()).Instances, (await test.Archive.FindInstancesAsync(new Selection())).Count);
    }
}
