using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>What a layer, a line or a text is drawn in, in 16 bits a channel.</summary>
/// <param name="Red">0 to 65535.</param>
/// <param name="Green">0 to 65535.</param>
/// <param name="Blue">0 to 65535.</param>
internal readonly record struct LayerInk(ushort Red, ushort Green, ushort Blue)
{
    /// <summary>White of D50, which PCS-Values are relative to (ICC.1).</summary>
    private const double WhiteX = 0.9642, WhiteZ = 0.8249;
    private const int Unseen = 512;

    public static LayerInk White { get; } = new(65535, 65535, 65535);

    /// <summary>No eye sees a colour in it: CIELab in 16 bits has no exact grey.</summary>
    public bool IsGrey => Math.Max(Red, Math.Max(Green, Blue)) - Math.Min(Red, Math.Min(Green, Blue)) <= Unseen;

    /// <summary>Brightness, from 0 to 65535.</summary>
    public ushort Grey => (ushort)(0.299 * Red + 0.587 * Green + 0.114 * Blue + 0.5);

    /// <summary>The value of a channel of a picture.</summary>
    public ushort Of(int channel, int channels, int bitDepth) =>
        (ushort)((channels == 1 ? Grey : channel == 0 ? Red : channel == 1 ? Green : Blue) >> (bitDepth == 16 ? 0 : 8));

    /// <summary>What is recommended of a graphic layer (PS3.3 §C.10.7): its colour, on a colour display; otherwise its grey.</summary>
    public static LayerInk? OfLayer(DataSet layer)
    {
        if (OfLab(layer.GetAll<ushort>(Tags.GraphicLayerRecommendedDisplayCIELabValue)) is { } colour) return colour;
        if (layer.GetAll<ushort>(Tags.GraphicLayerRecommendedDisplayRGBValue) is [var red, var green, var blue]) return new LayerInk(red, green, blue);
        return layer.TryGet(Tags.GraphicLayerRecommendedDisplayGrayscaleValue, out ushort grey) ? new LayerInk(grey, grey, grey) : null;
    }

    /// <summary>CIELab in 16 bits (PS3.3 §C.10.7.1.1): L* from 0 to 100, a* and b* from -128 to 127; as sRGB.</summary>
    public static LayerInk? OfLab(IReadOnlyList<ushort> encoded)
    {
        if (encoded is not [var l, var a, var b]) return null;
        double fy = (l * 100.0 / 65535 + 16) / 116, fx = fy + (a * 255.0 / 65535 - 128) / 500, fz = fy - (b * 255.0 / 65535 - 128) / 200;
        double x = WhiteX * Linear(fx), y = Linear(fy), z = WhiteZ * Linear(fz);
        // From D50 to the primaries of sRGB, adapted after Bradford.
        return new LayerInk(
            Encode(3.1338561 * x - 1.6168667 * y - 0.4906146 * z),
            Encode(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z),
            Encode(0.0719453 * x - 0.2289914 * y + 1.4052427 * z));

        static double Linear(double f) => f > 6.0 / 29 ? f * f * f : 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0 / 29);

        static ushort Encode(double linear) =>
            (ushort)(Math.Clamp(linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055, 0, 1) * 65535 + 0.5);
    }
}
