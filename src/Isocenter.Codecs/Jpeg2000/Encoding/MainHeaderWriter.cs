using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Writes the marker segments of the main header, and those around tile-parts (ISO/IEC 15444-1 Annex A).</summary>
internal sealed class MainHeaderWriter(IBufferWriter<byte> output)
{
    /// <summary>Bytes of SOT and SOD, with their parameters.</summary>
    public const int TilePartHeader = 14;

    /// <summary>SOC and SIZ.</summary>
    /// <param name="size">The image.</param>
    /// <param name="capabilities">Rsiz.</param>
    public void BeginImage(ImageSize size, int capabilities)
    {
        U16(Marker.Soc);
        U16(Marker.Siz);
        U16(38 + 3 * size.Components.Length);
        U16(capabilities);
        U32(size.Image.X1);
        U32(size.Image.Y1);
        U32(size.Image.X0);
        U32(size.Image.Y0);
        U32(size.FirstTile.Width);
        U32(size.FirstTile.Height);
        U32(size.FirstTile.X0);
        U32(size.FirstTile.Y0);
        U16(size.Components.Length);
        foreach (var component in size.Components)
        {
            U8(component.Precision - 1 | (component.IsSigned ? 0x80 : 0));
            U8(component.SubsamplingX);
            U8(component.SubsamplingY);
        }
    }

    /// <summary>CAP, with the capabilities of part 15.</summary>
    public void HighThroughput(int capabilities)
    {
        U16(Marker.Cap);
        U16(8);
        U32(0x0002_0000);
        U16(capabilities);
    }

    /// <summary>COD and QCD.</summary>
    public void Parameters(TileParameters parameters, bool writesSop, bool writesEph)
    {
        var coding = parameters.Coding(0);
        U16(Marker.Cod);
        U16(12 + coding.Precincts.Length);
        U8((coding.Precincts.IsEmpty ? 0 : 1) | (writesSop ? 2 : 0) | (writesEph ? 4 : 0));
        U8((int)parameters.Order);
        U16(parameters.Layers);
        U8(parameters.HasComponentTransform ? 1 : 0);
        U8(coding.Levels);
        U8(coding.BlockWidthExponent - 2);
        U8(coding.BlockHeightExponent - 2);
        U8((int)coding.Style);
        U8(coding.IsReversible ? 1 : 0);
        foreach (byte precinct in coding.Precincts) U8(precinct);

        var quantization = parameters.Quantization(0);
        U16(Marker.Qcd);
        U16(3 + quantization.Steps.Length * (coding.IsReversible ? 1 : 2));
        U8(quantization.GuardBits << 5 | (coding.IsReversible ? 0 : 2));
        foreach (ushort step in quantization.Steps)
        {
            if (coding.IsReversible) U8(step >> 11 << 3);
            else U16(step);
        }
    }

    /// <summary>Bytes that <see cref="TilePartLengths"/> takes.</summary>
    public static int TilePartLengthsSize(int count) => 6 * count + 6 * (count / MaxInTlm + (count % MaxInTlm > 0 ? 1 : 0));

    /// <summary>TLM: tile and length of each tile-part (§A.7.1).</summary>
    public void TilePartLengths(ReadOnlySpan<(int Tile, long Length)> parts)
    {
        for (int index = 0; !parts.IsEmpty; index++)
        {
            int count = Math.Min(parts.Length, MaxInTlm);
            U16(Marker.Tlm);
            U16(4 + 6 * count);
            U8(index);
            U8(0x60);   // tile indices of two bytes, lengths of four
            foreach (var (tile, length) in parts[..count])
            {
                U16(tile);
                U32(length);
            }
            parts = parts[count..];
        }
    }

    private const int MaxInTlm = 10000;

    /// <summary>SOT and SOD.</summary>
    /// <param name="tile">Isot.</param>
    /// <param name="length">Psot, with this header.</param>
    /// <param name="part">TPsot.</param>
    /// <param name="parts">TNsot.</param>
    public void BeginTilePart(int tile, long length, int part, int parts)
    {
        U16(Marker.Sot);
        U16(10);
        U16(tile);
        U32(length);
        U8(part);
        U8(parts);
        U16(Marker.Sod);
    }

    /// <summary>EOC.</summary>
    public void EndImage() => U16(Marker.Eoc);

    private void U8(int value)
    {
        output.GetSpan(1)[0] = (byte)value;
        output.Advance(1);
    }

    private void U16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), (ushort)value);
        output.Advance(2);
    }

    private void U32(long value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(4), (uint)value);
        output.Advance(4);
    }
}
