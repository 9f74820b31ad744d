using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>The main header: everything before the first tile-part (ISO/IEC 15444-1 §A.3).</summary>
internal sealed class Jpeg2000Header
{
    private Jpeg2000Header(ImageSize size, TileParameters main)
    {
        Size = size;
        Main = main;
    }

    public ImageSize Size { get; }

    /// <summary>What holds for every tile that does not say otherwise.</summary>
    public TileParameters Main { get; }

    /// <summary>Components of the decoded image: those of SIZ, or those the multiple component transform makes.</summary>
    public ComponentSize[] DecodedComponents { get; private set; } = [];

    /// <summary>CAP names part 15: code-blocks may be coded by the HT block coder (ISO/IEC 15444-15 §A.3).</summary>
    public bool MayHaveHighThroughput { get; private set; }

    /// <summary>Ccap15 of CAP: how the HT block coder is used. 0 without.</summary>
    public int HighThroughputCapabilities { get; private set; }

    /// <summary>The data of all PPM segments in the order of Zppm, or null: packet headers of each tile-part in turn, each
    /// after its length in four bytes.</summary>
    public byte[]? PackedHeaders { get; private set; }

    /// <summary>Where the first SOT is, or the end of the code stream.</summary>
    public int FirstTilePart { get; private set; }

    /// <summary>Reads SOC to the first SOT.</summary>
    /// <exception cref="CodecException">It is damaged, or needs what this decoder does not have.</exception>
    public static Jpeg2000Header Read(ReadOnlySpan<byte> stream)
    {
        if (stream.Length < 4 || BinaryPrimitives.ReadUInt16BigEndian(stream) != Marker.Soc)
            throw Damage.At(0, "the code stream does not begin with SOC", "ISO/IEC 15444-1 §A.4.1");
        if (BinaryPrimitives.ReadUInt16BigEndian(stream[2..]) != Marker.Siz)
            throw Damage.At(2, "SIZ does not follow SOC", "ISO/IEC 15444-1 §A.5.1");

        Jpeg2000Header? header = null;
        MultiComponentTransform? multi = null;
        var packed = new SortedDictionary<int, byte[]>();
        int at = 2;
        while (TryNextSegment(stream, ref at, out ushort marker, out var segment))
        {
            if (header is null)
            {
                var size = ImageSize.Read(ref segment);
                header = new Jpeg2000Header(size, new TileParameters(size.Components.Length));
            }
            else if (!header.Main.TryRead(marker, ref segment))
            {
                switch (marker)
                {
                    case Marker.Cap:
                        header.ReadCapabilities(ref segment);
                        break;
                    case Marker.Poc:
                        header.Main.ReadChanges(ref segment, append: true);
                        break;
                    case Marker.Ppm:
                        int index = segment.U8();
                        if (!packed.TryAdd(index, segment.Take(segment.Remaining).ToArray()))
                            throw Damage.At(at, $"PPM {index} comes twice", "ISO/IEC 15444-1 §A.7.4");
                        break;
                    case Marker.Mct or Marker.Mcc or Marker.Mco or Marker.Cbd:
                        multi ??= new MultiComponentTransform();
                        multi.Read(marker, ref segment, header.Main);
                        break;
                    default:
                        Marker.RefuseExtension(marker, at);
                        break;
                }
            }
        }
        if (header is null) throw Damage.At(2, "SIZ is cut short", "ISO/IEC 15444-1 §A.5.1");

        header.Main.Check();
        header.Main.MultiComponent = multi;
        header.DecodedComponents = header.Main.MixesComponents ? multi!.DecodedComponents(header.Size) : header.Size.Components;
        header.PackedHeaders = packed.Count == 0 ? null : [.. packed.Values.SelectMany(bytes => bytes)];
        header.FirstTilePart = at;
        return header;
    }

    /// <summary>What the header says of the image.</summary>
    public CodeStreamInfo Describe()
    {
        var area = Size.DecodedArea(0);
        if (area.Width > int.MaxValue || area.Height > int.MaxValue)
            throw Damage.Of($"the image has {area.Width} columns and {area.Height} rows", "ISO/IEC 15444-1 §A.5.1");

        bool reversible = true;
        for (int i = 0; i < Size.Components.Length; i++) reversible &= Main.Coding(i).IsReversible && Main.Quantization(i).IsNone;
        reversible &= !Main.MixesComponents || Main.MultiComponent!.IsReversible(Main.Stages);
        var transform = !Main.HasComponentTransform ? ColourTransform.None
            : Main.Coding(0).IsReversible ? ColourTransform.Reversible : ColourTransform.Irreversible;
        return new CodeStreamInfo((int)area.Height, (int)area.Width, DecodedComponents.Length,
            DecodedComponents.Max(c => c.Precision), DecodedComponents.Any(c => c.IsSigned), reversible, transform);
    }

    /// <summary>Cuts the next marker segment off a main or tile-part header.</summary>
    /// <param name="stream">The whole code stream.</param>
    /// <param name="at">At a marker; moves past the segment.</param>
    /// <param name="marker">The marker.</param>
    /// <param name="segment">Its parameters, without the length.</param>
    /// <returns>False at SOT, SOD and EOC, which are left, and at the end of the code stream.</returns>
    public static bool TryNextSegment(ReadOnlySpan<byte> stream, ref int at, out ushort marker, out SegmentReader segment)
    {
        segment = default;
        marker = 0;
        while (at + 2 <= stream.Length)
        {
            marker = BinaryPrimitives.ReadUInt16BigEndian(stream[at..]);
            if (marker is Marker.Sot or Marker.Sod or Marker.Eoc) return false;
            if (marker < 0xFF00) throw Damage.At(at, $"0x{marker:X4} stands where a marker should", "ISO/IEC 15444-1 §A.1");
            if (marker is >= 0xFF30 and <= 0xFF3F)
            {
                at += 2;   // markers without parameters (§A.1.1)
                continue;
            }
            if (at + 4 > stream.Length) return false;

            int length = BinaryPrimitives.ReadUInt16BigEndian(stream[(at + 2)..]);
            if (length < 2 || length > stream.Length - at - 2)
                throw Damage.At(at, $"marker segment 0x{marker:X4} of {length} bytes, {stream.Length - at - 2} are left", "ISO/IEC 15444-1 §A.1");
            segment = new SegmentReader(stream, at + 4, at + 2 + length);
            at += 2 + length;
            return true;
        }
        return false;
    }

    private void ReadCapabilities(ref SegmentReader reader)
    {
        uint parts = reader.U32();
        for (int part = 1; part <= 32; part++)
        {
            if ((parts >> (32 - part) & 1) == 0) continue;
            int capabilities = reader.U16();
            if (part != 15) continue;
            MayHaveHighThroughput = true;
            HighThroughputCapabilities = capabilities;
        }
    }
}
