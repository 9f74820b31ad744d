using System.Buffers.Binary;

namespace Isocenter.Imaging;

/// <summary>A curve of an ICC profile, from 0 to 1 both ways (ICC.1 §10.6 curveType, §10.18 parametricCurveType, tables of §10.10 and §10.11).</summary>
internal sealed class IccCurve
{
    private readonly ushort[] _table = [];
    private readonly int _function;
    private readonly double _g = 1, _a = 1, _b, _c, _d, _e, _f;
    private readonly bool _isStraight;

    private IccCurve(ushort[] table) => _table = table;

    private IccCurve(int function, ReadOnlySpan<double> p)
    {
        _function = function;
        _g = p[0];
        _isStraight = function == 0 && _g == 1;
        if (function > 0) (_a, _b) = (p[1], p[2]);
        if (function > 1) _c = p[3];
        if (function > 2) _d = p[4];
        if (function > 3) (_e, _f) = (p[5], p[6]);
    }

    public static IccCurve Identity { get; } = new(0, [1.0]);

    /// <summary>How many numbers each function of §10.18 has.</summary>
    private static ReadOnlySpan<int> ParameterCounts => [1, 3, 4, 5, 7];

    public static IccCurve Parametric(int function, ReadOnlySpan<double> parameters) => new(function, parameters);

    /// <summary>A table of values from 0 to 65535.</summary>
    public static IccCurve Table(ushort[] values) => new(values);

    /// <summary>Reads a curveType or a parametricCurveType.</summary>
    /// <param name="bytes">From its signature on.</param>
    /// <param name="length">Receives how many bytes it has.</param>
    /// <exception cref="IccException">It is none, or ends early.</exception>
    public static IccCurve Read(ReadOnlySpan<byte> bytes, out int length)
    {
        if (bytes.Length < 12) throw new IccException("a curve ends early");
        if (bytes[..4].SequenceEqual("curv"u8))
        {
            uint count = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
            if (count > (bytes.Length - 12) / 2) throw new IccException($"a curve has {count} entries in {bytes.Length} bytes");
            length = 12 + 2 * (int)count;
            if (count == 0) return Identity;
            if (count == 1) return new IccCurve(0, [BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]) / 256.0]);
            return new IccCurve(Words(bytes[12..], (int)count));
        }
        if (!bytes[..4].SequenceEqual("para"u8)) throw new IccException("a curve is of a type that is not known");
        int function = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        if (function >= ParameterCounts.Length) throw new IccException($"a curve has the function {function}");
        length = 12 + 4 * ParameterCounts[function];
        if (bytes.Length < length) throw new IccException("a curve ends early");
        Span<double> parameters = stackalloc double[ParameterCounts[function]];
        for (int i = 0; i < parameters.Length; i++) parameters[i] = IccProfile.Fixed(bytes[(12 + 4 * i)..]);
        return new IccCurve(function, parameters);
    }

    public static ushort[] Words(ReadOnlySpan<byte> bytes, int count)
    {
        var words = new ushort[count];
        for (int i = 0; i < count; i++) words[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);
        return words;
    }

    /// <summary>The value of the curve, cut off at 0 and 1.</summary>
    public double At(double x)
    {
        x = x > 0 ? Math.Min(x, 1) : 0;
        if (_isStraight) return x;
        if (_table.Length > 0)
        {
            double place = x * (_table.Length - 1);
            int at = Math.Min((int)place, Math.Max(_table.Length - 2, 0)), next = Math.Min(at + 1, _table.Length - 1);
            return (_table[at] + (place - at) * (_table[next] - _table[at])) / 65535.0;
        }
        double y = _function switch
        {
            0 => Math.Pow(x, _g),
            1 => x >= -_b / _a ? Math.Pow(_a * x + _b, _g) : 0,
            2 => x >= -_b / _a ? Math.Pow(_a * x + _b, _g) + _c : _c,
            3 => x >= _d ? Math.Pow(_a * x + _b, _g) : _c * x,
            _ => x >= _d ? Math.Pow(_a * x + _b, _g) + _e : _c * x + _f,
        };
        return y > 0 ? Math.Min(y, 1) : 0;         // no number is 0 too
    }

    /// <summary>The place where the curve has a value. It must rise.</summary>
    public double Inverse(double y)
    {
        double from = 0, to = 1;
        for (int i = 0; i < 48; i++)
        {
            double middle = (from + to) / 2;
            if (At(middle) < y) from = middle;
            else to = middle;
        }
        return to;
    }

    /// <summary>parametricCurveType (§10.18).</summary>
    public byte[] ToBytes()
    {
        double[] numbers = [_g, _a, _b, _c, _d, _e, _f];
        int count = ParameterCounts[_function];
        byte[] bytes = new byte[12 + 4 * count];
        "para"u8.CopyTo(bytes);
        bytes[9] = (byte)_function;
        for (int i = 0; i < count; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12 + 4 * i), (int)Math.Round(numbers[i] * 65536));
        return bytes;
    }
}
