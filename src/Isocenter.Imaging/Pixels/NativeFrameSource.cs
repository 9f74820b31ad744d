using System.Buffers;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Native Pixel Data as samples that lie as <see cref="FrameDescription"/> says: bits and odd widths unpacked into
/// words, planes put together, chrominance given to each pixel.</summary>
internal sealed class NativeFrameSource : FrameSource
{
    private readonly ImagePixelModule _module;
    private readonly NativePixels _pixels;

    /// <exception cref="PixelDataException">The header describes no pixels.</exception>
    public NativeFrameSource(DataElement element, ImagePixelModule module, long maxFrameLength)
    {
        if (module.Missing() is { } missing) throw new PixelDataException(PixelDataProblem.Contradiction, missing);
        if (module.BitsAllocated > 64)
            throw new PixelDataException(PixelDataProblem.Contradiction, $"{module.BitsAllocated} bits allocated are more than 64");
        if (module.Is422 && (module.SamplesPerPixel != 3 || module.BitsAllocated != 8 || module.IsPlanar || module.Columns % 2 != 0))
            throw new PixelDataException(PixelDataProblem.Contradiction, $"{module.Photometric} needs 3 samples of 8 bits, planar configuration 0 and an even number of columns");
        _module = module;
        _pixels = new NativePixels(element, module.BitsAllocated);
        int width = module.BitsAllocated <= 8 ? 8 : module.BitsAllocated <= 16 ? 16 : module.BitsAllocated <= 32 ? 32 : 64;
        var layout = new FrameLayout(module.Rows, module.Columns, module.SamplesPerPixel, width, module.BitsStored, module.IsSigned);
        if (layout.FrameLength > maxFrameLength)
            throw new PixelDataException(PixelDataProblem.TooLarge, $"a frame of {layout.FrameLength} bytes is larger than the limit of {maxFrameLength}");
        Description = new FrameDescription(layout, module.HighBit, WithoutSubsampling(module.Photometric),
            element.Tag == Tags.FloatPixelData || element.Tag == Tags.DoubleFloatPixelData);
        // A frame of which only a part is there counts: that part can be had.
        Count = (int)Math.Min(module.Frames, (8 * _pixels.Length + module.BitsPerFrame - 1) / module.BitsPerFrame);
        if (Count == 0) throw new PixelDataException(PixelDataProblem.None, "the pixel data are empty");
    }

    public override int Count { get; }

    public override FrameDescription Description { get; }

    public static string WithoutSubsampling(string photometric) => photometric switch
    {
        "YBR_FULL_422" => "YBR_FULL",
        "YBR_PARTIAL_422" or "YBR_PARTIAL_420" => "YBR_PARTIAL",
        _ => photometric,
    };

    public override void Read(int frameIndex, Span<byte> samples, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        long firstBit = frameIndex * _module.BitsPerFrame;
        bool isPlain = _module.BitsAllocated is 8 or 16 or 32 or 64 && !_module.Is422 && !_module.IsPlanar;
        if (isPlain)
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
                if (_module.Is422) Unpack422(bytes, samples);
                else if (_module.BitsAllocated is 8 or 16 or 32 or 64) PixelPacking.PlanesToPixels(bytes, samples, _module.SamplesPerPixel, _module.BitsAllocated / 8);
                else Unpack(bytes, (int)(firstBit % 8), samples);
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

    /// <summary>Bits Allocated other than a word: pixels follow each other without gaps from the lowest bit on (PS3.5 §8.1.1,
    /// Annex D).</summary>
    private void Unpack(ReadOnlySpan<byte> bytes, int firstBit, Span<byte> samples)
    {
        int allocated = _module.BitsAllocated, width = Description.Layout.BytesPerSample;
        if (allocated == 1)
        {
            PixelPacking.UnpackBits(bytes, firstBit, samples);
        }
        else
        {
            long bit = firstBit;
            for (int to = 0; to < samples.Length; to += width, bit += allocated)
            {
                ulong value = ReadBits(bytes, bit, allocated);
                for (int i = 0; i < width; i++, value >>= 8) samples[to + i] = (byte)value;
            }
        }
        if (!_module.IsPlanar) return;
        byte[] planes = samples.ToArray();
        PixelPacking.PlanesToPixels(planes, samples, _module.SamplesPerPixel, width);
    }

    private static ulong ReadBits(ReadOnlySpan<byte> bytes, long firstBit, int count)
    {
        ulong value = 0;
        for (int done = 0; done < count;)
        {
            int inByte = (int)((firstBit + done) & 7), taken = Math.Min(8 - inByte, count - done);
            value |= (ulong)(bytes[(int)((firstBit + done) >> 3)] >> inByte & (1 << taken) - 1) << done;
            done += taken;
        }
        return value;
    }

    private static void Unpack422(ReadOnlySpan<byte> bytes, Span<byte> samples)
    {
        for (int from = 0, to = 0; to + 6 <= samples.Length && from + 4 <= bytes.Length; from += 4, to += 6)
        {
            (samples[to], samples[to + 1], samples[to + 2]) = (bytes[from], bytes[from + 2], bytes[from + 3]);
            (samples[to + 3], samples[to + 4], samples[to + 5]) = (bytes[from + 1], bytes[from + 2], bytes[from + 3]);
        }
    }
}
