using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The bytes of one tile, collected from its tile-parts, and what their headers say.</summary>
internal sealed class TileSource : IDisposable
{
    private readonly WorkingMemory _memory;
    private byte[] _body = [];

    private TileSource(TileParameters parameters, WorkingMemory memory)
    {
        Parameters = parameters;
        _memory = memory;
    }

    public TileParameters Parameters { get; }

    /// <summary>Packets, one tile-part after the other.</summary>
    public ReadOnlySpan<byte> Body => _body.AsSpan(0, Length);

    /// <summary>Bytes of the body.</summary>
    public int Length { get; private set; }

    /// <summary>Packet headers of PPM and PPT; empty when they are in the body.</summary>
    public byte[] PackedHeaders { get; private set; } = [];

    /// <summary>What is wrong with a later tile-part; what came before it is here.</summary>
    public CodecException? Problem { get; private set; }

    /// <summary>Reads the headers of the tile-parts and collects what is behind them.</summary>
    /// <param name="stream">The whole code stream.</param>
    /// <param name="header">Its main header.</param>
    /// <param name="index">Its tile-parts.</param>
    /// <param name="packed">Where the packet headers of each tile-part are in PPM; empty without.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="memory">Counts what the bytes take.</param>
    /// <exception cref="CodecException">The header of the first tile-part is damaged, or memory does not suffice.</exception>
    public static TileSource Collect(
        ReadOnlySpan<byte> stream, Jpeg2000Header header, TilePartIndex index, (int Start, int Length)[] packed, int tile, WorkingMemory memory)
    {
        long length = 0;
        for (int i = index.First(tile); i >= 0; i = index[i].Next) length += index[i].End - index[i].Header;
        memory.Take(2 * length, "the bytes of a tile");   // at most twice: the pool rounds up

        var source = new TileSource(new TileParameters(header.Main), memory) { _body = ArrayPool<byte>.Shared.Rent((int)length) };
        try
        {
            var headers = new List<byte>();
            for (int i = index.First(tile), count = 0; i >= 0; i = index[i].Next, count++)
                source.Add(stream, index[i], header, packed.Length > i ? packed[i] : default, isFirst: count == 0, headers);
            source.Parameters.Check();
            source.PackedHeaders = [.. headers];
        }
        catch (CodecException problem)
        {
            source.Problem = problem;
        }
        memory.Release(2 * length - source._body.Length);
        return source;
    }

    public void Dispose()
    {
        _memory.Release(_body.Length);
        if (_body.Length > 0) ArrayPool<byte>.Shared.Return(_body);
        _body = [];
        Length = 0;
    }

    private void Add(
        ReadOnlySpan<byte> stream, TilePart part, Jpeg2000Header header, (int Start, int Length) packed, bool isFirst, List<byte> headers)
    {
        var upToEnd = stream[..part.End];
        int at = part.Header;
        var ppt = new SortedDictionary<int, byte[]>();
        bool hasChanges = false;
        while (Jpeg2000Header.TryNextSegment(upToEnd, ref at, out ushort marker, out var segment))
        {
            if (Parameters.TryRead(marker, ref segment)) continue;
            switch (marker)
            {
                case Marker.Poc:
                    Parameters.ReadChanges(ref segment, append: hasChanges || !isFirst);
                    hasChanges = true;
                    break;
                case Marker.Ppt:
                    ppt[segment.U8()] = segment.Take(segment.Remaining).ToArray();
                    break;
                case Marker.Mct or Marker.Mcc or Marker.Mco:
                    Parameters.MultiComponent = Parameters.MultiComponent?.Copy() ?? new MultiComponentTransform();
                    Parameters.MultiComponent.Read(marker, ref segment, Parameters);
                    break;
                default:
                    Marker.RefuseExtension(marker, at);
                    break;
            }
        }
        if (header.PackedHeaders is { } ppm) headers.AddRange(ppm.AsSpan(packed.Start, packed.Length));
        foreach (byte[] bytes in ppt.Values) headers.AddRange(bytes);
        if (at + 2 > upToEnd.Length || upToEnd[at] != 0xFF || upToEnd[at + 1] != (Marker.Sod & 0xFF)) return;   // cut in the header
        var body = upToEnd[(at + 2)..];
        body.CopyTo(_body.AsSpan(Length));
        Length += body.Length;
    }
}
