namespace Isocenter.Codecs.JpegLs;

/// <summary>Decodes JPEG-LS (ISO/IEC 14495-1, ITU-T T.87): lossless and near-lossless, 2 to 16 bits.</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class JpegLsDecoder
{
    /// <summary>What the code stream's header says of its image.</summary>
    /// <param name="codeStream">A code stream, or its beginning up to the first scan.</param>
    /// <param name="rows">Rows to assume when neither the frame header nor a DNL segment has them; 0 to insist.</param>
    /// <exception cref="CodecException">The header is damaged, or is not one of JPEG-LS.</exception>
    public static CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows = 0) => ReadHeader(codeStream, rows).Info;

    /// <summary>What the code stream's marker segments say, up to the first scan.</summary>
    /// <param name="codeStream">A code stream, or its beginning up to the first scan.</param>
    /// <param name="rows">Rows to assume when neither the frame header nor a DNL segment has them; 0 to insist.</param>
    /// <exception cref="CodecException">The header is damaged, or is not one of JPEG-LS.</exception>
    public static JpegLsHeader ReadHeader(ReadOnlySpan<byte> codeStream, int rows = 0)
    {
        var stream = new CodeStream();
        var scan = FirstScan(codeStream, stream);
        long height = stream.Rows == 0 ? rows : stream.Rows;
        if (height == 0)
            throw CodeStream.Error("neither frame header nor DNL says how many rows there are", stream.FrameOffset, "§C.2.2");
        if (height > int.MaxValue || stream.Columns > int.MaxValue)
            throw CodeStream.Error($"{height} rows and {stream.Columns} columns", stream.FrameOffset, "§C.2.4.1.4");
        int components = stream.Components.Length, bits = stream.BitsPerSample;
        if (scan.MappingTables[0] != 0)
        {
            // One component that stands for several is a palette of bytes; otherwise the table only replaces values.
            int width = stream.MappingTableFor(scan.MappingTables[0], scan.Offset).Width;
            if (components == 1 && width > 2) (components, bits) = (width, 8);
            else bits = 8 * width;
        }
        var transform = stream.SpiffColourSpace switch
        {
            _ when HpTransform(stream) != 0 => ColourTransform.Reversible,
            1 or 3 or 4 => ColourTransform.Ycc,
            8 or 10 => ColourTransform.None,
            _ => components == 1 ? ColourTransform.None : ColourTransform.Unknown,
        };
        var info = new CodeStreamInfo((int)height, (int)stream.Columns, components, bits, IsSigned: false,
            IsReversible: scan.Near == 0 && scan.PointTransform == 0, transform);
        return new JpegLsHeader(info, scan.Near, scan.Interleave, stream.Preset.Resolve(stream.BitsPerSample, scan.Near),
            (int)Math.Min(stream.RestartInterval, int.MaxValue), scan.PointTransform, stream.SpiffColourSpace >= 0);
    }

    /// <summary>Decodes one code stream, the whole of one frame.</summary>
    /// <param name="codeStream">The code stream from SOI on. A missing EOI, and bytes behind it, are no error.</param>
    /// <param name="samples">Receives the frame; exactly <c>layout.FrameLength</c> bytes. Upper bits are zero, also where
    /// the layout is signed: JPEG-LS knows no sign. Components of fewer samples (sampling factors) are repeated to fill
    /// the frame; a palette gives its colours; Hewlett-Packard's colour transform is taken back.</param>
    /// <param name="layout">How the frame lies in <paramref name="samples"/>.</param>
    /// <param name="options">Limits; null takes the defaults.</param>
    /// <param name="cancel">Looked at between rows.</param>
    /// <exception cref="CodecException">The code stream is damaged, exceeds a limit, or contradicts
    /// <paramref name="layout"/>. Rows that were decoded before the damage stay in <paramref name="samples"/>; with restart
    /// markers also those behind it.</exception>
    /// <exception cref="ArgumentException">The layout is out of range, or the buffer has not its length.</exception>
    public static void Decode(
        ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options = null,
        CancellationToken cancel = default)
    {
        options ??= DecodeOptions.Default;
        layout.Check(samples.Length);
        var stream = new CodeStream();
        ScanHeader? scan = FirstScan(codeStream, stream);
        CheckLayout(stream, scan, layout);

        int transform = HpTransform(stream);
        var decoded = new bool[stream.Components.Length];
        int rows = 0;
        try
        {
            while (scan is not null)
            {
                foreach (int component in scan.Components)
                {
                    if (decoded[component])
                        throw CodeStream.Error($"component {component + 1} is in a second scan", scan.Offset, "§C.1.1");
                    decoded[component] = true;
                }
                var decoder = new ScanDecoder(stream, scan, layout, options, cancel);
                try
                {
                    decoder.Decode(codeStream, samples);
                }
                finally
                {
                    rows = decoder.RowsStored;
                }
                if (Array.TrueForAll(decoded, done => done)) return;
                scan = stream.ReadToScan(codeStream, decoder.End);
            }
            rows = 0;
            throw CodeStream.Error("the code stream ends before every component had its scan", codeStream.Length, "§C.1.1");
        }
        finally
        {
            if (transform != 0 && Array.TrueForAll(decoded, done => done))
                HpTransforms.Invert(samples, layout, transform, 1 << stream.BitsPerSample, rows);
        }
    }

    /// <summary>The colour transform to take back: 1, 2 or 3; 0 where there is none, or the image cannot have one.</summary>
    private static int HpTransform(CodeStream stream) =>
        stream.Components.Length == 3 && stream.BitsPerSample is 8 or 16 && stream.HpTransform is >= 1 and <= 3
            ? stream.HpTransform
            : 0;

    private static ScanHeader FirstScan(ReadOnlySpan<byte> codeStream, CodeStream stream)
    {
        var scan = stream.ReadToScan(codeStream, 0)
            ?? throw CodeStream.Error("the code stream ends before its first scan", codeStream.Length, "§C.1.1");
        if (stream.Rows == 0) stream.FindRows(codeStream, scan.DataOffset);
        if (stream.Columns == 0) throw CodeStream.Error("the frame has no columns", stream.FrameOffset, "§C.2.2");
        return scan;
    }

    /// <summary>Compares header and layout, before anything is allocated for either.</summary>
    private static void CheckLayout(CodeStream stream, ScanHeader scan, in FrameLayout layout)
    {
        long rows = stream.Rows == 0 ? layout.Rows : stream.Rows;      // no DNL where one should be: the layout knows
        if (rows != layout.Rows || stream.Columns != layout.Columns)
        {
            throw CodeStream.Error(
                $"the code stream has {rows} rows and {stream.Columns} columns, the layout {layout.Rows} and {layout.Columns}",
                stream.FrameOffset, null);
        }
        bool isPalette = stream.Components.Length == 1 && layout.SamplesPerPixel > 1 && scan.MappingTables[0] != 0
            && stream.MappingTableFor(scan.MappingTables[0], scan.Offset).Width == layout.SamplesPerPixel && layout.BitsAllocated == 8;
        if (stream.Components.Length != layout.SamplesPerPixel && !isPalette)
        {
            throw CodeStream.Error($"the code stream has {stream.Components.Length} components, the layout "
                + $"{layout.SamplesPerPixel} samples per pixel", stream.FrameOffset, null);
        }
        if (!isPalette && stream.BitsPerSample > layout.BitsAllocated)
        {
            throw CodeStream.Error($"samples of {stream.BitsPerSample} bits do not fit {layout.BitsAllocated} bits allocated",
                stream.FrameOffset, null);
        }
    }
}
