using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Where one tile-part is (ISO/IEC 15444-1 §A.4.2). Positions are bytes from the start of the code stream.</summary>
/// <param name="Tile">Isot.</param>
/// <param name="Header">First byte after the SOT segment.</param>
/// <param name="End">One past its last byte.</param>
/// <param name="Next">The next tile-part of the same tile in the index; −1 after the last.</param>
internal readonly record struct TilePart(int Tile, int Header, int End, int Next);

/// <summary>Finds the tile-parts of each tile, whichever order they come in.</summary>
internal sealed class TilePartIndex
{
    private readonly int[] _first;   // by tile
    private readonly List<TilePart> _parts = [];

    private TilePartIndex(int tiles)
    {
        _first = new int[tiles];
        Array.Fill(_first, -1);
    }

    /// <summary>What is wrong with the sequence of tile-parts; null when nothing is. Those before it are in the index.</summary>
    public CodecException? Problem { get; private set; }

    /// <summary>The first tile-part of a tile in the order of the code stream, or −1.</summary>
    public int First(int tile) => _first[tile];

    /// <summary>The tile-part at a place of the index, which is its place in the code stream.</summary>
    public TilePart this[int part] => _parts[part];

    public int Count => _parts.Count;

    /// <param name="stream">The whole code stream.</param>
    /// <param name="start">Of the first SOT.</param>
    /// <param name="tiles">Tiles of the image.</param>
    /// <param name="memory">Counts what the index takes.</param>
    public static TilePartIndex Read(ReadOnlySpan<byte> stream, int start, int tiles, WorkingMemory memory)
    {
        memory.Take(8L * tiles + 16L * (stream.Length / 14), "the index of tile-parts");
        var index = new TilePartIndex(tiles);
        int[] last = new int[tiles];
        int at = start;
        while (true)
        {
            if (at + 2 > stream.Length) break;   // EOC may be missing
            int marker = BinaryPrimitives.ReadUInt16BigEndian(stream[at..]);
            if (marker == Marker.Eoc) break;
            if (marker != Marker.Sot || at + 12 > stream.Length)
            {
                index.Problem = marker == Marker.Sot
                    ? Damage.At(at, "SOT is cut short", "ISO/IEC 15444-1 §A.4.2")
                    : Damage.At(at, $"0x{marker:X4} stands where SOT or EOC should", "ISO/IEC 15444-1 §A.3");
                break;
            }
            int tile = BinaryPrimitives.ReadUInt16BigEndian(stream[(at + 4)..]);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(stream[(at + 6)..]);
            if (tile >= tiles || length is > 0 and < 14)
            {
                index.Problem = Damage.At(at, $"a tile-part of {length} bytes of tile {tile}, there are {tiles}", "ISO/IEC 15444-1 §A.4.2");
                break;
            }
            long end = length == 0 ? EndOfLast(stream, at + 12) : at + (long)length;
            if (end > stream.Length)
            {
                index.Problem ??= Damage.At(at, $"the tile-part has {length} bytes, the code stream ends after {stream.Length - at}", "ISO/IEC 15444-1 §A.4.2");
                end = stream.Length;
            }

            int part = index._parts.Count;
            index._parts.Add(new TilePart(tile, at + 12, (int)end, -1));
            if (index._first[tile] < 0) index._first[tile] = part;
            else index._parts[last[tile]] = index._parts[last[tile]] with { Next = part };
            last[tile] = part;
            at = (int)end;
        }
        if (index._parts.Count == 0) index.Problem ??= Damage.At(at, "there is no tile-part", "ISO/IEC 15444-1 §A.3");
        return index;
    }

    // Psot 0: to the end of the code stream, which EOC and a byte of padding may follow.
    private static int EndOfLast(ReadOnlySpan<byte> stream, int from)
    {
        int end = stream.Length;
        if (end - from >= 3 && stream[end - 1] == 0 && stream[end - 2] == 0xD9 && stream[end - 3] == 0xFF) return end - 3;
        return end - from >= 2 && stream[end - 1] == 0xD9 && stream[end - 2] == 0xFF ? end - 2 : end;
    }
}
