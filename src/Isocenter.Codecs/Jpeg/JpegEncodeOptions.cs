namespace Isocenter.Codecs.Jpeg;

/// <summary>The processes of JPEG that are encoded (ITU-T T.81 §4.11), by the transfer syntaxes of PS3.5 §A.4.1 and
/// §A.4.2.</summary>
public enum JpegProcess
{
    /// <summary>Baseline, 8 bits, lossy: Process 1.</summary>
    Baseline,

    /// <summary>Extended sequential, 8 or 12 bits, lossy: Process 2 and 4.</summary>
    Extended,

    /// <summary>Lossless, 2 to 16 bits: Process 14.</summary>
    Lossless,
}

/// <summary>What the three components of an image are, and what becomes of them.</summary>
public enum JpegColour
{
    /// <summary>RGB, or what nobody may change: encoded as it is, marked as such.</summary>
    Rgb,

    /// <summary>YCbCr already (YBR_FULL): encoded as it is, marked as such.</summary>
    Ycc,

    /// <summary>RGB, encoded as YCbCr (YBR_FULL, or YBR_FULL_422 with subsampling). Not lossless.</summary>
    RgbToYcc,
}

/// <summary>How many samples of the second and third component there are for each of the first.</summary>
public enum JpegSubsampling
{
    /// <summary>As many (4:4:4).</summary>
    None,

    /// <summary>Half as many across (4:2:2).</summary>
    Horizontal,

    /// <summary>Half as many down (4:4:0).</summary>
    Vertical,

    /// <summary>Half as many across and down (4:2:0).</summary>
    Both,
}

/// <summary>What the JPEG encoder is asked for.</summary>
public sealed record JpegEncodeOptions
{
    /// <summary>The process; baseline unless said otherwise.</summary>
    public JpegProcess Process { get; init; }

    /// <summary>Lossy: 1 to 100, the scale of libjpeg. 90 unless said otherwise.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>What three components are. Of images with another number of components nothing is said.</summary>
    public JpegColour Colour { get; init; }

    /// <summary>Lossy, three components: subsampling of the second and third.</summary>
    public JpegSubsampling Subsampling { get; init; }

    /// <summary>Lossy of 8 bits: Huffman tables made for the image, some percent shorter and slower. With 12 bits and in
    /// lossless it is always so.</summary>
    public bool OptimizesTables { get; init; }

    /// <summary>Rows of MCUs (of 8 or 16 rows, in lossless of one) from one restart marker to the next; 0 for no
    /// markers.</summary>
    public int RestartRows { get; init; }

    /// <summary>Lossless: the predictor, 1 to 7 (T.81 Table H.1). …4.70 allows 1 only.</summary>
    public int SelectionValue { get; init; } = 1;

    /// <summary>Lossless: low bits to leave out, which is then lossy; 0 to precision − 1.</summary>
    public int PointTransform { get; init; }

    /// <summary>Lossless: the precision to write, 2 to 16. 0 chooses: 8 for bytes; for words the bits stored, but at least
    /// 9, when all samples fit, else 16, so that decoding gives back each bit of each word.</summary>
    public int Precision { get; init; }
}
