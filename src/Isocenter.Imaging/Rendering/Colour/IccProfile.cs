using System.Buffers.Binary;
using System.Text;

namespace Isocenter.Imaging;

/// <summary>An ICC profile of an image (ISO 15076-1, versions 2 and 4): how its device colours lie in the connection space. Read are grey with a curve, RGB
/// with curves and a matrix, and RGB with a look-up table; of several ways the one for the perceptual intent (PS3.3 §C.11.15).</summary>
internal sealed class IccProfile
{
    /// <summary>Longest profile that is looked at, in bytes; a lattice of 65 points has 1.7 million.</summary>
    public const int MaxLength = 16 << 20;

    private const int HeaderLength = 128, MaxTags = 256;
    private const double PerceptualBlack = 0.0034731, BrightestBlack = 0.1842;      // L* of 3.1 and of 50

    private readonly IccCurve[] _curves = [];
    private readonly double[] _matrix = [];
    private readonly IccLut? _lut;
    private readonly bool _isLab;

    /// <summary>How bright its black is, in the connection space. On the screen it becomes black (ICC.1 §6.3.3, ISO 18619).</summary>
    private readonly double _black;

    /// <exception cref="IccException">It is damaged, or of a kind that is not applied.</exception>
    private IccProfile(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxLength) throw new IccException($"it has {bytes.Length} bytes, more than the limit of {MaxLength}");
        if (bytes.Length < HeaderLength + 4 || !bytes.Slice(36, 4).SequenceEqual("acsp"u8)) throw new IccException("it has no header of a profile");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (length > bytes.Length) throw new IccException($"it says that it has {length} bytes, {bytes.Length} are there");
        var space = bytes.Slice(16, 4);
        var pcs = bytes.Slice(20, 4);
        _isLab = pcs.SequenceEqual("Lab "u8);
        if (!_isLab && !pcs.SequenceEqual("XYZ "u8)) throw new IccException($"its connection space is {Name(pcs)}");
        IsGrey = space.SequenceEqual("GRAY"u8);
        if (!IsGrey && !space.SequenceEqual("RGB "u8)) throw new IccException($"it is for colours of {Name(space)}");
        if (bytes.Slice(12, 4) is var kind && !(kind.SequenceEqual("scnr"u8) || kind.SequenceEqual("mntr"u8) || kind.SequenceEqual("spac"u8) || kind.SequenceEqual("prtr"u8)))
            throw new IccException($"it is of the class {Name(kind)}");

