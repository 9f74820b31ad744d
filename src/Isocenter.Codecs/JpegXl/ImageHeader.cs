namespace Isocenter.Codecs.JpegXl;

/// <summary>What stands before the frames (ISO/IEC 18181-1 Annex D): SizeHeader and ImageMetadata.</summary>
internal sealed record ImageHeader
{
    private const int Colour = 0, Grey = 1, Xyb = 2;

    public int Rows { get; private init; }

    public int Columns { get; private init; }

    /// <summary>Bits of a sample.</summary>
    public int Bits { get; private init; } = 8;

    public bool IsFloat { get; private init; }

    /// <summary>1 for an image as it lies; the others turn or mirror it.</summary>
    public int Orientation { get; private init; } = 1;

    public bool HasPreview { get; private init; }

    /// <summary>Frames say how long they are shown.</summary>
    public bool IsAnimated { get; private init; }

    public bool HasTimecodes { get; private init; }

    /// <summary>1 or 3.</summary>
    public int ColourChannels { get; private init; } = 3;

    /// <summary>Channels beside the colours, as alpha.</summary>
    public int ExtraChannels { get; private init; }

    /// <summary>Halvings of the largest of those.</summary>
    public int ExtraShift { get; private init; }

    /// <summary>Colours are in the space of the lossy modes.</summary>
    public bool IsXyb { get; private init; } = true;

    public bool HasIccProfile { get; private init; }

    /// <summary>Reads it.</summary>
    /// <param name="bits">At the signature.</param>
    public static ImageHeader Read(ref BitReader bits)
    {
        if (bits.Read(16) != 0x0AFF) throw new CodecException(JpegXlDecoder.Codec, "the code stream does not begin with FF 0A", 0, JpegXlDecoder.Rule);
        var (columns, rows) = ReadSize(ref bits);
        if (columns > int.MaxValue || rows > int.MaxValue) throw bits.Invalid($"the image has {columns} × {rows} pixels");
        var header = new ImageHeader { Columns = (int)columns, Rows = (int)rows };
        if (!bits.Flag()) header = ReadMetadata(ref bits, header);
        if (!bits.Flag()) SkipTransforms(ref bits, header.IsXyb);
        return header;
    }

    private static ImageHeader ReadMetadata(ref BitReader bits, ImageHeader header)
    {
        bool hasMore = bits.Flag();
        if (hasMore) header = ReadMore(ref bits, header);
        var (depth, isFloat) = ReadDepth(ref bits);
        bits.Read(1);                                   // modular_16bit_buffers
        int extra = (int)bits.Choose(0, 0, 1, 0, 2, 4, 1, 12), extraShift = 0;
        for (int i = 0; i < extra; i++) extraShift = Math.Max(extraShift, ReadExtraChannel(ref bits));
        bool isXyb = bits.Flag();
        var (colours, hasProfile) = ReadColours(ref bits);
        if (hasMore && !bits.Flag())                    // ToneMapping
        {
            bits.SkipFloats(2);
            bits.Read(1);
            bits.SkipFloats(1);
        }
        SkipExtensions(ref bits);
        return header with
        {
            Bits = depth,
            IsFloat = isFloat,
            ExtraChannels = extra,
            ExtraShift = extraShift,
            IsXyb = isXyb,
            ColourChannels = colours,
            HasIccProfile = hasProfile,
        };
    }

    /// <summary>SizeHeader (§D.2): rows, and columns by themselves or by a ratio.</summary>
    private static (long Columns, long Rows) ReadSize(ref BitReader bits)
    {
        bool isSmall = bits.Flag();
        long rows = ReadLength(ref bits, isSmall);
        long columns = bits.Read(3) switch
        {
            0 => ReadLength(ref bits, isSmall),
            1 => rows,
            2 => rows * 12 / 10,
            3 => rows * 4 / 3,
            4 => rows * 3 / 2,
            5 => rows * 16 / 9,
            6 => rows * 5 / 4,
            _ => rows * 2,
        };
        return (columns, rows);
    }

    private static long ReadLength(ref BitReader bits, bool isSmall) => isSmall ? 8 * (bits.Read(5) + 1L) : bits.Choose(1, 9, 1, 13, 1, 18, 1, 30);

