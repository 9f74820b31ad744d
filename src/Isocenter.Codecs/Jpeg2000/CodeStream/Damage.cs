namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Makes the exceptions of this codec.</summary>
internal static class Damage
{
    private const string Codec = "JPEG 2000";

    public static CodecException At(long offset, string problem, string? rule = null) => new(Codec, problem, offset, rule);

    public static CodecException Of(string problem, string? rule = null) => new(Codec, problem, null, rule);
}
