namespace Isocenter.Imaging;

/// <summary>From the colours of a profile to those of a space that has a name: relative to white, what the space cannot hold cut off (PS3.4
/// §N.2.2.1).</summary>
/// <remarks>Immutable; safe from many threads.</remarks>
internal sealed class ProfileTransform
{
    private readonly IccProfile _profile;
    private readonly RgbSpace _target;
    private readonly int _whiteIn, _white;
    private readonly float[][] _lights;         // of each channel, the curve for every value; none: the profile has no curves in front
    private readonly ushort[] _greys = [];

    /// <param name="profile">Of the colours that come in.</param>
    /// <param name="target">Of those that go out.</param>
    /// <param name="bitDepthIn">Of those that come in, 8 or 16.</param>
    /// <param name="bitDepth">Of those that go out, 8 or 16.</param>
    public ProfileTransform(IccProfile profile, RgbSpace target, int bitDepthIn, int bitDepth)
    {
        (_profile, _target, BitDepthIn, BitDepthOut, _whiteIn, _white) = (profile, target, bitDepthIn, bitDepth, (1 << bitDepthIn) - 1, (1 << bitDepth) - 1);
        _lights = profile.IsGrey ? [] : [.. profile.Curves.Select(curve => Enumerable.Range(0, _whiteIn + 1).Select(value => (float)curve.At((double)value / _whiteIn)).ToArray())];
        if (profile.IsGrey) _greys = [.. Enumerable.Range(0, _whiteIn + 1).Select(value => Value(profile.LightOfGrey((double)value / _whiteIn)))];
    }

    /// <summary>Bits a channel of the colours that come in.</summary>
    public int BitDepthIn { get; }

    /// <summary>Bits a channel of those that go out.</summary>
    public int BitDepthOut { get; }

    /// <summary>Transforms the colours of a line in place: three channels, or one where the profile is for one.</summary>
    public void Apply(Span<ushort> line)
    {
        if (_profile.IsGrey)
        {
            foreach (ref ushort value in line) value = _greys[value];
            return;
        }
        // Neighbours are alike more often than not.
        (ushort, ushort, ushort) before = default, after = default;
        for (int i = 0; i + 2 < line.Length; i += 3)
        {
            var colour = (line[i], line[i + 1], line[i + 2]);
            if (i == 0 || colour != before) (before, after) = (colour, Map(colour));
            (line[i], line[i + 1], line[i + 2]) = after;
        }
    }

    private (ushort, ushort, ushort) Map((ushort R, ushort G, ushort B) colour)
    {
        bool hasCurves = _lights.Length > 0;
        double a = hasCurves ? _lights[0][colour.R] : (double)colour.R / _whiteIn, b = hasCurves ? _lights[1][colour.G] : (double)colour.G / _whiteIn, c = hasCurves ? _lights[2][colour.B] : (double)colour.B / _whiteIn;
        _profile.ToXyz(ref a, ref b, ref c);
        var m = _target.FromXyz;
        return (Value(m[0] * a + m[1] * b + m[2] * c), Value(m[3] * a + m[4] * b + m[5] * c), Value(m[6] * a + m[7] * b + m[8] * c));
    }

    private ushort Value(double light) => (ushort)(_target.Encode(light) * _white + 0.5);
}
