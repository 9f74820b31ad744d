namespace Isocenter.Codecs.Jpeg;

/// <summary>Walks the restart intervals of a scan, and finds its way again when markers are lost or wrong (T.81 §B.2.1,
/// §F.2.2.4).</summary>
internal struct ScanIntervals
{
    private readonly JpegDamage _damage;
    private int _current = -1;

    // Restart markers from the end of the segment to the end of the scan; -1: not counted yet.
    private int _left = -1;

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
            int at = segment.End, steps = 1;
            if (marker != JpegMarker.Rst0 + (_current & 7))
            {
                steps = Resynchronise(source, at, marker);
                if (steps < 0)
                {
                    _damage.Report(at, $"the scan ends after {_current + 1} of {Count} restart intervals", "§B.2.1");
                    break;
                }
                _damage.Report(at, $"{Name(marker)} where RST{_current & 7} was expected", "§B.2.1");
            }
            segment.Load(source, at + 2);
            if (JpegMarker.IsRestart(marker)) _left--;
            if (steps > 0) return _current = Math.Min(_current + steps, Count);
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

    /// <summary>What a marker means that is not the expected one.</summary>
    /// <returns>Intervals from the last one to the one behind it; 0 when its data belong to none, −1 at the end of the scan.</returns>
    private int Resynchronise(ReadOnlySpan<byte> source, int at, byte marker)
    {
        if (marker == 0) return -1;
        bool isRestart = JpegMarker.IsRestart(marker), isReserved = marker < JpegMarker.Sof0;
        byte next = MarkerFrom(source, at + 2, out _);
        // Before the one that is due after it, or before the end of the last interval: it is the expected one, with wrong bits.
        bool isLast = _current + 2 == Count && (isRestart || isReserved) && next >= JpegMarker.Sof0 && !JpegMarker.IsRestart(next);
        if (isLast || next == JpegMarker.Rst0 + (_current + 1 & 7)) return 1;
        if (isReserved) return 0;
        if (!isRestart) return next == JpegMarker.Rst0 + (_current & 7) ? 0 : -1;

        int ahead = marker - JpegMarker.Rst0 - _current & 7;
        if (_left < 0) _left = CountRestarts(source, at);
        int lost = Count - 1 - _current - _left;
        if (lost > 0 && (lost & 7) == ahead) return lost + 1;
        // A few ahead: intervals are lost, and others too many. Else it is an old one, whose data nobody waits for.
        return ahead <= 3 ? ahead + 1 : 0;
    }

    private static int CountRestarts(ReadOnlySpan<byte> source, int at)
    {
        int count = 0;
        for (byte marker; (marker = MarkerFrom(source, at, out int end)) != 0; at = end)
        {
            if (JpegMarker.IsRestart(marker)) count++;
            else if (marker >= JpegMarker.Sof0) break;
        }
        return count;
    }

    /// <summary>The first marker from <paramref name="at"/> on, and where it ends; 0 when there is none.</summary>
    private static byte MarkerFrom(ReadOnlySpan<byte> source, int at, out int end)
    {
        while (at < source.Length)
        {
            int found = source[at..].IndexOf((byte)0xFF);
            if (found < 0) break;
            at += found + 1;
            if (at < source.Length && source[at] is not (0 or 0xFF))
            {
                end = at + 1;
                return source[at];
            }
        }
        end = source.Length;
        return 0;
    }

    private static string Name(byte marker) => JpegMarker.IsRestart(marker) ? $"RST{marker - JpegMarker.Rst0}" : $"marker 0xFF{marker:X2}";
}
