namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The passes of a block as they are encoded, and its bytes: where each may end.</summary>
internal sealed class BlockPasses
{
    private const int MaxPasses = 3 * 31;

    private readonly EncodedPass[] _passes = new EncodedPass[MaxPasses];
    private readonly int[] _boundAt = new int[MaxPasses];
    private readonly byte[] _bounds = new byte[MaxPasses * MqEncoder.BoundLength];
    private byte[] _bytes = new byte[1 << 14];
    private int _segmentStart;   // in bytes
    private int _firstOfSegment;
    private double _distortion;

    // Raw bits not yet in a byte.
    private uint _raw;
    private int _room;
    private int _whole;   // bits of a byte: 7 after 0xFF

    public int Count { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<EncodedPass> All => _passes.AsSpan(0, Count);

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Begins a block.</summary>
    public void Start() => (Count, Length, _segmentStart, _firstOfSegment, _distortion) = (0, 0, 0, 0, 0);

    /// <summary>A pass is encoded.</summary>
    /// <param name="mq">With its decisions.</param>
    /// <param name="distortion">That it takes away.</param>
    /// <param name="ends">It is the last of its codeword segment.</param>
    public void Add(MqEncoder mq, double distortion, bool ends)
    {
        _distortion += distortion;
        _passes[Count].Distortion = _distortion;
        _boundAt[Count] = mq.Bound(_bounds.AsSpan(Count * MqEncoder.BoundLength, MqEncoder.BoundLength));
        Count++;
        if (ends) EndSegment(mq.Finish());
    }

    /// <summary>Begins a segment of raw bits.</summary>
    public void StartRaw() => (_raw, _room, _whole) = (0, 8, 8);

    /// <summary>A pass of raw bits, each a byte.</summary>
    public void AddRaw(ReadOnlySpan<byte> bits, double distortion, bool ends)
    {
        Reserve(Length + bits.Length / 7 + 4);
        foreach (byte bit in bits)
        {
            _raw = _raw << 1 | bit;
            if (--_room > 0) continue;
            _bytes[Length++] = (byte)_raw;
            _room = _whole = _raw == 0xFF ? 7 : 8;   // a bit is stuffed after 0xFF (§D.6)
            _raw = 0;
        }
        // The byte at hand, and one behind 0xFF: no segment ends with that.
        int pending = _room < _whole || _whole == 7 ? 1 : 0;
        _distortion += distortion;
        _passes[Count++] = new EncodedPass { Distortion = _distortion, Length = Length + pending };
        if (!ends) return;
        if (pending != 0) _bytes[Length++] = (byte)(_raw << _room);
        _segmentStart = Length;
        _firstOfSegment = Count;
    }

    // A pass may end where any continuation with 1 bits, which is what a decoder reads behind the end, stays below its bound.
    private void EndSegment(ReadOnlySpan<byte> codeword)
    {
        Reserve(Length + codeword.Length);
        codeword.CopyTo(_bytes.AsSpan(Length));
        int length = 0;
        for (int i = _firstOfSegment; i < Count; i++)
        {
            var bound = _bounds.AsSpan(i * MqEncoder.BoundLength, MqEncoder.BoundLength);
            int at = _boundAt[i];
            foreach (byte b in bound)
            {
                if (at >= codeword.Length || at >= 0 && codeword[at] < b) break;
                at++;
            }
            int end = Math.Min(at + 1, codeword.Length);
            while (end > 0 && codeword[end - 1] == 0xFF) end--;   // they are read as 1 bits anyway
            length = Math.Max(length, end);
            _passes[i].Length = _segmentStart + length;
        }
        Length = _segmentStart = _segmentStart + length;
        _firstOfSegment = Count;
    }

    private void Reserve(int length)
    {
        if (_bytes.Length < length) Array.Resize(ref _bytes, 2 * length);
    }
}
