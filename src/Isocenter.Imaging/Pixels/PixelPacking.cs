namespace Isocenter.Imaging;

/// <summary>Moves samples between the ways they can lie in.</summary>
internal static class PixelPacking
{
    /// <summary>All of a plane, then of the next, becomes pixel by pixel.</summary>
    public static void PlanesToPixels(ReadOnlySpan<byte> planes, Span<byte> pixels, int samplesPerPixel, int bytesPerSample)
    {
        int count = pixels.Length / samplesPerPixel / bytesPerSample, stride = samplesPerPixel * bytesPerSample;
        for (int sample = 0, from = 0; sample < samplesPerPixel; sample++)
        {
            if (bytesPerSample == 1)
            {
                for (int i = 0, to = sample; i < count; i++, to += stride) pixels[to] = planes[from++];
                continue;
            }
            for (int i = 0, to = sample * bytesPerSample; i < count; i++, from += bytesPerSample, to += stride)
                planes.Slice(from, bytesPerSample).CopyTo(pixels[to..]);
        }
    }

    /// <summary>One byte, 0 or 1, for each bit; the first pixel is in the lowest bit (PS3.5 §8.1.1).</summary>
    public static void UnpackBits(ReadOnlySpan<byte> bits, int firstBit, Span<byte> samples)
    {
        for (int i = 0, bit = firstBit; i < samples.Length; i++, bit++) samples[i] = (byte)(bits[bit >> 3] >> (bit & 7) & 1);
    }

    /// <summary>Packs bytes of 0 and not 0 eight to a byte; the rest of the last byte is zero.</summary>
    public static void PackBits(ReadOnlySpan<byte> samples, Span<byte> bits)
    {
        bits[..((samples.Length + 7) / 8)].Clear();
        for (int i = 0; i < samples.Length; i++)
        {
            if (samples[i] != 0) bits[i >> 3] |= (byte)(1 << (i & 7));
        }
    }
}