        if (IsGrey)
        {
            _curves = [Curve(bytes, "kTRC"u8)];
            _black = Math.Min(LightOfGrey(0), BrightestBlack);
            return;
        }
        var lut = Find(bytes, "A2B0"u8);
        bool isMatrix = !_isLab && !Find(bytes, "rTRC"u8).IsEmpty;
        if (lut.IsEmpty && !isMatrix) lut = Find(bytes, "A2B1"u8);
        if (!lut.IsEmpty)
        {
            _lut = IccLut.Read(lut, _isLab);
            // Since version 4 the perceptual intent has one black, that of paper.
            _black = bytes[8] >= 4 ? PerceptualBlack : DarkestLight();
            return;
        }
        if (!isMatrix) throw new IccException("it has neither curves and a matrix nor a look-up table");
        _curves = [Curve(bytes, "rTRC"u8), Curve(bytes, "gTRC"u8), Curve(bytes, "bTRC"u8)];
        _matrix = Matrix3.OfColumns(Xyz(bytes, "rXYZ"u8), Xyz(bytes, "gXYZ"u8), Xyz(bytes, "bXYZ"u8));
        _black = DarkestLight();
    }

    private IccProfile(RgbSpace space) => (_curves, _matrix) = ([space.Curve, space.Curve, space.Curve], space.ToXyz);

    /// <summary>It is for one channel.</summary>
    public bool IsGrey { get; }

    /// <summary>Curves of each channel, where there is nothing else that does not go channel by channel before them.</summary>
    public IReadOnlyList<IccCurve> Curves => _curves;

    /// <summary>Reads a profile.</summary>
    /// <param name="bytes">All of it. Nothing of it is kept.</param>
    /// <param name="problem">Why it is not applied.</param>
    /// <returns>Null: it is not applied.</returns>
    public static IccProfile? Read(ReadOnlySpan<byte> bytes, out string problem)
    {
        try
        {
            problem = "";
            return new IccProfile(bytes);
        }
        catch (IccException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>The profile of a space that has a name.</summary>
    public static IccProfile Of(RgbSpace space) => new(space);

    /// <summary>s15Fixed16Number (§4.6).</summary>
    public static double Fixed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) / 65536.0;

    /// <summary>The place of a colour in the connection space, XYZ of D50.</summary>
    /// <param name="a">Red from 0 to 1, its light where there are <see cref="Curves"/>; becomes X.</param>
    /// <param name="b">Green; becomes Y.</param>
    /// <param name="c">Blue; becomes Z.</param>
    public void ToXyz(ref double a, ref double b, ref double c)
    {
        Place(ref a, ref b, ref c);
        double scale = 1 / (1 - _black);
        (a, b, c) = ((a - _black * PcsWhite.X) * scale, (b - _black) * scale, (c - _black * PcsWhite.Z) * scale);
    }

    private void Place(ref double a, ref double b, ref double c)
    {
        if (_lut is null)
        {
            var m = _matrix;
            (a, b, c) = (m[0] * a + m[1] * b + m[2] * c, m[3] * a + m[4] * b + m[5] * c, m[6] * a + m[7] * b + m[8] * c);
            return;
        }
        _lut.Map(ref a, ref b, ref c);
    }

    /// <summary>The light of a grey value, from 0 to 1.</summary>
    public double LightOfGrey(double value)
    {
        double light = _curves[0].At(value);
        if (_isLab) CieLab.ToXyz(light * 100, 0, 0, out _, out light, out _);
        return (light - _black) / (1 - _black);
    }

    private double DarkestLight()
    {
        double a = 0, b = 0, c = 0;
        if (_curves.Length > 0) (a, b, c) = (_curves[0].At(0), _curves[1].At(0), _curves[2].At(0));
        Place(ref a, ref b, ref c);
        return Math.Clamp(b, 0, BrightestBlack);
    }

    private static IccCurve Curve(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) => IccCurve.Read(Need(bytes, signature), out _);

    private static double[] Xyz(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        var tag = Need(bytes, signature);
        if (tag.Length < 20 || !tag[..4].SequenceEqual("XYZ "u8)) throw new IccException($"its {Name(signature)} is no place of a colour");
        return [Fixed(tag[8..]), Fixed(tag[12..]), Fixed(tag[16..])];
    }

    private static ReadOnlySpan<byte> Need(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        var tag = Find(bytes, signature);
        return tag.IsEmpty ? throw new IccException($"it lacks {Name(signature)}") : tag;
    }

    /// <summary>The content of a tag (§7.3); empty: it is not there.</summary>
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        uint count = BinaryPrimitives.ReadUInt32BigEndian(bytes[HeaderLength..]);
        if (count > MaxTags || HeaderLength + 4 + 12 * (long)count > bytes.Length) throw new IccException($"it has {count} tags");
        for (int i = 0; i < (int)count; i++)
        {
            var entry = bytes.Slice(HeaderLength + 4 + 12 * i, 12);
            if (!entry[..4].SequenceEqual(signature)) continue;
            uint place = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]), length = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
            if (place < HeaderLength || (long)place + length > bytes.Length || length < 12) throw new IccException($"its {Name(signature)} lies outside of it");
            return bytes.Slice((int)place, (int)length);
        }
        return [];
    }

    private static string Name(ReadOnlySpan<byte> signature) => Encoding.ASCII.GetString(signature).TrimEnd() is { Length: > 0 } name && !name.AsSpan().ContainsAnyExceptInRange(' ', '~') ? name : "no name";
}
