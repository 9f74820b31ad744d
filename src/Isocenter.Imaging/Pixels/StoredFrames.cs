using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Limits of reading frames.</summary>
public sealed record StoredFrameOptions
{
    /// <summary>The defaults: 1 GiB a frame.</summary>
    public static StoredFrameOptions Default { get; } = new();

    /// <summary>Most bytes of a decoded frame; larger ones are refused before anything is allocated.</summary>
    public long MaxFrameLength { get; init; } = 1L << 30;

    /// <summary>What decoders are asked.</summary>
    public DecodeOptions Decode { get; init; } = DecodeOptions.Default;
}

/// <summary>The frames of an image as stored samples: native or decoded, before any look-up table and in the colours they
/// are stored in, always little endian, in whole words, colour by pixel. Planes of native pixel data are put together, bits and
/// odd widths unpacked, chrominance of 4:2:2 is given to both pixels.</summary>
/// <remarks>Frames are read when asked for. From several threads at a time when the data set is frozen.</remarks>
public sealed class StoredFrames
{
    private readonly FrameSource _source;
    private readonly List<Finding> _findings;

    private StoredFrames(FrameSource source, int declaredCount, List<Finding> findings)
    {
        _source = source;
        DeclaredCount = declaredCount;
        _findings = findings;
    }

    /// <summary>How many frames are there: Number of Frames, or fewer when the pixel data end earlier.</summary>
    public int Count => _source.Count;

    /// <summary>How many frames there should be: Number of Frames.</summary>
    public int DeclaredCount { get; }

    /// <summary>What the samples are.</summary>
    public FrameDescription Description => _source.Description;

    /// <summary>Bytes of one frame.</summary>
    public int FrameLength => (int)Description.Layout.FrameLength;

    /// <summary>Where code streams, data set and each other contradict. Frames add theirs when they are read.</summary>
    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (_findings) return [.. _findings];
        }
    }

    /// <summary>The codec of the frames; null when they are native.</summary>
    public FrameCodec? Codec => (_source as CodeStreamFrameSource)?.Codec;

    /// <summary>Lossy Image Compression Method (0028,2114) of frames that were compressed with loss; null when the first
    /// frame's code stream says that it was not, or cannot say.</summary>
    public string? LossyMethod => (_source as CodeStreamFrameSource)?.LossyMethod;

    /// <summary>Finds the frames of a data set.</summary>
    /// <param name="dataSet">With its pixel data (in memory or in its open file).</param>
    /// <param name="syntax">Names the codec. Null: what the frames begin with tells, but for deflated ones.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="PixelDataException">There are none, or none that can be decoded.</exception>
    public static StoredFrames Of(DataSet dataSet, TransferSyntax? syntax = null, StoredFrameOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        options ??= StoredFrameOptions.Default;
        long limit = Math.Min(options.MaxFrameLength, Array.MaxLength);
        if (limit != options.MaxFrameLength) options = options with { MaxFrameLength = limit };
        if (!dataSet.TryFind(Tags.PixelData, out var element) && !dataSet.TryFind(Tags.FloatPixelData, out element)
            && !dataSet.TryFind(Tags.DoubleFloatPixelData, out element))
        {
            throw new PixelDataException(PixelDataProblem.None, "the object has no pixel data");
        }
        var module = ImagePixelModule.Of(dataSet);
        var findings = new List<Finding>();
        FrameSource source = element.Fragments is null
            ? new NativeFrameSource(element, module, limit)
            : new CodeStreamFrameSource(dataSet, module, syntax, options, findings);
        if (source.Count < module.Frames)
            findings.Add(new Finding($"{source.Count} frames are there, the data set says {module.Frames}", null, Tags.NumberOfFrames.ToString(), "PS3.3 §C.7.6.6"));
        return new StoredFrames(source, module.Frames, findings);
    }

    /// <summary>A bare code stream as an image of one frame, in words as wide as its precision needs.</summary>
    /// <param name="codeStream">The whole of it. It is copied.</param>
    /// <param name="codec">One that reads such streams: <see cref="FrameCodecs.Identify"/>.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="PixelDataException">It is not decoded here, is too large, or its header is damaged.</exception>
    public static StoredFrames OfCodeStream(ReadOnlyMemory<byte> codeStream, FrameCodec codec, StoredFrameOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(codec);
        var image = new DataSet().SetFragments(Tags.PixelData, Fragments.FromFrames([codeStream])).Freeze();
        return Of(image, TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid)), options);
    }

    /// <summary>Reads one frame.</summary>
    /// <param name="frameIndex">From 0.</param>
    /// <param name="samples">Exactly <see cref="FrameLength"/> bytes.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="CodecException">The frame is damaged. What there is of it is in <paramref name="samples"/>, zeros
    /// elsewhere.</exception>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    public void Read(int frameIndex, Span<byte> samples, CancellationToken cancel = default)
    {
        if ((uint)frameIndex >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(frameIndex), frameIndex, $"there are {Count} frames, counted from 0");
        if (samples.Length != FrameLength) throw new ArgumentException($"the buffer has {samples.Length} bytes, the frame {FrameLength}", nameof(samples));
        _source.Read(frameIndex, samples, cancel);
    }

    /// <summary>One frame in an array of its own.</summary>
    /// <inheritdoc cref="Read(int, Span{byte}, CancellationToken)"/>
    public byte[] Read(int frameIndex, CancellationToken cancel = default)
    {
        var samples = new byte[FrameLength];
        Read(frameIndex, samples, cancel);
        return samples;
    }
}
