using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Writes the packets, tile-parts and markers of an encoded image.</summary>
internal static class HtCodeStreamWriter
{
    private const int TilePartHeader = 14;   // SOT and SOD

    /// <summary>Encodes all blocks and writes the code stream.</summary>
    internal static void Write(TileAnalysis image, HtEncodePlan plan, IBufferWriter<byte> output, CancellationToken cancel)
    {
        var workspace = new HtEncoderWorkspace();
        var body = new ArrayBufferWriter<byte>(65536);
        var ends = new List<int>();   // of the tile-parts, in the body
        int resolution = 0;
        foreach (var packet in new PacketSequence(plan.Tile, plan.Size, new WorkingMemory(long.MaxValue)).Packets())
        {
            cancel.ThrowIfCancellationRequested();
            if (packet.Resolution.Level != resolution && plan.HasResolutionIndex) ends.Add(body.WrittenCount);
            resolution = packet.Resolution.Level;
            WritePacket(image, packet, body, workspace);
            packet.Resolution.LayersRead[packet.Precinct]++;
        }

        ends.Add(body.WrittenCount);
        output.Write(plan.Header);
        if (plan.HasResolutionIndex) WriteLengths(ends, output);
        for (int i = 0; i < ends.Count; i++)
        {
            int start = i == 0 ? 0 : ends[i - 1];
            WriteTilePart(body.WrittenSpan[start..ends[i]], i, ends.Count, output);
        }

        BinaryPrimitives.WriteUInt16BigEndian(output.GetSpan(2), Marker.Eoc);
        output.Advance(2);
    }

    private static void WritePacket(TileAnalysis image, PacketId packet, ArrayBufferWriter<byte> body, HtEncoderWorkspace workspace)
    {
        var precinct = packet.Resolution.Precinct(packet.Precinct);
        int blocks = 0, bytes = 0, planes = 0;
        foreach (var band in precinct.Bands)
        {
            blocks += band.Blocks.Length;
            planes = Math.Max(planes, band.Band.BitPlanes);
        }

        // The blocks first, into a buffer of their own: the header before them has their lengths.
        int[] lengths = new int[blocks];
        byte[] coded = ArrayPool<byte>.Shared.Rent(1 << 16);
        blocks = 0;
        for (int b = 0; b < precinct.Bands.Length; b++)
        {
            var band = precinct.Bands[b];
            var plane = image.Band(packet.Component.Index, packet.Resolution.Level, b);
            for (int i = 0; i < band.Blocks.Length; i++)
            {
                var area = band.BlockArea(i);
                int width = (int)area.Width, height = (int)area.Height;
                if (coded.Length - bytes < HtBlockEncoder.MaxLength(width, height)) Grow(ref coded, bytes);
                int at = (int)(area.Y0 - plane.Area.Y0) * plane.Width + (int)(area.X0 - plane.Area.X0);
                int length = HtBlockEncoder.Encode(plane.Samples[at..], plane.Width, width, height, coded.AsSpan(bytes), workspace);
                lengths[blocks++] = length;
                bytes += length;
            }
        }

        var header = new PacketHeaderWriter(body.GetSpan(PacketHeaderWriter.MaxLength(blocks, 3 * planes)));
        header.Bit(1);
        blocks = 0;
        foreach (var band in precinct.Bands)
        {
            if (band.Blocks.Length > 0)
                header.Write(band.BlocksWide, lengths.AsSpan(blocks, band.Blocks.Length), band.Band.BitPlanes - 1);
            blocks += band.Blocks.Length;
        }

        header.Finish();
        body.Advance(header.Length);
        body.Write(coded.AsSpan(0, bytes));
        ArrayPool<byte>.Shared.Return(coded);
    }

    private static void Grow(ref byte[] buffer, int used)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>TLM: the length of each tile-part, all of tile 0 (ISO/IEC 15444-1 §A.7.1).</summary>
    private static void WriteLengths(List<int> ends, IBufferWriter<byte> output)
    {
        int length = 6 + 4 * ends.Count - 2;
        var span = output.GetSpan(length + 2);
        BinaryPrimitives.WriteUInt16BigEndian(span, Marker.Tlm);
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)length);
        span[4] = 0;
        span[5] = 0x40;   // no tile index: tiles in order, lengths of four bytes
        for (int i = 0; i < ends.Count; i++)
        {
            int bytes = ends[i] - (i == 0 ? 0 : ends[i - 1]) + TilePartHeader;
            BinaryPrimitives.WriteInt32BigEndian(span[(6 + 4 * i)..], bytes);
        }

        output.Advance(length + 2);
    }

    private static void WriteTilePart(ReadOnlySpan<byte> packets, int index, int count, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(TilePartHeader);
        BinaryPrimitives.WriteUInt16BigEndian(span, Marker.Sot);
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], 10);
        BinaryPrimitives.WriteUInt16BigEndian(span[4..], 0);
        BinaryPrimitives.WriteInt32BigEndian(span[6..], packets.Length + TilePartHeader);
        span[10] = (byte)index;
        span[11] = (byte)count;
        BinaryPrimitives.WriteUInt16BigEndian(span[12..], Marker.Sod);
        output.Advance(TilePartHeader);
        output.Write(packets);
    }
}
