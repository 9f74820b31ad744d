namespace Isocenter.Imaging.Phantom;

/// <summary>Paints the ultrasound loop: a sector of speckle, an artery that beats, its flow in colour, an ECG below.</summary>
internal static class UltrasoundPainter
{
    public const int Width = 480, Height = 360, Frames = 24;

    /// <summary>Row of the skin below the middle of the transducer.</summary>
    public const int SkinY = NearRadius - ApexDepth;

    /// <summary>Left, top, right, bottom in pixels.</summary>
    public static readonly (int, int, int, int) Sector = (28, 4, 452, 324);

    /// <inheritdoc cref="Sector"/>
    public static readonly (int Left, int Top, int Right, int Bottom) ColourBox = (150, 96, 330, 214);

    private const int ApexX = Width / 2, ApexDepth = 80;     // the sector's point lies so far above the picture
    private const int NearRadius = 90, FarRadius = 400;
    private const float SectorSlope = 0.62f;
    private const int Angles = 512, Depths = 512;

    /// <summary>How far the heart has driven the blood, frame by frame: quickly up, a notch, slowly down.</summary>
    private static readonly float[] Pulse =
    [
        0.05f, 0.22f, 0.58f, 0.90f, 1.00f, 0.94f, 0.80f, 0.64f, 0.52f, 0.43f, 0.50f, 0.47f,
        0.40f, 0.34f, 0.29f, 0.25f, 0.21f, 0.18f, 0.16f, 0.14f, 0.12f, 0.10f, 0.08f, 0.06f,
    ];

