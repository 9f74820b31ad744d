using System.Globalization;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>What the samples are encoded as, and what the data set then has to say of them (PS3.5 §8.2).</summary>
internal sealed class TranscodePlan
{
    private TranscodePlan(FrameDescription source, FrameCodec? codec, FrameEncodeOptions options)
    {
        Source = source;
        Codec = codec;
        bool isColour = source.Layout.SamplesPerPixel == 3;
        IsLossy = codec?.IsLossy(options) == true;
        Options = options with { IsRgb = isColour && source.Photometric == "RGB", IsYcc = isColour && source.Photometric == "YBR_FULL" };
        // Luminance and chrominance that neither the code stream nor its Photometric Interpretation would tell of: many IODs want
        // RGB or the transform of the codec (PS3.3 §C.8.5.6.1.16, §C.8.12.4.1.5). Rounding loses, so that lossless syntaxes keep them.
        if (IsLossy && isColour && !source.Layout.IsSigned && YbrColours.Are(source.Photometric)
            && codec!.PhotometricOf(source.Photometric, Options) == source.Photometric)
        {
            MakesRgb = true;
            Options = Options with { IsRgb = true, IsYcc = false };
        }
        Layout = source.Layout;
        (BitsAllocated, BitsStored, HighBit) = (source.Layout.BitsAllocated, source.Layout.BitsStored, source.HighBit);
        string photometric = MakesRgb ? "RGB" : source.Photometric;
        Photometric = codec is null ? photometric : codec.PhotometricOf(photometric, Options);
    }

    public FrameDescription Source { get; }

    /// <summary>Null for native pixel data.</summary>
    public FrameCodec? Codec { get; }

    public FrameEncodeOptions Options { get; }

    /// <summary>What the encoder is told of the samples.</summary>
    public FrameLayout Layout { get; private set; }

    public bool IsLossy { get; }

    /// <summary>Luminance and chrominance become RGB before they are encoded.</summary>
    public bool MakesRgb { get; }

    /// <summary>Frames are packed eight pixels to a byte.</summary>
    public bool IsPacked { get; private init; }

    public string Photometric { get; }

    public int BitsAllocated { get; private set; }

    public int BitsStored { get; private set; }

    public int HighBit { get; private set; }

    /// <summary>Bits of a sample below its value, which are taken away before it is encoded.</summary>
    public int Shift { get; private set; }

    /// <summary>Decides.</summary>
    /// <param name="source">The samples.</param>
    /// <param name="bitsAllocated">Bits Allocated of the source data set: 1 where bits are packed.</param>
    /// <param name="codec">Null for native pixel data.</param>
    /// <param name="options">What the caller asks.</param>
    /// <param name="wholeWords">All bits of the words are to be encoded, because some have bits set that Bits Stored does not count.</param>
    /// <exception cref="PixelDataException">The target has no room for such samples.</exception>
    public static TranscodePlan Of(FrameDescription source, int bitsAllocated, FrameCodec? codec, FrameEncodeOptions options, bool wholeWords)
    {
        bool isSingleBit = bitsAllocated == 1 && source.Layout.SamplesPerPixel == 1;
        var plan = new TranscodePlan(source, codec, options) { IsPacked = isSingleBit && (codec is null || codec.PacksBits) };
        if (isSingleBit) (plan.BitsAllocated, plan.BitsStored, plan.HighBit) = (1, 1, 0);
        if (codec is null) return plan;
        if (!codec.CanEncode) throw Refuse($"{codec.Name} is not encoded here, only passed on");
        if (source.IsFloat) throw Refuse($"{codec.Name} has no floating point numbers");
        if (plan.IsLossy && source.Photometric == "PALETTE COLOR")
            throw Refuse($"indices into a palette do not bear loss (PS3.5 §8.2); choose a lossless syntax");
        if (plan.IsLossy && isSingleBit) throw Refuse($"single bits do not bear loss; choose a lossless syntax");
        if (isSingleBit && !codec.TakesSingleBits) throw Refuse($"{codec.Name} has no images of single bits (PS3.5 §8.2)");
        if (codec.HasHeader) plan.ChoosePrecision(wholeWords);
        if (plan.Layout.BitsStored > codec.MaxBitsStored)
            throw Refuse($"{codec.Name} has room for {codec.MaxBitsStored} bits, the image has {plan.Layout.BitsStored}");
        if (plan.Layout.IsSigned && !codec.TakesSigned) throw Refuse($"{codec.Name} has no signed samples");
        return plan;
    }

    private void ChoosePrecision(bool wholeWords)
    {
        var layout = Source.Layout;
        bool isAligned = HighBit == layout.BitsStored - 1;
        if (IsLossy)
        {
            // What Bits Stored does not count is lost with the rest.
            Shift = HighBit + 1 - layout.BitsStored;
            HighBit = layout.BitsStored - 1;
            if (layout.IsSigned && !Codec!.StoresSign && Codec.TakesSigned) Layout = layout with { BitsStored = layout.BitsAllocated };
            int precision = Codec!.PrecisionOf(layout.BitsStored);
            if (precision == layout.BitsStored) return;
            // JPEG knows 8 and 12 bits only.
            BitsStored = precision;
            HighBit = precision - 1;
            BitsAllocated = NativeFrame.WordOf(precision);
            return;
        }
        // Where the sign is not stored, other decoders leave the upper bits zero: then the whole word is encoded.
        if (wholeWords || !isAligned || layout.IsSigned && !Codec!.StoresSign) Layout = layout with { BitsStored = layout.BitsAllocated };
    }

    private static PixelDataException Refuse(FormattableString problem) => new(PixelDataProblem.Unsupported, problem.ToString(CultureInfo.InvariantCulture));
}
