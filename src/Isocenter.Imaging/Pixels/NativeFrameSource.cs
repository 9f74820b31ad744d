using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Native Pixel Data, a frame at a time.</summary>
internal sealed class NativeFrameSource : FrameSource
{
    private readonly ImagePixelModule _module;
    private readonly NativePixels _pixels;

    /// <exception cref="PixelDataException">The header describes no pixels.</exception>
    public NativeFrameSource(DataElement element, ImagePixelModule module, long maxFrameLength)
    {
        Description = NativeFrame.Describe(module, element.Tag == Tags.FloatPixelData || element.Tag == Tags.DoubleFloatPixelData);
        if (Description.Layout.FrameLength > maxFrameLength)
            throw new PixelDataException(PixelDataProblem.TooLarge, $"a frame of {Description.Layout.FrameLength} bytes is larger than the limit of {maxFrameLength}");
        _module = module;
        _pixels = new NativePixels(element, module.BitsAllocated);
        // A frame of which only a part is there counts: that part can be had.
        Count = (int)Math.Min(module.Frames, (8 * _pixels.Length + module.BitsPerFrame - 1) / module.BitsPerFrame);
        if (Count == 0) throw new PixelDataException(PixelDataProblem.None, "the pixel data are empty");
    }

    public override int Count { get; }

    public override FrameDescription Description { get; }

    public override void Read(int frameIndex, Span<byte> samples, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        long firstBit = frameIndex * _module.BitsPerFrame;
        if (NativeFrame.IsPlain(_module))
        {
            _pixels.Read(firstBit / 8, samples);
        }
        else
        {
            int length = checked((int)((firstBit + _module.BitsPerFrame + 7) / 8 - firstBit / 8));
            byte[] rented = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                var bytes = rented.AsSpan(0, length);
                _pixels.Read(firstBit / 8, bytes);
                NativeFrame.Unpack(_module, bytes, (int)(firstBit % 8), samples);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        long end = (firstBit + _module.BitsPerFrame + 7) / 8;
        if (end > _pixels.Length)
            throw new CodecException("native", $"the pixel data have {_pixels.Length} bytes, this frame ends at {end}", firstBit / 8, "PS3.5 §8.1.1");
    }
}
