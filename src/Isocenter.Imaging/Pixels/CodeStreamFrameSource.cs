using System.Buffers;
using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Encapsulated Pixel Data, decoded. Where code stream and data set contradict each other on rows, columns, samples
/// and width, the code stream is right: it was made by who knew the pixels. On the sign the data set is.</summary>
internal sealed class CodeStreamFrameSource : FrameSource
{
    private readonly PixelDataFrames _frames;
    private readonly FrameCodec _codec;
    private readonly CodeStreamInfo? _info;
    private readonly ImagePixelModule _module;
    private readonly bool _isPacked;
    private readonly DecodeOptions _options;
    private readonly List<Finding> _findings;

    /// <exception cref="PixelDataException">The frames cannot be decoded here, or are too large.</exception>
    public CodeStreamFrameSource(DataSet dataSet, ImagePixelModule module, TransferSyntax? syntax, StoredFrameOptions options, List<Finding> findings)
    {
        _options = options.Decode;
        _findings = findings;
        try
        {
            _frames = PixelDataFrames.Of(dataSet);
        }
        catch (DicomFormatException e)
        {
            throw new PixelDataException(PixelDataProblem.Contradiction, e.Message);
        }
        if (syntax is not null && FrameCodecs.Find(syntax.Uid.Value) is { CanDecode: false } passedOn)
            throw new PixelDataException(PixelDataProblem.Compressed, $"{passedOn.Family} is not decoded, only passed on");
        if (_frames.LengthOf(0) > Array.MaxLength)
            throw new PixelDataException(PixelDataProblem.TooLarge, Text($"a code stream of {_frames.LengthOf(0)} bytes is too long"));
        byte[] first = _frames.Read(0);
        _module = module;
        _codec = FindCodec(first, module, syntax, findings);
        if (!_codec.CanDecode) throw new PixelDataException(PixelDataProblem.Compressed, $"{_codec.Family} is not decoded, only passed on");
        _isPacked = _codec.HoldsNativeFrame || _codec.PacksBits && module.BitsAllocated == 1;
        if (_codec.HasHeader) _info = ReadInfo(first, 0);
        Description = Describe(module, _info, findings);
        if (Description.Layout.FrameLength > options.MaxFrameLength)
            throw new PixelDataException(PixelDataProblem.TooLarge, Text($"a frame of {Description.Layout.FrameLength} bytes is larger than the limit of {options.MaxFrameLength}"));
    }

    public override int Count => _frames.Count;

    public override FrameDescription Description { get; }

    /// <summary>The codec that decodes the frames.</summary>
    public FrameCodec Codec => _codec;

    public string? LossyMethod => _info is { IsReversible: false } ? _codec.LossyMethod : null;

