using System.Buffers.Binary;

namespace Isocenter.Codecs.JpegXl;

/// <summary>Decodes JPEG XL code streams of the modular mode, in which lossless ones are (ISO/IEC 18181-1).</summary>
/// <remarks>Holds no state; safe from many threads.</remarks>
public static class JpegXlDecoder
{
    internal const string Codec = "JPEG XL", Rule = "ISO/IEC 18181-1";

    /// <summary>Frames that are only there for others. Each can be as large as the image.</summary>
    private const int MaxFrames = 16;

    /// <summary>Decodes an image.</summary>
    /// <param name="codeStream">Bare, or in boxes (ISO/IEC 18181-2).</param>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How the samples shall lie. JPEG XL knows no sign: bits above those stored are zero.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="cancel">Ends the work between rows.</param>
    /// <exception cref="CodecException">The stream is damaged, contradicts the layout, or is of a mode that is not decoded.</exception>
    public static void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout, DecodeOptions? options = null, CancellationToken cancel = default)
    {
        layout.Check(samples.Length);
        options ??= DecodeOptions.Default;
        var stream = JpegXlHeader.CodeStream(codeStream);
        var bits = new BitReader(stream, 0);
        var header = ImageHeader.Read(ref bits);
        Check(header, layout, options);
        if (header.HasIccProfile) ColourProfile.Skip(ref bits);
        bits.Align();
        var others = new ModularImage?[FrameDecoder.MaxOthers];
        long first = bits.Offset;
        for (int count = 0; ; count++)
        {
            if (count > MaxFrames) throw Refused($"the code stream has more than {MaxFrames} frames for patches");
            var frame = FrameDecoder.Read(stream, first, header);
            var image = frame.Decode(stream, header, others, cancel);
            if (!frame.IsForOthers)
            {
                Store(image, samples, layout);
                return;
            }
            others[frame.Number] = image;
            first = frame.End;
        }
    }

    private static void Check(ImageHeader header, in FrameLayout layout, DecodeOptions options)
    {
        int components = header.ColourChannels + header.ExtraChannels;
        if (header.Rows != layout.Rows || header.Columns != layout.Columns || components != layout.SamplesPerPixel)
            throw Refused($"the code stream has {header.Columns} × {header.Rows} pixels of {components} samples, the layout {layout.Columns} × {layout.Rows} of {layout.SamplesPerPixel}");
        if (header.IsFloat) throw Refused("floating point samples are not decoded");
        if (header.Bits > Math.Min(layout.BitsAllocated, 31)) throw Refused($"samples have {header.Bits} bits, the layout {layout.BitsAllocated}");
        if (header.IsXyb) throw Refused("XYB colours, which are lossy, are not decoded");
        if (header.Orientation != 1) throw Refused("a turned or mirrored image is not decoded");
        if (header.HasPreview) throw Refused("a preview is not decoded");
        if (header.ExtraShift != 0) throw Refused("extra channels of lower resolution are not decoded");
        // The channels, twice while a transform is taken back, and frames for patches.
        long memory = 3L * sizeof(int) * header.Columns * header.Rows * components;
        if (memory > options.MaxWorkingMemory)
            throw new CodecException(Codec, $"the image takes {memory} bytes of working memory, {options.MaxWorkingMemory} are allowed");
    }

    private static CodecException Refused(string problem) => new(Codec, problem, 0, Rule);

    private static void Store(ModularImage image, Span<byte> samples, in FrameLayout layout)
    {
        int most = (int)((1L << image.Bits) - 1), bytes = layout.BytesPerSample;
        for (int c = 0; c < layout.SamplesPerPixel; c++)
        {
            var channel = image.Channels[c].Samples;
            int step = layout.IsPlanar ? bytes : bytes * layout.SamplesPerPixel;
            var to = samples[(layout.IsPlanar ? c * channel.Length * bytes : c * bytes)..];
            for (int i = 0, at = 0; i < channel.Length; i++, at += step)
            {
                int value = Math.Clamp(channel[i], 0, most);
                switch (bytes)
                {
                    case 1: to[at] = (byte)value; break;
                    case 2: BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)value); break;
                    case 4: BinaryPrimitives.WriteInt32LittleEndian(to[at..], value); break;
                    default: BinaryPrimitives.WriteInt64LittleEndian(to[at..], value); break;
                }
            }
        }
    }
}
