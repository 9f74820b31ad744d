namespace Isocenter.Archive;

/// <content>The conflict inbox.</content>
public sealed partial class ImageArchive
{
    /// <summary>Most conflicts that are returned at once.</summary>
    public const int MaxConflicts = 10_000;

    private readonly ConflictJournal _conflicts;

    /// <summary>Objects that contradict what was known of their patient or study, in the order of arrival.</summary>
    /// <param name="all">Also those that a person has looked at.</param>
    /// <param name="since">Number of the last one that is known; 0: from the first.</param>
    /// <param name="limit">Most that are returned, up to <see cref="MaxConflicts"/>.</param>
    /// <param name="cancel">Ends it.</param>
    public ValueTask<IReadOnlyList<Conflict>> GetConflictsAsync(bool all = false, long since = 0, int limit = 1000, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxConflicts);
        return _readers.RunAsync<IReadOnlyList<Conflict>>(index => ConflictLog.Read(index, all, since, limit), cancel);
    }

    /// <summary>How many conflicts nobody has looked at.</summary>
    public ValueTask<long> CountConflictsAsync(CancellationToken cancel = default) => _readers.RunAsync(index => index.Number("SELECT COUNT(*) FROM conflicts WHERE resolved_at IS NULL"), cancel);

    /// <summary>Notes that a person has looked at a conflict and what was decided. It changes no object.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="who">Who.</param>
    /// <param name="note">What was decided; may be empty.</param>
    /// <returns>False: there is no such conflict, or it is resolved already. True survives a power cut.</returns>
    /// <exception cref="IOException">It could not be written; nothing is changed.</exception>
    public async ValueTask<bool> ResolveConflictAsync(long number, string who, string note = "")
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(note);
        bool isDone = false;
        await Committer.RunAsync(index =>
        {
            if (ConflictLog.Read(index, all: false, number - 1, limit: 1) is not [var conflict] || conflict.Number != number) return;
            var line = new ConflictJournal.Line(conflict.StudyInstanceUid, conflict.Tag, conflict.Incoming, Options.TimeProvider.GetUtcNow(), who, note);
            _conflicts.Append(line);
            ConflictLog.Resolve(index, line);
            isDone = true;
        }).ConfigureAwait(false);
        return isDone;
    }
}
