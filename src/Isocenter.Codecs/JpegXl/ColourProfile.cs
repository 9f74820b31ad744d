namespace Isocenter.Codecs.JpegXl;

/// <summary>The ICC profile of an image (ISO/IEC 18181-1 §E.4), which does not change its samples.</summary>
internal static class ColourProfile
{
    private const int Contexts = 41, MaxLength = 1 << 22;

    /// <summary>Passes over it.</summary>
    public static void Skip(ref BitReader bits)
    {
        ulong length = bits.Read64();
        if (length > MaxLength) throw bits.Invalid($"a colour profile of {length} bytes");
        var code = EntropyCode.Read(ref bits, Contexts);
        using var decoder = new EntropyDecoder(code, ref bits);
        uint last = 0, before = 0;
        for (ulong i = 0; i < length; i++)
        {
            int context = i > 128 ? ContextOf(last) + 8 * ContextBefore(before) : 0;
            (before, last) = (last, decoder.Read(ref bits, context, 0));
            if (last > byte.MaxValue) throw bits.Invalid("a byte of the colour profile is none");
        }
        decoder.End(ref bits);
    }

    private static int ContextOf(uint last) => last switch
    {
        _ when IsLetter(last) => 1,
        _ when IsNumber(last) => 2,
        < 2 => 3 + (int)last,
        < 16 => 5,
        255 => 7,
        > 240 => 6,
        _ => 8,
    };

    private static int ContextBefore(uint before) => before switch
    {
        _ when IsLetter(before) => 0,
        _ when IsNumber(before) => 1,
        < 16 => 2,
        > 240 => 3,
        _ => 4,
    };

    private static bool IsLetter(uint value) => value is >= 'a' and <= 'z' or >= 'A' and <= 'Z';

    private static bool IsNumber(uint value) => value is >= '0' and <= '9' or '.' or ',';
}
