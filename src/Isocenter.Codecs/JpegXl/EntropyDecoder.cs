using System.Buffers;

namespace Isocenter.Codecs.JpegXl;

/// <summary>The integers of one stream, one after the other (ISO/IEC 18181-1 §C.3). Not reusable.</summary>
internal sealed class EntropyDecoder : IDisposable
{
    /// <summary>How far back a copy reaches.</summary>
    private const int Window = 1 << 20;

    /// <summary>The state that a stream ends with.</summary>
    private const uint LastState = 0x13_0000;

    private readonly EntropyCode _code;
    private uint _state;
    private uint[]? _window;
    private int _copies;
    private long _from;
    private long _count;

    /// <param name="code">Stays as it is.</param>
    /// <param name="bits">At the first bit of the stream.</param>
    public EntropyDecoder(EntropyCode code, ref BitReader bits)
    {
        _code = code;
        if (code.UsesStates) _state = bits.Read(32);
    }

    /// <summary>The next integer.</summary>
    /// <param name="bits">The bits of the stream.</param>
    /// <param name="context">As told to <see cref="EntropyCode.Read(ref BitReader, int)"/>.</param>
    /// <param name="width">Of the image, whose neighbours copies point to; 0 where there is none.</param>
    public uint Read(ref BitReader bits, int context, int width)
    {
        if (_copies > 0) return Copy();
        int cluster = _code.Cluster(context), symbol = _code.Symbol(ref bits, cluster, ref _state);
        if (symbol >= _code.CopySymbol) return BeginCopy(ref bits, symbol, width);
        uint value = _code.Integers(cluster).Value(ref bits, symbol);
        if (_code.Copies) Remember(value);
        return value;
    }

    /// <summary>The stream has come out even.</summary>
    /// <exception cref="CodecException">It has not.</exception>
    public void End(ref BitReader bits)
    {
        if (_code.UsesStates && _state != LastState) throw bits.Invalid("a stream does not end in the state that it must");
    }

    public void Dispose()
    {
        if (_window is not null) ArrayPool<uint>.Shared.Return(_window);
        _window = null;
    }

    private uint BeginCopy(ref BitReader bits, int symbol, int width)
    {
        uint length = _code.CopyLengths.Value(ref bits, symbol - _code.CopySymbol);
        int cluster = _code.Cluster(_code.DistanceContext);
        long distance = _code.Integers(cluster).Value(ref bits, _code.Symbol(ref bits, cluster, ref _state));
        if (length > int.MaxValue - _code.MinCopyLength) throw bits.Invalid("a copy is too long");
        if (width == 0) distance++;
        else if (distance >= CopyDistances.Count) distance -= CopyDistances.Count - 1;
        else distance = CopyDistances.Of((int)distance, width);
        // Before the first integer there are zeros.
        distance = Math.Min(Math.Min(distance, _count), Window);
        _copies = (int)length + _code.MinCopyLength;
        _from = _count - distance;
        if (_copies == 0) throw bits.Invalid("a copy has no length");
        return Copy();
    }

    private uint Copy()
    {
        _copies--;
        uint value = _from == _count ? 0 : _window![_from & (Window - 1)];
        _from++;
        Remember(value);
        return value;
    }

    private void Remember(uint value)
    {
        _window ??= ArrayPool<uint>.Shared.Rent(Window);
        _window[_count++ & (Window - 1)] = value;
    }
}
