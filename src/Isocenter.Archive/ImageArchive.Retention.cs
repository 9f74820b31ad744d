using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Retention: what is old enough is deleted by rule, and what was deleted long ago is purged.</content>
public sealed partial class ImageArchive
{
    /// <summary>The studies that the rules would do something with, the oldest first, with those that a legal hold keeps. Changes nothing.</summary>
    /// <param name="rules">The rules; the first that is for a study decides.</param>
    /// <param name="cancel">Ends it.</param>
    public async ValueTask<IReadOnlyList<RetentionCandidate>> PlanRetentionAsync(IReadOnlyList<RetentionRule> rules, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var plan = new List<RetentionCandidate>();
        if (rules.All(rule => rule.Action == RetentionAction.Keep)) return plan;
        var now = Options.TimeProvider.GetUtcNow();
        var book = _corrections;
        var restored = await _readers.RunAsync(index => RetentionRows.Restored(index, _deletions), cancel).ConfigureAwait(false);
        bool Fits(RetentionRule rule, RetentionRows.Study study) =>
            RetentionRows.Fits(rule, study, book.ChangedAt(study.Uid), restored.TryGetValue(study.Uid, out var at) ? at : null, now);

        var studies = await _readers.RunAsync(index => RetentionRows.Read(index, now - Options.StudyQuietTime, study => rules.Any(rule => rule.Action != RetentionAction.Keep && Fits(rule, study))), cancel).ConfigureAwait(false);
        foreach (var study in studies)
        {
            cancel.ThrowIfCancellationRequested();
            HashSet<string>? sources = null;
            foreach (var rule in rules)
            {
                if (!Fits(rule, study)) continue;
                if (rule.Sources.Count > 0)
                {
                    sources ??= await SourcesOfAsync(study.Uid, cancel).ConfigureAwait(false);
                    if (sources.Count == 0 || !sources.All(source => rule.Sources.Any(pattern => Wildcard.Matches(pattern, source)))) continue;
                }
                // Files move in the order of arrival, so that the last one tells of all.
                if (rule.Action == RetentionAction.Delete || rule.Action == RetentionAction.Move && !ColdStore.IsMoved(Store, study.Newest))
                    plan.Add(new RetentionCandidate(rule.Name, rule.Action, study.Uid, study.Date, study.ReceivedAt, study.Modalities, study.Instances, study.Bytes, study.Hold));
                break;
            }
        }
        return plan;
    }

    /// <summary>Does what was planned, up to a limit. Each study that is deleted is a deletion of its own, by <c>retention</c>, with the rule as its reason.</summary>
    /// <param name="plan">What <see cref="PlanRetentionAsync"/> found. What is under legal hold, then or meanwhile, is passed over.</param>
    /// <param name="maxStudies">Most studies.</param>
    /// <param name="maxBytes">Most bytes, but for one study; 0: any number.</param>
    /// <param name="cancel">Ends it between two studies.</param>
    /// <exception cref="IOException">A deletion could not be recorded; those before it are done.</exception>
    public async ValueTask<RetentionOutcome> ApplyRetentionAsync(IReadOnlyList<RetentionCandidate> plan, int maxStudies = int.MaxValue, long maxBytes = 0, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        long studies = 0, instances = 0, bytes = 0, left = 0, moved = 0, movedBytes = 0;
        string? problem = null;
        foreach (var candidate in plan)
        {
            cancel.ThrowIfCancellationRequested();
            if (candidate.IsKept || !Uid.TryParseLenient(candidate.StudyInstanceUid, out var study)) continue;
            if (studies + moved >= maxStudies || maxBytes > 0 && studies + moved > 0 && bytes + movedBytes + candidate.Bytes > maxBytes)
            {
                left++;
                continue;
            }
            if (candidate.Action == RetentionAction.Move)
            {
                if (await MoveToColdAsync(candidate.StudyInstanceUid, cancel).ConfigureAwait(false) is { } trouble) problem = trouble;
                else (moved, movedBytes) = (moved + 1, movedBytes + candidate.Bytes);
                continue;
            }
            try
            {
                if (await DeleteAsync(Selection.Of(study), "retention", $"rule {candidate.Rule}", cancel).ConfigureAwait(false) is not { } deletion) continue;
                (studies, instances, bytes) = (studies + 1, instances + deletion.Instances, bytes + candidate.Bytes);
            }
            catch (ArchiveException e) when (e.Problem == ArchiveProblem.OnHold)
            {
                // Somebody put it under hold meanwhile.
            }
        }
        return new RetentionOutcome(studies, instances, bytes, left, moved, movedBytes, problem);
    }

    /// <summary>Moves the files of a study, versions and deleted ones too.</summary>
    /// <returns>Why not all of them moved; null: they did.</returns>
    private async ValueTask<string?> MoveToColdAsync(string study, CancellationToken cancel)
    {
        if (Options.ColdFolder is not { } folder) return "there is no cold folder to move studies to (setting coldFolder)";
        var files = await _readers.RunAsync(index => CorrectionWriter.FilesOf(index, [study]), cancel).ConfigureAwait(false);
        return await Task.Run(() =>
        {
            try
            {
                var cold = new ColdStore(Store, folder);
                foreach (var (id, _) in files.OrderBy(file => file.Id.High))
                {
                    if (cold.Move(id, cancel) is { } problem) return problem;
                }
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return e.Message;
            }
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>When retention was last done by schedule; null: never.</summary>
    public ValueTask<DateTimeOffset?> GetRetentionRunAsync(CancellationToken cancel = default) => _readers.RunAsync(index =>
        index.Scalar("SELECT value FROM settings WHERE name = 'retention_ran_at'") is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : (DateTimeOffset?)null, cancel);

    /// <summary>Notes that retention was done now.</summary>
    public async ValueTask NoteRetentionRunAsync() => await Committer.RunAsync(index =>
        index.Run("INSERT OR REPLACE INTO settings(name, value) VALUES('retention_ran_at', @0)", Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds())).ConfigureAwait(false);

    /// <summary>The AE titles that the first objects of each series of a study came from; empty ones stand for no title. None: a file cannot be read.</summary>
    private async ValueTask<HashSet<string>> SourcesOfAsync(string study, CancellationToken cancel)
    {
        var sources = new HashSet<string>(StringComparer.Ordinal);
        if (!Uid.TryParseLenient(study, out var uid)) return sources;
        try
        {
            foreach (var first in (await FindInstancesAsync(Selection.Of(uid), cancel).ConfigureAwait(false)).GroupBy(instance => instance.SeriesInstanceUid).Select(series => series.MinBy(instance => instance.Id.High)!))
            {
                using var file = DicomFile.Open(Store.PathOf(first.Id), ReadOptions.HeaderOnly);
                sources.Add(file.FileMeta.Get(Tags.SourceApplicationEntityTitle, ""));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DicomFormatException)
        {
            // Who sent it is not known, so no rule about senders is for it.
            sources.Clear();
        }
        return sources;
    }
}
