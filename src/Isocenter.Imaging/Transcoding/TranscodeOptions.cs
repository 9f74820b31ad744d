using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>How to bring an object into another transfer syntax.</summary>
/// <param name="Target">The transfer syntax.</param>
public sealed record TranscodeOptions(TransferSyntax Target)
{
    /// <summary>What the encoder is asked: quality, ratio, near.</summary>
    public FrameEncodeOptions Encode { get; init; } = FrameEncodeOptions.Default;

    /// <summary>Frames that are worked on at a time; of a single frame, the threads that may work on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Frames that are worked on at a time take no more than this together, decoded and encoded; one is always
    /// worked on.</summary>
    public long MaxWorkingMemory { get; init; } = 1L << 30;

    /// <summary>Limits of reading.</summary>
    public StoredFrameOptions Read { get; init; } = StoredFrameOptions.Default;
}

/// <summary>What became of an object.</summary>
/// <param name="SopInstanceUid">Of the written object: a new one when the compression lost something.</param>
/// <param name="Frames">Frames written; 0 when the object has no pixel data.</param>
/// <param name="LengthBefore">Bytes of pixel data in the source.</param>
/// <param name="LengthAfter">Bytes of pixel data in what was written.</param>
/// <param name="IsLossy">The compression lost something.</param>
/// <param name="IsReencoded">False when the frames were in the target syntax already, and were taken over as they are.</param>
/// <param name="Findings">Where code streams and data set of the source contradict each other.</param>
public sealed record TranscodeResult(string SopInstanceUid, int Frames, long LengthBefore, long LengthAfter, bool IsLossy, bool IsReencoded,
    IReadOnlyList<Finding> Findings);
