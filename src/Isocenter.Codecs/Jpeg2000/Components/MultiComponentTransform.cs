namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The multiple component transform of part 2 (ISO/IEC 15444-2 §A.3.6 to A.3.9, Annex J).</summary>
internal sealed class MultiComponentTransform
{
    private readonly List<ushort> _markers = [];

    public void Read(ushort marker, ref SegmentReader reader, TileParameters parameters)
    {
        _ = parameters;
        _markers.Add(marker);
        throw Damage.At(reader.Position, $"marker segment 0x{marker:X4}: the multiple component transform is not supported");
    }

    public MultiComponentTransform Copy()
    {
        var copy = new MultiComponentTransform();
        copy._markers.AddRange(_markers);
        return copy;
    }

    public ComponentSize[] DecodedComponents(ImageSize size, TileParameters main) => _markers.Count > 0 && main.Stages.Length > 0 ? [] : size.Components;

    public bool IsReversible(byte[] stages) => _markers.Count == 0 && stages.Length == 0;
}