    /// <summary>BitDepth (§D.3.5).</summary>
    private static (int Bits, bool IsFloat) ReadDepth(ref BitReader bits)
    {
        if (!bits.Flag()) return ((int)bits.Choose(8, 0, 10, 0, 12, 0, 1, 6), false);
        int depth = (int)bits.Choose(32, 0, 16, 0, 24, 0, 1, 6);
        bits.Read(4);
        return (depth, true);
    }

    /// <summary>Orientation, intrinsic size, preview and animation (§D.3.2 to §D.3.4).</summary>
    private static ImageHeader ReadMore(ref BitReader bits, ImageHeader header)
    {
        int orientation = 1 + (int)bits.Read(3);
        if (bits.Flag()) ReadSize(ref bits);
        bool hasPreview = bits.Flag(), hasTimecodes = false;
        if (hasPreview)
        {
            bool isDivided = bits.Flag();
            SkipPreviewLength(ref bits, isDivided);
            if (bits.Read(3) == 0) SkipPreviewLength(ref bits, isDivided);
        }
        bool isAnimated = bits.Flag();
        if (isAnimated)
        {
            bits.Choose(100, 0, 1000, 0, 1, 10, 1, 30);
            bits.Choose(1, 0, 1001, 0, 1, 8, 1, 10);
            bits.Choose(0, 0, 0, 3, 0, 16, 0, 32);
            hasTimecodes = bits.Flag();
        }
        return header with { Orientation = orientation, HasPreview = hasPreview, IsAnimated = isAnimated, HasTimecodes = hasTimecodes };
    }

    private static void SkipPreviewLength(ref BitReader bits, bool isDivided)
    {
        if (isDivided) bits.Choose(16, 0, 32, 0, 1, 5, 33, 9);
        else bits.Choose(1, 6, 65, 8, 321, 10, 1345, 12);
    }

    /// <summary>ExtraChannelInfo (§D.3.6).</summary>
    /// <returns>Halvings of its sides.</returns>
    private static int ReadExtraChannel(ref BitReader bits)
    {
        if (bits.Flag()) return 0;                      // alpha of 8 bits
        uint type = bits.Enumerated();
        ReadDepth(ref bits);
        int shift = (int)bits.Choose(0, 0, 3, 0, 4, 0, 1, 3);
        SkipName(ref bits);
        switch (type)
        {
            case 0: bits.Read(1); break;                // alpha: associated
            case 2: bits.SkipFloats(4); break;          // a spot colour
            case 5: bits.Choose(1, 0, 0, 2, 3, 4, 19, 8); break;
            default: break;
        }
        return shift;
    }

    public static void SkipName(ref BitReader bits) => bits.SkipFar(8UL * bits.Choose(0, 0, 0, 4, 16, 5, 48, 10));

    /// <summary>ColourEncoding (§E.2).</summary>
    private static (int Channels, bool HasProfile) ReadColours(ref BitReader bits)
    {
        if (bits.Flag()) return (3, false);             // sRGB
        bool hasProfile = bits.Flag();
        uint space = bits.Enumerated();
        int channels = space == Grey ? 1 : 3;
        if (hasProfile) return (channels, true);
        if (space != Xyb)
        {
            if (bits.Enumerated() == 2) SkipPlace(ref bits);
            if (space != Grey && bits.Enumerated() == 2)
            {
                for (int i = 0; i < 3; i++) SkipPlace(ref bits);
            }
        }
        if (bits.Flag()) bits.Read(24);                 // gamma
        else bits.Enumerated();
        bits.Enumerated();                              // rendering intent
        return (channels, false);
    }

    private static void SkipPlace(ref BitReader bits)
    {
        for (int i = 0; i < 2; i++) bits.Choose(0, 19, 0x8_0000, 19, 0x10_0000, 20, 0x20_0000, 21);
    }

    public static void SkipExtensions(ref BitReader bits)
    {
        ulong extensions = bits.Read64(), length = 0;
        for (; extensions != 0; extensions &= extensions - 1) length += Math.Min(bits.Read64(), 1UL << 40);
        bits.SkipFar(length);
    }

    /// <summary>Matrices of XYB and weights of upsampling (§D.3.7), which nothing here uses.</summary>
    private static void SkipTransforms(ref BitReader bits, bool isXyb)
    {
        if (isXyb && !bits.Flag()) bits.SkipFloats(9 + 3 + 3 + 1);
        uint weights = bits.Read(3);
        if ((weights & 1) != 0) bits.SkipFloats(15);
        if ((weights & 2) != 0) bits.SkipFloats(55);
        if ((weights & 4) != 0) bits.SkipFloats(210);
    }
}
