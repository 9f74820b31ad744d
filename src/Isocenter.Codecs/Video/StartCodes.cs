namespace Isocenter.Codecs.Video;

/// <summary>Walks from start code to start code (00 00 01).</summary>
internal ref struct StartCodes(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next = Find(bytes, 0);

    /// <summary>What follows the start code that was found last, up to the next.</summary>
    public ReadOnlySpan<byte> Unit { get; private set; }

    public bool MoveNext()
    {
        if (_next < 0) return false;
        int start = _next + 3;
        _next = Find(_bytes, start);
        Unit = _bytes[start..(_next < 0 ? _bytes.Length : _next)];
        return true;
    }

    private static int Find(ReadOnlySpan<byte> bytes, int from)
    {
        int found = bytes[from..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]);
        return found < 0 ? -1 : from + found;
    }
}
