using System.Buffers.Binary;

namespace Isocenter.Imaging;

/// <summary>From device colours to the connection space by a lattice: lut8Type, lut16Type and lutAToBType of three channels (ICC.1 §10.10 to §10.12).</summary>
internal sealed class IccLut
{
    private const int Channels = 3;

    private readonly IccCurve[] _first;                 // before the lattice
    private readonly IccCurve[] _middle, _last;         // before and behind the matrix
    private readonly double[] _matrix;                  // 3 × 3, then what is added
    private readonly float[] _lattice;                  // empty: none
    private readonly int[] _grid;
    private readonly Encoding _encoding;

    private IccLut(IccCurve[] first, float[] lattice, int[] grid, IccCurve[] middle, double[] matrix, IccCurve[] last, Encoding encoding) =>
        (_first, _lattice, _grid, _middle, _matrix, _last, _encoding) = (first, lattice, grid, middle, matrix, last, encoding);

    /// <summary>How the numbers from 0 to 1 mean a place in the connection space (§6.3.4).</summary>
    private enum Encoding
    {
        Xyz,
        Lab,
        /// <summary>Of 16 bits in version 2: 0xFF00 is 100.</summary>
        OldLab,
    }

    private static IccCurve[] NoCurves { get; } = [IccCurve.Identity, IccCurve.Identity, IccCurve.Identity];

