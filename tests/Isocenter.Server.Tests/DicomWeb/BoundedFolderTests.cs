using Isocenter.Server.DicomWeb;
using Isocenter.Testing;

namespace Isocenter.Server.Tests.DicomWeb;

public sealed class BoundedFolderTests
{
    [Fact]
    public void The_oldest_files_go_when_all_take_more_than_they_may()
    {
        using var folder = new TemporaryFolder();
        string path = folder["kept"];
        var kept = new BoundedFolder(path, ".kept", maxBytes: 1000);
        for (int i = 0; i < 9; i++)
        {
            kept.Write($"aa{i}", new byte[100]);
            File.SetLastWriteTimeUtc(Path.Combine(path, "aa", $"aa{i}.kept"), new DateTime(2026, 1, 1 + i, 0, 0, 0, DateTimeKind.Utc));
        }

        kept.Write("bb0", new byte[300]);

        // 1200 bytes: a tenth of 1000 is to be free.
        Assert.Equal([false, false, false, true], Enumerable.Range(0, 4).Select(i => kept.Contains($"aa{i}")));
        Assert.Equal(300, kept.Read("bb0")!.Length);
        Assert.Null(kept.Read("aa0"));
    }

    [Fact]
    public void Files_of_an_earlier_program_count_and_what_it_left_unfinished_goes()
    {
        using var folder = new TemporaryFolder();
        string path = folder["kept"];
        new BoundedFolder(path, ".kept", maxBytes: 1000).Write("aa0", new byte[800]);
        string unfinished = Path.Combine(path, "aa", "aa1.kept.0123456789abcdef0123456789abcdef");
        File.WriteAllBytes(unfinished, new byte[10]);
        File.WriteAllText(Path.Combine(path, "position"), "7");
        File.SetLastWriteTimeUtc(Path.Combine(path, "aa", "aa0.kept"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var kept = new BoundedFolder(path, ".kept", maxBytes: 1000);
        kept.Write("cc0", new byte[300]);

        Assert.False(kept.Contains("aa0"));
        Assert.True(kept.Contains("cc0"));
        Assert.False(File.Exists(unfinished));
        Assert.True(File.Exists(Path.Combine(path, "position")));
    }

    [Fact]
    public void A_file_that_is_written_anew_counts_once()
    {
        using var folder = new TemporaryFolder();
        var kept = new BoundedFolder(folder["kept"], ".kept", maxBytes: 1000);
        kept.Write("aa0", new byte[400]);
        for (int i = 0; i < 10; i++) kept.Write("bb0", new byte[500]);
        Assert.True(kept.Contains("aa0"));
    }

    [Fact]
    public void Nothing_is_kept_where_there_is_no_room()
    {
        using var folder = new TemporaryFolder();
        var kept = new BoundedFolder(folder["kept"], ".kept", maxBytes: 0);
        kept.Write("aa0", new byte[4]);
        Assert.Null(kept.Read("aa0"));
        Assert.False(Directory.Exists(folder["kept"]));
    }
}
