namespace Isocenter.Codecs.JpegXl;

/// <summary>The header of a frame (ISO/IEC 18181-1 Annex F), as far as lossless images need it: one frame that is the whole image, and
/// before it such as are only there to take patches from. What else there may be is refused by name.</summary>
internal sealed class FrameHeader
{
    private const int MaxPasses = 11;
    private const uint RegularFrame = 0, FrameForOthers = 2, RegularFrameWithoutProgress = 3;
    private const ulong Noise = 1, Patches = 2, Splines = 16, UsesLowFrame = 32;

    private readonly int[] _shifts = new int[MaxPasses + 1];

    private FrameHeader(ImageHeader image)
    {
        _shifts[0] = 3;
        (Columns, Rows) = (image.Columns, image.Rows);
    }

    /// <summary>Not shown: others take patches from it.</summary>
    public bool IsForOthers { get; private set; }

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    /// <summary>Columns and rows of a group.</summary>
    public int GroupSide { get; private set; }

    public int Passes { get; private set; } = 1;

    public bool HasPatches { get; private set; }

    /// <summary>Under which number, 0 to 3, others find it.</summary>
    public int Number { get; private set; }

    /// <summary>Halvings of the channels that a pass brings: from, and up to but not including.</summary>
    public (int From, int To) ShiftsOf(int pass) => (_shifts[pass + 1], _shifts[pass]);

    /// <summary>Reads it.</summary>
    /// <param name="bits">At its first bit.</param>
    /// <param name="image">What stands before.</param>
    /// <exception cref="CodecException">It is not whole, or asks for what is not decoded here.</exception>
    public static FrameHeader Read(ref BitReader bits, ImageHeader image)
    {
        var header = new FrameHeader(image);
        if (bits.Flag()) throw Refused(ref bits, "VarDCT");
        uint type = bits.Read(2);
        if (type is not (RegularFrame or FrameForOthers or RegularFrameWithoutProgress)) throw Refused(ref bits, "a frame of lower resolution");
        header.IsForOthers = type == FrameForOthers;
        if (!bits.Flag()) throw Refused(ref bits, "VarDCT");
        header.ReadFlags(ref bits);
        if (!image.IsXyb && bits.Flag()) throw Refused(ref bits, "YCbCr");
        for (int i = 0; i <= image.ExtraChannels; i++)
        {
            if (bits.Read(2) != 0) throw Refused(ref bits, "upsampling");
        }
        header.GroupSide = 128 << (int)bits.Read(2);
        if (!header.IsForOthers) header.ReadPasses(ref bits);
        header.ReadCrop(ref bits, image);
        if (header.IsForOthers)
        {
            header.Number = (int)bits.Read(2);
            bits.Read(1);                               // saved before the colour transform, of which there is none
        }
        else
        {
            ReadBlending(ref bits, image);
        }
        ImageHeader.SkipName(ref bits);
        ReadFilters(ref bits);
        ImageHeader.SkipExtensions(ref bits);
        return header;
    }

    private static CodecException Refused(ref BitReader bits, string what) =>
        new(JpegXlDecoder.Codec, $"{what} is not decoded", bits.Offset, "ISO/IEC 18181-1 §F");

    private void ReadFlags(ref BitReader bits)
    {
        ulong flags = bits.Read64();
        if ((flags & Noise) != 0) throw Refused(ref bits, "noise");
        if ((flags & Splines) != 0) throw Refused(ref bits, "splines");
        if ((flags & UsesLowFrame) != 0) throw Refused(ref bits, "a frame of lower resolution");
        HasPatches = (flags & Patches) != 0;
    }

    /// <summary>Passes: which bring which resolutions (§F.3).</summary>
    private void ReadPasses(ref BitReader bits)
    {
        Passes = (int)bits.Choose(1, 0, 2, 0, 3, 0, 4, 3);
        if (Passes == 1) return;
        int count = (int)bits.Choose(0, 0, 1, 0, 2, 0, 3, 1);
        if (count >= Passes) throw bits.Invalid($"{count} resolutions in {Passes} passes");
        for (int i = 0; i < Passes - 1; i++) bits.Read(2);
        Span<int> shifts = stackalloc int[count], last = stackalloc int[count];
        for (int i = 0; i < count; i++) shifts[i] = (int)bits.Read(2);
        for (int i = 0; i < count; i++) last[i] = (int)bits.Choose(0, 0, 1, 0, 2, 0, 0, 3);
        for (int pass = 0, at = 3; pass < Passes; pass++)
        {
            _shifts[pass] = at;
            int named = last.IndexOf(pass);
            if (named >= 0) at = Math.Min(at, shifts[named]);
            else if (pass == Passes - 1) at = 0;
            _shifts[pass + 1] = at;
        }
    }

    private void ReadCrop(ref BitReader bits, ImageHeader image)
    {
        if (!bits.Flag()) return;
        uint left = 0, top = 0;
        if (!IsForOthers) (left, top) = (ReadPlace(ref bits), ReadPlace(ref bits));
        uint columns = ReadPlace(ref bits), rows = ReadPlace(ref bits);
        if (!IsForOthers)
        {
            if (left != 0 || top != 0 || columns != image.Columns || rows != image.Rows) throw Refused(ref bits, "a frame that is not the whole image");
            return;
        }
        // Patches are taken from the image: what holds them is not larger than it, one side perhaps.
        if (columns == 0 || rows == 0 || (long)columns * rows > Math.Max(1 << 20, 4L * image.Columns * image.Rows))
            throw bits.Invalid($"a frame for patches of {columns} × {rows} pixels");
        (Columns, Rows) = ((int)columns, (int)rows);
    }

    private static uint ReadPlace(ref BitReader bits) => bits.Choose(0, 8, 256, 11, 2304, 14, 18688, 30);

    /// <summary>How it goes over the frames before (§F.2): it replaces them, and is the last.</summary>
    private static void ReadBlending(ref BitReader bits, ImageHeader image)
    {
        for (int i = 0; i <= image.ExtraChannels; i++)
        {
            if (bits.Choose(0, 0, 1, 0, 2, 0, 3, 2) != 0) throw Refused(ref bits, "blending of frames");
        }
        if (image.IsAnimated)
        {
            bits.Choose(0, 0, 1, 0, 0, 8, 0, 32);
            if (image.HasTimecodes) bits.Read(32);
        }
        if (!bits.Flag()) throw Refused(ref bits, "more than one frame");
    }

    /// <summary>RestorationFilter (§J.2): none may be on, or samples would not be what was coded.</summary>
    private static void ReadFilters(ref BitReader bits)
    {
        if (bits.Flag() || bits.Flag() || bits.Read(2) != 0) throw Refused(ref bits, "a smoothing filter");
        ImageHeader.SkipExtensions(ref bits);
    }
}
