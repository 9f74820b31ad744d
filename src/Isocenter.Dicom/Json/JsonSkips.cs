namespace Isocenter.Dicom;

/// <summary>The ends of long brackets that were skipped. Where values stand before their vr, each level of sequences is
/// passed once before it is read: without this, 250 levels would be passed 250 times.</summary>
internal sealed class JsonSkips(int levels)
{
    /// <summary>Shorter ones are quicker passed again than remembered.</summary>
    private const int Shortest = 4096;

    private readonly int[] _starts = new int[levels + 1];
    private readonly Dictionary<int, int> _ends = [];

    /// <summary>Where the bracket that opens at <paramref name="start"/> ends, behind the closing one; null if it is not
    /// known.</summary>
    public int? EndOf(int start) => _ends.TryGetValue(start, out int end) ? end : null;

    public void Open(int level, int start) => _starts[level] = start;

    public void Close(int level, int end)
    {
        if (end - _starts[level] >= Shortest) _ends[_starts[level]] = end;
    }
}
