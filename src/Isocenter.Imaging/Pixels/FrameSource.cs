namespace Isocenter.Imaging;

/// <summary>Where stored samples come from: native pixel data or code streams.</summary>
internal abstract class FrameSource
{
    /// <summary>How many frames are there, whole or in part.</summary>
    public abstract int Count { get; }

    public abstract FrameDescription Description { get; }

    /// <summary>Gives the samples of one frame. Safe from many threads when the data set is frozen.</summary>
    /// <exception cref="Codecs.CodecException">The frame is damaged; what is there of it is in the samples.</exception>
    public abstract void Read(int frameIndex, Span<byte> samples, CancellationToken cancel);
}
