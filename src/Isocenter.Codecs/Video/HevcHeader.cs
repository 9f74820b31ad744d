namespace Isocenter.Codecs.Video;

/// <summary>Sequence parameter set of HEVC, and its pictures (ISO/IEC 23008-2 §7.3.2.2, §7.3.6.1).</summary>
/// <param name="Columns">Width, cropped.</param>
/// <param name="Rows">Height, cropped.</param>
/// <param name="Bits">Bits of a luminance sample.</param>
internal readonly record struct HevcHeader(int Columns, int Rows, int Bits)
{
    private const int SequenceParameterSet = 33, LastSlice = 31, ProfileBits = 88;

    public int Profile { get; private init; }

    public int Level { get; private init; }

    public static VideoInfo Read(ReadOnlySpan<byte> stream, string? container)
    {
        HevcHeader? header = null;
        int frames = 0;
        for (var codes = new StartCodes(stream); codes.MoveNext();)
        {
            var unit = codes.Unit;
            if (unit.Length < 3) continue;
            int type = unit[0] >> 1 & 0x3F;
            if (type == SequenceParameterSet) header ??= Parse(unit);
            // The first slice of a picture of the base layer.
            if (type <= LastSlice && (unit[0] & 1) == 0 && unit[1] >> 3 == 0 && (unit[2] & 0x80) != 0) frames++;
        }
        if (header is not { } found) throw new CodecException("HEVC", "there is no sequence parameter set", 0, "ISO/IEC 23008-2 §7.3.2.2");
        return new VideoInfo(VideoFormat.Hevc, container, found.Columns, found.Rows, found.Bits, frames) { Profile = found.Profile, Level = found.Level };
    }

    /// <summary>Reads a sequence parameter set, from the two bytes of its NAL unit header on.</summary>
    public static HevcHeader Parse(ReadOnlySpan<byte> nal)
    {
        var bits = new NalBits(nal[2..]);
        bits.Skip(4);
        int layers = (int)bits.Read(3);
        bits.Skip(1 + 3);                           // general_profile_space, general_tier_flag
        int profile = (int)bits.Read(5);
        bits.Skip(ProfileBits - 8);
        int level = (int)bits.Read(8);
        Span<bool> hasProfile = stackalloc bool[8], hasLevel = stackalloc bool[8];
        for (int i = 0; i < layers; i++) (hasProfile[i], hasLevel[i]) = (bits.Flag(), bits.Flag());
        if (layers > 0) bits.Skip(2 * (8 - layers));
        for (int i = 0; i < layers; i++) bits.Skip((hasProfile[i] ? ProfileBits : 0) + (hasLevel[i] ? 8 : 0));
        bits.Unsigned();
        int chroma = bits.Unsigned();
        if (chroma == 3) bits.Skip(1);
        long columns = bits.Unsigned(), rows = bits.Unsigned();
        if (bits.Flag())
        {
            columns -= (chroma is 1 or 2 ? 2 : 1) * ((long)bits.Unsigned() + bits.Unsigned());
            rows -= (chroma == 1 ? 2 : 1) * ((long)bits.Unsigned() + bits.Unsigned());
        }
        int depth = 8 + bits.Unsigned();
        if (columns is < 1 or > 65535 || rows is < 1 or > 65535)
            throw new CodecException("HEVC", $"the sequence parameter set says {columns} × {rows} pixels", null, "ISO/IEC 23008-2 §7.4.3.2.1");
        return new HevcHeader((int)columns, (int)rows, depth) { Profile = profile, Level = level };
    }
}
