namespace Isocenter.Codecs.Jpeg;

/// <summary>Makes the errors of this folder.</summary>
internal static class JpegError
{
    public static CodecException At(long? offset, string problem, string? rule = null) =>
        new("JPEG", problem, offset, rule is null ? null : "ITU-T T.81 " + rule);
}
