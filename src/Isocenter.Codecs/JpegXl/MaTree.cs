namespace Isocenter.Codecs.JpegXl;

/// <summary>The tree that chooses context and predictor for each sample by what is around it (ISO/IEC 18181-1 §H.4).</summary>
/// <remarks>Nodes lie in the order of their depth, so that a child always has a higher number than its parent.</remarks>
internal sealed class MaTree
{
    private const int PropertyContext = 1, SplitContext = 0, PredictorContext = 2, OffsetContext = 3, ShiftContext = 4, FactorContext = 5;
    private const int Contexts = 6, MaxProperty = 255, MaxDepth = 2048;

    /// <summary>Nodes of any tree.</summary>
    private const int MaxNodes = 1 << 20;

    private const int ChannelProperty = 0, StreamProperty = 1;

    private readonly Node[] _nodes;
    private readonly bool _asksForKnown;

    private MaTree(Node[] nodes, EntropyCode code)
    {
        _nodes = nodes;
        _asksForKnown = nodes.Any(node => node.Property is ChannelProperty or StreamProperty);
        Code = code;
    }

    /// <summary>What the samples that follow are coded with.</summary>
    public EntropyCode Code { get; }

    /// <summary>A branch when <see cref="Property"/> is not negative: above <see cref="Value"/> to <see cref="Above"/>, else to the node
    /// behind that. Otherwise a leaf.</summary>
    public record struct Node(int Property, int Value, int Above, int Context, int Predictor, int Offset, int Factor);

    /// <summary>Reads a tree and the code for its contexts.</summary>
    /// <param name="bits">At the first bit of it.</param>
    /// <param name="maxNodes">Nodes that make sense for the samples there are.</param>
    public static MaTree Read(ref BitReader bits, long maxNodes)
    {
        var treeCode = EntropyCode.Read(ref bits, Contexts);
        var nodes = new List<Node>();
        int limit = (int)Math.Min(maxNodes, MaxNodes), contexts = 0, depth = 0, endOfDepth = 1;
        using (var decoder = new EntropyDecoder(treeCode, ref bits))
        {
            for (int waiting = 1; waiting > 0;)
            {
                if (nodes.Count == endOfDepth)
                {
                    if (++depth > MaxDepth) throw bits.Invalid($"the tree is deeper than {MaxDepth}");
                    endOfDepth = nodes.Count + waiting;
                }
                waiting--;
                uint property = decoder.Read(ref bits, PropertyContext, 0);
                if (property > MaxProperty + 1) throw bits.Invalid($"the tree asks for property {property - 1}");
                if (property > 0)
                {
                    int value = Signed(decoder.Read(ref bits, SplitContext, 0));
                    nodes.Add(new Node((int)property - 1, value, nodes.Count + waiting + 1, 0, 0, 0, 0));
                    waiting += 2;
                }
                else
                {
                    nodes.Add(ReadLeaf(ref bits, decoder, contexts++));
                }
                if (nodes.Count + waiting > limit) throw bits.Invalid($"the tree has more than {limit} nodes");
            }
            decoder.End(ref bits);
        }
        return new MaTree([.. nodes], EntropyCode.Read(ref bits, contexts));
    }

    /// <summary>Zigzag numbers: 0, −1, 1, −2 …</summary>
    public static int Signed(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    /// <summary>What is left of the tree in one channel of one stream, where two of the properties are known.</summary>
    public Node[] For(int channel, int stream)
    {
        if (!_asksForKnown) return _nodes;
        var kept = new List<Node>();
        var from = new Queue<int>();
        from.Enqueue(0);
        int children = 1;
        while (from.TryDequeue(out int at))
        {
            var node = _nodes[at];
            while (node.Property is ChannelProperty or StreamProperty)
            {
                int value = node.Property == ChannelProperty ? channel : stream;
                node = _nodes[value > node.Value ? node.Above : node.Above + 1];
            }
            if (node.Property >= 0)
            {
                from.Enqueue(node.Above);
                from.Enqueue(node.Above + 1);
                node = node with { Above = children };
                children += 2;
            }
            kept.Add(node);
        }
        return [.. kept];
    }

    private static Node ReadLeaf(ref BitReader bits, EntropyDecoder decoder, int context)
    {
        uint predictor = decoder.Read(ref bits, PredictorContext, 0);
        if (predictor > Prediction.Last) throw bits.Invalid($"there is no predictor {predictor}");
        int offset = Signed(decoder.Read(ref bits, OffsetContext, 0));
        uint shift = decoder.Read(ref bits, ShiftContext, 0), factor = decoder.Read(ref bits, FactorContext, 0);
        if (shift > 30 || factor >= (1u << (31 - (int)shift)) - 1) throw bits.Invalid("a factor of the tree has more than 31 bits");
        return new Node(-1, 0, 0, context, (int)predictor, offset, (int)(factor + 1) << (int)shift);
    }
}