    private static double[] NoMatrix { get; } = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];

    /// <exception cref="IccException">It is damaged, or of another kind.</exception>
    public static IccLut Read(ReadOnlySpan<byte> tag, bool isLab)
    {
        if (tag.Length < 32) throw new IccException("the look-up table ends early");
        if (tag[8] != Channels || tag[9] != Channels) throw new IccException($"the look-up table has {tag[8]} channels in and {tag[9]} out");
        if (tag[..4].SequenceEqual("mft1"u8)) return ReadOld(tag, isLab, isWide: false);
        if (tag[..4].SequenceEqual("mft2"u8)) return ReadOld(tag, isLab, isWide: true);
        if (tag[..4].SequenceEqual("mAB "u8)) return ReadNew(tag, isLab);
        throw new IccException("the look-up table is of a type that is not known");
    }

    /// <summary>The place in the connection space: X, Y and Z of D50.</summary>
    public void Map(ref double a, ref double b, ref double c)
    {
        (a, b, c) = (_first[0].At(a), _first[1].At(b), _first[2].At(c));
        if (_lattice.Length > 0) Interpolate(ref a, ref b, ref c);
        if (!ReferenceEquals(_matrix, NoMatrix))
        {
            (a, b, c) = (_middle[0].At(a), _middle[1].At(b), _middle[2].At(c));
            var m = _matrix;
            (a, b, c) = (m[0] * a + m[1] * b + m[2] * c + m[9], m[3] * a + m[4] * b + m[5] * c + m[10], m[6] * a + m[7] * b + m[8] * c + m[11]);
        }
        (a, b, c) = (_last[0].At(a), _last[1].At(b), _last[2].At(c));
        if (_encoding == Encoding.Xyz)
        {
            const double Most = 65535.0 / 32768;
            (a, b, c) = (a * Most, b * Most, c * Most);
            return;
        }
        double wide = _encoding == Encoding.OldLab ? 65535.0 / 65280 : 1;
        CieLab.ToXyz(a * wide * 100, b * wide * 255 - 128, c * wide * 255 - 128, out a, out b, out c);
    }

    private static IccLut ReadOld(ReadOnlySpan<byte> tag, bool isLab, bool isWide)
    {
        if (!isLab && !isWide) throw new IccException("a look-up table of 8 bits cannot give XYZ");
        int grid = tag[10], inputs = isWide ? U16(tag, 48) : 256, outputs = isWide ? U16(tag, 50) : 256, at = isWide ? 52 : 48;
        if (grid < 2 || inputs is < 2 or > 4096 || outputs is < 2 or > 4096) throw new IccException("the look-up table has impossible sizes");
        int lattice = grid * grid * grid * Channels, width = isWide ? 2 : 1;
        if (tag.Length - at < (long)width * (Channels * inputs + lattice + Channels * outputs)) throw new IccException("the look-up table ends early");
        var first = new IccCurve[Channels];
        var last = new IccCurve[Channels];
        for (int i = 0; i < Channels; i++) first[i] = IccCurve.Table(Values(tag[(at + i * inputs * width)..], inputs, isWide));
        at += Channels * inputs * width;
        float[] entries = Entries(tag[at..], lattice, isWide);
        at += lattice * width;
        for (int i = 0; i < Channels; i++) last[i] = IccCurve.Table(Values(tag[(at + i * outputs * width)..], outputs, isWide));
        return new IccLut(first, entries, [grid, grid, grid], NoCurves, NoMatrix, last, !isLab ? Encoding.Xyz : isWide ? Encoding.OldLab : Encoding.Lab);
    }

    private static IccLut ReadNew(ReadOnlySpan<byte> tag, bool isLab)
    {
        var last = Curves(tag, Place(tag, 12));
        var matrix = NoMatrix;
        if (Place(tag, 16) is > 0 and var place)
        {
            if (place > tag.Length - 48) throw new IccException("a matrix ends early");
            matrix = new double[12];
            for (int i = 0; i < 12; i++) matrix[i] = IccProfile.Fixed(tag[(place + 4 * i)..]);
        }
        var middle = Curves(tag, Place(tag, 20));
        int lattice = Place(tag, 24);
        if (lattice == 0) return new IccLut(NoCurves, [], [], middle, matrix, last, isLab ? Encoding.Lab : Encoding.Xyz);
        if (lattice > tag.Length - 20) throw new IccException("a lattice ends early");
        int[] grid = [tag[lattice], tag[lattice + 1], tag[lattice + 2]];
        bool isWide = tag[lattice + 16] switch { 1 => false, 2 => true, _ => throw new IccException($"a lattice has numbers of {tag[lattice + 16]} bytes") };
        int count = grid[0] * grid[1] * grid[2] * Channels;
        if (Array.Exists(grid, n => n < 2) || (long)count * (isWide ? 2 : 1) > tag.Length - lattice - 20) throw new IccException("a lattice ends early");
        return new IccLut(Curves(tag, Place(tag, 28)), Entries(tag[(lattice + 20)..], count, isWide), grid, middle, matrix, last, isLab ? Encoding.Lab : Encoding.Xyz);
    }

    private static int Place(ReadOnlySpan<byte> tag, int at)
    {
        uint place = BinaryPrimitives.ReadUInt32BigEndian(tag[at..]);
        return place is 0 or >= 32 && place <= tag.Length ? (int)place : throw new IccException("a part of the look-up table lies outside of it");
    }

    /// <summary>One after the other, each from a border of four bytes on.</summary>
    private static IccCurve[] Curves(ReadOnlySpan<byte> tag, int place)
    {
        if (place == 0) return NoCurves;
        var curves = new IccCurve[Channels];
        for (int i = 0; i < Channels; i++)
        {
            if (place > tag.Length) throw new IccException("a curve ends early");
            curves[i] = IccCurve.Read(tag[place..], out int length);
            place += (length + 3) & ~3;
        }
        return curves;
    }

    private static int U16(ReadOnlySpan<byte> tag, int at) =>
        tag.Length >= at + 2 ? BinaryPrimitives.ReadUInt16BigEndian(tag[at..]) : throw new IccException("the look-up table ends early");

    private static ushort[] Values(ReadOnlySpan<byte> bytes, int count, bool isWide)
    {
        if (isWide) return IccCurve.Words(bytes, count);
        var values = new ushort[count];
        for (int i = 0; i < count; i++) values[i] = (ushort)(bytes[i] * 257);
        return values;
    }

    private static float[] Entries(ReadOnlySpan<byte> bytes, int count, bool isWide)
    {
        var entries = new float[count];
        for (int i = 0; i < count; i++) entries[i] = isWide ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]) / 65535f : bytes[i] / 255f;
        return entries;
    }

    /// <summary>Within the one of six tetrahedra of a cell where the colour lies: greys stay what the lattice says of greys.</summary>
    private void Interpolate(ref double a, ref double b, ref double c)
    {
        var (x, y, z) = (Cell(a, _grid[0], out double fx), Cell(b, _grid[1], out double fy), Cell(c, _grid[2], out double fz));
        int stepZ = Channels, stepY = stepZ * _grid[2], stepX = stepY * _grid[1];
        int origin = x * stepX + y * stepY + z * stepZ, far = origin + stepX + stepY + stepZ;
        // From the origin to the far corner, along the axis of the largest fraction first
        var (firstStep, first, secondStep, second, third) = (fx, fy, fz) switch
        {
            _ when fx >= fy && fy >= fz => (stepX, fx, stepY, fy, fz),
            _ when fx >= fz && fz >= fy => (stepX, fx, stepZ, fz, fy),
            _ when fz >= fx && fx >= fy => (stepZ, fz, stepX, fx, fy),
            _ when fy >= fx && fx >= fz => (stepY, fy, stepX, fx, fz),
            _ when fy >= fz && fz >= fx => (stepY, fy, stepZ, fz, fx),
            _ => (stepZ, fz, stepY, fy, fx),
        };
        int one = origin + firstStep, two = one + secondStep;
        a = Mixed(0);
        b = Mixed(1);
        c = Mixed(2);

        double Mixed(int i) => _lattice[origin + i] * (1 - first) + _lattice[one + i] * (first - second) + _lattice[two + i] * (second - third) + _lattice[far + i] * third;

        static int Cell(double value, int points, out double fraction)
        {
            double place = Math.Clamp(value, 0, 1) * (points - 1);
            int cell = Math.Min((int)place, points - 2);
            fraction = place - cell;
            return cell;
        }
    }
}
