using System.Numerics;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The bit plane decoder as Annex D describes it, one coefficient at a time. It takes the blocks that the fast
/// BlockDecoder has no room for, and tells in tests what that one should find.</summary>
internal static class WideBlockDecoder
{
    /// <summary>Decodes a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="coefficients">Receives sign (bit 63) and magnitude with one binary place, by rows.</param>
    /// <param name="roiShift">By how much a region of interest was shifted up; it is taken back.</param>
    public static void Decode(in CodedBlock block, Span<long> coefficients, int roiShift = 0)
    {
        if (block.BitPlanes <= WideBlockDecoder<long>.MaxBitPlanes) WideBlockDecoder<long>.Decode(block, coefficients, roiShift);
        else WideBlockDecoder<Int128>.Decode(block, coefficients, roiShift);
    }
}

/// <inheritdoc cref="WideBlockDecoder"/>
/// <typeparam name="T">Holds a magnitude: 62 bit planes fit a long. Deep samples below a region of interest can have more.</typeparam>
internal ref struct WideBlockDecoder<T> where T : unmanaged, IBinaryInteger<T>
{
    /// <summary>Bit planes there is room for, beside one binary place and a carry.</summary>
    public static int MaxBitPlanes => Unsafe.SizeOf<T>() * 8 - 2;

    private const byte Significant = 1;
    private const byte Visited = 2;
    private const byte Refined = 4;

    private readonly CodedBlock _block;
    private readonly Span<T> _magnitudes;
    private readonly int _stride;          // of _flags, which has a border of one
    private readonly Span<byte> _flags;
    private readonly Span<sbyte> _signs;   // 1 or −1 where significant
    private MqDecoder _mq;

    private WideBlockDecoder(in CodedBlock block, Span<T> magnitudes, Span<byte> flags, Span<sbyte> signs, Span<byte> states)
    {
        _block = block;
        _magnitudes = magnitudes;
        _flags = flags;
        _signs = signs;
        _stride = block.Width + 2;
        _mq = new MqDecoder(states);
    }

    public static void Decode(in CodedBlock block, Span<long> coefficients, int roiShift)
    {
        int bordered = (block.Width + 2) * (block.Height + 2);
        var flags = new byte[bordered];
        var signs = new sbyte[bordered];
        var magnitudes = new T[block.Width * block.Height];
        Span<byte> states = stackalloc byte[MqTable.Contexts];
        var decoder = new WideBlockDecoder<T>(block, magnitudes, flags, signs, states);
        decoder.DecodePasses();
        bool hasRegion = roiShift > 0 && roiShift < MaxBitPlanes;
        var region = hasRegion ? T.One << (roiShift + 1) : T.Zero;
        var most = T.CreateTruncating(long.MaxValue);
        for (int i = 0; i < magnitudes.Length; i++)
        {
            var magnitude = hasRegion && magnitudes[i] >= region ? magnitudes[i] >> roiShift : magnitudes[i];
            long coefficient = long.CreateTruncating(T.Min(magnitude, most));
            coefficients[i] = signs[decoder.At(i % block.Width, i / block.Width)] < 0 ? coefficient | long.MinValue : coefficient;
        }
    }

    private void DecodePasses()
    {
        var style = _block.Style;
        int pass = 0;
        foreach (var segment in _block.Segments)
        {
            var bytes = _block.Bytes.Slice(segment.Start, segment.Length);
            bool raw = (style & CodeBlockStyle.Bypass) != 0 && pass >= 10 && (pass - 10) % 3 != 2;
            if (raw) _mq.StartRaw(bytes);
            else _mq.Start(bytes);
            for (int end = pass + segment.Passes; pass < end; pass++)
            {
                int plane = _block.BitPlanes - 1 - (pass + 2) / 3;
                if (plane < 0 || plane >= MaxBitPlanes) return;
                switch (pass % 3)
                {
                    case 1: SignificancePropagation(plane, raw); break;
                    case 2: MagnitudeRefinement(plane, raw); break;
                    default: Cleanup(plane); break;
                }
                if ((style & CodeBlockStyle.ResetContexts) != 0) _mq.ResetContexts();
            }
        }
    }

    private readonly int At(int x, int y) => (y + 1) * _stride + x + 1;

    private void SignificancePropagation(int plane, bool raw)
    {
        for (int stripe = 0; stripe < _block.Height; stripe += 4)
            for (int x = 0; x < _block.Width; x++)
                for (int y = stripe; y < Math.Min(stripe + 4, _block.Height); y++)
                {
                    if ((_flags[At(x, y)] & Significant) != 0) continue;
                    int context = ZeroCodingContext(x, y);
                    if (context == 0) continue;
                    _flags[At(x, y)] |= Visited;
                    int bit = raw ? _mq.DecodeRaw() : _mq.Decode(context);
                    if (bit != 0) BecomeSignificant(x, y, plane, raw);
                }
    }

    private void MagnitudeRefinement(int plane, bool raw)
    {
        for (int stripe = 0; stripe < _block.Height; stripe += 4)
            for (int x = 0; x < _block.Width; x++)
                for (int y = stripe; y < Math.Min(stripe + 4, _block.Height); y++)
                {
                    ref byte flags = ref _flags[At(x, y)];
                    if ((flags & (Significant | Visited)) != Significant) continue;
                    int context = (flags & Refined) != 0 ? 16 : ZeroCodingContext(x, y) == 0 ? 14 : 15;
                    flags |= Refined;
                    int bit = raw ? _mq.DecodeRaw() : _mq.Decode(context);
                    // What was the middle of the interval (bit plane + 1) becomes the bit, with a new middle below.
                    if (bit != 0) _magnitudes[y * _block.Width + x] += T.One << plane;
                    else _magnitudes[y * _block.Width + x] -= T.One << plane;
                }
    }

    private void Cleanup(int plane)
    {
        for (int stripe = 0; stripe < _block.Height; stripe += 4)
            for (int x = 0; x < _block.Width; x++)
            {
                int y = stripe, end = Math.Min(stripe + 4, _block.Height);
                bool pending = false;
                if (stripe + 4 <= _block.Height && IsQuiet(x, stripe))
                {
                    if (_mq.Decode(MqTable.RunContext) == 0) continue;
                    y += _mq.Decode(MqTable.UniformContext) << 1;
                    y += _mq.Decode(MqTable.UniformContext);
                    pending = true;
                }
                for (; y < end; y++)
                {
                    if (!pending && (_flags[At(x, y)] & (Significant | Visited)) != 0) continue;
                    if (pending || _mq.Decode(ZeroCodingContext(x, y)) != 0) BecomeSignificant(x, y, plane, raw: false);
                    pending = false;
                }
            }
        foreach (ref byte flags in _flags) flags &= unchecked((byte)~Visited);
        if ((_block.Style & CodeBlockStyle.SegmentationSymbols) != 0)
            for (int i = 0; i < 4; i++) _mq.Decode(MqTable.UniformContext);
    }

    // All four of a column are to be coded, and have no significant neighbour (§D.3.4).
    private readonly bool IsQuiet(int x, int stripe)
    {
        for (int y = stripe; y < stripe + 4; y++)
            if ((_flags[At(x, y)] & (Significant | Visited)) != 0 || ZeroCodingContext(x, y) != 0) return false;
        return true;
    }

    private void BecomeSignificant(int x, int y, int plane, bool raw)
    {
        int sign;
        if (raw)
        {
            sign = _mq.DecodeRaw();
        }
        else
        {
            var (context, flip) = SignContext(x, y);
            sign = _mq.Decode(context) ^ flip;
        }
        _flags[At(x, y)] |= Significant;
        _signs[At(x, y)] = (sbyte)(1 - 2 * sign);
        _magnitudes[y * _block.Width + x] = (T.One + T.One + T.One) << plane;
    }

    // Table D.1.
    private readonly int ZeroCodingContext(int x, int y)
    {
        int horizontal = IsSignificant(x - 1, y, y) + IsSignificant(x + 1, y, y);
        int vertical = IsSignificant(x, y - 1, y) + IsSignificant(x, y + 1, y);
        int diagonal = IsSignificant(x - 1, y - 1, y) + IsSignificant(x + 1, y - 1, y) + IsSignificant(x - 1, y + 1, y) + IsSignificant(x + 1, y + 1, y);
        return Contexts.ZeroCoding(_block.Orientation, horizontal, vertical, diagonal);
    }

    private readonly (int Context, int Flip) SignContext(int x, int y) => Contexts.Sign(
        Math.Clamp(Sign(x - 1, y, y) + Sign(x + 1, y, y), -1, 1), Math.Clamp(Sign(x, y - 1, y) + Sign(x, y + 1, y), -1, 1));

    // "from": the row of the coefficient that asks. With vertically causal contexts it does not see the next stripe (§D.7).
    private readonly int IsSignificant(int x, int y, int from) =>
        IsHidden(y, from) ? 0 : _flags[At(x, y)] & Significant;

    private readonly int Sign(int x, int y, int from) => IsHidden(y, from) ? 0 : _signs[At(x, y)];

    private readonly bool IsHidden(int y, int from) =>
        (_block.Style & CodeBlockStyle.VerticallyCausal) != 0 && y > from && (y & 3) == 0;
}
