using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>One frame as it lies in native Pixel Data (PS3.5 §8.1.1), turned into samples as <see cref="FrameDescription"/> says
/// they lie: bits and odd widths unpacked into words, planes put together, chrominance given to each pixel.</summary>
internal static class NativeFrame
{
    /// <summary>The bytes are the samples already.</summary>
    public static bool IsPlain(ImagePixelModule module) => module.BitsAllocated is 8 or 16 or 32 or 64 && !module.Is422 && !module.IsPlanar;

    /// <summary>What the samples of such a frame are.</summary>
    /// <exception cref="PixelDataException">The header describes no pixels.</exception>
    public static FrameDescription Describe(ImagePixelModule module, bool isFloat)
    {
        if (module.Missing() is { } missing) throw new PixelDataException(PixelDataProblem.Contradiction, missing);
        if (module.BitsAllocated > 64)
            throw new PixelDataException(PixelDataProblem.Contradiction, $"{module.BitsAllocated} bits allocated are more than 64");
        if (module.Is422 && (module.SamplesPerPixel != 3 || module.BitsAllocated != 8 || module.IsPlanar || module.Columns % 2 != 0))
            throw new PixelDataException(PixelDataProblem.Contradiction, $"{module.Photometric} needs 3 samples of 8 bits, planar configuration 0 and an even number of columns");
        var layout = new FrameLayout(module.Rows, module.Columns, module.SamplesPerPixel, WordOf(module.BitsAllocated), module.BitsStored, module.IsSigned);
        return new FrameDescription(layout, module.HighBit, WithoutSubsampling(module.Photometric), isFloat);
    }

    /// <summary>Bits of the word that a sample of so many bits is put into.</summary>
    public static int WordOf(int bits) => bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64;

    public static string WithoutSubsampling(string photometric) => photometric switch
    {
        "YBR_FULL_422" => "YBR_FULL",
        "YBR_PARTIAL_422" or "YBR_PARTIAL_420" => "YBR_PARTIAL",
        _ => photometric,
    };

    /// <summary>Unpacks a frame.</summary>
    /// <param name="module">How it lies.</param>
    /// <param name="bytes">All bytes that it touches.</param>
    /// <param name="firstBit">Where in the first of them it begins.</param>
    /// <param name="samples">Receives the samples.</param>
    public static void Unpack(ImagePixelModule module, ReadOnlySpan<byte> bytes, int firstBit, Span<byte> samples)
    {
        if (IsPlain(module)) bytes[..samples.Length].CopyTo(samples);
        else if (module.Is422) Unpack422(bytes, samples);
        else if (module.BitsAllocated is 8 or 16 or 32 or 64) PixelPacking.PlanesToPixels(bytes, samples, module.SamplesPerPixel, module.BitsAllocated / 8);
        else UnpackWidth(module, bytes, firstBit, samples);
    }

    /// <summary>Bits Allocated other than a word: pixels follow each other without gaps from the lowest bit on (PS3.5 §8.1.1,
    /// Annex D).</summary>
    private static void UnpackWidth(ImagePixelModule module, ReadOnlySpan<byte> bytes, int firstBit, Span<byte> samples)
    {
        int allocated = module.BitsAllocated, width = WordOf(allocated) / 8;
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
        if (!module.IsPlanar) return;
        byte[] planes = samples.ToArray();
        PixelPacking.PlanesToPixels(planes, samples, module.SamplesPerPixel, width);
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
