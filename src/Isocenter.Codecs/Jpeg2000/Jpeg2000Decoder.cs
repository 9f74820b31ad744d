using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Decodes JPEG 2000 code streams: ISO/IEC 15444-1, and of 15444-2 what needs no transform of its own but
/// irreversible ones between components. Of a JP2 file around the code stream (PS3.5 §A.4.4) the palette and the channel definitions
/// count, and sYCC as colour space: its samples stay YCbCr.</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class Jpeg2000Decoder
{
    /// <summary>Reads the main header.</summary>
    /// <param name="codeStream">The code stream, or as much of it as is at hand.</param>
    /// <exception cref="CodecException">The main header is damaged or cut.</exception>
    public static CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream)
    {
        var file = Jp2File.Read(codeStream);
        var header = Jpeg2000Header.Read(codeStream.Slice(file.Start, file.Length));
        var own = header.Describe();
        var info = file.Channels?.Describe(own, header.DecodedComponents) ?? own;
        return file.IsYcc && info.Components == 3 ? info with { Transform = ColourTransform.Ycc } : info;
    }

    /// <summary>Decodes one code stream, the whole of one frame.</summary>
    /// <param name="codeStream">The code stream.</param>
    /// <param name="samples">Receives exactly <see cref="FrameLayout.FrameLength"/> bytes. Samples have the precision and the
    /// sign the code stream says; subsampled components are repeated. RCT and ICT are taken back.</param>
    /// <param name="layout">Rows, columns and components are those of the code stream (after <see
    /// cref="DecodeOptions.DiscardLevels"/>), or those of <see cref="DecodeOptions.Region"/>.</param>
    /// <param name="options">Resolution, region, threads and limits; the defaults when null.</param>
    /// <param name="cancel">Asked between code-blocks.</param>
    /// <exception cref="CodecException">The code stream is damaged or cut, or contradicts the layout. What could be decoded
    /// is in <paramref name="samples"/>; tiles that could not are 0.</exception>
    /// <exception cref="ArgumentException">The layout is none, or the buffer is not one frame of it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Decode(
        ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options = null, CancellationToken cancel = default)
    {
        options ??= DecodeOptions.Default;
        layout.Check(samples.Length);
        var file = Jp2File.Read(codeStream);
        var stream = codeStream.Slice(file.Start, file.Length);
        var header = Jpeg2000Header.Read(stream);
        if (file.Channels is { } channels && channels.Count == layout.SamplesPerPixel && channels.Fits(header.DecodedComponents.Length))
            DecodeChannels(stream, header, channels, samples, layout, options, cancel);
        else Decode(stream, header, samples, layout, options, cancel);
    }

    // The components in a frame of their own, of which the channels are made.
    private static void DecodeChannels(
        ReadOnlySpan<byte> stream, Jpeg2000Header header, Jp2Channels channels, Span<byte> samples, in FrameLayout layout, DecodeOptions options, CancellationToken cancel)
    {
        int bits = header.DecodedComponents.Max(c => c.Precision);
        var own = layout with
        {
            SamplesPerPixel = header.DecodedComponents.Length,
            IsPlanar = false,
            BitsAllocated = bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64,
            BitsStored = bits,
        };
        long bytes = own.FrameLength;
        if (bytes > Math.Min(options.MaxWorkingMemory, Array.MaxLength))
            throw Damage.Of($"the components of a JP2 file would take {bytes} bytes of working memory, {options.MaxWorkingMemory} are allowed");
        byte[] components = new byte[bytes];
        try
        {
            Decode(stream, header, components, own, options with { MaxWorkingMemory = options.MaxWorkingMemory - bytes }, cancel);
        }
        finally
        {
            channels.Apply(components, own, header.DecodedComponents, samples, layout);
        }
    }

    private static void Decode(
        ReadOnlySpan<byte> stream, Jpeg2000Header header, Span<byte> samples, in FrameLayout layout, DecodeOptions options, CancellationToken cancel)
    {
        var window = Window(header, layout, options);
        var memory = new WorkingMemory(options.MaxWorkingMemory);
        var index = TilePartIndex.Read(stream, header.FirstTilePart, header.Size.Tiles, memory);
        var packed = PackedHeaders(header, index.Count);
        var writer = new SampleWriter(samples, layout, header.Size, header.DecodedComponents, window, options.DiscardLevels);
        samples.Clear();

        CodecException? problem = index.Problem;
        var tiles = new List<int>();
        for (int t = 0; t < header.Size.Tiles; t++)
        {
            if (!Touches(header.Size, t, window, options.DiscardLevels)) continue;
            if (index.First(t) >= 0) tiles.Add(t);
            else problem ??= Damage.At(stream.Length, $"tile {t} is missing", "ISO/IEC 15444-1 §A.4.2");
        }

        // Many tiles: a thread each. Few: all threads on the code-blocks of one.
        int threads = Math.Max(1, options.MaxDegreeOfParallelism), together = tiles.Count >= 2 * threads ? threads : 1;
        for (int i = 0; i < tiles.Count; i += together)
        {
            cancel.ThrowIfCancellationRequested();
            var batch = new TileDecoder[Math.Min(together, tiles.Count - i)];
            try
            {
                for (int k = 0; k < batch.Length; k++)
                {
                    var source = TileSource.Collect(stream, header, index, packed, tiles[i + k], memory);
                    batch[k] = new TileDecoder(header, source, tiles[i + k], options, memory);
                }
                if (batch.Length == 1) batch[0].Decode(threads, cancel);
                else Work.Spread(batch.Length, threads, k => batch[k].Decode(1, cancel), cancel);

                foreach (var tile in batch)
                {
                    writer.Write(tile.Components);
                    for (int c = 0; c < tile.Mixed.Count; c++) writer.Write(c, tile.Mixed[c]);
                    problem ??= tile.Problem;
                }
            }
            finally
            {
                foreach (var tile in batch) tile?.Dispose();
            }
        }
        if (problem is not null) throw problem;
    }

    // The part of the decoded area that the frame is to hold.
    private static Rect Window(Jpeg2000Header header, in FrameLayout layout, DecodeOptions options)
    {
        if (options.DiscardLevels is < 0 or > 32)
            throw new ArgumentException($"{options.DiscardLevels} resolution levels cannot be left out");
        var area = header.Size.DecodedArea(options.DiscardLevels);
        int components = header.DecodedComponents.Length;
        if (components != layout.SamplesPerPixel)
            throw Damage.Of($"the code stream has {components} components, the layout {layout.SamplesPerPixel}");
        foreach (var component in header.DecodedComponents)
        {
            if (component.Precision > layout.BitsAllocated)
                throw Damage.Of($"samples of {component.Precision} bits do not fit {layout.BitsAllocated} bits allocated");
        }

        var window = area;
        if (options.Region is { } region)
        {
            window = new Rect(area.X0 + region.Column, area.Y0 + region.Row,
                area.X0 + region.Column + (long)region.Columns, area.Y0 + region.Row + (long)region.Rows);
            if (region.Column < 0 || region.Row < 0 || region.Columns < 1 || region.Rows < 1 || window.X1 > area.X1 || window.Y1 > area.Y1)
                throw new ArgumentException($"the region is not within the {area.Height} rows and {area.Width} columns of the image");
        }
        if (window.Width != layout.Columns || window.Height != layout.Rows)
            throw Damage.Of($"the code stream has {window.Height} rows and {window.Width} columns, the layout {layout.Rows} and {layout.Columns}");
        return window;
    }

    private static bool Touches(ImageSize size, int tile, Rect window, int discardLevels)
    {
        int mx = size.Components.Min(c => c.SubsamplingX), my = size.Components.Min(c => c.SubsamplingY);
        int most = Math.Max(size.Components.Max(c => c.SubsamplingX), size.Components.Max(c => c.SubsamplingY));
        // A subsampled sample reaches over the edge of its tile.
        return !size.Tile(tile).DivideUp(mx, my).HalveUp(discardLevels).Grow(most).Intersect(window).IsEmpty;
    }

    // PPM: for each tile-part a length in four bytes, and that many bytes of packet headers (§A.7.4).
    private static (int Start, int Length)[] PackedHeaders(Jpeg2000Header header, int parts)
    {
        if (header.PackedHeaders is not { } bytes) return [];
        var ranges = new (int, int)[parts];
        long at = 0;
        for (int i = 0; i < parts && at + 4 <= bytes.Length; i++)
        {
            long length = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan((int)at)), bytes.Length - at - 4);
            ranges[i] = ((int)at + 4, (int)length);
            at += 4 + length;
        }
        return ranges;
    }
}
