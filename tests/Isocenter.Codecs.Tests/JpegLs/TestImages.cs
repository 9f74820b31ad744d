using System.Buffers;
using Isocenter.Codecs.JpegLs;

namespace Isocenter.Codecs.Tests.JpegLs;

/// <summary>Images and code streams for the tests of JPEG-LS.</summary>
internal static class TestImages
{
    /// <summary>An image with smooth parts, noise, runs and edges, in every sample width.</summary>
    public static byte[] Make(in FrameLayout layout, int seed, int maxVal = 0)
    {
        var random = new Random(seed);
        int max = maxVal > 0 ? maxVal : (1 << layout.BitsStored) - 1;
        byte[] frame = new byte[layout.FrameLength];
        int kind = random.Next(4), level = random.Next(max + 1), noise = random.Next(1, Math.Max(2, max / 8));
        for (int y = 0; y < layout.Rows; y++)
        {
            for (int x = 0; x < layout.Columns; x++)
            {
                if (random.Next(20) == 0) level = random.Next(max + 1);
                if (random.Next(60) == 0) kind = random.Next(4);
                for (int c = 0; c < layout.SamplesPerPixel; c++)
                {
                    int value = kind switch
                    {
                        0 => level,
                        1 => level + random.Next(-noise, noise + 1),
                        2 => level + (x + y * (c + 1)) * max / 200,
                        _ => random.Next(max + 1),
                    };
                    Put(frame, layout, y, x, c, Math.Clamp(value, 0, max));
                }
            }
        }
        return frame;
    }

    public static void Put(Span<byte> frame, in FrameLayout layout, int y, int x, int c, int value)
    {
        int at = At(layout, y, x, c);
        frame[at] = (byte)value;
        if (layout.BytesPerSample > 1) frame[at + 1] = (byte)(value >> 8);
    }

    public static int Get(ReadOnlySpan<byte> frame, in FrameLayout layout, int y, int x, int c)
    {
        int at = At(layout, y, x, c);
        return layout.BytesPerSample > 1 ? frame[at] | frame[at + 1] << 8 : frame[at];
    }

    public static int[][,] Planes(ReadOnlySpan<byte> frame, in FrameLayout layout)
    {
        var planes = new int[layout.SamplesPerPixel][,];
        for (int c = 0; c < planes.Length; c++)
        {
            planes[c] = new int[layout.Rows, layout.Columns];
            for (int y = 0; y < layout.Rows; y++)
                for (int x = 0; x < layout.Columns; x++) planes[c][y, x] = Get(frame, layout, y, x, c);
        }
        return planes;
    }

    public static byte[] Frame(int[][,] planes, in FrameLayout layout)
    {
        byte[] frame = new byte[layout.FrameLength];
        for (int c = 0; c < planes.Length; c++)
            for (int y = 0; y < layout.Rows; y++)
                for (int x = 0; x < layout.Columns; x++) Put(frame, layout, y, x, c, planes[c][y, x]);
        return frame;
    }

    public static byte[] Encode(byte[] frame, in FrameLayout layout, JpegLsEncodeOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        JpegLsEncoder.Encode(frame, layout, output, options ?? JpegLsEncodeOptions.Default, TestContext.Current.CancellationToken);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Decode(byte[] codeStream, in FrameLayout layout)
    {
        byte[] frame = new byte[layout.FrameLength];
        JpegLsDecoder.Decode(codeStream, frame, layout, cancel: TestContext.Current.CancellationToken);
        return frame;
    }

    /// <summary>A code stream of markers and what is between them: <c>Segment(0xF7, …)</c> and raw parts.</summary>
    public static byte[] Segment(byte marker, params byte[] body) =>
        [0xFF, marker, (byte)(body.Length + 2 >> 8), (byte)(body.Length + 2), .. body];

    public static byte[] FrameHeader(int bits, int rows, int columns, params byte[] sampling)
    {
        byte[] components = [.. sampling.SelectMany((factors, i) => new byte[] { (byte)(i + 1), factors, 0 })];
        return Segment(0xF7, [
            (byte)bits, (byte)(rows >> 8), (byte)rows, (byte)(columns >> 8), (byte)columns, (byte)sampling.Length, .. components]);
    }

    public static byte[] ScanHeader(byte[] components, int near = 0, int interleave = 0, int pointTransform = 0, byte table = 0) =>
        Segment(0xDA, [
            (byte)components.Length, .. components.SelectMany(id => new[] { id, table }), (byte)near, (byte)interleave,
            (byte)pointTransform]);

    private static int At(in FrameLayout layout, int y, int x, int c)
    {
        int pixel = y * layout.Columns + x;
        int sample = layout.IsPlanar ? c * layout.Rows * layout.Columns + pixel : pixel * layout.SamplesPerPixel + c;
        return sample * layout.BytesPerSample;
    }
}
