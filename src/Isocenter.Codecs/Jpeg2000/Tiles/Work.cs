using System.Runtime.ExceptionServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Spreads independent pieces of work over threads.</summary>
internal static class Work
{
    /// <summary>Runs all pieces.</summary>
    /// <exception cref="CodecException">The first that a piece threw.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Spread(int count, int threads, Action<int> piece, CancellationToken cancel) =>
        Spread(count, threads, static () => default(Nothing), (i, _) => piece(i), cancel);

    /// <summary>Runs all pieces, each thread with a state of its own.</summary>
    /// <exception cref="CodecException">The first that a piece threw.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Spread<TState>(int count, int threads, Func<TState> begin, Action<int, TState> piece, CancellationToken cancel)
        where TState : IDisposable
    {
        if (Math.Min(threads, count) <= 1)
        {
            using var only = begin();
            for (int i = 0; i < count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                piece(i, only);
            }
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel };
        try
        {
            int next = -1;
            Parallel.For(0, threads, options, _ =>
            {
                using var state = begin();
                for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    cancel.ThrowIfCancellationRequested();
                    piece(i, state);
                }
            });
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions.FirstOrDefault(e => e is CodecException) ?? several.InnerExceptions[0]);
        }
    }

    private readonly struct Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
