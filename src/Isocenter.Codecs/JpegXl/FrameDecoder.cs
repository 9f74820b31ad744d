namespace Isocenter.Codecs.JpegXl;

/// <summary>One frame: its sections, put together (ISO/IEC 18181-1 Annex G).</summary>
internal sealed class FrameDecoder
{
    /// <summary>Frames that are kept for patches.</summary>
    public const int MaxOthers = 4;

    /// <summary>Streams of quantisation tables that other modes have.</summary>
    private const int QuantisationStreams = 17;

    /// <summary>A group of low frequencies has eight groups a side.</summary>
    private const int GroupsOfLowGroup = 8, LowShift = 3;

    private readonly FrameHeader _header;
    private readonly (long Start, int Length)[] _sections;
    private readonly long _first;
    private readonly int _groupsX, _groupsY, _lowX, _lowY;

    private FrameDecoder(FrameHeader header, ref BitReader bits, long length)
    {
        _header = header;
        (_groupsX, _groupsY) = (Groups(header.Columns, header.GroupSide), Groups(header.Rows, header.GroupSide));
        (_lowX, _lowY) = (Groups(header.Columns, header.GroupSide * GroupsOfLowGroup), Groups(header.Rows, header.GroupSide * GroupsOfLowGroup));
        // A table has a byte for each section at least.
        long count = IsOneSection ? 1 : 2L + LowGroups + (long)GroupCount * header.Passes;
        if (count > length) throw bits.Invalid($"{count} sections in {length} bytes");
        _sections = TableOfContents.Read(ref bits, (int)count);
        _first = bits.Offset;
    }

    /// <inheritdoc cref="FrameHeader.IsForOthers"/>
    public bool IsForOthers => _header.IsForOthers;

    /// <inheritdoc cref="FrameHeader.Number"/>
    public int Number => _header.Number;

    /// <summary>The first byte behind it.</summary>
    public long End => _first + _sections.Max(section => section.Start + section.Length);

    private int GroupCount => _groupsX * _groupsY;

    private int LowGroups => _lowX * _lowY;

    private bool IsOneSection => GroupCount == 1 && _header.Passes == 1;

    /// <summary>Reads header and table of contents.</summary>
    /// <param name="stream">The code stream.</param>
    /// <param name="first">First byte of the frame in it.</param>
    /// <param name="image">What the code stream begins with.</param>
    public static FrameDecoder Read(ReadOnlySpan<byte> stream, long first, ImageHeader image)
    {
        var bits = new BitReader(first < stream.Length ? stream[(int)first..] : default, first);
        return new FrameDecoder(FrameHeader.Read(ref bits, image), ref bits, stream.Length);
    }

    /// <summary>Decodes the channels.</summary>
    public ModularImage Decode(ReadOnlySpan<byte> stream, ImageHeader header, ModularImage?[] others, CancellationToken cancel)
    {
        int count = header.ColourChannels + header.ExtraChannels;
        var channels = new List<ModularChannel>(count);
        for (int i = 0; i < count; i++) channels.Add(new ModularChannel(_header.Columns, _header.Rows));
        var image = new ModularImage(channels, header.Bits);
        var global = Section(stream, 0);
        var patches = _header.HasPatches ? Patches.Read(ref global, others, _header, header) : null;
        var tree = ReadGlobal(ref global, image, cancel);
        int large = image.FirstLarge(_header.GroupSide);
        if (IsOneSection)
        {
            DecodeLowGroup(ref global, image, large, tree, 0, cancel);
            DecodeGroup(ref global, image, large, tree, 0, 0, cancel);
        }
        else
        {
            for (int i = 0; i < LowGroups; i++)
            {
                var section = Section(stream, 1 + i);
                DecodeLowGroup(ref section, image, large, tree, i, cancel);
            }
            for (int pass = 0; pass < _header.Passes; pass++)
            {
                for (int i = 0; i < GroupCount; i++)
                {
                    var section = Section(stream, 2 + LowGroups + GroupCount * pass + i);
                    DecodeGroup(ref section, image, large, tree, pass, i, cancel);
                }
            }
        }
        image.Undo(cancel);
        patches?.Apply(image, cancel);
        return image;
    }

    private static int Groups(int length, int side) => (int)(((long)length + side - 1) / side);

    private BitReader Section(ReadOnlySpan<byte> stream, int index)
    {
        var section = _sections[index];
        long start = _first + section.Start;
        return start + section.Length <= stream.Length ? new BitReader(stream.Slice((int)start, section.Length), start)
            : throw new CodecException(JpegXlDecoder.Codec, $"a section of {section.Length} bytes lies behind the end", start, "ISO/IEC 18181-1 §F.4");
    }

    /// <summary>LfGlobal (§G.1.2): the tree of the frame, and the channels that are not cut into groups.</summary>
    private MaTree? ReadGlobal(ref BitReader bits, ModularImage image, CancellationToken cancel)
    {
        if (!bits.Flag()) bits.SkipFloats(3);           // weights of low frequencies, of the other mode
        long samples = (long)_header.Columns * _header.Rows * image.Channels.Count;
        var tree = bits.Flag() ? MaTree.Read(ref bits, 1024 + samples / 16) : null;
        image.Decode(ref bits, tree, 0, _header.GroupSide, cancel);
        return tree;
    }

    private void DecodeLowGroup(ref BitReader bits, ModularImage image, int large, MaTree? tree, int index, CancellationToken cancel) =>
        DecodePart(ref bits, image, large, tree, 1 + LowGroups + index, _header.GroupSide * GroupsOfLowGroup, (index % _lowX, index / _lowX),
            (LowShift, int.MaxValue), cancel);

    private void DecodeGroup(ref BitReader bits, ModularImage image, int large, MaTree? tree, int pass, int index, CancellationToken cancel) =>
        DecodePart(ref bits, image, large, tree, 1 + 3 * LowGroups + QuantisationStreams + GroupCount * pass + index, _header.GroupSide,
            (index % _groupsX, index / _groupsX), _header.ShiftsOf(pass), cancel);

    /// <summary>What of the larger channels lies in one group (§G.1.3, §G.4.2).</summary>
    private static void DecodePart(ref BitReader bits, ModularImage image, int large, MaTree? tree, int stream, int side, (int X, int Y) group,
        (int From, int To) shifts, CancellationToken cancel)
    {
        var parts = new List<ModularChannel>();
        var places = new List<(ModularChannel Whole, int X, int Y)>();
        for (int i = large; i < image.Channels.Count; i++)
        {
            var whole = image.Channels[i];
            int shift = Math.Min(whole.ShiftX, whole.ShiftY);
            if (shift < shifts.From || shift >= shifts.To) continue;
            long x = (long)group.X * side >> whole.ShiftX, y = (long)group.Y * side >> whole.ShiftY;
            int width = (int)Math.Clamp(whole.Width - x, 0, side >> whole.ShiftX), height = (int)Math.Clamp(whole.Height - y, 0, side >> whole.ShiftY);
            if (width == 0 || height == 0) continue;
            parts.Add(new ModularChannel(width, height, whole.ShiftX, whole.ShiftY));
            places.Add((whole, (int)x, (int)y));
        }
        if (parts.Count == 0) return;
        var part = new ModularImage(parts, image.Bits);
        part.Decode(ref bits, tree, stream, int.MaxValue, cancel);
        part.Undo(cancel);
        for (int i = 0; i < places.Count; i++)
        {
            var (whole, x, y) = places[i];
            for (int row = 0; row < part.Channels[i].Height; row++) part.Channels[i].Row(row).CopyTo(whole.Row(y + row)[x..]);
        }
    }
}
