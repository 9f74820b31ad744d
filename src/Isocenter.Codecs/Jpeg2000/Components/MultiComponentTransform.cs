using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The multiple component transform of part 2 as its marker segments describe it (ISO/IEC 15444-2 §A.3.6 to A.3.9):
/// arrays of numbers (MCT), collections of components with the arrays they go through (MCC), and depths (CBD). Which
/// collections apply, MCO says: <see cref="TileParameters.Stages"/>.</summary>
/// <remarks>Arrays and collections that go on in a series of segments are put together as these come.</remarks>
internal sealed class MultiComponentTransform
{
    private readonly Dictionary<(ArrayKind Kind, int Index), double[]> _arrays = [];
    private readonly Dictionary<int, ComponentCollection[]> _stages = [];
    private readonly Dictionary<(ushort Marker, int Index), (int Last, List<byte> Bytes)> _series = [];
    private ComponentSize[]? _depths;

    /// <summary>What an array is for: bits 8 and 9 of Imct.</summary>
    private enum ArrayKind
    {
        Dependency = 0,
        Decorrelation = 1,
        Offset = 2,
    }

    /// <summary>Takes up one marker segment.</summary>
    /// <exception cref="CodecException">It is damaged, or asks for a transform that is not supported.</exception>
    public void Read(ushort marker, ref SegmentReader reader, TileParameters parameters)
    {
        switch (marker)
        {
            case Marker.Mct: ReadArray(ref reader); break;
            case Marker.Mcc: ReadStage(ref reader); break;
            case Marker.Mco: parameters.Stages = reader.Take(reader.U8()).ToArray(); break;
            case Marker.Cbd: ReadDepths(ref reader); break;
        }
    }

    /// <summary>For a tile whose header adds to it.</summary>
    public MultiComponentTransform Copy()
    {
        var copy = new MultiComponentTransform { _depths = _depths };
        foreach (var (key, values) in _arrays) copy._arrays[key] = values;
        foreach (var (key, collections) in _stages) copy._stages[key] = collections;
        return copy;
    }

    /// <summary>The components of the decoded image, whose places on the grid are those of the code stream's.</summary>
    public ComponentSize[] DecodedComponents(ImageSize size) => _depths ?? size.Components;

    /// <summary>Integers become integers in each of these stages.</summary>
    public bool IsReversible(byte[] stages) =>
        stages.All(stage => !_stages.TryGetValue(stage, out var collections) || collections.All(c => c.IsReversible || c is { Array: 0, Kind: not CollectionKind.Wavelet }));

    /// <summary>Applies the stages to the components of a tile, which stay.</summary>
    /// <param name="components">Samples after the wavelet transform.</param>
    /// <param name="parameters">Those of the tile.</param>
    /// <param name="decoded">How many components come out.</param>
    /// <param name="memory">Counts what the results take.</param>
    /// <param name="cancel">Asked between components.</param>
    /// <returns>For each component of the image its samples, an offset for the level shift in them.</returns>
    public MixedComponent[] Invert(ComponentSynthesis[] components, TileParameters parameters, int decoded, WorkingMemory memory, CancellationToken cancel)
    {
        var mix = new ComponentMix(components, memory);
        try
        {
            foreach (byte stage in parameters.Stages)
            {
                if (!_stages.TryGetValue(stage, out var collections))
                    throw Damage.Of($"MCO names component collections {stage}, there is no MCC of them", "ISO/IEC 15444-2 §A.3.9");
                mix.Apply(collections.Select(c => c.With(
                    Array(c.Kind == CollectionKind.Dependency ? ArrayKind.Dependency : ArrayKind.Decorrelation, c.Array), Array(ArrayKind.Offset, c.Offset))), cancel);
            }
            return mix.Take(decoded);
        }
        finally
        {
            mix.Dispose();
        }
    }

    private double[]? Array(ArrayKind kind, int index) =>
        index == 0 ? null : _arrays.TryGetValue((kind, index), out double[]? values) ? values
            : throw Damage.Of($"MCC names array {index} of kind {kind}, there is no MCT of it", "ISO/IEC 15444-2 §A.3.8");

    private void ReadArray(ref SegmentReader reader)
    {
        int start = reader.Position, place = reader.U16(), what = reader.U16();
        int last = place == 0 ? reader.U16() : -1;   // Ymct
        int index = what & 0xFF, kind = what >> 8 & 3, type = what >> 10 & 3;
        if (index == 0 || kind > 2) throw Damage.At(start, $"array {index} of kind {kind}", "ISO/IEC 15444-2 Table A.33");
        if (!TryJoin((Marker.Mct, what), place, last, ref reader, out var bytes)) return;
        int width = type switch { 0 => 2, 1 or 2 => 4, _ => 8 };
        var values = new double[bytes.Length / width];
        for (int i = 0; i < values.Length; i++)
        {
            var from = bytes[(i * width)..];
            values[i] = type switch
            {
                0 => BinaryPrimitives.ReadInt16BigEndian(from),
                1 => BinaryPrimitives.ReadInt32BigEndian(from),
                2 => BinaryPrimitives.ReadSingleBigEndian(from),
                _ => BinaryPrimitives.ReadDoubleBigEndian(from),
            };
            if (!double.IsFinite(values[i])) throw Damage.At(start, $"array {index} has a value that is no number");
        }
        _arrays[((ArrayKind)kind, index)] = values;
    }

    private void ReadStage(ref SegmentReader reader)
    {
        int place = reader.U16(), index = reader.U8();
        int last = place == 0 ? reader.U16() : -1;   // Ymcc
        if (!TryJoin((Marker.Mcc, index), place, last, ref reader, out var bytes)) return;
        var all = new SegmentReader(bytes, 0, bytes.Length);
        var collections = new ComponentCollection[all.U16()];
        for (int i = 0; i < collections.Length; i++) collections[i] = ComponentCollection.Read(ref all);
        _stages[index] = collections;
    }

    // Adds a segment to its series: those of one marker and index, in the order of their places. True with the last of them.
    private bool TryJoin((ushort, int) key, int place, int last, ref SegmentReader reader, out ReadOnlySpan<byte> whole)
    {
        if (place == 0) _series[key] = (last, []);
        whole = default;
        if (!_series.TryGetValue(key, out var series) || place > series.Last)
            throw Damage.At(reader.Position, $"segment {place} of a series that has no such", "ISO/IEC 15444-2 §A.3.7");
        series.Bytes.AddRange(reader.Take(reader.Remaining));
        if (place < series.Last) return false;
        _series.Remove(key);
        whole = CollectionsMarshal.AsSpan(series.Bytes);
        return true;
    }

    private void ReadDepths(ref SegmentReader reader)
    {
        int start = reader.Position, count = reader.U16();
        bool alike = (count & 0x8000) != 0;
        count &= 0x7FFF;
        if (count is 0 or > 16384) throw Damage.At(start, $"{count} components come out of the transform", "ISO/IEC 15444-2 §A.3.6");
        var depths = new ComponentSize[count];
        for (int i = 0; i < count; i++)
        {
            if (i > 0 && alike)
            {
                depths[i] = depths[0];
                continue;
            }
            int depth = reader.U8(), precision = (depth & 0x7F) + 1;
            if (precision > 38) throw Damage.At(start, $"component {i} of {precision} bits", "ISO/IEC 15444-2 §A.3.6");
            depths[i] = new ComponentSize(precision, (depth & 0x80) != 0, 1, 1);
        }
        _depths = depths;
    }
}