    /// <summary>One beat of an ECG at 48 places.</summary>
    private static readonly float[] Ecg =
    [
        0, 0, 0, 0.05f, 0.12f, 0.15f, 0.1f, 0.03f, 0, 0, -0.08f, 0.3f, 1, 0.35f, -0.25f, -0.05f, 0, 0, 0, 0.02f, 0.05f, 0.1f, 0.17f, 0.24f,
        0.28f, 0.27f, 0.2f, 0.11f, 0.05f, 0.02f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>All frames, RGB by pixel.</summary>
    public static byte[] Paint(uint seed)
    {
        var pixels = new byte[Frames * Width * Height * 3];
        float[] speckle = Speckle(seed);
        Parallel.For(0, Frames, frame =>
            PaintFrame(pixels.AsSpan(frame * Width * Height * 3, Width * Height * 3), frame, speckle, seed));
        return pixels;
    }

    /// <summary>The grain of coherent echoes, over angle and depth: the magnitude of complex noise, wider across the beam
    /// than along it. Mean about 1.</summary>
    private static float[] Speckle(uint seed)
    {
        var result = new float[Angles * Depths];
        var real = new float[Angles * Depths];
        var imaginary = new float[Angles * Depths];
        for (int d = 0; d < Depths; d++)
        {
            for (int a = 0; a < Angles; a++)
            {
                real[d * Angles + a] = Noise.Normal(Noise.Hash(seed, a, d, 100));
                imaginary[d * Angles + a] = Noise.Normal(Noise.Hash(seed, a, d, 101));
            }
        }
        for (int d = 0; d < Depths; d++)
        {
            for (int a = 0; a < Angles; a++)
            {
                float re = 0, im = 0;
                for (int i = -1; i <= 1; i++)
                {
                    int row = (d + i & Depths - 1) * Angles;
                    for (int j = -3; j <= 3; j++)
                    {
                        re += real[row + (a + j & Angles - 1)];
                        im += imaginary[row + (a + j & Angles - 1)];
                    }
                }
                result[d * Angles + a] = MathF.Sqrt(re * re + im * im) * 0.174f;    // 1 / (√21 · 1.25)
            }
        }
        return result;
    }

    private static void PaintFrame(Span<byte> picture, int frame, float[] speckle, uint seed)
    {
        float pulse = Pulse[frame];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float dx = x - ApexX, dy = y + ApexDepth;
                float radius = MathF.Sqrt(dx * dx + dy * dy), slope = dx / dy;
                if (radius < NearRadius || radius > FarRadius || MathF.Abs(slope) > SectorSlope) continue;
                float grain = Lookup(speckle, slope, radius);
                var artery = Artery.At(x, y, pulse);
                float echo = Echo(x, y, radius, artery, grain, frame, seed);
                var pixel = picture.Slice((y * Width + x) * 3, 3);
                pixel.Fill((byte)Math.Clamp(255 * MathF.Sqrt(echo), 6, 255));
                if (IsInColourBox(x, y)) PaintFlow(pixel, artery, pulse, grain);
            }
        }
        PaintColourBoxFrame(picture);
        PaintScales(picture);
        PaintEcg(picture, frame);
    }

    private static float Lookup(float[] speckle, float slope, float radius)
    {
        float a = (slope / SectorSlope + 1) * (Angles / 2 - 2) + 1, d = (radius - NearRadius) * 1.3f;
        int ai = (int)a, di = (int)d;
        float af = a - ai, df = d - di;
        ai &= Angles - 1;
        int a1 = ai + 1 & Angles - 1;
        int row = (di & Depths - 1) * Angles, row1 = (di + 1 & Depths - 1) * Angles;
        float upper = speckle[row + ai] + af * (speckle[row + a1] - speckle[row + ai]);
        float lower = speckle[row1 + ai] + af * (speckle[row1 + a1] - speckle[row1 + ai]);
        return upper + df * (lower - upper);
    }

    /// <summary>Echo strength from 0 to 1: what tissue it is, how deep, times the grain.</summary>
    private static float Echo(int x, int y, float radius, in Artery artery, float grain, int frame, uint seed)
    {
        float strength = 0.13f;
        float layer = y + 0.03f * (x - ApexX) * (x - ApexX) / 60;
        if (radius < NearRadius + 14) strength = 0.34f;                                   // skin
        else if (layer is > 52 and < 56 or > 78 and < 80.5f) strength = 0.42f;            // fasciae
        else if (layer is >= 56 and <= 78) strength = ((int)(layer + 0.2f * x) % 7) < 2 ? 0.17f : 0.08f;   // muscle
        else if (layer > 245) strength = 0.07f;
        if (artery.IsPlaque) strength = 0.45f;
        else if (artery.Depth < 1) strength = 0.004f + 0.01f * (float)Noise.Unit(seed, x, y, 200 + frame);
        else if (artery.WallDistance < 3.2f) strength = 0.55f;                            // wall
        else if (artery.WallDistance < 8) strength = 0.2f;
        else if (artery.IsShadow) strength *= 0.28f;
        float attenuation = 1 - 0.55f * (radius - NearRadius) / (FarRadius - NearRadius);
        return Math.Min(strength * attenuation * (0.25f + 0.75f * grain * grain), 1);
    }

    private static bool IsInColourBox(int x, int y)
    {
        if (y <= ColourBox.Top || y >= ColourBox.Bottom) return false;
        int slant = (y - ColourBox.Top) * 2 / 5;
        return x > ColourBox.Left + slant && x < ColourBox.Right - 48 + slant;
    }

    /// <summary>Towards the transducer red to yellow, away blue; what is faster than the scale turns over (aliasing).</summary>
    private static void PaintFlow(Span<byte> pixel, in Artery artery, float pulse, float grain)
    {
        if (artery.Depth >= 1 || artery.IsPlaque) return;
        float velocity = (0.12f + 0.75f * pulse) * (1 - artery.Depth * artery.Depth) * artery.Speed * (0.9f + 0.1f * grain);
        if (velocity < 0.07f) return;
        if (velocity > 1) velocity -= 2;
        float v = Math.Min(MathF.Abs(velocity), 1);
        (float r, float g, float b) = velocity > 0 ? (90 + 165 * v, 235 * v * v, 10 * v) : (20 * v, 190 * v * v, 110 + 145 * v);
        (pixel[0], pixel[1], pixel[2]) = ((byte)Math.Min(r, 255), (byte)Math.Min(g, 255), (byte)Math.Min(b, 255));
    }

    private static void PaintColourBoxFrame(Span<byte> picture)
    {
        for (int y = ColourBox.Top; y <= ColourBox.Bottom; y++)
        {
            int slant = (y - ColourBox.Top) * 2 / 5;
            Point(picture, ColourBox.Left + slant, y, 150, 150, 160);
            Point(picture, ColourBox.Right - 48 + slant, y, 150, 150, 160);
        }
        for (int x = 0; x <= ColourBox.Right - 48 - ColourBox.Left; x++)
        {
            Point(picture, ColourBox.Left + x, ColourBox.Top, 150, 150, 160);
            Point(picture, ColourBox.Left + x + (ColourBox.Bottom - ColourBox.Top) * 2 / 5, ColourBox.Bottom, 150, 150, 160);
        }
    }

    /// <summary>The colour scale at the left, a mark for each centimetre of depth at the right.</summary>
    private static void PaintScales(Span<byte> picture)
    {
        for (int y = 0; y < 100; y++)
        {
            float velocity = 1 - y / 50f, v = MathF.Abs(velocity);
            (float r, float g, float b) = velocity > 0 ? (90 + 165 * v, 235 * v * v, 10 * v) : (20 * v, 190 * v * v, 110 + 145 * v);
            for (int x = 12; x < 24; x++) Point(picture, x, 20 + y, (byte)r, (byte)g, (byte)b);
        }
        for (int y = SkinY; y < SkinY + 4 * 80; y += 40)        // 40 pixels are half a centimetre
        {
            int length = (y - SkinY) % 80 == 0 ? 9 : 5;
            for (int x = 0; x < length; x++) Point(picture, Width - 10 - x, y, 170, 170, 170);
        }
    }

    private static void PaintEcg(Span<byte> picture, int frame)
    {
        int now = 40 + frame * 400 / Frames;
        int last = EcgY(0);
        for (int x = 40; x < 440; x++)
        {
            int y = EcgY((x - 40) * Ecg.Length / 400f);
            for (int yy = Math.Min(y, last); yy <= Math.Max(y, last); yy++) Point(picture, x, yy, 40, 200, 90);
            last = y;
        }
        for (int y = 326; y < 356; y++) Point(picture, now, y, 230, 230, 120);
    }

    private static int EcgY(float at)
    {
        int i = (int)at;
        float value = Ecg[i] + (at - i) * (Ecg[Math.Min(i + 1, Ecg.Length - 1)] - Ecg[i]);
        return (int)(350 - 20 * value);
    }

    private static void Point(Span<byte> picture, int x, int y, byte r, byte g, byte b)
    {
        int at = (y * Width + x) * 3;
        (picture[at], picture[at + 1], picture[at + 2]) = (r, g, b);
    }

    /// <summary>Where a point lies in and around the artery.</summary>
    /// <param name="Depth">0 in the middle of the lumen, 1 at its wall.</param>
    /// <param name="WallDistance">Pixels outside of the wall.</param>
    /// <param name="Speed">How much the narrowing speeds the blood up here.</param>
    /// <param name="IsPlaque">In the plaque on the far wall.</param>
    /// <param name="IsShadow">Behind the plaque, which lets little sound through.</param>
    private readonly record struct Artery(float Depth, float WallDistance, float Speed, bool IsPlaque, bool IsShadow)
    {
        public static Artery At(int x, int y, float pulse)
        {
            float along = x - ApexX;
            float middle = 154 + 0.05f * along + 0.0004f * along * along;
            float radius = 25 * (1 + 0.09f * pulse);
            float u = (x - 262) / 34f;
            float plaque = MathF.Abs(u) < 1 ? 19 * (1 - u * u) * (1 - u * u) : 0;
            float floor = middle + radius - plaque;                // of the lumen
            float lumenMiddle = (middle - radius + floor) / 2, lumenRadius = (floor - (middle - radius)) / 2;
            float depth = MathF.Abs(y - lumenMiddle) / lumenRadius;
            bool isPlaque = y >= floor && y < middle + radius && plaque > 0.5f;
            float wall = y < middle ? middle - radius - y : y - (middle + radius);
            return new(depth, depth < 1 ? -1 : wall, radius / lumenRadius, isPlaque, plaque > 6 && y > middle + radius);
        }
    }
}
