using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Three tables that give colours to values (PS3.3 §C.7.6.3.1.5, §C.7.9).</summary>
internal sealed class Palette
{
    private readonly ushort[] _colours;

    private Palette(DataSet dataSet, int bitDepth, ProfileTransform? transform, FrameFindings findings)
    {
        LookupTable[] tables =
        [
            LookupTable.ReadPalette(dataSet, Tags.RedPaletteColorLookupTableDescriptor, Tags.RedPaletteColorLookupTableData, Tags.SegmentedRedPaletteColorLookupTableData, findings),
            LookupTable.ReadPalette(dataSet, Tags.GreenPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableData, Tags.SegmentedGreenPaletteColorLookupTableData, findings),
            LookupTable.ReadPalette(dataSet, Tags.BluePaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableData, Tags.SegmentedBluePaletteColorLookupTableData, findings),
        ];
        // Descriptors that say 16 above entries that are of 8 are common, and would make every colour black. DCMTK judges the same.
        bool areBytes = tables[0].Bits > 8 && tables.Max(table => table.Largest) < 256;
        First = tables.Min(table => table.First);
        Count = tables.Max(table => table.First + table.Count) - First;
        _colours = new ushort[3 * Count];
        for (int i = 0; i < Count; i++)
        {
            for (int c = 0; c < 3; c++) _colours[3 * i + c] = Scaled(tables[c][First + i], areBytes ? 8 : tables[c].Bits, bitDepth);
        }
        transform?.Apply(_colours);
    }

    /// <summary>The first value that has a colour.</summary>
    public int First { get; }

    /// <summary>How many colours there are.</summary>
    public int Count { get; }

    /// <param name="dataSet">Has the tables.</param>
    /// <param name="bitDepth">Of the colours, 8 or 16.</param>
    /// <param name="transform">Into another colour space; null: they stay.</param>
    /// <param name="findings">Receives what makes no sense and is left out.</param>
    /// <exception cref="PixelDataException">A table is missing or damaged.</exception>
    public static Palette Of(DataSet dataSet, int bitDepth, ProfileTransform? transform, FrameFindings findings) => new(dataSet, bitDepth, transform, findings);

    /// <summary>Red, green and blue of a value; below the first and above the last, those.</summary>
    public ReadOnlySpan<ushort> this[int value] => _colours.AsSpan(3 * (int)Math.Clamp((long)value - First, 0, Count - 1), 3);

    /// <summary>Upwards, the bits are repeated, so that white stays white.</summary>
    private static ushort Scaled(int entry, int bits, int bitDepth)
    {
        int shift = bits - bitDepth;
        return (ushort)(shift >= 0 ? Math.Min(entry >> shift, (1 << bitDepth) - 1) : bitDepth == 16 && bits == 8 ? entry * 257 : entry);
    }
}
