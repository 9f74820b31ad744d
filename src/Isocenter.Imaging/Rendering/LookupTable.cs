using System.Buffers.Binary;
using System.Numerics;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>A table of PS3.3 §C.11 or §C.7.6.3.1.5: descriptor and data.</summary>
internal sealed class LookupTable
{
    private readonly ushort[] _values;

    private LookupTable(int first, int bits, ushort[] values)
    {
        First = first;
        Bits = bits;
        _values = values;
    }

    /// <summary>The stored value of the first entry.</summary>
    public int First { get; }

    /// <summary>Bits that an entry uses.</summary>
    public int Bits { get; }

    /// <summary>The entry for a value; below the first and above the last, those.</summary>
    public ushort this[double value] => _values[(int)Math.Clamp(Math.Round(value) - First, 0, _values.Length - 1)];

    /// <summary>How many entries there are.</summary>
    public int Count => _values.Length;

    /// <summary>The largest entry.</summary>
    public int Largest => _values.Max();

    /// <summary>The entry at a place between the first, 0, and the last, 1, as a number from 0 to 1.</summary>
    public double At(double fraction) => Fraction(First + fraction * (_values.Length - 1));

    /// <summary>The entry for a value as a number from 0 to 1.</summary>
    public double Fraction(double value) => Math.Min(this[value] / (double)((1 << Bits) - 1), 1);

    /// <summary>Smallest and largest entry of those for the values from one to another.</summary>
    public (double Low, double High) RangeOf(double from, double to)
    {
        int first = (int)Math.Clamp(Math.Round(from) - First, 0, _values.Length - 1), last = (int)Math.Clamp(Math.Round(to) - First, 0, _values.Length - 1);
        var entries = _values[first..(last + 1)];
        return (entries.Min(), entries.Max());
    }

    /// <summary>Reads a table.</summary>
    /// <exception cref="PixelDataException">Descriptor and data contradict each other so that nothing can be made of it.</exception>
    public static LookupTable Read(DataSet dataSet, Tag descriptorTag, Tag dataTag, FrameFindings findings)
    {
        var (count, first, bits) = Descriptor(dataSet, descriptorTag, dataTag);
        if (!dataSet.TryFind(dataTag, out var data) || data.IsSequence) throw Incomplete(descriptorTag, dataTag);
        var table = new LookupTable(first, bits, Entries(dataSet, data, count, bits, descriptorTag));
        int width = bits > 8 || data.Length >= 2L * count ? 2 : 1;
        if (data.Length > (long)width * count + 1)
            findings.Add($"the lookup table {descriptorTag} has {data.Length} bytes, more than its {count} entries need", descriptorTag, "PS3.3 §C.11.1.1.1");
        if (table.Largest >> bits == 0) return table;
        findings.Add($"the lookup table {descriptorTag} has entries up to {table.Largest}, more than its {bits} bits hold", descriptorTag, "PS3.3 §C.11.1.1.1");
        return new LookupTable(first, 32 - BitOperations.LeadingZeroCount((uint)table.Largest), table._values);
    }

    /// <summary>Reads a palette, whose data may come in segments.</summary>
    /// <exception cref="PixelDataException">Descriptor and data contradict each other.</exception>
    public static LookupTable ReadPalette(DataSet dataSet, Tag descriptorTag, Tag dataTag, Tag segmentedTag, FrameFindings findings)
    {
        if (dataSet.Contains(dataTag) || !dataSet.TryFind(segmentedTag, out var segments)) return Read(dataSet, descriptorTag, dataTag, findings);
        var (count, first, bits) = Descriptor(dataSet, descriptorTag, segmentedTag);
        return new LookupTable(first, bits, SegmentedPalette.Expand(segments, dataSet.IsBigEndian, count, bits));
    }

    private static (int Count, int First, int Bits) Descriptor(DataSet dataSet, Tag descriptorTag, Tag dataTag)
    {
        var descriptor = dataSet.GetAll<int>(descriptorTag);
        if (descriptor.Count != 3) throw Incomplete(descriptorTag, dataTag);
        int count = descriptor[0] & 0xFFFF, bits = descriptor[2];
        if (bits is < 1 or > 16) throw ImageLayout.Contradiction($"the lookup table {descriptorTag} has {bits} bits");
        return (count == 0 ? 65536 : count, descriptor[1], bits);
    }

    private static PixelDataException Incomplete(Tag descriptorTag, Tag dataTag) =>
        ImageLayout.Contradiction($"the lookup table {descriptorTag} {dataTag} is incomplete");

    private static ushort[] Entries(DataSet dataSet, DataElement data, int count, int bits, Tag tag)
    {
        // Text VRs and sequences aside, the bytes count: US, SS, OW and OB are all met here.
        if (data.Length < count) throw ImageLayout.Contradiction($"the lookup table {tag} has {data.Length} bytes for {count} entries");
        var bytes = data.Bytes.Span;
        var values = new ushort[count];
        bool big = dataSet.IsBigEndian;
        if (bytes.Length < 2 * count)
        {
            // Two entries of 8 bits in a word, the first in its low byte
            if (bits > 8) throw ImageLayout.Contradiction($"the lookup table {tag} has {bytes.Length} bytes for {count} entries of {bits} bits");
            for (int i = 0; i < count; i++) values[i] = bytes[big && data.VR != VR.OB ? Math.Min(i ^ 1, bytes.Length - 1) : i];
            return values;
        }
        for (int i = 0; i < count; i++)
            values[i] = big ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
        return values;
    }
}
