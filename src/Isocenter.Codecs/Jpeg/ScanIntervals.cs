namespace Isocenter.Codecs.Jpeg;

/// <summary>Walks the restart intervals of a scan, and finds its way again when markers are lost (T.81 §B.2.1, §F.2.2.4).</summary>
internal struct ScanIntervals
{
    private readonly JpegDamage _damage;
    private int _current = -1;

    /// <summary>Before the first of <paramref name="count"/> intervals, 1 when there are no restarts.
    /// <paramref name="segment"/> takes the data of each in turn.</summary>
    public ScanIntervals(ReadOnlySpan<byte> source, EntropySegment segment, int start, int count, JpegDamage damage)
    {
        Count = count;
        _damage = damage;
        segment.Load(source, start);
    }

    public int Count { get; }

    /// <summary>Moves to the next interval whose data is there.</summary>
    /// <returns>Its index; <see cref="Count"/> when there is none left. More than one after the last where some are
    /// lost.</returns>
    public int MoveNext(ReadOnlySpan<byte> source, EntropySegment segment)
    {
        if (_current < 0) return _current = 0;
        while (_current + 1 < Count)
        {
            byte marker = segment.Marker;
            if (marker >= JpegMarker.Sof0 && !JpegMarker.IsRestart(marker) || marker == 0)
            {
                _damage.Report(segment.End, $"the scan ends after {_current + 1} of {Count} restart intervals", "§B.2.1");
                break;
            }
            int end = segment.End;
            segment.Load(source, end + 2);
            if (!JpegMarker.IsRestart(marker)) continue;

            int ahead = (marker - JpegMarker.Rst0 - _current) & 7;
            if (ahead == 0) return ++_current;
            _damage.Report(end, $"RST{marker - JpegMarker.Rst0} where RST{_current & 7} was expected", "§B.2.1");
            // A few ahead: intervals are lost. Else it is an old one, whose data nobody waits for.
            if (ahead <= 3) return _current = Math.Min(_current + 1 + ahead, Count);
        }
        return _current = Count;
    }

    /// <summary>Moves behind the data of the scan, past restart markers nobody expected.</summary>
    /// <returns>The offset of the marker there.</returns>
    public static int FindEnd(ReadOnlySpan<byte> source, EntropySegment segment)
    {
        while (JpegMarker.IsRestart(segment.Marker)) segment.Load(source, segment.End + 2);
        return segment.End;
    }
}
