using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>The reading connections. A bounded number; whoever comes when all are in use waits.</summary>
internal sealed class IndexReaders(string path, int count) : IDisposable
{
    private const int Interrupted = 9;
    private readonly SemaphoreSlim _free = new(count, count);
    private readonly ConcurrentBag<IndexConnection> _idle = [];

    /// <summary>What a question found damaged; null: nothing so far.</summary>
    public ArchiveException? Damage { get; private set; }

    /// <summary>Runs a question. A cancelled one stops in the middle of its statement.</summary>
    public async ValueTask<T> RunAsync<T>(Func<IndexConnection, T> question, CancellationToken cancel)
    {
        await _free.WaitAsync(cancel).ConfigureAwait(false);
        IndexConnection? index = null;
        try
        {
            if (!_idle.TryTake(out index)) index = IndexConnection.Open(path, write: false);
            T answer;
            using (cancel.UnsafeRegister(static state => ((IndexConnection)state!).Interrupt(), index)) answer = question(index);
            _idle.Add(index);
            index = null;
            return answer;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Interrupted && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException("the query was cancelled", e, cancel);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            throw Damage = IndexConnection.Damaged(e);
        }
        catch (ArchiveException e) when (e.Problem == ArchiveProblem.IndexDamaged)
        {
            Damage = e;
            throw;
        }
        finally
        {
            index?.Dispose();
            _free.Release();
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var index)) index.Dispose();
        _free.Dispose();
    }
}
