using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Printing;

/// <summary>Makes images that are ready for a film (PS3.3 §C.13.5): rendered, grey of 8 or 12 bits, or colour of 8.</summary>
internal sealed class PreformattedImages(RenderOptions options, bool isColor, int bits)
{
    /// <summary>Grey pictures come with more bits than are printed: rounded here, once.</summary>
    private RenderOptions Rendering => options with { BitDepth = !isColor && bits == 12 ? 16 : 8 };

    /// <summary>The frame as item of Basic Grayscale or Color Image Sequence.</summary>
    public DataSet Of(DicomFile file, int frameIndex)
    {
        var picture = FrameRenderer.Render(file.DataSet, frameIndex, Rendering, file.TransferSyntax);
        if (picture.Width > ushort.MaxValue || picture.Height > ushort.MaxValue) throw new CommandException("a printed image has 65535 rows and columns at most");
        int pixels = picture.Width * picture.Height;
        var image = new DataSet()
            .Set(Tags.SamplesPerPixel, (ushort)(isColor ? 3 : 1))
            .Set(Tags.PhotometricInterpretation, isColor ? "RGB" : "MONOCHROME2")
            .Set(Tags.Rows, (ushort)picture.Height)
            .Set(Tags.Columns, (ushort)picture.Width)
            .Set(Tags.BitsAllocated, (ushort)(Rendering.BitDepth))
            .Set(Tags.BitsStored, (ushort)(isColor ? 8 : bits))
            .Set(Tags.HighBit, (ushort)((isColor ? 8 : bits) - 1))
            .Set(Tags.PixelRepresentation, (ushort)0);
        // Scaled pictures have square pixels already.
        if (picture.Width == file.DataSet.Get<ushort>(Tags.Columns, 0) && picture.Height == file.DataSet.Get<ushort>(Tags.Rows, 0)
            && file.DataSet.TryFind(Tags.PixelAspectRatio, out var ratio)) image.Add(ratio);
        if (isColor) return image.Set(Tags.PlanarConfiguration, (ushort)1).SetOwnedBytes(Tags.PixelData, VR.OB, Planes(picture, pixels));
        return Rendering.BitDepth == 8
            ? image.SetOwnedBytes(Tags.PixelData, VR.OB, Grey8(picture, pixels))
            : image.SetOwnedBytes(Tags.PixelData, VR.OW, Grey12(picture, pixels));
    }

    private static byte[] Planes(Picture picture, int pixels)
    {
        var planes = new byte[Even(3 * pixels)];
        for (int i = 0; i < pixels; i++)
        {
            for (int c = 0; c < 3; c++) planes[c * pixels + i] = picture.Pixels[picture.Channels == 3 ? i * 3 + c : i];
        }
        return planes;
    }

    private static byte[] Grey8(Picture picture, int pixels)
    {
        var grey = new byte[Even(pixels)];
        for (int i = 0; i < pixels; i++) grey[i] = (byte)Luminance(picture, i);
        return grey;
    }

    private static byte[] Grey12(Picture picture, int pixels)
    {
        var grey = new byte[2 * pixels];
        for (int i = 0; i < pixels; i++)
        {
            int value = (int)((Luminance(picture, i) * 4095L + 32767) / 65535);
            grey[2 * i] = (byte)value;
            grey[2 * i + 1] = (byte)(value >> 8);
        }
        return grey;
    }

    /// <summary>ITU-R BT.601, as for YBR_FULL (PS3.3 §C.7.6.3.1.2).</summary>
    private static int Luminance(Picture picture, int index) => picture.Channels == 1 ? Sample(picture, index)
        : (299 * Sample(picture, 3 * index) + 587 * Sample(picture, 3 * index + 1) + 114 * Sample(picture, 3 * index + 2) + 500) / 1000;

    private static int Sample(Picture picture, int index) =>
        picture.BitDepth == 8 ? picture.Pixels[index] : picture.Pixels[2 * index] << 8 | picture.Pixels[2 * index + 1];

    private static int Even(int length) => length + (length & 1);
}
