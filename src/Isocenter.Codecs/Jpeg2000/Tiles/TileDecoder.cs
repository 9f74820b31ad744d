namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Decodes one tile: packets, code-blocks, wavelets, component transforms. Any thread may do it; writing the
/// samples is left to the caller's, which has the buffer.</summary>
internal sealed class TileDecoder(Jpeg2000Header header, TileSource source, int index, DecodeOptions options, WorkingMemory memory) : IDisposable
{
    private readonly WorkingMemory _memory = memory.Part();
    private ComponentSynthesis[] _components = [];
    private int _damaged;

    /// <summary>Of the tile.</summary>
    public int Index => index;

    /// <summary>The tile, once it is laid out.</summary>
    public Tile? Tile { get; private set; }

    /// <summary>What is wrong; what could be decoded is there in spite of it.</summary>
    public CodecException? Problem { get; private set; } = source.Problem;

    /// <summary>The samples of each component before the level shift; empty when there are none.</summary>
    public IReadOnlyList<ComponentSynthesis> Components => _components;

    /// <summary>In their place what the multiple component transform made of them; empty without.</summary>
    public IReadOnlyList<MixedComponent> Mixed { get; private set; } = [];

    /// <summary>Decodes the tile. Damage is left in <see cref="Problem"/>.</summary>
    /// <param name="threads">That may work on it.</param>
    /// <param name="cancel">Asked between code-blocks.</param>
    public void Decode(int threads, CancellationToken cancel)
    {
        try
        {
            Tile = new Tile(header.Size, index, source.Parameters, _memory);
            string? problem = new PacketReader(Tile, header.Size, _memory).Read(source.Body, source.PackedHeaders, cancel);
            if (problem is not null) Problem ??= Damage.Of(problem, "ISO/IEC 15444-1 §B.9");
            DecodeBlocks(Tile, threads, cancel);
            foreach (var component in _components) component.Synthesize();
            if (source.Parameters.MixesComponents) Mix(cancel);
            else if (!ComponentTransform.TryInvert(Tile, _components))
                Problem ??= Damage.Of("the component transform wants three components of one size and one wavelet transform", "ISO/IEC 15444-1 §G.1");
        }
        catch (CodecException problem)
        {
            Problem = problem;
            DisposeComponents();
        }
    }

    public void Dispose()
    {
        DisposeComponents();
        source.Dispose();
        _memory.Dispose();
    }

    private void Mix(CancellationToken cancel)
    {
        Mixed = source.Parameters.MultiComponent!.Invert(_components, source.Parameters, header.DecodedComponents.Length, _memory, cancel);
        foreach (var component in _components) component.Dispose();
        _components = [];
    }

    private void DisposeComponents()
    {
        foreach (var component in Mixed) component.Samples.Dispose();
        Mixed = [];
        foreach (var component in _components) component?.Dispose();
        _components = [];
    }

    private void DecodeBlocks(Tile tile, int threads, CancellationToken cancel)
    {
        bool wide = header.Size.Components.Any(c => c.Precision > 25);
        _components = new ComponentSynthesis[tile.Components.Length];
        var work = new List<BlockWork>();
        for (int c = 0; c < _components.Length; c++)
        {
            var component = tile.Components[c];
            int levels = component.Resolutions.Length - options.DiscardLevels;
            if (levels < 1)
                throw Damage.Of($"component {c} has {component.Resolutions.Length - 1} decomposition levels, {options.DiscardLevels} are to be left out");
            _components[c] = ComponentSynthesis.Make(component, levels, wide, _memory);
            for (int r = 0; r < levels; r++) AddWork(component, component.Resolutions[r], _components[c], work);
        }

        Work.Spread(work.Count, threads, () => new BlockWorker(_memory), (i, worker) =>
        {
            if (!worker.Decode(tile, source.Body, work[i])) Interlocked.Increment(ref _damaged);
        }, cancel);
        if (_damaged > 0) Problem ??= Damage.Of($"{_damaged} code-blocks of tile {index} are damaged", "ISO/IEC 15444-15 §7");
    }

    // What no block will be decoded into is 0.
    private void AddWork(TileComponent component, Resolution resolution, ComponentSynthesis synthesis, List<BlockWork> work)
    {
        bool isWhole = true;
        for (int p = 0; p < resolution.Precincts && isWhole; p++) isWhole = resolution.Existing(p) is not null;
        for (int b = 0; b < resolution.Bands.Length && !isWhole; b++) synthesis.Target(resolution.Level, b).Clear();
        for (int p = 0; p < resolution.Precincts; p++)
        {
            if (resolution.Existing(p) is not { } precinct) continue;
            for (int b = 0; b < precinct.Bands.Length; b++)
            {
                var band = precinct.Bands[b];
                var target = synthesis.Target(resolution.Level, b);
                for (int i = 0; i < band.Blocks.Length; i++)
                {
                    if (band.Blocks[i].FirstChunk < 0)
                    {
                        if (isWhole) target.Clear(band.BlockArea(i));
                        continue;
                    }
                    if (work.Count == work.Capacity)
                    {
                        int more = Math.Max(64, work.Capacity);
                        _memory.Take(more * 32L, "the list of code-blocks");
                        work.Capacity += more;
                    }
                    work.Add(new BlockWork(component, band, i, target));
                }
            }
        }
    }
}
