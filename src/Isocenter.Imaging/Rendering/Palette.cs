using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Three tables that give colours to values (PS3.3 §C.7.6.3.1.5, §C.7.9).</summary>
internal sealed class Palette
{
    private readonly LookupTable _red, _green, _blue;
    private readonly int _bitDepth, _bits;

    private Palette(DataSet dataSet, int bitDepth)
    {
        _red = LookupTable.ReadPalette(dataSet, Tags.RedPaletteColorLookupTableDescriptor, Tags.RedPaletteColorLookupTableData, Tags.SegmentedRedPaletteColorLookupTableData);
        _green = LookupTable.ReadPalette(dataSet, Tags.GreenPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableData, Tags.SegmentedGreenPaletteColorLookupTableData);
        _blue = LookupTable.ReadPalette(dataSet, Tags.BluePaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableData, Tags.SegmentedBluePaletteColorLookupTableData);
        _bitDepth = bitDepth;
        // Descriptors that say 16 above entries that are of 8 are common, and would make every colour black. DCMTK judges the same.
        _bits = _red.Bits > 8 && Math.Max(_red.Largest, Math.Max(_green.Largest, _blue.Largest)) < 256 ? 8 : _red.Bits;
    }

    /// <summary>The first value that has a colour.</summary>
    public int First => _red.First;

    /// <summary>How many colours there are.</summary>
    public int Count => _red.Count;

    /// <exception cref="PixelDataException">A table is missing or damaged.</exception>
    public static Palette Of(DataSet dataSet, int bitDepth) => new(dataSet, bitDepth);

    /// <summary>Writes red, green and blue of a value.</summary>
    public void Paint(int value, Span<ushort> colour)
    {
        colour[0] = Scaled(_red, value);
        colour[1] = Scaled(_green, value);
        colour[2] = Scaled(_blue, value);
    }

    private ushort Scaled(LookupTable table, int value)
    {
        int entry = table[value], bits = _bits == 8 ? 8 : table.Bits, shift = bits - _bitDepth;
        // Upwards, the bits are repeated, so that white stays white.
        return (ushort)(shift >= 0 ? Math.Min(entry >> shift, (1 << _bitDepth) - 1) : _bitDepth == 16 && bits == 8 ? entry * 257 : entry);
    }
}
