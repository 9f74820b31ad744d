namespace Isocenter.Codecs.JpegXl;

/// <summary>How the integers of a stream are coded: contexts in clusters, one code for each, and copies of what was before
/// (ISO/IEC 18181-1 Annex C).</summary>
internal sealed class EntropyCode
{
    private const int MaxClusters = 256;

    private readonly byte[] _clusters;
    private readonly PrefixCode[]? _prefixes;
    private readonly AnsTable[]? _tables;
    private readonly HybridInteger[] _integers;

    private EntropyCode(byte[] clusters, HybridInteger[] integers, PrefixCode[]? prefixes, AnsTable[]? tables)
    {
        _clusters = clusters;
        _integers = integers;
        _prefixes = prefixes;
        _tables = tables;
    }

    /// <summary>Symbols from this one on begin a copy.</summary>
    public int CopySymbol { get; private init; } = int.MaxValue;

    public int MinCopyLength { get; private init; }

    public HybridInteger CopyLengths { get; private init; }

    public bool UsesStates => _tables is not null;

    public bool Copies => CopySymbol != int.MaxValue;

    /// <summary>The context in which distances of copies are coded.</summary>
    public int DistanceContext => _clusters.Length - 1;

    /// <summary>Reads the code of a stream.</summary>
    /// <param name="bits">At its first bit.</param>
    /// <param name="contexts">Contexts of the stream.</param>
    public static EntropyCode Read(ref BitReader bits, int contexts) => Read(ref bits, contexts, isInner: false);

    public int Cluster(int context) => _clusters[context];

    public HybridInteger Integers(int cluster) => _integers[cluster];

    /// <summary>The next symbol of a cluster.</summary>
    public int Symbol(ref BitReader bits, int cluster, ref uint state) =>
        _tables is not null ? _tables[cluster].Decode(ref bits, ref state) : _prefixes![cluster].Decode(ref bits);

    private static EntropyCode Read(ref BitReader bits, int contexts, bool isInner)
    {
        int copySymbol = int.MaxValue, minLength = 0;
        var lengths = default(HybridInteger);
        if (bits.Flag())
        {
            copySymbol = (int)bits.Choose(224, 0, 512, 0, 4096, 0, 8, 15);
            minLength = (int)bits.Choose(3, 0, 4, 0, 5, 2, 9, 8);
            lengths = HybridInteger.Read(ref bits, 8);
            contexts++;
        }
        var clusters = new byte[contexts];
        int count = contexts == 1 ? 1 : ReadClusters(ref bits, clusters, isInner);
        var integers = new HybridInteger[count];
        bool isPrefix = bits.Flag();
        int alphabetBits = isPrefix ? 15 : 5 + (int)bits.Read(2);
        for (int i = 0; i < count; i++) integers[i] = HybridInteger.Read(ref bits, alphabetBits);
        PrefixCode[]? prefixes = null;
        AnsTable[]? tables = null;
        if (isPrefix)
        {
            var sizes = new int[count];
            for (int i = 0; i < count; i++)
            {
                if (!bits.Flag())
                {
                    sizes[i] = 1;
                    continue;
                }
                int power = (int)bits.Read(4);
                sizes[i] = 1 + (1 << power) + (int)bits.Read(power);
                if (sizes[i] > 1 << 15) throw bits.Invalid($"a prefix code has {sizes[i]} symbols");
            }
            prefixes = new PrefixCode[count];
            for (int i = 0; i < count; i++) prefixes[i] = PrefixCode.Read(ref bits, sizes[i]);
        }
        else
        {
            tables = new AnsTable[count];
            for (int i = 0; i < count; i++) tables[i] = AnsTable.Read(ref bits, alphabetBits);
        }
        return new EntropyCode(clusters, integers, prefixes, tables) { CopySymbol = copySymbol, MinCopyLength = minLength, CopyLengths = lengths };
    }

    /// <summary>Which cluster each context is in (§C.2.2).</summary>
    /// <returns>How many clusters there are.</returns>
    private static int ReadClusters(ref BitReader bits, byte[] clusters, bool isInner)
    {
        if (bits.Flag())
        {
            int width = (int)bits.Read(2);
            for (int i = 0; i < clusters.Length; i++) clusters[i] = (byte)bits.Read(width);
        }
        else
        {
            // The clusters of the code that says the clusters need none of their own: it has one context, or two with copies.
            if (isInner) throw bits.Invalid("the clusters of a code are coded more than once");
            bool movesToFront = bits.Flag();
            var code = Read(ref bits, 1, isInner: true);
            using var decoder = new EntropyDecoder(code, ref bits);
            for (int i = 0; i < clusters.Length; i++)
            {
                uint cluster = decoder.Read(ref bits, 0, 0);
                if (cluster >= MaxClusters) throw bits.Invalid($"there is no cluster {cluster}");
                clusters[i] = (byte)cluster;
            }
            decoder.End(ref bits);
            if (movesToFront) MoveToFront(clusters);
        }
        Span<bool> seen = stackalloc bool[MaxClusters];
        seen.Clear();
        int count = 0;
        foreach (byte cluster in clusters)
        {
            seen[cluster] = true;
            count = Math.Max(count, cluster + 1);
        }
        return seen[..count].Contains(false) ? throw bits.Invalid("a cluster has no context") : count;
    }

    private static void MoveToFront(Span<byte> clusters)
    {
        Span<byte> order = stackalloc byte[MaxClusters];
        for (int i = 0; i < MaxClusters; i++) order[i] = (byte)i;
        for (int i = 0; i < clusters.Length; i++)
        {
            int at = clusters[i];
            byte moved = order[at];
            order[..at].CopyTo(order[1..]);
            order[0] = moved;
            clusters[i] = moved;
        }
    }
}

/// <summary>How a symbol becomes an integer: small ones are themselves, larger ones hold the highest and lowest bits, and the
/// ones between follow (§C.2.3).</summary>
internal readonly struct HybridInteger
{
    private readonly byte _split;
    private readonly byte _high;
    private readonly byte _low;

    private HybridInteger(int split, int high, int low) => (_split, _high, _low) = ((byte)split, (byte)high, (byte)low);

    public static HybridInteger Read(ref BitReader bits, int alphabetBits)
    {
        int split = bits.ReadUpTo(alphabetBits);
        if (split == alphabetBits) return new HybridInteger(split, 0, 0);
        int high = bits.ReadUpTo(split);
        return new HybridInteger(split, high, bits.ReadUpTo(split - high));
    }

    public uint Value(ref BitReader bits, int symbol)
    {
        if (symbol < 1 << _split) return (uint)symbol;
        int count = _split - _high - _low + ((symbol - (1 << _split)) >> (_high + _low));
        if (count > 31 - _high - _low) throw bits.Invalid("an integer has more than 32 bits");
        uint high = (uint)(symbol >> _low) & ((1u << _high) - 1) | 1u << _high;
        return (high << count | bits.Read(count)) << _low | (uint)symbol & ((1u << _low) - 1);
    }
}
