namespace Isocenter.Archive;

/// <content>The scrub: what is stored is read again, steadily, so that damage is found while a backup still has the object.</content>
public sealed partial class ImageArchive
{
    private const string ScrubPosition = "scrubbed_to";
    private const int ScrubBatch = 64;

    /// <summary>Even an archive of few objects is not read again more often than this makes it.</summary>
    private static readonly TimeSpan ScrubInterval = TimeSpan.FromMinutes(1);

    /// <summary>Reads the next objects again and compares them with their checksums; behind the last it begins anew. Where it is
    /// survives a restart. Done by the archive itself, see <see cref="ArchiveOptions.ScrubPeriod"/>.</summary>
    /// <param name="most">How many.</param>
    /// <param name="cancel">Ends it; what was read is not read twice.</param>
    /// <returns>How many are not as they were stored.</returns>
    internal async Task<int> ScrubAsync(long most, CancellationToken cancel)
    {
        int bad = 0;
        long after = await _readers.RunAsync(index => index.Number($"SELECT value FROM settings WHERE name = '{ScrubPosition}'"), cancel).ConfigureAwait(false);
        while (most > 0)
        {
            int wanted = (int)Math.Min(ScrubBatch, most);
            long from = after;
            var batch = await _readers.RunAsync(index => LoadAfter(index, from, wanted), cancel).ConfigureAwait(false);
            foreach (var instance in batch)
            {
                var result = await VerifyAsync(instance, cancel).ConfigureAwait(false);
                Metrics.Scrubbed(result);
                if (result == VerifyResult.Intact) continue;
                bad++;
                Options.OnScrubbedBad?.Invoke(instance, result);
            }
            after = batch.Count < wanted ? 0 : batch[^1].Id.High;
            most -= wanted;
            long reached = after;
            await Committer.RunAsync(index => index.Run($"INSERT OR REPLACE INTO settings(name, value) VALUES('{ScrubPosition}', @0)", reached)).ConfigureAwait(false);
            // Once round is enough, however few there are.
            if (after == 0) break;
        }
        return bad;
    }

    private async Task ScrubAsync()
    {
        if (Options.ScrubPeriod <= TimeSpan.Zero) return;
        double rounds = Options.ScrubPeriod / ScrubInterval, owed = 0;
        using var timer = new PeriodicTimer(ScrubInterval, Options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    owed += await _readers.RunAsync(index => index.Number("SELECT SUM(instance_count) FROM studies"), _stop.Token).ConfigureAwait(false) / rounds;
                    long due = (long)owed;
                    owed -= due;
                    if (due > 0) await ScrubAsync(due, _stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is Microsoft.Data.Sqlite.SqliteException or ArchiveException)
                {
                    // Not now. A damaged index shows itself to those who store and ask.
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
