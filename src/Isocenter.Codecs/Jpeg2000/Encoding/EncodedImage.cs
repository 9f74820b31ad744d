using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>An image whose code-blocks are all encoded, and the code stream that is made of them.</summary>
internal sealed class EncodedImage : IDisposable
{
    // A part of the blocks tells where the others may end.
    private const int SampledOneIn = 8;
    private const int LeastToSample = 128;
    private const double Margin = 3;

    private readonly EncodePlan _plan;
    private readonly Tile[] _tiles;
    private readonly EncodedStore _store = new();
    private readonly List<EncodeWork> _work = [];
    private double _energy;
    private EncodedBlock[] _blocks = [];

    private EncodedImage(EncodePlan plan)
    {
        _plan = plan;
        _tiles = new Tile[plan.Size.Tiles];
        var memory = new WorkingMemory(long.MaxValue);
        for (int t = 0; t < _tiles.Length; t++) _tiles[t] = new Tile(plan.Size, t, plan.Parameters, memory);
    }

    /// <summary>All blocks, by index.</summary>
    public EncodedBlock[] Blocks => _blocks;

    /// <summary>The squared error of the image when nothing is decoded, if the plan needs it.</summary>
    public double Energy => _energy;

    /// <summary>The least squared error taken away by a byte for which blocks were encoded on; 0 when all are complete.</summary>
    public double LeastSlope { get; private set; }

    public void Dispose() => _store.Dispose();

    /// <summary>Encodes all code-blocks of a frame.</summary>
    /// <param name="reader">The frame.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="wanted">Bytes that are wanted of the whole; passes that will not be among them may be left out. Infinite for
    /// all.</param>
    /// <param name="cancel">Asked between blocks.</param>
    public static EncodedImage Make(SampleReader reader, EncodePlan plan, double wanted, CancellationToken cancel)
    {
        var image = new EncodedImage(plan);
        try
        {
            foreach (var tile in image._tiles) image.EncodeTile(reader, tile, wanted, cancel);
            image._blocks = [.. image._work.Select(Result)];
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>How long the code stream is, up to and with a layer.</summary>
    public long Measure(ushort[] passes, int layer, CancellationToken cancel)
    {
        var discarded = new ArrayBufferWriter<byte>(512);
        var writer = new MainHeaderWriter(discarded);
        writer.BeginImage(_plan.Size, 0);
        writer.Parameters(_plan.Parameters, _plan.Options.WritesSop, _plan.Options.WritesEph);
        long length = discarded.WrittenCount + 2;   // EOC
        if (_plan.Options.WritesTlm) length += MainHeaderWriter.TilePartLengthsSize(_tiles.Length);
        foreach (var tile in _tiles) length += MainHeaderWriter.TilePartHeader + WritePackets(tile, passes, layer + 1, null, cancel);
        return length;
    }

    /// <summary>Writes the code stream.</summary>
    public void Write(ushort[] passes, IBufferWriter<byte> output, CancellationToken cancel)
    {
        int layers = _plan.Parameters.Layers;
        var parts = new (int Tile, long Length)[_tiles.Length];
        for (int t = 0; t < parts.Length; t++)
            parts[t] = (t, MainHeaderWriter.TilePartHeader + WritePackets(_tiles[t], passes, layers, null, cancel));

        var writer = new MainHeaderWriter(output);
        writer.BeginImage(_plan.Size, 0);
        writer.Parameters(_plan.Parameters, _plan.Options.WritesSop, _plan.Options.WritesEph);
        if (_plan.Options.WritesTlm) writer.TilePartLengths(parts);
        for (int t = 0; t < parts.Length; t++)
        {
            writer.BeginTilePart(t, parts[t].Length, 0, 1);
            WritePackets(_tiles[t], passes, layers, output, cancel);
        }
        writer.EndImage();
    }

    private long WritePackets(Tile tile, ushort[] passes, int layers, IBufferWriter<byte>? output, CancellationToken cancel)
    {
        Span<long> lengths = stackalloc long[33];
        lengths.Clear();
        var packets = new PacketWriter(tile, _plan.Size, passes) { WritesSop = _plan.Options.WritesSop, WritesEph = _plan.Options.WritesEph };
        packets.Write(output, layers, lengths, null, cancel);
        long length = 0;
        foreach (long part in lengths) length += part;
        return length;
    }

    private void EncodeTile(SampleReader reader, Tile tile, double wanted, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        int threads = Math.Max(1, _plan.Options.MaxDegreeOfParallelism), first = _work.Count;
        using var analysis = new TileAnalysis(reader, tile, new WorkingMemory(long.MaxValue));
        analysis.Run(_plan.Fraction, threads, cancel);
        foreach (var component in tile.Components)
            foreach (var resolution in component.Resolutions)
                for (int p = 0; p < resolution.Precincts; p++) AddWork(analysis, component, resolution, resolution.Precinct(p));

        int count = _work.Count - first;
        if (_tiles.Length > 1 || count < LeastToSample || double.IsInfinity(wanted))
        {
            Encode(i => first + i, count, 0, threads, cancel);
            return;
        }

        // One of each group, not always the same: blocks come by rows.
        int groups = count / SampledOneIn;
        int Chosen(int group) => (int)((uint)group * 2654435769u >> 29);
        Encode(i => first + i * SampledOneIn + Chosen(i), groups, 0, threads, cancel);
        var sample = new EncodedBlock[groups];
        for (int i = 0; i < groups; i++) sample[i] = Result(_work[first + i * SampledOneIn + Chosen(i)]);
        LeastSlope = new RateAllocation(_plan, sample, (_, _) => 0).SlopeFor(wanted, count / (double)groups) / Margin;
        Encode(Other, count - groups, LeastSlope, threads, cancel);

        int Other(int i)
        {
            int group = i / (SampledOneIn - 1), place = i % (SampledOneIn - 1);
            if (group < groups && place >= Chosen(group)) place++;
            return first + (group < groups ? group * SampledOneIn + place : groups * SampledOneIn + i - groups * (SampledOneIn - 1));
        }
    }

    private void AddWork(TileAnalysis analysis, TileComponent component, Resolution resolution, Precinct precinct)
    {
        for (int b = 0; b < precinct.Bands.Length; b++)
        {
            var band = precinct.Bands[b];
            band.Encoded = new EncodedBlocks(band);
            var plane = analysis.Band(component.Index, resolution.Level, b);
            double weight = _plan.Weight(band.Band, component.Index);
            for (int i = 0; i < band.Blocks.Length; i++) _work.Add(new EncodeWork(band, i, plane, weight, _work.Count));
        }
    }

    private void Encode(Func<int, int> place, int count, double slope, int threads, CancellationToken cancel)
    {
        double[] energies = _plan.NeedsEnergy ? new double[count] : [];
        Work.Spread(count, threads, () => new EncodeWorker(_store, _plan), (i, worker) =>
        {
            double energy = worker.Encode(_work[place(i)], slope);
            if (energies.Length > 0) energies[i] = energy;
        }, cancel);
        _energy += energies.Sum();
    }

    private static EncodedBlock Result(EncodeWork work) => work.Band.Encoded!.Blocks[work.Block];
}
