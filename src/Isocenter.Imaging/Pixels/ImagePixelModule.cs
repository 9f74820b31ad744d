using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>The Image Pixel module as it stands in the data set (PS3.3 §C.7.6.3), not checked against anything.</summary>
/// <param name="Rows">0 where it is missing.</param>
/// <param name="Columns">0 where it is missing.</param>
/// <param name="SamplesPerPixel">At least 1.</param>
/// <param name="BitsAllocated">0 where it is missing.</param>
/// <param name="BitsStored">Bits Allocated where it is missing or impossible.</param>
/// <param name="HighBit">One less than Bits Stored where it is missing or impossible.</param>
/// <param name="IsSigned">Pixel Representation is 1.</param>
/// <param name="IsPlanar">Planar Configuration is 1 and there is more than one sample.</param>
/// <param name="Frames">Number of Frames, 1 where it is absent or nonsense.</param>
/// <param name="Photometric">In capitals; empty where it is missing.</param>
internal sealed record ImagePixelModule(int Rows, int Columns, int SamplesPerPixel, int BitsAllocated, int BitsStored, int HighBit,
    bool IsSigned, bool IsPlanar, int Frames, string Photometric)
{
    public bool Is422 => Photometric is "YBR_FULL_422" or "YBR_PARTIAL_422";

    /// <summary>There is none: a bare code stream.</summary>
    public bool IsEmpty => Rows == 0 && Columns == 0 && BitsAllocated == 0;

    /// <summary>Bits of one native frame: two chrominance samples for two pixels in 4:2:2 (PS3.3 §C.7.6.3.1.2).</summary>
    public long BitsPerFrame => (long)Rows * Columns * BitsAllocated * (Is422 && SamplesPerPixel == 3 ? 2 : SamplesPerPixel);

    public static ImagePixelModule Of(DataSet dataSet)
    {
        int samples = Math.Max(1, (int)dataSet.Get(Tags.SamplesPerPixel, (ushort)1));
        int allocated = dataSet.Get(Tags.BitsAllocated, (ushort)0);
        if (allocated == 0) allocated = dataSet.Contains(Tags.FloatPixelData) ? 32 : dataSet.Contains(Tags.DoubleFloatPixelData) ? 64 : 0;
        int stored = dataSet.Get(Tags.BitsStored, (ushort)allocated);
        if (stored < 1 || stored > allocated) stored = allocated;
        int high = dataSet.Get(Tags.HighBit, (ushort)(stored - 1));
        if (high < stored - 1 || high >= allocated) high = stored - 1;
        return new ImagePixelModule(dataSet.Get(Tags.Rows, (ushort)0), dataSet.Get(Tags.Columns, (ushort)0), samples, allocated, stored, high,
            dataSet.Get(Tags.PixelRepresentation, (ushort)0) == 1, samples > 1 && dataSet.Get(Tags.PlanarConfiguration, (ushort)0) == 1,
            ImageLayout.FrameCount(dataSet), dataSet.Get(Tags.PhotometricInterpretation, "").ToUpperInvariant());
    }

    /// <summary>What is missing for there to be pixels; null when nothing is.</summary>
    public string? Missing() =>
        Rows == 0 ? Text($"Rows {Tags.Rows} is missing or 0")
        : Columns == 0 ? Text($"Columns {Tags.Columns} is missing or 0")
        : BitsAllocated == 0 ? Text($"Bits Allocated {Tags.BitsAllocated} is missing or 0")
        : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
