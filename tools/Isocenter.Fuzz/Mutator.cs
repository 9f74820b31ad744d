namespace Isocenter.Fuzz;

/// <summary>Makes wrong inputs of right ones, without looking at what they cover: bytes changed, parts cut out, doubled,
/// moved, joined from two seeds, numbers set to the values that break things.</summary>
/// <remarks>Text is changed more gently, letters to letters and digits to digits, or hardly any would get past its syntax.</remarks>
/// <param name="seeds">The right inputs.</param>
/// <param name="seed">Of the random numbers.</param>
/// <param name="values">Values to set that break things; null for those of data sets.</param>
/// <param name="isText">The inputs are JSON or XML.</param>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed, byte[][]? values = null, bool isText = false)
{
    private const int MaxLength = 1 << 20;
    private static readonly byte[][] InterestingInDataSets =
    [
        [0xFF, 0xFF, 0xFF, 0xFF], [0xFE, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0x10, 0, 0],
        [0xFE, 0xFF, 0x00, 0xE0], [0xFE, 0xFF, 0x0D, 0xE0], [0xFE, 0xFF, 0xDD, 0xE0], "SQ"u8.ToArray(), "UN"u8.ToArray(), "OB"u8.ToArray(),
        "\\"u8.ToArray(), "\x1b$B"u8.ToArray(), "\""u8.ToArray(), "{"u8.ToArray(), "["u8.ToArray(), "]}"u8.ToArray(), "<a>"u8.ToArray(), "&#0;"u8.ToArray(), "1e999"u8.ToArray(),
    ];

    private readonly byte[][] _interesting = values ?? InterestingInDataSets;
    private readonly Random _random = new(seed);
    private byte[] _buffer = new byte[4096];

    /// <summary>Which seed the last input was made of.</summary>
    public int SeedIndex { get; private set; }

    /// <summary>The next input. Valid until the next call.</summary>
    public Memory<byte> Next()
    {
        SeedIndex = _random.Next(seeds.Count);
        byte[] source = seeds[SeedIndex];
        int length = source.Length;
        Reserve(length);
        source.CopyTo(_buffer, 0);
        for (int n = isText ? _random.Next(1, 4) : _random.Next(1, 8); n > 0 && length > 0; n--)
            length = isText && _random.Next(5) != 0 ? MutateText(length) : Mutate(length);
        return _buffer.AsMemory(0, length);
    }

    private int Mutate(int length)
    {
        int at = Position(length);
        switch (_random.Next(10))
        {
            case 0 or 1:
                _buffer[at] = (byte)_random.Next(256);
                return length;
            case 2:
                _buffer[at] ^= (byte)(1 << _random.Next(8));
                return length;
            case 3 or 4:
                byte[] value = _interesting[_random.Next(_interesting.Length)];
                int n = Math.Min(value.Length, length - at);
                value.AsSpan(0, n).CopyTo(_buffer.AsSpan(at));
                return length;
            case 5:
                return at;                                              // cut off
            case 6:
                int cut = Math.Min(_random.Next(1, 64), length - at);   // cut out
                _buffer.AsSpan(at + cut, length - at - cut).CopyTo(_buffer.AsSpan(at));
                return length - cut;
            case 7:
                int doubled = Math.Min(_random.Next(1, 256), length - at);
                if (length + doubled > MaxLength) return length;
                Reserve(length + doubled);
                _buffer.AsSpan(at, length - at).CopyTo(_buffer.AsSpan(at + doubled));
                return length + doubled;
            case 8:
                int moved = Math.Min(_random.Next(1, 64), length - at);
                int to = _random.Next(length - moved + 1);
                Span<byte> part = stackalloc byte[moved];
                _buffer.AsSpan(at, moved).CopyTo(part);
                part.CopyTo(_buffer.AsSpan(to));
                return length;
            default:
                byte[] other = seeds[_random.Next(seeds.Count)];        // the end of another
                int tail = Math.Min(other.Length, _random.Next(1, 2048));
                if (at + tail > MaxLength) return length;
                Reserve(at + tail);
                other.AsSpan(other.Length - tail).CopyTo(_buffer.AsSpan(at));
                return at + tail;
        }
    }

    private int MutateText(int length)
    {
        int at = _random.Next(length);
        for (int n = _random.Next(1, 5); n > 0 && at < length; n--, at++)
        {
            byte b = _buffer[at];
            if (char.IsAsciiDigit((char)b)) _buffer[at] = (byte)('0' + _random.Next(10));
            else if (char.IsAsciiLetterUpper((char)b)) _buffer[at] = (byte)('A' + _random.Next(26));
            else if (char.IsAsciiLetterLower((char)b)) _buffer[at] = (byte)('a' + _random.Next(26));
        }
        return length;
    }

    /// <summary>Headers break more than pixels: most changes are near the begin.</summary>
    private int Position(int length) => _random.Next(4) == 0 ? _random.Next(length) : _random.Next(Math.Min(length, 2048));

    private void Reserve(int length)
    {
        if (_buffer.Length < length) Array.Resize(ref _buffer, Math.Max(length, 2 * _buffer.Length));
    }
}
