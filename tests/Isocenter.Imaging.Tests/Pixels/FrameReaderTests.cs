using System.Buffers.Binary;
using Isocenter.Dicom;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Pixels;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData(16, 15, false)]
    [InlineData(16, 15, true)]
    [InlineData(12, 11, false)]
    [InlineData(12, 11, true)]
    [InlineData(12, 15, true)]
    [InlineData(9, 12, false)]
    [InlineData(1, 3, true)]
    public void Words_that_are_unpacked_together_are_those_unpacked_one_by_one(int stored, int highBit, bool isSigned)
    {
        const int columns = 53, rows = 5;
        byte[] bytes = Random(columns * rows * 2);
        var image = Describe(columns, rows, 1, "MONOCHROME2", 16, stored, isSigned, 1).Set(Tags.HighBit, (ushort)highBit).SetBytes(Tags.PixelData, VR.OW, bytes);
        var reader = new FrameReader(ImageLayout.Of(image, columns * rows), (offset, destination) => bytes.AsSpan((int)offset, destination.Length).CopyTo(destination), 0);
        var samples = new int[columns];

        for (int row = 0; row < rows; row++)
        {
            reader.ReadRow(row, samples);

            for (int x = 0; x < columns; x++)
            {
                // PS3.5 §8.1.1: the sample is the Bits Stored bits that end at the High Bit.
                int value = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * (row * columns + x))) >> (highBit - stored + 1) & ((1 << stored) - 1);
                if (isSigned && value >> (stored - 1) != 0) value -= 1 << stored;
                Assert.Equal(value, samples[x]);
            }
        }
    }
}
