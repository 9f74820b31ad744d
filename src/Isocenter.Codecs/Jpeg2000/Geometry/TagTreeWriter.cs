namespace Isocenter.Codecs.Jpeg2000;

/// <summary>A tag tree as an encoder tells it (ISO/IEC 15444-1 §B.10.2).</summary>
internal sealed class TagTreeWriter
{
    private readonly int _width;
    private readonly int _height;
    private readonly int[] _value;     // level by level from the leaves up, each by rows
    private readonly int[] _atLeast;   // what has been told to be reached
    private readonly bool[] _isTold;

    public TagTreeWriter(int width, int height)
    {
        _width = width;
        _height = height;
        int nodes = TagTree.Nodes(width, height);
        _value = new int[nodes];
        _atLeast = new int[nodes];
        _isTold = new bool[nodes];
    }

    /// <summary>The values of the leaves, by rows; to be set before <see cref="Begin"/>.</summary>
    public Span<int> Leaves => _value.AsSpan(0, _width * _height);

    /// <summary>Nothing has been told. Every other node has the least value of those below it.</summary>
    public void Begin()
    {
        Array.Clear(_atLeast);
        Array.Clear(_isTold);
        int offset = 0, width = _width, height = _height;
        while (width > 1 || height > 1)
        {
            int above = offset + width * height, halfWidth = (width + 1) >> 1, halfHeight = (height + 1) >> 1;
            _value.AsSpan(above, halfWidth * halfHeight).Fill(int.MaxValue);
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                {
                    ref int least = ref _value[above + (y >> 1) * halfWidth + (x >> 1)];
                    least = Math.Min(least, _value[offset + y * width + x]);
                }
            (offset, width, height) = (above, halfWidth, halfHeight);
        }
    }

    /// <summary>Tells whether the value of a leaf is below a threshold.</summary>
    public void Write(int x, int y, int threshold, ref PacketBitWriter bits)
    {
        Span<int> path = stackalloc int[TagTree.MaxDepth];
        int depth = TagTree.PathOf(x, y, _width, _height, path);

        int reached = 0;
        while (depth > 0)
        {
            int node = path[--depth];
            reached = Math.Max(reached, _atLeast[node]);
            while (reached < threshold)
            {
                if (reached >= _value[node])
                {
                    if (!_isTold[node]) bits.Write(1);
                    _isTold[node] = true;
                    break;
                }
                bits.Write(0);
                reached++;
            }
            _atLeast[node] = reached;
        }
    }
}
