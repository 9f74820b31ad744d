namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One packet: a layer of a precinct.</summary>
internal readonly record struct PacketId(TileComponent Component, Resolution Resolution, int Precinct, int Layer);

/// <summary>The order of the packets of a tile (ISO/IEC 15444-1 §B.12). A precinct's packets come in the order of layers,
/// whichever progressions they are spread over, so that the next one is always that of <see cref="Resolution.LayersRead"/>.</summary>
internal sealed class PacketSequence(Tile tile, ImageSize size, WorkingMemory memory)
{
    // Steps that find no packet: progression changes over and over the same precincts are cut off here.
    private const long MaxIdleSteps = 1 << 27;
    private long _idle;

    public IEnumerable<PacketId> Packets()
    {
        var parameters = tile.Parameters;
        if (parameters.Changes.Count == 0)
        {
            var all = new ProgressionVolume(0, 0, parameters.Layers, 33, tile.Components.Length, parameters.Order);
            foreach (var packet in Packets(all)) yield return packet;
        }
        foreach (var volume in parameters.Changes)
            foreach (var packet in Packets(volume with { EndLayer = Math.Min(volume.EndLayer, parameters.Layers) })) yield return packet;
    }

    private IEnumerable<PacketId> Packets(ProgressionVolume volume) => volume.Order switch
    {
        ProgressionOrder.Lrcp => LayerFirst(volume),
        ProgressionOrder.Rlcp => ResolutionLayerFirst(volume),
        _ => ByPosition(volume),
    };

    private IEnumerable<PacketId> LayerFirst(ProgressionVolume volume)
    {
        int end = Math.Min(volume.EndResolution, Levels);
        for (int layer = FirstLayer(volume, volume.FirstResolution, end); layer < volume.EndLayer; layer++)
            for (int r = volume.FirstResolution; r < end; r++)
                foreach (var packet in OfLayer(volume, r, layer)) yield return packet;
    }

    private IEnumerable<PacketId> ResolutionLayerFirst(ProgressionVolume volume)
    {
        int end = Math.Min(volume.EndResolution, Levels);
        for (int r = volume.FirstResolution; r < end; r++)
            for (int layer = FirstLayer(volume, r, r + 1); layer < volume.EndLayer; layer++)
                foreach (var packet in OfLayer(volume, r, layer)) yield return packet;
    }

    private IEnumerable<PacketId> OfLayer(ProgressionVolume volume, int r, int layer)
    {
        for (int c = volume.FirstComponent; c < volume.EndComponent; c++)
        {
            var component = tile.Components[c];
            if (r >= component.Resolutions.Length) continue;
            var resolution = component.Resolutions[r];
            for (int p = 0; p < resolution.Precincts; p++)
            {
                if (resolution.LayersRead[p] == layer) yield return new PacketId(component, resolution, p, layer);
                else Idle();
            }
        }
    }

    private int Levels => tile.Components.Max(c => c.Resolutions.Length);

    // Layers that every precinct already has hold no packet of the volume.
    private int FirstLayer(ProgressionVolume volume, int firstResolution, int endResolution)
    {
        int first = volume.EndLayer;
        for (int c = volume.FirstComponent; c < volume.EndComponent; c++)
        {
            var resolutions = tile.Components[c].Resolutions;
            for (int r = firstResolution; r < Math.Min(endResolution, resolutions.Length); r++)
            {
                Idle(resolutions[r].Precincts);
                foreach (ushort read in resolutions[r].LayersRead) first = Math.Min(first, read);
            }
        }
        return first;
    }

    private readonly record struct Place(long Y, long X, int Component, int Resolution, int Precinct);

    // The standard steps over every point of the reference grid and asks which precincts begin there. Sorting the
    // precincts by where they begin gives the same order, however large the grid.
    private IEnumerable<PacketId> ByPosition(ProgressionVolume volume)
    {
        long count = 0;
        int end = Math.Min(volume.EndResolution, Levels);
        for (int c = volume.FirstComponent; c < volume.EndComponent; c++)
            for (int r = volume.FirstResolution; r < Math.Min(end, tile.Components[c].Resolutions.Length); r++)
                count += tile.Components[c].Resolutions[r].Precincts;
        Idle(count);
        memory.Take(count * 32, "the positions of precincts");
        var places = new List<Place>((int)count);
        for (int c = volume.FirstComponent; c < volume.EndComponent; c++)
            for (int r = volume.FirstResolution; r < Math.Min(end, tile.Components[c].Resolutions.Length); r++)
                AddPlaces(places, c, r, volume.EndLayer);
        places.Sort(volume.Order switch
        {
            ProgressionOrder.Rpcl => static (a, b) => Compare((a.Resolution, a.Y, a.X, a.Component, a.Precinct), (b.Resolution, b.Y, b.X, b.Component, b.Precinct)),
            ProgressionOrder.Pcrl => static (a, b) => Compare((a.Y, a.X, a.Component, a.Resolution, a.Precinct), (b.Y, b.X, b.Component, b.Resolution, b.Precinct)),
            _ => static (a, b) => Compare((a.Component, a.Y, a.X, a.Resolution, a.Precinct), (b.Component, b.Y, b.X, b.Resolution, b.Precinct)),
        });
        foreach (var place in places)
        {
            var component = tile.Components[place.Component];
            var resolution = component.Resolutions[place.Resolution];
            for (int layer = resolution.LayersRead[place.Precinct]; layer < volume.EndLayer; layer++)
                yield return new PacketId(component, resolution, place.Precinct, layer);
        }
        memory.Release(count * 32);
    }

    private static int Compare<T>(T a, T b) where T : IComparable<T> => a.CompareTo(b);

    private void AddPlaces(List<Place> places, int c, int r, int endLayer)
    {
        var component = tile.Components[c];
        var resolution = component.Resolutions[r];
        int shift = component.Resolutions.Length - 1 - r;
        long stepX = (long)size.Components[c].SubsamplingX << shift, stepY = (long)size.Components[c].SubsamplingY << shift;
        for (int p = 0; p < resolution.Precincts; p++)
        {
            if (resolution.LayersRead[p] >= endLayer) continue;
            var (x, y) = resolution.PrecinctOrigin(p);
            // A precinct that begins before the tile is met at the tile's edge.
            places.Add(new Place(Math.Max(tile.Area.Y0, y * stepY), Math.Max(tile.Area.X0, x * stepX), c, r, p));
        }
    }

    private void Idle(long steps = 1)
    {
        if ((_idle += steps) > MaxIdleSteps) throw Damage.Of("progression changes lead nowhere", "ISO/IEC 15444-1 §A.6.6");
    }
}
