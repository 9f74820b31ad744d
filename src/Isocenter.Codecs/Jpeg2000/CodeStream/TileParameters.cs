namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What the marker segments of the main header, or of the headers of one tile, say of coding (ISO/IEC 15444-1
/// §A.6).</summary>
internal sealed class TileParameters
{
    /// <summary>Of a region of interest. The standard has room for 255, but 37, the most bit planes of a sub-band, is all that an
    /// encoder needs; with more than this a block has more bit planes than are decoded.</summary>
    private const int MaxRoiShift = 88;

    private readonly int _components;
    private readonly CodingStyle?[] _coding;
    private readonly Quantization?[] _quantization;
    private readonly byte[] _roiShift;
    private readonly bool[] _ownCoding;          // set by COC of this header: COD does not change it
    private readonly bool[] _ownQuantization;    // set by QCC of this header
    private readonly List<ProgressionVolume> _changes = [];
    private bool _usesMultiComponent;

    /// <summary>Those of a main header, nothing known yet.</summary>
    public TileParameters(int components)
    {
        _components = components;
        _coding = new CodingStyle?[components];
        _quantization = new Quantization?[components];
        _roiShift = new byte[components];
        _ownCoding = new bool[components];
        _ownQuantization = new bool[components];
    }

    /// <summary>Those of a tile, beginning with what the main header says.</summary>
    public TileParameters(TileParameters main)
        : this(main._components)
    {
        main._coding.CopyTo(_coding, 0);
        main._quantization.CopyTo(_quantization, 0);
        main._roiShift.CopyTo(_roiShift, 0);
        _changes.AddRange(main._changes);
        (Order, Layers, HasComponentTransform, UsesSop, UsesEph) = (main.Order, main.Layers, main.HasComponentTransform, main.UsesSop, main.UsesEph);
        (MultiComponent, Stages, _usesMultiComponent) = (main.MultiComponent, main.Stages, main._usesMultiComponent);
    }

    /// <summary>Those of an encoder, the same for all components.</summary>
    public TileParameters(int components, CodingStyle coding, Quantization quantization, ProgressionOrder order, int layers, bool hasTransform)
        : this(components)
    {
        Array.Fill(_coding, coding);
        Array.Fill(_quantization, quantization);
        (Order, Layers, HasComponentTransform) = (order, layers, hasTransform);
    }

    public ProgressionOrder Order { get; private set; }

    /// <summary>Layers, 1 to 65535.</summary>
    public int Layers { get; private set; }

    /// <summary>The first three components went through RCT or ICT.</summary>
    public bool HasComponentTransform { get; private set; }

    /// <summary>Packets may begin with SOP.</summary>
    public bool UsesSop { get; private set; }

    /// <summary>Packet headers end with EPH.</summary>
    public bool UsesEph { get; private set; }

    /// <summary>Progression changes; empty when the whole tile has <see cref="Order"/>.</summary>
    public IReadOnlyList<ProgressionVolume> Changes => _changes;

    /// <summary>The code stream says that its components went through a multiple component transform, and which.</summary>
    public bool MixesComponents => _usesMultiComponent && MultiComponent is not null && Stages.Length > 0;

    /// <summary>Arrays and collections of the multiple component transform of part 2; null without.</summary>
    public MultiComponentTransform? MultiComponent { get; set; }

    /// <summary>Indices of the component collections, in the order the decoder applies them (MCO).</summary>
    public byte[] Stages { get; set; } = [];

    public CodingStyle Coding(int component) => _coding[component] ?? throw Damage.Of("there is no COD", "ISO/IEC 15444-1 §A.6.1");

    public Quantization Quantization(int component) =>
        _quantization[component] ?? throw Damage.Of("there is no QCD", "ISO/IEC 15444-1 §A.6.4");

    /// <summary>Bits that the region of interest was shifted up by; 0 without one.</summary>
    public int RoiShift(int component) => _roiShift[component];

    /// <summary>Takes up one marker segment.</summary>
    /// <returns>False when it is none of those that both kinds of header may have.</returns>
    public bool TryRead(ushort marker, ref SegmentReader reader)
    {
        int start = reader.Position;
        switch (marker)
        {
            case Marker.Cod:
                ReadCod(ref reader);
                return true;
            case Marker.Coc:
                int coc = KnownComponent(ref reader);
                _coding[coc] = CodingStyle.Read(ref reader, (reader.U8() & 1) != 0);
                _ownCoding[coc] = true;
                return true;
            case Marker.Qcd:
                var quantization = Jpeg2000.Quantization.Read(ref reader);
                for (int i = 0; i < _components; i++)
                    if (!_ownQuantization[i]) _quantization[i] = quantization;
                return true;
            case Marker.Qcc:
                int qcc = KnownComponent(ref reader);
                _quantization[qcc] = Jpeg2000.Quantization.Read(ref reader);
                _ownQuantization[qcc] = true;
                return true;
            case Marker.Rgn:
                int roi = KnownComponent(ref reader);
                int style = reader.U8(), shift = reader.U8();
                if (style != 0 || shift > MaxRoiShift)
                    throw Damage.At(start, $"region of interest of style {style}, shift {shift}", "ISO/IEC 15444-1 Table A.25");
                _roiShift[roi] = (byte)shift;
                return true;
            default:
                return false;
        }
    }

    /// <summary>POC: in the main header and the first tile-part the progressions of the tile, in a later tile-part more of
    /// them.</summary>
    public void ReadChanges(ref SegmentReader reader, bool append)
    {
        if (!append) _changes.Clear();
        ProgressionVolume.ReadAll(ref reader, _components, _changes);
    }

    /// <summary>Refuses parameters that cannot be decoded together.</summary>
    public void Check()
    {
        for (int i = 0; i < _components; i++)
        {
            _ = Coding(i);
            _ = Quantization(i);
        }
    }

    private void ReadCod(ref SegmentReader reader)
    {
        int start = reader.Position;
        int style = reader.U8(), order = reader.U8(), layers = reader.U16(), transform = reader.U8();
        if (order > 4) throw Damage.At(start, $"progression order {order} is not known", "ISO/IEC 15444-1 Table A.16");
        if (layers == 0) throw Damage.At(start, "there are no layers", "ISO/IEC 15444-1 Table A.14");
        (Order, Layers) = ((ProgressionOrder)order, layers);
        HasComponentTransform = (transform & 1) != 0;
        _usesMultiComponent = (transform & 6) != 0;   // ISO/IEC 15444-2 Table A.11
        UsesSop = (style & 2) != 0;
        UsesEph = (style & 4) != 0;
        var coding = CodingStyle.Read(ref reader, (style & 1) != 0);
        for (int i = 0; i < _components; i++)
            if (!_ownCoding[i]) _coding[i] = coding;
    }

    private int KnownComponent(ref SegmentReader reader)
    {
        int start = reader.Position, component = reader.Component(_components);
        return component < _components ? component
            : throw Damage.At(start, $"component {component} of {_components}", "ISO/IEC 15444-1 §A.6");
    }
}
