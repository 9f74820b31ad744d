using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Brings single frames into another transfer syntax, without loss: what a viewer asks for one by one.</summary>
/// <remarks>One caller at a time.</remarks>
public sealed class FrameTranscoder
{
    private readonly StoredFrames _frames;
    private readonly FrameCodec? _codec;
    private readonly int _bitsAllocated;
    private readonly FrameBuffer _buffer;
    private TranscodePlan _plan;

    private FrameTranscoder(StoredFrames frames, FrameCodec? codec, int bitsAllocated)
    {
        (_frames, _codec, _bitsAllocated) = (frames, codec, bitsAllocated);
        _plan = TranscodePlan.Of(frames.Description, bitsAllocated, codec, FrameEncodeOptions.Default, wholeWords: false);
        _buffer = new FrameBuffer(frames.FrameLength);
    }

    /// <summary>How many frames are there.</summary>
    public int Count => _frames.Count;

    /// <summary>Objects of one syntax can be brought into another at all: the one is decoded, the other encoded without loss.
    /// Whether a certain image fits is seen only by trying.</summary>
    public static bool IsPossible(TransferSyntax source, TransferSyntax target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.IsEncapsulated && FrameCodecs.Find(source.Uid.Value) is not { CanDecode: true }) return false;
        if (!target.IsEncapsulated) return target.IsKnown;
        return FrameCodecs.Find(target.Uid.Value) is { CanEncode: true } codec && !codec.IsLossy(FrameEncodeOptions.Default);
    }

    /// <summary>Prepares the frames of a data set.</summary>
    /// <param name="dataSet">With its pixel data.</param>
    /// <param name="source">The transfer syntax it is in.</param>
    /// <param name="target">Native, or one that is encoded without loss.</param>
    /// <param name="options">Limits of reading; null: the defaults.</param>
    /// <exception cref="PixelDataException">There are none, none that can be decoded, or the target has no room for them.</exception>
    public static FrameTranscoder Of(DataSet dataSet, TransferSyntax source, TransferSyntax target, StoredFrameOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(target);
        var codec = target.IsEncapsulated ? FrameCodecs.Find(target.Uid.Value) : null;
        if (target.IsEncapsulated && codec is not { CanEncode: true })
            throw new PixelDataException(PixelDataProblem.Unsupported, $"{target.Name} is not encoded here");
        return new FrameTranscoder(StoredFrames.Of(dataSet, source, options), codec, dataSet.Get(Tags.BitsAllocated, (ushort)0));
    }

    /// <summary>One frame: a code stream, or the bytes of native pixel data, little endian, colour by pixel.</summary>
    /// <exception cref="CodecException">The frame is damaged.</exception>
    /// <exception cref="PixelDataException">The target has no room for it.</exception>
    public byte[] Read(int frameIndex, CancellationToken cancel = default)
    {
        try
        {
            _buffer.Encode(_frames, frameIndex, _plan, cancel);
        }
        catch (BitsOutsideException)
        {
            _plan = TranscodePlan.Of(_frames.Description, _bitsAllocated, _codec, FrameEncodeOptions.Default, wholeWords: true);
            _buffer.Encode(_frames, frameIndex, _plan, cancel);
        }
        if (_codec is not null) return _buffer.CodeStream.ToArray();
        if (!_plan.IsPacked) return _buffer.Samples.ToArray();
        var bits = new byte[(_buffer.Samples.Length + 7) / 8];
        PixelPacking.PackBits(_buffer.Samples, bits);
        return bits;
    }
}
