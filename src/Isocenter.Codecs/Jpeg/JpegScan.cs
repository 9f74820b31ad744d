namespace Isocenter.Codecs.Jpeg;

/// <summary>A scan header (T.81 §B.2.3).</summary>
internal sealed class JpegScan
{
    /// <summary>Components, in the order of the scan.</summary>
    public required JpegComponent[] Components { get; init; }

    /// <summary>For each component its DC (or lossless) entropy table.</summary>
    public required int[] DcTables { get; init; }

    /// <summary>For each component its AC entropy table.</summary>
    public required int[] AcTables { get; init; }

    /// <summary>Ss: first coefficient; in lossless the selection value of the predictor.</summary>
    public required int SpectralStart { get; init; }

    /// <summary>Se: last coefficient.</summary>
    public required int SpectralEnd { get; init; }

    /// <summary>Ah: bits known before this scan.</summary>
    public required int HighBit { get; init; }

    /// <summary>Al: low bits this scan leaves out; in lossless the point transform.</summary>
    public required int LowBit { get; init; }

    /// <summary>MCUs of a restart interval; 0 where there is none.</summary>
    public required int RestartInterval { get; init; }

    /// <summary>Offset of the first byte of entropy-coded data.</summary>
    public required int DataStart { get; init; }
}