    public override void Read(int frameIndex, Span<byte> samples, CancellationToken cancel)
    {
        int length = checked((int)_frames.LengthOf(frameIndex));
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var codeStream = rented.AsSpan(0, length);
            _frames.Read(frameIndex, codeStream);
            if (_isPacked) DecodePacked(codeStream, samples, cancel);
            else if (_info is null) _codec.Decode(codeStream, samples, Description.Layout, _options, cancel);
            else DecodeDescribed(codeStream, frameIndex, samples, cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void DecodePacked(ReadOnlySpan<byte> codeStream, Span<byte> samples, CancellationToken cancel)
    {
        int length = checked((int)((_module.BitsPerFrame + 7) / 8));
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        var bytes = rented.AsSpan(0, length);
        bytes.Clear();
        try
        {
            _codec.DecodeBits(codeStream, bytes, cancel);
        }
        finally
        {
            NativeFrame.Unpack(_module, bytes, 0, samples);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Decodes a code stream with a header. The decoder is told precision and sign of this one, in the words of all
    /// frames. A frame that is smaller than the first goes into the upper left of it, as tiles at the edge of a slide do in
    /// files of writers that did not fill them up.</summary>
    private void DecodeDescribed(ReadOnlySpan<byte> codeStream, int frameIndex, Span<byte> samples, CancellationToken cancel)
    {
        var layout = Description.Layout;
        var info = frameIndex == 0 ? _info! : OwnInfo(codeStream, layout.Rows);
        var own = layout with { Rows = info.Rows, Columns = info.Columns, BitsStored = info.BitsPerSample, IsSigned = info.IsSigned };
        if (info.Components != layout.SamplesPerPixel || info.BitsPerSample > layout.BitsAllocated || info.Rows > layout.Rows || info.Columns > layout.Columns)
        {
            throw new CodecException(_codec.Family, Text($"frame {frameIndex + 1} has {info.Columns} × {info.Rows} pixels of {info.Components} × {info.BitsPerSample} bits, ")
                + Text($"the first {layout.Columns} × {layout.Rows} of {layout.SamplesPerPixel} × {layout.BitsAllocated}"), 0);
        }
        if (own.FrameLength == layout.FrameLength)
        {
            _codec.Decode(codeStream, samples, own, _options, cancel);
            return;
        }
        lock (_findings)
        {
            _findings.Add(new Finding(Text($"frame {frameIndex + 1} has {info.Columns} × {info.Rows} pixels, the first {layout.Columns} × {layout.Rows}"), null, Tags.PixelData.ToString(), "PS3.5 §8.2"));
        }
        byte[] smaller = new byte[own.FrameLength];
        try
        {
            _codec.Decode(codeStream, smaller, own, _options, cancel);
        }
        finally
        {
            int from = own.Columns * own.SamplesPerPixel * own.BytesPerSample, to = layout.Columns * layout.SamplesPerPixel * layout.BytesPerSample;
            samples.Clear();
            for (int row = 0; row < own.Rows; row++) smaller.AsSpan(row * from, from).CopyTo(samples[(row * to)..]);
        }
    }

    private static FrameCodec FindCodec(ReadOnlySpan<byte> codeStream, ImagePixelModule module, TransferSyntax? syntax, List<Finding> findings)
    {
        var named = syntax is null ? null : FrameCodecs.Find(syntax.Uid.Value);
        var seen = FrameCodecs.Identify(codeStream);
        // As long as a native frame, and no code stream of the syntax: writers exist that only changed the syntax.
        if (named is { HasHeader: true } && seen is null && module.Rows > 0 && (module.BitsPerFrame + 15) / 16 * 2 == codeStream.Length)
            seen = FrameCodecs.FindByName("encapsulated");
        if (named is not null && (seen is null || seen.Family == named.Family)) return named;
        if (seen is null && named is null)
        {
            if (LooksLikeRle(codeStream)) seen = FrameCodecs.FindByName("rle");
            else if (syntax?.IsEncapsulated == false) seen = FrameCodecs.FindByName("encapsulated");
        }
        if (seen is not null)
        {
            if (syntax is not null) findings.Add(new Finding($"the frames are {seen.Family}, against the transfer syntax {syntax.Name}", null, Tags.PixelData.ToString(), "PS3.5 §A.4"));
            return seen;
        }
        throw new PixelDataException(PixelDataProblem.Compressed,
            syntax is null ? "the pixel data are compressed in a way that is not known" : $"{syntax.Name} is not decoded here");
    }

    /// <summary>RLE has no signature: a small number of segments, the first right behind the header.</summary>
    private static bool LooksLikeRle(ReadOnlySpan<byte> codeStream) =>
        codeStream.Length > 64 && codeStream[0] is >= 1 and <= 15 && codeStream[4] == 64 && !codeStream[1..4].ContainsAnyExcept((byte)0) && !codeStream[5..8].ContainsAnyExcept((byte)0);

    private CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int frameIndex)
    {
        try
        {
            return OwnInfo(codeStream, _module.Rows);
        }
        catch (CodecException e)
        {
            throw new PixelDataException(PixelDataProblem.Damaged, Text($"frame {frameIndex + 1}: {e.Message}"), e);
        }
    }

    /// <summary>The palette of the data set holds, not that of a JP2 file within (PS3.5 §A.4.4).</summary>
    private CodeStreamInfo OwnInfo(ReadOnlySpan<byte> codeStream, int rows)
    {
        var info = _codec.ReadInfo(codeStream, rows);
        return info.WithoutPalette is { } indices && !_module.IsEmpty && indices.Components == _module.SamplesPerPixel ? indices : info;
    }

    private FrameDescription Describe(ImagePixelModule module, CodeStreamInfo? info, List<Finding> findings)
    {
        if (info is null)
        {
            if (_isPacked) return NativeFrame.Describe(module, isFloat: false);
            if (module.Missing() is { } missing) throw new PixelDataException(PixelDataProblem.Contradiction, missing);
            if (module.BitsAllocated is not (8 or 16 or 32 or 64))
                throw new PixelDataException(PixelDataProblem.Contradiction, Text($"{_codec.Family} has no room for {module.BitsAllocated} bits allocated"));
            return new FrameDescription(new FrameLayout(module.Rows, module.Columns, module.SamplesPerPixel, module.BitsAllocated, module.BitsStored, module.IsSigned),
                module.HighBit, NativeFrame.WithoutSubsampling(module.Photometric));
        }
        Compare(info.Rows, module.Rows, "rows", Tags.Rows);
        Compare(info.Columns, module.Columns, "columns", Tags.Columns);
        Compare(info.Components, module.SamplesPerPixel, "samples per pixel", Tags.SamplesPerPixel);
        int width = NativeFrame.WordOf(module.BitsAllocated), needed = NativeFrame.WordOf(info.BitsPerSample);
        int stored = module.BitsStored, high = module.HighBit;
        if (needed > width || module.BitsAllocated == 0)
        {
            if (module.BitsAllocated != 0) Compare(info.BitsPerSample, module.BitsAllocated, "bits", Tags.BitsAllocated);
            (width, stored, high) = (needed, info.BitsPerSample, info.BitsPerSample - 1);
        }
        else if (info.BitsPerSample != module.BitsStored)
        {
            findings.Add(new Finding(Text($"the code stream has {info.BitsPerSample} bits of precision, the data set {module.BitsStored} bits stored"), null, Tags.BitsStored.ToString(), "PS3.5 §8.2"));
        }
        var layout = new FrameLayout(info.Rows, info.Columns, info.Components, width, stored, module.BitsAllocated == 0 ? info.IsSigned : module.IsSigned);
        return new FrameDescription(layout, high, PhotometricOf(module.Photometric, info), false, info.BitsPerSample);

        void Compare(int found, int said, string what, Tag tag)
        {
            if (found != said && !module.IsEmpty) findings.Add(new Finding(Text($"the code stream has {found} {what}, the data set says {said}"), null, tag.ToString(), "PS3.5 §8.2"));
        }
    }

    /// <summary>What the decoded samples are: transforms of JPEG 2000 are taken back, YCbCr of JPEG stays, without subsampling.</summary>
    private static string PhotometricOf(string said, CodeStreamInfo info)
    {
        if (info.Components == 1) return said is "" or "RGB" || said.StartsWith("YBR", StringComparison.Ordinal) ? "MONOCHROME2" : said;
        if (info.Components != 3) return said;
        string plain = NativeFrame.WithoutSubsampling(said);
        return info.Transform switch
        {
            ColourTransform.Ycc => "YBR_FULL",
            ColourTransform.Reversible or ColourTransform.Irreversible => "RGB",
            // Without a transform in the code stream, YBR_RCT and YBR_ICT were never done.
            ColourTransform.None => plain is "YBR_FULL" or "YBR_PARTIAL" ? plain : "RGB",
            _ => plain is "YBR_FULL" or "YBR_PARTIAL" or "RGB" ? plain : "RGB",
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
