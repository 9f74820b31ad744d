namespace Isocenter.Archive;

/// <summary>All corrections as of one moment, and which of them an object gets. Never changes.</summary>
internal sealed class CorrectionBook
{
    public static readonly CorrectionBook Empty = new([]);

    private readonly Dictionary<string, List<Correction>> _byStudy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _changedAt = new(StringComparer.Ordinal);

    /// <param name="all">In the order of their numbers.</param>
    public CorrectionBook(IReadOnlyList<Correction> all)
    {
        All = all;
        foreach (var correction in all)
        {
            foreach (string? study in correction.Studies.Append(correction.MovedTo))
            {
                if (study is null) continue;
                var at = correction.Undone?.At ?? correction.At;
                if (!_changedAt.TryGetValue(study, out var known) || known < at) _changedAt[study] = at;
            }
            if (correction.Undone is not null) continue;
            foreach (string study in correction.Studies)
            {
                if (!_byStudy.TryGetValue(study, out var list)) _byStudy[study] = list = [];
                list.Add(correction);
            }
        }
    }

    public IReadOnlyList<Correction> All { get; }

    /// <summary>The corrections of an object, in their order. Each sees the study that those before it moved the object to.</summary>
    /// <param name="study">Study Instance UID in its file.</param>
    /// <param name="series">Series Instance UID in its file.</param>
    /// <returns>Null: none.</returns>
    public ObjectCorrections? Find(string study, string series)
    {
        if (_byStudy.Count == 0) return null;
        List<Correction>? found = null;
        for (long last = 0; _byStudy.TryGetValue(study, out var list) && list.Find(c => c.Number > last && c.Covers(series)) is { } next; last = next.Number)
        {
            (found ??= []).Add(next);
            study = next.MovedTo ?? study;
        }
        return found is null ? null : new ObjectCorrections(found);
    }

    /// <summary>When the objects of a study were last corrected, or a correction of them undone; null: never.</summary>
    public DateTimeOffset? ChangedAt(string study) => _changedAt.TryGetValue(study, out var at) ? at : null;

    /// <summary>The studies whose objects may be others, or other, when this correction comes or goes.</summary>
    public HashSet<string> AffectedBy(Correction correction)
    {
        var studies = new HashSet<string>(correction.Studies, StringComparer.Ordinal);
        if (correction.MovedTo is { } target) studies.Add(target);
        for (int before = 0; before < studies.Count;)
        {
            before = studies.Count;
            foreach (var other in All)
            {
                if (other.MovedTo is { } next && other.Studies.Any(studies.Contains)) studies.Add(next);
            }
        }
        return studies;
    }
}
