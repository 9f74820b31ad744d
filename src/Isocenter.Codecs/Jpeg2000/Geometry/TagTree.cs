namespace Isocenter.Codecs.Jpeg2000;

/// <summary>A tag tree as a decoder learns it (ISO/IEC 15444-1 §B.10.2).</summary>
internal sealed class TagTree
{
    /// <summary>Levels of the largest tree.</summary>
    public const int MaxDepth = 32;

    private const int Unknown = int.MaxValue;
    private readonly int _width;
    private readonly int _height;
    private readonly int[] _value;     // level by level from the leaves up, each by rows
    private readonly int[] _atLeast;   // what is known to be reached

    public TagTree(int width, int height)
    {
        _width = width;
        _height = height;
        int nodes = Nodes(width, height);
        _value = new int[nodes];
        _atLeast = new int[nodes];
        Array.Fill(_value, Unknown);
    }

    /// <summary>Nodes of a tree over that many leaves.</summary>
    public static int Nodes(int width, int height)
    {
        int nodes = width * height;
        while (width > 1 || height > 1)
        {
            width = (width + 1) >> 1;
            height = (height + 1) >> 1;
            nodes += width * height;
        }
        return nodes;
    }

    /// <summary>The nodes from a leaf up to the root.</summary>
    /// <param name="x">Column of the leaf.</param>
    /// <param name="y">Its row.</param>
    /// <param name="width">Leaves in a row.</param>
    /// <param name="height">Rows of leaves.</param>
    /// <param name="path">Room for <see cref="MaxDepth"/>.</param>
    /// <returns>How many they are.</returns>
    public static int PathOf(int x, int y, int width, int height, Span<int> path)
    {
        int depth = 0, offset = 0;
        while (true)
        {
            path[depth++] = offset + y * width + x;
            if (width <= 1 && height <= 1) return depth;
            offset += width * height;
            width = (width + 1) >> 1;
            height = (height + 1) >> 1;
            x >>= 1;
            y >>= 1;
        }
    }

    /// <summary>Reads on until it is known whether the value of a leaf is below a threshold.</summary>
    public bool IsBelow(int x, int y, int threshold, ref PacketBits bits)
    {
        Span<int> path = stackalloc int[MaxDepth];
        int depth = PathOf(x, y, _width, _height, path);

        int reached = 0, node = 0;
        while (depth > 0)
        {
            node = path[--depth];
            reached = Math.Max(reached, _atLeast[node]);
            while (reached < threshold && reached < _value[node])
            {
                if (bits.Read() != 0) _value[node] = reached;
                else reached++;
            }
            _atLeast[node] = reached;
        }
        return _value[node] < threshold;
    }
}
