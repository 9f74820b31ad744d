namespace Isocenter.Archive;

/// <summary>The instances that were asked for lately by their UIDs, for as long as the index stays as it is: a viewer asks for one
/// frame of a series after the other. Bounded. Safe from many threads.</summary>
internal sealed class RecentSelections
{
    private const int MaxInstances = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, IReadOnlyList<StoredInstance>> _lists = new(StringComparer.Ordinal);
    private long _revision;
    private int _instances;

    /// <summary>What a selection is found by again; null: it is not kept.</summary>
    public static string? KeyOf(Selection selection) =>
        selection.PatientId is null && selection.StudyInstanceUids is [var study] && selection.SeriesInstanceUids is null or [_] && selection.SopInstanceUids is null or [_]
            ? $"{study}/{selection.SeriesInstanceUids?[0]}/{selection.SopInstanceUids?[0]}" : null;

    /// <param name="revision">The number of the index now.</param>
    /// <param name="key">See <see cref="KeyOf"/>.</param>
    /// <returns>Null when it has to be looked up.</returns>
    public IReadOnlyList<StoredInstance>? Find(long revision, string key)
    {
        lock (_lock) return revision == _revision ? _lists.GetValueOrDefault(key) : null;
    }

    /// <param name="revision">The number of the index before it was looked up.</param>
    /// <param name="key">See <see cref="KeyOf"/>.</param>
    /// <param name="found">Not changed any more.</param>
    public void Keep(long revision, string key, IReadOnlyList<StoredInstance> found)
    {
        lock (_lock)
        {
            if (revision < _revision) return;
            if (revision > _revision || _instances + found.Count >= MaxInstances)
            {
                _lists.Clear();
                _instances = 0;
                _revision = revision;
            }
            if (found.Count < MaxInstances / 2 && _lists.TryAdd(key, found)) _instances += found.Count + 1;
        }
    }
}
