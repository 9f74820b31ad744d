using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What a JP2 header makes of the components of its code stream: a palette turns one into several channels (pclr and
/// cmap, ISO/IEC 15444-1 §I.5.3.4, §I.5.3.5), and channel definitions bring colours into their order (cdef, §I.5.3.6).</summary>
internal sealed class Jp2Channels
{
    private const uint PaletteBox = 0x70636C72;             // "pclr"
    private const uint ComponentMappingBox = 0x636D6170;    // "cmap"
    private const uint ChannelDefinitionBox = 0x63646566;   // "cdef"

    private readonly Channel[] _channels;
    private readonly long[][] _columns;

    private Jp2Channels(Channel[] channels, long[][] columns) => (_channels, _columns) = (channels, columns);

    /// <summary>One channel.</summary>
    /// <param name="Component">Of the code stream.</param>
    /// <param name="Column">Of the palette that its samples are indices of; −1: they are the channel themselves.</param>
    /// <param name="Depth">Precision of a column, and bit 7 for signed ones, as pclr has it.</param>
    private readonly record struct Channel(int Component, int Column, int Depth);

    /// <summary>Channels; the samples of a pixel.</summary>
    public int Count => _channels.Length;

    /// <summary>Reads the boxes within the JP2 header.</summary>
    /// <returns>Null when components are channels as they are, or when the boxes contradict each other.</returns>
    public static Jp2Channels? Read(ReadOnlySpan<byte> header)
    {
        int at = 0;
        ReadOnlySpan<byte> palette = default, mapping = default, definitions = default;
        while (Jp2Box.TryRead(header, ref at, out uint type, out int start, out int length))
        {
            var box = header.Slice(start, length);
            switch (type)
            {
                case PaletteBox: palette = box; break;
                case ComponentMappingBox: mapping = box; break;
                case ChannelDefinitionBox: definitions = box; break;
            }
        }

        Channel[]? channels = null;
        long[][] columns = [];
        if (palette.Length >= 3 && mapping.Length >= 4)   // one without the other means nothing
        {
            if (ReadPalette(palette) is not var (entries, depths)) return null;
            columns = entries;
            channels = new Channel[mapping.Length / 4];
            for (int i = 0; i < channels.Length; i++)
            {
                bool isIndex = mapping[4 * i + 2] == 1;
                int column = mapping[4 * i + 3];
                if (isIndex && column >= columns.Length) return null;
                channels[i] = new Channel(BinaryPrimitives.ReadUInt16BigEndian(mapping[(4 * i)..]), isIndex ? column : -1, isIndex ? depths[column] : 0);
            }
        }
        if (definitions.Length >= 2) channels = InOrder(definitions, channels);
        return channels is null ? null : new Jp2Channels(channels, columns);
    }

    /// <summary>What the image is, when its components are what <paramref name="own"/> says.</summary>
    /// <param name="own">The code stream without the wrapper.</param>
    /// <param name="components">Its components.</param>
    /// <returns><paramref name="own"/> when the channels want components that it has not.</returns>
    public CodeStreamInfo Describe(CodeStreamInfo own, ReadOnlySpan<ComponentSize> components)
    {
        if (!Fits(components.Length)) return own;
        int bits = 1;
        bool isSigned = false;
        foreach (var channel in _channels)
        {
            bits = Math.Max(bits, channel.Column < 0 ? components[channel.Component].Precision : (channel.Depth & 0x7F) + 1);
            isSigned |= channel.Column < 0 ? components[channel.Component].IsSigned : (channel.Depth & 0x80) != 0;
        }
        return own with { Components = Count, BitsPerSample = bits, IsSigned = isSigned, WithoutPalette = own.Components == Count ? null : own };
    }

    /// <summary>The code stream has the components that the channels are made of.</summary>
    public bool Fits(int components) => !_channels.Any(c => c.Component >= components);

    /// <summary>Makes the channels of decoded components.</summary>
    /// <param name="components">As <paramref name="from"/> says.</param>
    /// <param name="from">A layout of the same rows and columns, by pixel.</param>
    /// <param name="sizes">Precision and sign of the components.</param>
    /// <param name="samples">Receives the channels.</param>
    /// <param name="layout">Of them.</param>
    public void Apply(ReadOnlySpan<byte> components, in FrameLayout from, ReadOnlySpan<ComponentSize> sizes, Span<byte> samples, in FrameLayout layout)
    {
        int pixels = (int)layout.PixelCount, bytes = layout.BytesPerSample, fromBytes = from.BytesPerSample;
        for (int c = 0; c < _channels.Length; c++)
        {
            var channel = _channels[c];
            long[]? column = channel.Column < 0 ? null : _columns[channel.Column];
            int at = (layout.IsPlanar ? c * pixels : c) * bytes, step = (layout.IsPlanar ? 1 : layout.SamplesPerPixel) * bytes;
            for (int i = 0, source = channel.Component * fromBytes; i < pixels; i++, source += from.SamplesPerPixel * fromBytes, at += step)
            {
                long value = Sample(components[source..], fromBytes, sizes[channel.Component].IsSigned);
                if (column is not null) value = column[Math.Clamp(value, 0, column.Length - 1)];
                for (int b = 0; b < bytes; b++) samples[at + b] = (byte)(value >> (8 * b));
            }
        }
    }

    private static long Sample(ReadOnlySpan<byte> word, int bytes, bool isSigned) => bytes switch
    {
        1 => isSigned ? (sbyte)word[0] : word[0],
        2 => isSigned ? BinaryPrimitives.ReadInt16LittleEndian(word) : BinaryPrimitives.ReadUInt16LittleEndian(word),
        4 => isSigned ? BinaryPrimitives.ReadInt32LittleEndian(word) : BinaryPrimitives.ReadUInt32LittleEndian(word),
        _ => BinaryPrimitives.ReadInt64LittleEndian(word),
    };

    private static (long[][] Columns, int[] Depths)? ReadPalette(ReadOnlySpan<byte> box)
    {
        int entries = BinaryPrimitives.ReadUInt16BigEndian(box), count = box[2], at = 3 + count;
        if (entries is 0 or > 1024 || count == 0 || box.Length < at) return null;
        var columns = new long[count][];
        int[] depths = new int[count];
        for (int c = 0; c < count; c++)
        {
            depths[c] = box[3 + c];
            columns[c] = new long[entries];
            if ((depths[c] & 0x7F) >= 38) return null;
        }
        for (int e = 0; e < entries; e++)
        {
            for (int c = 0; c < count; c++)
            {
                int precision = (depths[c] & 0x7F) + 1, width = (precision + 7) / 8;
                if (box.Length - at < width) return null;
                long value = 0;
                foreach (byte b in box.Slice(at, width)) value = value << 8 | b;
                if ((depths[c] & 0x80) != 0) value = value << (64 - precision) >> (64 - precision);
                columns[c][e] = value;
                at += width;
            }
        }
        return (columns, depths);
    }

    // Colour k of the definitions comes k-th, whatever channel it is; opacity and the like behind the colours.
    private static Channel[]? InOrder(ReadOnlySpan<byte> box, Channel[]? channels)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(box);
        if (count == 0 || box.Length < 2 + 6 * count) return channels;
        var colours = new SortedDictionary<int, int>();
        var others = new SortedSet<int>();
        for (int i = 0; i < count; i++)
        {
            var definition = box.Slice(2 + 6 * i, 6);
            int channel = BinaryPrimitives.ReadUInt16BigEndian(definition), kind = BinaryPrimitives.ReadUInt16BigEndian(definition[2..]);
            int colour = BinaryPrimitives.ReadUInt16BigEndian(definition[4..]);
            if (kind == 0 && colour is > 0 and < 0xFFFF)
            {
                if (!colours.TryAdd(colour, channel)) return channels;
            }
            else
            {
                others.Add(channel);
            }
        }
        int[] order = [.. colours.Values, .. others];
        if (order.Distinct().Count() != order.Length || order.Order().Where((c, i) => c != i).Any()) return channels;
        if (channels is not null) return order.Length == channels.Length ? [.. order.Select(c => channels[c])] : channels;
        return order.Where((c, i) => c != i).Any() ? [.. order.Select(c => new Channel(c, -1, 0))] : null;
    }
}
