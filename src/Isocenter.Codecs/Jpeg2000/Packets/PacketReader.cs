using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Reads the packets of one tile: which code-block gets which bytes (ISO/IEC 15444-1 §B.9, §B.10).</summary>
internal sealed class PacketReader(Tile tile, ImageSize size, WorkingMemory memory)
{
    private readonly List<Chunk> _chunks = tile.Chunks;
    private long _visits;

    /// <summary>Reads packets until the last, or as far as the bytes go.</summary>
    /// <param name="body">The bytes of the tile's tile-parts, one after the other, without their headers.</param>
    /// <param name="headers">Packet headers of PPM or PPT; empty when they are in the body.</param>
    /// <param name="cancel">Asked at times.</param>
    /// <returns>What is wrong, in words; null when nothing is.</returns>
    public string? Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> headers, CancellationToken cancel)
    {
        bool packed = !headers.IsEmpty;
        int at = 0, headerAt = 0, count = 0;
        long limit = (1 << 24) + 1024L * (body.Length + headers.Length);   // visits of code-blocks a sane tile needs
        foreach (var packet in new PacketSequence(tile, size, memory).Packets())
        {
            if ((++count & 1023) == 0) cancel.ThrowIfCancellationRequested();
            if (packed ? headerAt >= headers.Length : at >= body.Length) return null;   // cut between packets: fewer layers

            // A header never holds 0xFF91: SOP is known where it stands, announced or not (§A.8.1).
            if (body.Length - at >= 6 && body[at] == 0xFF && body[at + 1] == 0x91) at += 6;
            int first = _chunks.Count;
            var precinct = packet.Resolution.Precinct(packet.Precinct);
            var style = packet.Component.Coding.Style;
            bool whole;
            if (packed) whole = ReadHeader(precinct, packet.Layer, style, headers, ref headerAt);
            else whole = ReadHeader(precinct, packet.Layer, style, body, ref at);
            if (!whole)
            {
                DropChunks(precinct, first);
                return $"packet {count - 1} of tile {tile.Index} is cut in its header, or damaged";
            }
            packet.Resolution.LayersRead[packet.Precinct]++;
            if (!ReadBody(precinct, first, body, ref at))
                return $"packet {count - 1} of tile {tile.Index} is longer than what is left of the tile";
            if (_visits > limit) return $"tile {tile.Index} has more packets of nothing than its bytes justify";
        }
        return null;
    }

    private bool ReadHeader(Precinct precinct, int layer, CodeBlockStyle style, ReadOnlySpan<byte> bytes, ref int at)
    {
        var bits = new PacketBits(bytes, at);
        if (bits.Read() != 0)
        {
            foreach (var band in precinct.Bands)
            {
                _visits += band.Blocks.Length;
                for (int i = 0; i < band.Blocks.Length; i++)
                    if (!ReadBlock(band, i, layer, style, ref bits)) return false;
            }
        }
        bits.Align();
        at = bits.Position;
        if (bytes.Length - at >= 2 && bytes[at] == 0xFF && bytes[at + 1] == 0x92) at += 2;   // EPH (§A.8.2)
        return !bits.IsOverrun;
    }

    private bool ReadBlock(PrecinctBand band, int index, int layer, CodeBlockStyle style, ref PacketBits bits)
    {
        ref var block = ref band.Blocks[index];
        if (block.IsIncluded)
        {
            if (bits.Read() == 0) return true;
        }
        else
        {
            int x = index % band.BlocksWide, y = index / band.BlocksWide;
            if (!band.Inclusion.IsBelow(x, y, layer + 1, ref bits)) return !bits.IsOverrun;
            int zero = 0;
            while (!band.ZeroBitPlanes.IsBelow(x, y, zero + 1, ref bits))
                if (++zero > 127 || bits.IsOverrun) return false;
            block.ZeroBitPlanes = (byte)zero;
            block.LengthBits = 3;
        }

        int passes = CodewordSegments.ReadPasses(ref bits);
        while (bits.Read() != 0)
            if (++block.LengthBits > 32) return false;

        int first = block.Passes, end = first + passes;
        if (end > short.MaxValue) return false;
        if ((style & CodeBlockStyle.HighThroughput) != 0)
        {
            if (!block.HasCleanup && !block.IsClassic)
            {
                bool mixed = (style & CodeBlockStyle.HighThroughputMixed) != 0;
                if (!HtPasses.TryReadFirst(ref bits, ref block, mixed, passes, out int taken, out uint length)) return false;
                if (length > int.MaxValue || bits.IsOverrun) return false;
                Append(ref block, new Chunk(0, (int)length, taken, true, -1));
                first += taken;
            }
            if (block.IsClassic) style &= ~(CodeBlockStyle.HighThroughput | CodeBlockStyle.HighThroughputMixed);
        }
        while (first < end)
        {
            int stop = Math.Min(end, CodewordSegments.End(style, first));
            int width = CodewordSegments.LengthBits(block.LengthBits, stop - first);
            if (width > 32) return false;
            uint length = bits.Read(width);
            if (length > int.MaxValue || bits.IsOverrun) return false;
            bool starts = first == 0 || CodewordSegments.End(style, first - 1) == first;
            Append(ref block, new Chunk(0, (int)length, stop - first, starts, -1));
            first = stop;
        }
        block.Passes = end;
        return true;
    }

    private void Append(ref CodeBlock block, Chunk chunk)
    {
        if (_chunks.Count == _chunks.Capacity)
        {
            int more = Math.Max(64, _chunks.Capacity);
            memory.Take(more * 24L, "the lengths of code-blocks");
            _chunks.Capacity += more;
        }
        int index = _chunks.Count;
        _chunks.Add(chunk);
        if (block.FirstChunk < 0) block.FirstChunk = index;
        else _chunks[block.LastChunk] = _chunks[block.LastChunk] with { Next = index };
        block.LastChunk = index;
    }

    // The bytes of the blocks follow in the order of the header.
    private bool ReadBody(Precinct precinct, int first, ReadOnlySpan<byte> body, ref int at)
    {
        bool whole = true;
        for (int i = first; i < _chunks.Count; i++)
        {
            var chunk = _chunks[i];
            int length = Math.Min(chunk.Length, body.Length - at);
            whole &= length == chunk.Length;
            _chunks[i] = chunk with { Offset = at, Length = length };
            at += length;
        }
        if (!whole)
        {
            foreach (var band in precinct.Bands)
                foreach (ref var block in band.Blocks.AsSpan())
                    if (block.LastChunk >= first) block.IsCut = true;
        }
        return whole;
    }

    // A header that is not whole tells nothing reliable: its blocks stay as they were.
    private void DropChunks(Precinct precinct, int first)
    {
        foreach (var band in precinct.Bands)
        {
            foreach (ref var block in band.Blocks.AsSpan())
            {
                if (block.LastChunk < first) continue;
                int passes = 0, last = -1;
                for (int i = block.FirstChunk; i >= 0 && i < first; i = _chunks[i].Next)
                {
                    passes += _chunks[i].Passes;
                    last = i;
                }
                block.Passes = passes;
                block.LastChunk = last;
                if (last < 0) block.FirstChunk = -1;
                else _chunks[last] = _chunks[last] with { Next = -1 };
            }
        }
        _chunks.RemoveRange(first, _chunks.Count - first);
    }
}
