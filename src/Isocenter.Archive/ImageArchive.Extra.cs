using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <content>Extra attributes: those that came into the configuration after objects had come are filled in while everything goes on.</content>
public sealed partial class ImageArchive
{
    private const int FillBatch = 64;
    private readonly Task _filling;
    private volatile ExtraAttributes _extra;
    private long _filled;
    private long _toFill;

    internal ExtraAttributes Extra => _extra;

    /// <summary>Which extra attributes there are, and how far the index is with those that are new.</summary>
    public ExtraAttributeProgress GetExtraAttributes()
    {
        var extra = _extra;
        return new ExtraAttributeProgress([.. extra.All.OrderBy(attribute => attribute.Tag).Select(attribute => (attribute, extra.IsReady(attribute.Tag)))],
            Interlocked.Read(ref _filled), Interlocked.Read(ref _toFill));
    }

    /// <summary>Ends when the attributes that were new when the archive was opened can be searched for.</summary>
    internal Task ExtraAttributesReady => _filling;

    private async Task FillExtraAsync()
    {
        if (_extra.All.All(attribute => _extra.IsReady(attribute.Tag))) return;
        try
        {
            var (position, counted) = await _readers.RunAsync(ExtraRows.ReadPosition, _stop.Token).ConfigureAwait(false);
            // What comes from now on has them.
            var (last, left) = await _readers.RunAsync(index => (index.Number("SELECT MAX(key) FROM instances"), index.Number("SELECT COUNT(*) FROM instances WHERE key > @0", position)), _stop.Token)
                .ConfigureAwait(false);
            Interlocked.Exchange(ref _filled, counted);
            Interlocked.Exchange(ref _toFill, counted + left);
            while (position < last)
            {
                long begun = Options.TimeProvider.GetTimestamp();
                if (await FillAsync(position, last, counted).ConfigureAwait(false) is not { Count: > 0 } ids) break;
                position = ids[^1].High;
                Interlocked.Exchange(ref _filled, counted += ids.Count);
                // Half of the time is for those who store and ask.
                await Task.Delay(Options.TimeProvider.GetElapsedTime(begun), Options.TimeProvider, _stop.Token).ConfigureAwait(false);
            }
            var ready = _extra.Ready();
            await Committer.RunAsync(index =>
            {
                index.Begin();
                ExtraRows.NoteDone(index, ready);
                index.Commit();
                _extra = ready;
            }).ConfigureAwait(false);
            Interlocked.Exchange(ref _filled, 0);
            Interlocked.Exchange(ref _toFill, 0);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SqliteException or ArchiveException or IOException)
        {
            // The end, or a damaged index or full disk, which shows itself to those who store and ask. The next start goes on here.
        }
    }

    /// <summary>Reads the next files, and fills in what their rows lack.</summary>
    private async Task<List<ObjectId>> FillAsync(long after, long last, long counted)
    {
        var ids = await _readers.RunAsync(index =>
        {
            var found = new List<ObjectId>(FillBatch);
            using var rows = index.Read($"SELECT i.key, i.name_rest FROM instances i WHERE i.key > @0 AND i.key <= @1 AND {DeletionWriter.IsNotPurged} ORDER BY i.key LIMIT {FillBatch}", after, last);
            while (rows.Read()) found.Add(new ObjectId(rows.GetInt64(0), unchecked((ulong)rows.GetInt64(1))));
            return found;
        }, _stop.Token).ConfigureAwait(false);
        var book = _corrections;
        var objects = Describe(book);
        await Committer.RunAsync(index =>
        {
            // Corrected meanwhile: once more, with everybody waiting, which is rare.
            if (!ReferenceEquals(book, _corrections)) objects = Describe(_corrections);
            index.Begin();
            var writer = new IndexWriter(index, Options.TimeProvider) { IsRedo = true };
            foreach (var found in objects) writer.Fill(found);
            if (ids.Count > 0) ExtraRows.NotePosition(index, ids[^1].High, counted + ids.Count);
            index.Commit();
        }).ConfigureAwait(false);
        return ids;

        List<NewObject> Describe(CorrectionBook by)
        {
            var described = new List<NewObject>(ids.Count);
            foreach (var id in ids)
            {
                _stop.Token.ThrowIfCancellationRequested();
                // A file that is lost is found by those who look for lost files.
                if (StoredFile.Describe(Store, id, by, _extra) is { } one) described.Add(one);
            }
            return described;
        }
    }
}
