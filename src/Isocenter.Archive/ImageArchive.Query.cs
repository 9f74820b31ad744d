using System.Runtime.CompilerServices;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Query: C-FIND and QIDO-RS.</content>
public sealed partial class ImageArchive
{
    private const int MaxCounts = 256;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, (long Change, long Count)> _counts = new(StringComparer.Ordinal);

    /// <summary>Another number whenever the index has changed: what a query answered holds while it stays. A change has its
    /// number before whoever made it is told.</summary>
    public long Revision => Committer.Changes;

    /// <summary>Answers a query: one data set for each match, patients by name, studies newest first, series and
    /// instances by number. An answer holds what was asked for (empty where unknown), the unique keys of its level and
    /// of those below Patient above it, and (0008,0052) as in the query; Retrieve AE Title is the caller's to add.</summary>
    /// <param name="query">The question.</param>
    /// <param name="cancel">Ends it, also in the middle of a search.</param>
    /// <returns>The data sets belong to the caller. While the caller takes its time, nothing is held.</returns>
    /// <exception cref="ArchiveException">The index is damaged.</exception>
    public IAsyncEnumerable<DataSet> QueryAsync(Query query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Offset);
        ArgumentOutOfRangeException.ThrowIfNegative(query.Limit ?? 0);
        query = WithOwn(query);
        return RunAsync(query, new QueryPlan(query), cancel);
    }

    /// <summary>Keys of the query that the index knows nothing of, not yet, or not on its level. They match everything and come
    /// back empty; C-FIND tells with status 0xFF01 instead of 0xFF00 (PS3.4 Table C.4-1).</summary>
    public IReadOnlyList<Tag> UnsupportedKeys(Query query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return QueryKeys.Unsupported(WithOwn(query));
    }

    private Query WithOwn(Query query) => WithLinked(query) with { Extra = _extra };

    /// <summary>How many answers the query has without its limit and offset.</summary>
    public async ValueTask<long> CountAsync(Query query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        query = WithOwn(query) with { Limit = null, Offset = 0 };
        var plan = new QueryPlan(query);
        // The same pages are asked for again and again; while nothing was stored the number is the same.
        long change = Committer.Changes;
        string question = $"{query.FuzzyMatching} {query.EmptyValueMatching} {plan.CountSql} {string.Join('\n', plan.CountParameters)}";
        if (plan.IsExact && _counts.TryGetValue(question, out var known) && known.Change == change) return known.Count;
        long count = 0;
        if (plan.IsExact) count = await _readers.RunAsync(index => index.Number(plan.CountSql, plan.CountParameters), cancel).ConfigureAwait(false);
        else await foreach (var _ in RunAsync(query, plan, cancel).ConfigureAwait(false)) count++;
        if (_counts.Count >= MaxCounts) _counts.Clear();
        if (plan.IsExact) _counts[question] = (change, count);
        return count;
    }

    /// <summary>A page of the answers and how many there are in all, in one search where the count would be another.</summary>
    /// <inheritdoc cref="QueryAsync"/>
    public async ValueTask<(long Total, IAsyncEnumerable<DataSet> Answers)> QueryPageAsync(Query query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        query = WithOwn(query);
        var plan = new QueryPlan(query);
        if (plan.IsExact) return (await CountAsync(query, cancel).ConfigureAwait(false), RunAsync(query, plan, cancel));
        long total = 0;
        var page = new List<DataSet>();
        await foreach (var answer in RunAsync(query with { Limit = null, Offset = 0 }, plan, cancel).ConfigureAwait(false))
        {
            if (total++ >= query.Offset && page.Count < (query.Limit ?? int.MaxValue)) page.Add(answer);
        }
        return (total, page.ToAsyncEnumerable());
    }

    internal async IAsyncEnumerable<DataSet> RunAsync(Query query, QueryPlan plan, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // The time of the caller between two answers does not count.
        var left = Options.QueryTimeout;
        long[] keys = await TimedAsync(token => FindKeysAsync(plan, token)).ConfigureAwait(false);
        var run = new QueryRun(query, plan);
        int skip = plan.IsExact ? 0 : query.Offset;
        int wanted = plan.IsExact ? int.MaxValue : query.Limit ?? int.MaxValue;
        for (int at = 0; at < keys.Length && wanted > 0; at += QueryRun.ChunkLength)
        {
            var chunk = keys.AsMemory(at, Math.Min(QueryRun.ChunkLength, keys.Length - at));
            foreach (var answer in await TimedAsync(token => _readers.RunAsync(index => run.Load(index, chunk.Span), token)).ConfigureAwait(false))
            {
                if (skip > 0) skip--;
                else if (wanted-- > 0) yield return answer;
                else yield break;
            }
        }

        async ValueTask<T> TimedAsync<T>(Func<CancellationToken, ValueTask<T>> search)
        {
            long begun = Options.TimeProvider.GetTimestamp();
            if (left <= TimeSpan.Zero) throw TooLong();
            using var timeout = new CancellationTokenSource(left, Options.TimeProvider);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
            try
            {
                return await search(both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                throw TooLong();
            }
            finally
            {
                var taken = Options.TimeProvider.GetElapsedTime(begun);
                left -= taken;
                Metrics.Searched(taken);
            }
        }

        ArchiveException TooLong() => new(ArchiveProblem.QueryTooLong, $"the query was broken off after {Options.QueryTimeout} of searching; narrower keys find faster");
    }

    private ValueTask<long[]> FindKeysAsync(QueryPlan plan, CancellationToken cancel) => _readers.RunAsync(index =>
    {
        var keys = new List<long>();
        using var rows = index.Read(plan.Sql, plan.Parameters);
        while (rows.Read()) keys.Add(rows.GetInt64(0));
        return keys.ToArray();
    }, cancel);
}
