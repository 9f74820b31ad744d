namespace Isocenter.Codecs;

/// <summary>How the samples of one frame lie in memory, on the uncompressed side of every codec (PS3.5 §8.1.1, PS3.3
/// §C.7.6.3.1).</summary>
/// <remarks>Rows × columns pixels, each of <see cref="SamplesPerPixel"/> samples; a sample is a little-endian word of
/// <see cref="BitsAllocated"/> bits whose low <see cref="BitsStored"/> bits carry the value. Colour is by pixel
/// (R1G1B1R2G2B2…) unless <see cref="IsPlanar"/>. No padding between rows, none at the end.</remarks>
/// <param name="Rows">Rows of the frame, 1 to 65535.</param>
/// <param name="Columns">Columns of the frame, 1 to 65535.</param>
/// <param name="SamplesPerPixel">1 to 16384, as in JPEG 2000; DICOM images have 1, 3 or 4.</param>
/// <param name="BitsAllocated">8, 16, 32 or 64.</param>
/// <param name="BitsStored">1 to <paramref name="BitsAllocated"/>.</param>
/// <param name="IsSigned">True for two's complement samples. A decoder whose code stream holds signed samples extends
/// the sign over the whole word; one whose code stream knows no sign leaves the upper bits zero.</param>
/// <param name="IsPlanar">True for colour by plane (all R, all G, all B), Planar Configuration 1.</param>
public readonly record struct FrameLayout(
    int Rows, int Columns, int SamplesPerPixel, int BitsAllocated, int BitsStored, bool IsSigned = false, bool IsPlanar = false)
{
    /// <summary>Bytes of one sample.</summary>
    public int BytesPerSample => BitsAllocated / 8;

    /// <summary>Pixels of the frame.</summary>
    public long PixelCount => (long)Rows * Columns;

    /// <summary>Bytes of the whole frame.</summary>
    public long FrameLength => PixelCount * SamplesPerPixel * BytesPerSample;

    /// <summary>Refuses a layout no frame can have, and a buffer that is not exactly one frame.</summary>
    /// <param name="bufferLength">Length in bytes of the caller's buffer.</param>
    /// <exception cref="ArgumentException">The layout is out of range, or the buffer has another length than
    /// <see cref="FrameLength"/>.</exception>
    internal void Check(int bufferLength)
    {
        if (Rows is < 1 or > 65535 || Columns is < 1 or > 65535)
            throw new ArgumentException($"a frame of {Rows} rows and {Columns} columns is outside 1 to 65535");
        if (SamplesPerPixel is < 1 or > 16384)
            throw new ArgumentException($"{SamplesPerPixel} samples per pixel are outside 1 to 16384");
        if (BitsAllocated is not (8 or 16 or 32 or 64))
            throw new ArgumentException($"{BitsAllocated} bits allocated are not 8, 16, 32 or 64");
        if (BitsStored < 1 || BitsStored > BitsAllocated)
            throw new ArgumentException($"{BitsStored} bits stored do not fit {BitsAllocated} bits allocated");
        if (bufferLength != FrameLength)
            throw new ArgumentException($"the buffer has {bufferLength} bytes, the frame {FrameLength}");
    }
}
