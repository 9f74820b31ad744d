namespace Isocenter.Codecs.Video;

/// <summary>Sequence parameter set of H.264, and its pictures (ISO/IEC 14496-10 §7.3.2.1, §7.3.3).</summary>
/// <param name="Columns">Width, cropped.</param>
/// <param name="Rows">Height, cropped.</param>
/// <param name="Bits">Bits of a luminance sample.</param>
/// <param name="FrameNumberBits">Length of frame_num in slice headers.</param>
/// <param name="HasOnlyFrames">There are no fields.</param>
/// <param name="HasSeparatePlanes">Slices name their colour plane.</param>
internal readonly record struct H264Header(int Columns, int Rows, int Bits, int FrameNumberBits, bool HasOnlyFrames, bool HasSeparatePlanes)
{
    private const int Slice = 1, SliceOfIdr = 5, SequenceParameterSet = 7, ExtendedAspectRatio = 255;

    public int Profile { get; private init; }

    public int Level { get; private init; }

    /// <summary>Frames a second, when the video usability information has it; otherwise 0.</summary>
    public double FrameRate { get; private init; }

    public static VideoInfo Read(ReadOnlySpan<byte> stream, string? container)
    {
        H264Header? header = null;
        int frames = 0, fields = 0;
        for (var codes = new StartCodes(stream); codes.MoveNext();)
        {
            if (codes.Unit.IsEmpty) continue;
            int type = codes.Unit[0] & 0x1F;
            if (type == SequenceParameterSet) header ??= Parse(codes.Unit);
            if (type is not (Slice or SliceOfIdr) || header is not { } known) continue;
            var bits = new NalBits(codes.Unit[1..Math.Min(codes.Unit.Length, 32)]);
            if (bits.Unsigned() != 0) continue;         // first_mb_in_slice: a picture begins with 0
            bits.Unsigned();
            bits.Unsigned();
            if (known.HasSeparatePlanes) bits.Skip(2);
            bits.Skip(known.FrameNumberBits);
            if (!known.HasOnlyFrames && bits.Flag()) fields++;
            else frames++;
        }
        if (header is not { } found) throw new CodecException("H.264", "there is no sequence parameter set", 0, "ISO/IEC 14496-10 §7.3.2.1");
        return new VideoInfo(VideoFormat.H264, container, found.Columns, found.Rows, found.Bits, frames + (fields + 1) / 2)
        {
            Profile = found.Profile,
            Level = found.Level,
            FrameRate = found.FrameRate,
        };
    }

    /// <summary>Reads a sequence parameter set, from the byte of its NAL unit type on.</summary>
    public static H264Header Parse(ReadOnlySpan<byte> nal)
    {
        var bits = new NalBits(nal[1..]);
        uint profile = bits.Read(8);
        bits.Skip(8);
        int level = (int)bits.Read(8);
        bits.Unsigned();
        int chroma = 1, depth = 8;
        bool separate = false;
        if (profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135)
        {
            chroma = bits.Unsigned();
            if (chroma == 3) separate = bits.Flag();
            depth = 8 + bits.Unsigned();
            bits.Unsigned();
            bits.Skip(1);
            if (bits.Flag())
                for (int i = 0; i < (chroma == 3 ? 12 : 8); i++)
                    if (bits.Flag()) SkipScalingList(ref bits, i < 6 ? 16 : 64);
        }
        int frameNumber = 4 + bits.Unsigned(), order = bits.Unsigned();
        if (order == 0)
        {
            bits.Unsigned();
        }
        else if (order == 1)
        {
            bits.Skip(1);
            bits.Signed();
            bits.Signed();
            for (int i = Math.Min(bits.Unsigned(), 255); i > 0; i--) bits.Signed();
        }
        bits.Unsigned();
        bits.Skip(1);
        long columns = 16 * (bits.Unsigned() + 1L), rows = 16 * (bits.Unsigned() + 1L);
        bool onlyFrames = bits.Flag();
        if (!onlyFrames)
        {
            rows *= 2;
            bits.Skip(1);
        }
        bits.Skip(1);
        if (bits.Flag())
        {
            int across = chroma is 1 or 2 ? 2 : 1, down = (chroma == 1 ? 2 : 1) * (onlyFrames ? 1 : 2);
            columns -= across * ((long)bits.Unsigned() + bits.Unsigned());
            rows -= down * ((long)bits.Unsigned() + bits.Unsigned());
        }
        if (columns is < 1 or > 65535 || rows is < 1 or > 65535)
            throw new CodecException("H.264", $"the sequence parameter set says {columns} × {rows} pixels", null, "ISO/IEC 14496-10 §7.4.2.1.1");
        return new H264Header((int)columns, (int)rows, depth, Math.Min(frameNumber, 16), onlyFrames, separate)
        {
            Profile = (int)profile,
            Level = level,
            FrameRate = bits.Flag() ? FrameRateOf(ref bits) : 0,
        };
    }

    /// <summary>Video usability information up to its times (§E.1.1): a frame is two ticks.</summary>
    private static double FrameRateOf(ref NalBits bits)
    {
        if (bits.Flag() && bits.Read(8) == ExtendedAspectRatio) bits.Skip(32);
        if (bits.Flag()) bits.Skip(1);                                  // overscan
        if (bits.Flag())                                                // video signal type
        {
            bits.Skip(4);
            if (bits.Flag()) bits.Skip(24);
        }
        if (bits.Flag())                                                // place of the chroma samples
        {
            bits.Unsigned();
            bits.Unsigned();
        }
        if (!bits.Flag()) return 0;
        uint units = bits.Read(32), scale = bits.Read(32);
        return units == 0 ? 0 : scale / (2.0 * units);
    }

    private static void SkipScalingList(ref NalBits bits, int size)
    {
        int last = 8, next = 8;
        for (int i = 0; i < size; i++)
        {
            if (next != 0) next = (last + bits.Signed() + 256) & 255;
            if (next != 0) last = next;
        }
    }
}
