namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>The sequential and progressive processes are tested with streams of another encoder; the lossless one, which no
/// tool at hand writes, with an encoder written from the standard.</summary>
public sealed class JpegArithmeticTests
{
    [Theory]
    [InlineData(1, 16, 1, 0, 1)]
    [InlineData(4, 16, 3, 0, 1)]
    [InlineData(7, 8, 1, 1, 4)]
    [InlineData(6, 12, 2, 2, 2)]
    public void Lossless_samples_come_back(int selection, int bits, int components, int lower, int upper)
    {
        var layout = new FrameLayout(23, 29, components, bits > 8 ? 16 : 8, bits);
        foreach (byte[] samples in new[] { TestImage.Waves(layout), TestImage.Noise(layout) })
        {
            byte[] data = Encode(samples, layout, selection, lower, upper);
            byte[] stream = new StreamBuilder()
                .Frame(0xCB, bits, 23, 29, [.. Enumerable.Range(1, components).Select(i => ((byte)i, 0x11, 0))])
                .Segment(0xCC, 0x00, (byte)(upper << 4 | lower))
                .Scan(selection, 0, 0, [.. Enumerable.Range(1, components).Select(i => ((byte)i, 0))])
                .Data(data).ToArray();
            Assert.Equal(samples, TestImage.Decode(stream, layout));
        }
    }

    /// <summary>T.81 §H.1.2.3: 5 × 5 contexts by the differences to the left and above.</summary>
    private static byte[] Encode(byte[] samples, FrameLayout layout, int selection, int lower, int upper)
    {
        var encoder = new SlowArithmeticEncoder();
        int columns = layout.Columns, count = layout.SamplesPerPixel;
        var differences = new int[samples.Length];
        int At(int[]? from, int y, int x, int c) =>
            from is null ? TestImage.Get(samples, layout, (y * columns + x) * count + c) : y < 0 || x < 0 ? 0 : from[(y * columns + x) * count + c];
        string Class(int difference)
        {
            int size = Math.Abs(difference);
            if (size <= (lower == 0 ? 0 : 1 << (lower - 1))) return "0";
            return (difference < 0 ? "-" : "+") + (size <= 1 << upper ? "S" : "B");
        }
        for (int y = 0; y < layout.Rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                for (int c = 0; c < count; c++)
                {
                    int prediction = y == 0 ? (x == 0 ? 1 << (layout.BitsStored - 1) : At(null, 0, x - 1, c))
                        : x == 0 ? At(null, y - 1, 0, c)
                        : selection switch
                        {
                            1 => At(null, y, x - 1, c),
                            4 => At(null, y, x - 1, c) + At(null, y - 1, x, c) - At(null, y - 1, x - 1, c),
                            6 => At(null, y - 1, x, c) + ((At(null, y, x - 1, c) - At(null, y - 1, x - 1, c)) >> 1),
                            _ => (At(null, y, x - 1, c) + At(null, y - 1, x, c)) >> 1,
                        };
                    int value = (short)(At(null, y, x, c) - prediction);
                    differences[(y * columns + x) * count + c] = value;
                    int above = At(differences, y - 1, x, c);
                    string context = Class(At(differences, y, x - 1, c)) + Class(above);
                    encoder.Encode(context + " S0", value != 0);
                    if (value == 0) continue;
                    encoder.Encode(context + " SS", value < 0);
                    int rest = Math.Abs(value) - 1;
                    encoder.Encode(context + (value < 0 ? " SN" : " SP"), rest > 0);
                    if (rest == 0) continue;
                    string set = Math.Abs(above) > 1 << upper ? "B" : "S";
                    int category = 1;
                    for (; rest >> category != 0; category++) encoder.Encode($"{set} X{category}", true);
                    encoder.Encode($"{set} X{category}", false);
                    for (int bit = category - 2; bit >= 0; bit--) encoder.Encode($"{set} M{category}", (rest >> bit & 1) != 0);
                }
            }
        }
        return encoder.Flush();
    }
}
