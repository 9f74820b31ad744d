using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Imaging.Tests.Rendering;

/// <summary>Small images for tests.</summary>
internal static class TestImage
{
    /// <summary>A grey image of 16 bits allocated.</summary>
    public static DataSet Grey16(int columns, int rows, ReadOnlySpan<int> stored, int bitsStored = 16, int? highBit = null,
        bool isSigned = false, string photometric = "MONOCHROME2", int frames = 1)
    {
        var bytes = new byte[stored.Length * 2];
        int shift = (highBit ?? bitsStored - 1) + 1 - bitsStored;
        for (int i = 0; i < stored.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), (ushort)((stored[i] & (1 << bitsStored) - 1) << shift));
        var dataSet = Describe(columns, rows, 1, photometric, 16, bitsStored, isSigned, frames).Set(Tags.HighBit, highBit ?? bitsStored - 1);
        return dataSet.SetOwnedBytes(Tags.PixelData, VR.OW, bytes);
    }

    /// <summary>An image of 8 bits a sample.</summary>
    public static DataSet Bytes(int columns, int rows, int samples, string photometric, ReadOnlySpan<byte> bytes, int planar = 0, int frames = 1)
    {
        var dataSet = Describe(columns, rows, samples, photometric, 8, 8, false, frames);
        if (samples > 1) dataSet.Set(Tags.PlanarConfiguration, planar);
        return dataSet.SetBytes(Tags.PixelData, VR.OB, bytes);
    }

    public static DataSet Describe(int columns, int rows, int samples, string photometric, int allocated, int stored, bool isSigned, int frames)
    {
        var dataSet = new DataSet()
            .Set(Tags.SOPClassUID, SopClasses.SecondaryCaptureImageStorage)
            .Set(Tags.SOPInstanceUID, "2.25.1")
            .Set(Tags.SamplesPerPixel, samples)
            .Set(Tags.PhotometricInterpretation, photometric)
            .Set(Tags.Rows, rows)
            .Set(Tags.Columns, columns)
            .Set(Tags.BitsAllocated, allocated)
            .Set(Tags.BitsStored, stored)
            .Set(Tags.HighBit, stored - 1)
            .Set(Tags.PixelRepresentation, isSigned ? 1 : 0);
        if (frames > 1) dataSet.Set(Tags.NumberOfFrames, frames);
        return dataSet;
    }

    /// <summary>Bytes that look random and are the same each time.</summary>
    public static byte[] Random(int length, int seed = 7)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static DataSet Palette(this DataSet dataSet, int first, int bits, byte[] red, byte[] green, byte[] blue, int entries)
    {
        foreach (var (descriptor, data, values) in new[]
        {
            (Tags.RedPaletteColorLookupTableDescriptor, Tags.RedPaletteColorLookupTableData, red),
            (Tags.GreenPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableData, green),
            (Tags.BluePaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableData, blue),
        })
        {
            dataSet.Set(descriptor, VR.US, entries & 0xFFFF, first, bits).SetBytes(data, VR.OW, values);
        }
        return dataSet;
    }
}
