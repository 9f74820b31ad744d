using Isocenter.Dicom;

namespace Isocenter.Archive.Tests;

/// <summary>An archive in a folder of its own, which goes with it.</summary>
internal sealed class TestArchive : IAsyncDisposable
{
    private ImageArchive? _archive;

    private TestArchive(ArchiveOptions options) => Options = options;

    public ArchiveOptions Options { get; private set; }

    public string Folder => Options.DataFolder;

    public ImageArchive Archive => _archive ?? throw new InvalidOperationException("closed");

    public static async Task<TestArchive> OpenAsync(DuplicatePolicy policy = DuplicatePolicy.Refuse, Func<ArchiveOptions, ArchiveOptions>? change = null)
    {
        string folder = Path.Combine(Directory.CreateTempSubdirectory("isocenter-test-").FullName, "data");
        var options = new ArchiveOptions { DataFolder = folder, DuplicatePolicy = policy };
        var test = new TestArchive(change?.Invoke(options) ?? options);
        test._archive = await ImageArchive.OpenAsync(test.Options);
        return test;
    }

    public async Task<ImageArchive> ReopenAsync(Func<ArchiveOptions, ArchiveOptions>? change = null)
    {
        await CloseAsync();
        Options = change?.Invoke(Options) ?? Options;
        _archive = await ImageArchive.OpenAsync(Options);
        return _archive;
    }

    public async Task CloseAsync()
    {
        if (_archive is not null) await _archive.DisposeAsync();
        _archive = null;
    }

    /// <summary>Every stored file, as paths.</summary>
    public string[] Files() => Directory.GetFiles(Path.Combine(Folder, "objects"), "*", SearchOption.AllDirectories).Order().ToArray();

    public Task<IngestResult> StoreAsync(DataSet dataSet, TransferSyntax? syntax = null) => StoreAsync(Archive, dataSet, syntax);

    public static async Task<IngestResult> StoreAsync(ImageArchive archive, DataSet dataSet, TransferSyntax? syntax = null)
    {
        syntax ??= TransferSyntax.ExplicitVRLittleEndian;
        return await StoreBytesAsync(archive, DataSetWriter.ToArray(dataSet, syntax), syntax,
            dataSet.Get(Tags.SOPClassUID, ""), dataSet.Get(Tags.SOPInstanceUID, ""));
    }

    public static async Task<IngestResult> StoreBytesAsync(ImageArchive archive, byte[] bytes, TransferSyntax syntax, string sopClass, string sopInstance, int piece = 1000)
    {
        await using var session = archive.BeginIngest(new IngestContext(sopClass, sopInstance, syntax, "TESTER"));
        for (int at = 0; at < bytes.Length; at += piece) await session.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
        return await session.CommitAsync();
    }

    public async Task<List<DataSet>> FindAsync(QueryLevel level, DataSet identifier, Func<Query, Query>? change = null)
    {
        var query = new Query { Level = level, Identifier = identifier };
        return await ToListAsync(Archive.QueryAsync(change?.Invoke(query) ?? query));
    }

    public static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source) list.Add(item);
        return list;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }
}
