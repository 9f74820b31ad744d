namespace Isocenter.Archive;

/// <content>Legal holds.</content>
public sealed partial class ImageArchive
{
    private readonly HoldJournal _holds;

    /// <summary>What becomes of a deletion of which some is under legal hold.</summary>
    private enum WhenHeld
    {
        /// <summary>Nothing is deleted.</summary>
        Refuse,
        /// <summary>The rest is deleted.</summary>
        Keep,
        /// <summary>All is deleted, which leaves the files.</summary>
        DeleteAllTheSame,
    }

    /// <summary>Puts a study or a patient under legal hold: what belongs to it cannot be deleted or moved to another study or
    /// patient until the hold is released. It may not be there yet.</summary>
    /// <param name="subject">What.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The record. What is returned survives a power cut.</returns>
    /// <exception cref="IOException">The record cannot be written; nothing is held.</exception>
    public async ValueTask<Hold> HoldAsync(HoldSubject subject, string who, string reason)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        Hold? hold = null;
        await Committer.RunAsync(index =>
        {
            long number = index.Number("SELECT COALESCE(MAX(key), 0) + 1 FROM holds");
            var at = Options.TimeProvider.GetUtcNow();
            long end = _holds.Append(number, at, who, reason, subject);
            index.Begin();
            HoldRows.Apply(index, new HoldJournal.Line(number, at, who, reason, subject, end));
            index.Commit();
            hold = new Hold(number, at, who, reason, subject);
        }).ConfigureAwait(false);
        return hold!;
    }

    /// <summary>Releases a hold.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <returns>False: there is no such hold, or it is released already.</returns>
    /// <exception cref="IOException">The record cannot be written; it still holds.</exception>
    public async ValueTask<bool> ReleaseHoldAsync(long number, string who, string reason)
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        bool isDone = false;
        await Committer.RunAsync(index =>
        {
            if (index.Scalar("SELECT 1 FROM holds WHERE key = @0 AND released_at IS NULL", number) is null) return;
            var at = Options.TimeProvider.GetUtcNow();
            long end = _holds.Append(number, at, who, reason, null);
            index.Begin();
            HoldRows.Apply(index, new HoldJournal.Line(number, at, who, reason, null, end));
            index.Commit();
            isDone = true;
        }).ConfigureAwait(false);
        return isDone;
    }

    /// <summary>Legal holds, by number.</summary>
    /// <param name="all">Also those that are released.</param>
    /// <param name="cancel">Ends it.</param>
    public ValueTask<IReadOnlyList<Hold>> GetHoldsAsync(bool all = false, CancellationToken cancel = default) =>
        _readers.RunAsync<IReadOnlyList<Hold>>(index => HoldRows.Read(index, all), cancel);

    private static ArchiveException OnHold((long Hold, string StudyUid) held, string outcome) =>
        new(ArchiveProblem.OnHold, FormattableString.Invariant($"study {held.StudyUid} is under legal hold {held.Hold}: {outcome}"));
}
