using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Writes the packets of a tile, or tells how long they would be (ISO/IEC 15444-1 §B.9, §B.10).</summary>
/// <param name="tile">The tile, with encoded blocks in all precincts.</param>
/// <param name="size">The image.</param>
/// <param name="passes">The passes of each block of the image up to each layer.</param>
internal sealed class PacketWriter(Tile tile, ImageSize size, ushort[] passes)
{
    private readonly int _layers = tile.Parameters.Layers;

    /// <summary>SOP before each packet.</summary>
    public bool WritesSop { get; init; }

    /// <summary>EPH behind each packet header.</summary>
    public bool WritesEph { get; init; }

    /// <summary>Writes packets.</summary>
    /// <param name="output">Receives them; null to know only how long they are.</param>
    /// <param name="layers">Layers to write; with more the code stream goes on.</param>
    /// <param name="lengths">Receives the bytes for each resolution level.</param>
    /// <param name="begins">Called before the first packet of each resolution level, in progressions that begin with it.</param>
    /// <param name="cancel">Asked between packets.</param>
    public void Write(IBufferWriter<byte>? output, int layers, Span<long> lengths, Action<int>? begins, CancellationToken cancel)
    {
        foreach (var component in tile.Components)
            foreach (var resolution in component.Resolutions)
            {
                Array.Clear(resolution.LayersRead);
                for (int p = 0; p < resolution.Precincts; p++)
                    foreach (var band in resolution.Precinct(p).Bands) band.Encoded!.Begin(passes, _layers);
            }

        int level = -1, count = 0;
        byte[] header = ArrayPool<byte>.Shared.Rent(1 << 12);
        foreach (var packet in new PacketSequence(tile, size, new WorkingMemory(long.MaxValue)).Packets())
        {
            cancel.ThrowIfCancellationRequested();
            packet.Resolution.LayersRead[packet.Precinct]++;
            int index = count++;
            if (packet.Layer >= layers) continue;
            if (packet.Resolution.Level != level) begins?.Invoke(level = packet.Resolution.Level);
            var precinct = packet.Resolution.Precinct(packet.Precinct);
            int most = MaxLength(precinct, packet.Layer);
            if (header.Length < most)
            {
                ArrayPool<byte>.Shared.Return(header);
                header = ArrayPool<byte>.Shared.Rent(most);
            }
            lengths[packet.Resolution.Level] += WritePacket(precinct, packet.Layer, packet.Component.Coding.Style, index, header, output);
        }
        ArrayPool<byte>.Shared.Return(header);
    }

    // Of a packet header, with markers.
    private int MaxLength(Precinct precinct, int layer)
    {
        int length = 64;
        foreach (var band in precinct.Bands)
            foreach (ref var block in band.Encoded!.Blocks.AsSpan()) length += 64 + 5 * (passes[block.Index * _layers + layer] - block.Written);
        return length;
    }

    private int WritePacket(Precinct precinct, int layer, CodeBlockStyle style, int index, byte[] buffer, IBufferWriter<byte>? output)
    {
        int start = 0;
        if (WritesSop)
        {
            ReadOnlySpan<byte> sop = [0xFF, Marker.Sop & 0xFF, 0, 4, (byte)(index >> 8), (byte)index];
            sop.CopyTo(buffer);
            start = sop.Length;
        }

        bool hasAny = false;
        foreach (var band in precinct.Bands)
            foreach (ref var block in band.Encoded!.Blocks.AsSpan()) hasAny |= passes[block.Index * _layers + layer] > block.Written;
        var bits = new PacketBitWriter(buffer.AsSpan(start));
        bits.Write(hasAny ? 1 : 0);
        if (hasAny)
            foreach (var band in precinct.Bands) WriteBand(band, layer, style, ref bits);
        bits.Finish();
        int length = start + bits.Length;
        if (WritesEph)
        {
            buffer[length++] = 0xFF;
            buffer[length++] = Marker.Eph & 0xFF;
        }
        output?.Write(buffer.AsSpan(0, length));

        foreach (var band in precinct.Bands)
            foreach (ref var block in band.Encoded!.Blocks.AsSpan())
            {
                int now = passes[block.Index * _layers + layer];
                if (now == block.Written) continue;
                int from = block.LengthAfter(block.Written), to = block.LengthAfter(now);
                output?.Write(block.Bytes.AsSpan(block.Start + from, to - from));
                block.Written = now;
                length += to - from;
            }
        return length;
    }

    private void WriteBand(PrecinctBand band, int layer, CodeBlockStyle style, ref PacketBitWriter bits)
    {
        var encoded = band.Encoded!;
        for (int i = 0; i < encoded.Blocks.Length; i++)
        {
            ref var block = ref encoded.Blocks[i];
            int now = passes[block.Index * _layers + layer], x = i % band.BlocksWide, y = i / band.BlocksWide;
            if (block.Written > 0) bits.Write(now > block.Written ? 1 : 0);
            else encoded.Inclusion.Write(x, y, layer + 1, ref bits);
            if (now == block.Written) continue;
            if (block.Written == 0) encoded.ZeroBitPlanes.Write(x, y, block.ZeroBitPlanes + 1, ref bits);
            CodewordSegments.WritePasses(now - block.Written, ref bits);
            WriteLengths(ref block, now, style, ref bits);
        }
    }

    // Lblock grows until the length of each segment fits (§B.10.7).
    private static void WriteLengths(ref EncodedBlock block, int now, CodeBlockStyle style, ref PacketBitWriter bits)
    {
        int more = 0;
        for (int from = block.Written; from < now;)
        {
            int to = Math.Min(now, CodewordSegments.End(style, from)), length = block.LengthAfter(to) - block.LengthAfter(from);
            int needed = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)length);
            more = Math.Max(more, needed - CodewordSegments.LengthBits(block.LengthBits, to - from));
            from = to;
        }
        for (int i = 0; i < more; i++) bits.Write(1);
        bits.Write(0);
        block.LengthBits += more;
        for (int from = block.Written; from < now;)
        {
            int to = Math.Min(now, CodewordSegments.End(style, from)), length = block.LengthAfter(to) - block.LengthAfter(from);
            bits.Write(length, CodewordSegments.LengthBits(block.LengthBits, to - from));
            from = to;
        }
    }
}
