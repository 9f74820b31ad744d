using System.Buffers.Binary;

namespace Isocenter.Codecs.Tests.Rle;

/// <summary>PS3.5 Annex G a byte at a time.</summary>
internal static class SlowRle
{
    public static byte[] Decode(byte[] coded, FrameLayout layout)
    {
        int width = layout.BytesPerSample, pixels = (int)layout.PixelCount, count = (int)BinaryPrimitives.ReadUInt32LittleEndian(coded);
        var offsets = Enumerable.Range(0, count).Select(i => (int)BinaryPrimitives.ReadUInt32LittleEndian(coded.AsSpan(4 + 4 * i))).ToArray();
        var frame = new byte[layout.FrameLength];
        for (int segment = 0; segment < layout.SamplesPerPixel * width; segment++)
        {
            int sample = segment / width, place = width - 1 - segment % width, pixel = 0;
            int end = offsets.Where(offset => offset > offsets[segment]).DefaultIfEmpty(coded.Length).Min();
            for (int i = offsets[segment]; i < end && pixel < pixels;)
            {
                sbyte n = (sbyte)coded[i++];
                if (n >= 0) for (int j = 0; j <= n && i < end; j++) Put(coded[i++]);
                else if (n != -128 && i < end)
                {
                    for (int j = 0; j <= -n; j++) Put(coded[i]);
                    i++;
                }
            }

            void Put(byte value)
            {
                if (pixel >= pixels) return;
                int at = layout.IsPlanar ? (sample * pixels + pixel) * width : (pixel * layout.SamplesPerPixel + sample) * width;
                frame[at + place] = value;
                pixel++;
            }
        }
        return frame;
    }

    /// <param name="frame">The samples.</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="wholeFrame">Runs may cross rows, as they must not.</param>
    public static byte[] Encode(byte[] frame, FrameLayout layout, bool wholeFrame)
    {
        int width = layout.BytesPerSample, pixels = (int)layout.PixelCount, count = layout.SamplesPerPixel * width;
        var coded = new List<byte>(new byte[64]);
        var header = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)count);
        for (int segment = 0; segment < count; segment++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4 + 4 * segment), (uint)coded.Count);
            int sample = segment / width, place = width - 1 - segment % width;
            byte Get(int pixel) => frame[(layout.IsPlanar ? sample * pixels + pixel : pixel * layout.SamplesPerPixel + sample) * width + place];
            int row = wholeFrame ? pixels : layout.Columns;
            for (int start = 0; start < pixels; start += row)
            {
                for (int i = start; i < start + row;)
                {
                    int run = 1;
                    while (i + run < start + row && run < 128 && Get(i + run) == Get(i)) run++;
                    if (run > 1) coded.AddRange([(byte)(257 - run), Get(i)]);
                    else coded.AddRange([0, Get(i)]);
                    i += run;
                }
            }
            if (coded.Count % 2 != 0) coded.Add(0);
        }
        byte[] result = [.. coded];
        header.CopyTo(result, 0);
        return result;
    }
}
