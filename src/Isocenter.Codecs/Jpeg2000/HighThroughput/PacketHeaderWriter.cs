namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Writes the header of a packet of HT code-blocks in the only layer, each with a cleanup pass or nothing (ISO/IEC
/// 15444-1 §B.10).</summary>
internal ref struct PacketHeaderWriter(Span<byte> buffer)
{
    private readonly Span<byte> buffer = buffer;
    private int pending;
    private int room = 8;

    /// <summary>Whole bytes written.</summary>
    internal int Length { get; private set; }

    /// <summary>Bytes a header never exceeds.</summary>
    /// <param name="blocks">Code-blocks of the packet.</param>
    /// <param name="planes">Bit planes of its sub-bands.</param>
    internal static int MaxLength(int blocks, int planes) => 16 + 16 * blocks + planes;

    /// <summary>Says what a sub-band contributes.</summary>
    /// <param name="blocksWide">Columns of blocks.</param>
    /// <param name="lengths">Bytes of each block, by rows; 0 for one that has nothing.</param>
    /// <param name="zeroBitPlanes">Missing bit planes, the same for all that have something.</param>
    internal void Write(int blocksWide, ReadOnlySpan<int> lengths, int zeroBitPlanes)
    {
        var inclusion = new TreeShape(blocksWide, lengths);
        var planes = new TreeShape(blocksWide, lengths);
        for (int i = 0; i < lengths.Length; i++)
        {
            // Values are 0 for a branch with something, 1 without; the tree is asked whether they are below 1.
            inclusion.Write(i, 0, ref this);
            if (lengths[i] == 0) continue;
            planes.Write(i, zeroBitPlanes, ref this);
            Bit(0);   // one pass
            int width = Math.Max(3, 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)lengths[i]));
            for (int more = 3; more < width; more++) Bit(1);
            Bit(0);
            for (int bit = width - 1; bit >= 0; bit--) Bit(lengths[i] >> bit & 1);
        }
    }

    /// <summary>Writes one bit; after a byte 0xFF comes one of seven bits.</summary>
    internal void Bit(int bit)
    {
        pending = pending << 1 | bit;
        if (--room > 0) return;
        buffer[Length++] = (byte)pending;
        room = pending == 0xFF ? 7 : 8;
        pending = 0;
    }

    /// <summary>Ends the header; it may not end with 0xFF.</summary>
    internal void Finish()
    {
        if (room == 8) return;
        do Bit(0);
        while (room < 8);
    }

    /// <summary>A tag tree whose nodes are all known to have the same value, but where a branch has nothing.</summary>
    private readonly struct TreeShape
    {
        private readonly List<(int Width, bool[] HasAny, bool[] IsDone)> levels = [];

        internal TreeShape(int width, ReadOnlySpan<int> lengths)
        {
            var any = new bool[lengths.Length];
            for (int i = 0; i < any.Length; i++) any[i] = lengths[i] > 0;
            while (true)
            {
                levels.Add((width, any, new bool[any.Length]));
                if (any.Length <= 1) return;
                int height = any.Length / width, halfWidth = (width + 1) / 2;
                var above = new bool[halfWidth * ((height + 1) / 2)];
                for (int i = 0; i < any.Length; i++) above[i / width / 2 * halfWidth + i % width / 2] |= any[i];
                (width, any) = (halfWidth, above);
            }
        }

        /// <summary>Codes the way to a leaf, from the root down; where a node has nothing the way ends.</summary>
        internal void Write(int leaf, int value, ref PacketHeaderWriter writer)
        {
            int x = leaf % levels[0].Width, y = leaf / levels[0].Width;
            for (int level = levels.Count - 1; level >= 0; level--)
            {
                var (width, hasAny, isDone) = levels[level];
                int node = (y >> level) * width + (x >> level);
                if (!isDone[node])
                {
                    isDone[node] = true;
                    if (!hasAny[node])
                    {
                        writer.Bit(0);
                        return;
                    }

                    // The root counts up to the value; below it nothing is left to count.
                    for (int i = level == levels.Count - 1 ? value : 0; i > 0; i--) writer.Bit(0);
                    writer.Bit(1);
                }

                if (!hasAny[node]) return;
            }
        }
    }
}
