namespace Isocenter.Codecs.Jpeg;

/// <summary>What a caller may ask of the JPEG decoder beside <see cref="DecodeOptions"/>: leniencies for encoders that are
/// known to be wrong. None can be told from the stream, so that each is off unless asked for.</summary>
public sealed record JpegDecodeOptions
{
    /// <summary>The defaults: what ITU-T T.81 says.</summary>
    public static JpegDecodeOptions Default { get; } = new();

    /// <summary>Lossless: the encoder computed predictors 4 to 7 in 16 bits with sign, where 16-bit samples overflow. The
    /// same option as dcmdjpeg <c>--workaround-pred6</c>.</summary>
    public bool PredictorOverflow { get; init; }

    /// <summary>Lossless: the encoder, as the Cornell library, wrote 16 bits behind a difference of category 16, or had no
    /// code for it and wrote 17 ones. The same option as dcmdjpeg <c>--workaround-cornell</c>.</summary>
    public bool Category16HasBits { get; init; }

    /// <summary>An abbreviated stream (T.81 §B.5) with tables that the image leaves out; empty for none.</summary>
    public ReadOnlyMemory<byte> Tables { get; init; }
}
