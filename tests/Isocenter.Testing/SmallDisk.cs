using Xunit;

namespace Isocenter.Testing;

/// <summary>A real disk of 8 MB that can be filled: one that ISOCENTER_SMALL_DISK names, or a tmpfs where we may mount one. Elsewhere
/// the test is skipped by name.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly bool _isOurs;

    private SmallDisk(string path, bool isOurs) => (Path, _isOurs) = (path, isOurs);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes it for the running test, or skips that.</summary>
    public static async Task<SmallDisk> TakeAsync()
    {
        if (Environment.GetEnvironmentVariable("ISOCENTER_SMALL_DISK") is { Length: > 0 } given)
            return new SmallDisk(Directory.CreateDirectory(System.IO.Path.Combine(given, Guid.NewGuid().ToString("N"))).FullName, isOurs: false);
        string path = Directory.CreateTempSubdirectory("isocenter-disk-").FullName;
        if (ForeignTool.Find("mount") is not null
            && (await ForeignTool.RunAsync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", path])).ExitCode == 0) return new SmallDisk(path, isOurs: true);
        Directory.Delete(path);
        Assert.Skip("no small disk: mount a tmpfs of 8 MB and name it in ISOCENTER_SMALL_DISK");
        return null!;
    }

    /// <summary>Leaves nothing free, or so many bytes.</summary>
    public void Fill(long leave = 0)
    {
        using (var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
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
            if (leave > 0) file.SetLength(file.Length - leave);
        }
    }

    /// <summary>Takes away what filled it.</summary>
    public void Free() => File.Delete(Filler);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_isOurs)
        {
            Directory.Delete(Path, recursive: true);
            return;
        }
        (await ForeignTool.RunAsync("umount", [Path])).AssertSuccess();
        Directory.Delete(Path);
    }
}
