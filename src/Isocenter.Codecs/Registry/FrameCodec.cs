using System.Buffers;

namespace Isocenter.Codecs;

/// <summary>One codec behind one face: what the pixel data of a transfer syntax are decoded and encoded with. See
/// <see cref="FrameCodecs"/> for all there are.</summary>
/// <remarks>Immutable and without state between calls; safe from many threads.</remarks>
public abstract class FrameCodec
{
    private protected FrameCodec(string transferSyntaxUid, string name, string family)
    {
        TransferSyntaxUid = transferSyntaxUid;
        Name = name;
        Family = family;
    }

    /// <summary>The transfer syntax.</summary>
    public string TransferSyntaxUid { get; }

    /// <summary>A short name without spaces, as <c>jpeg-ls</c>; commands take it for the UID.</summary>
    public string Name { get; }

    /// <summary>Which format the code streams have, as JPEG 2000. Any codec of a family decodes all of it.</summary>
    public string Family { get; }

    /// <summary>Frames of this syntax can be encoded here.</summary>
    public virtual bool CanEncode => true;

    /// <summary>Frames of this syntax can be decoded here. Otherwise they are passed on as they are.</summary>
    public virtual bool CanDecode => true;

    /// <summary>All frames are one code stream, a video.</summary>
    public virtual bool IsVideo => false;

    /// <summary>What is encoded with <paramref name="options"/> is not exactly what is decoded.</summary>
    public virtual bool IsLossy(FrameEncodeOptions options) => false;

    /// <summary>What says how much may be lost.</summary>
    public virtual LossControl LossControl => LossControl.None;

    /// <summary>The method as Lossy Image Compression Method (0028,2114) names it; null when the family is always lossless.</summary>
    public virtual string? LossyMethod => null;

    /// <summary>Most bits of a sample that are encoded.</summary>
    public virtual int MaxBitsStored => 64;

    /// <summary>The code stream says whether its samples are signed. Otherwise they are encoded as they lie in their words.</summary>
    public virtual bool StoresSign => true;

    /// <summary>Signed samples can be encoded.</summary>
    public virtual bool TakesSigned => true;

    /// <summary>Images of Bits Allocated 1 may have this syntax (PS3.5 §8.2).</summary>
    public virtual bool TakesSingleBits => true;

    /// <summary>The precision that the code stream names for samples of <paramref name="bitsStored"/> bits.</summary>
    public virtual int PrecisionOf(int bitsStored) => bitsStored;

    /// <summary>The Photometric Interpretation that encoded frames have.</summary>
    /// <param name="photometric">That of the samples that are encoded.</param>
    /// <param name="options">As given to <see cref="Encode"/>.</param>
    public virtual string PhotometricOf(string photometric, FrameEncodeOptions options) => photometric;

    /// <summary>The code stream describes itself: <see cref="ReadInfo"/> gives rows, columns, components and precision.</summary>
    public virtual bool HasHeader => true;

    /// <summary>A frame of single bits is packed eight to a byte in the code stream: <see cref="DecodeBits"/> and
    /// <see cref="EncodeBits"/>. Otherwise each bit is a sample of its own.</summary>
    public virtual bool PacksBits => false;

    /// <summary>The code stream holds a native frame, whatever its layout: <see cref="DecodeBits"/> gives its bytes.</summary>
    public virtual bool HoldsNativeFrame => false;

    /// <summary>Reads what the code stream says of itself, without decoding it.</summary>
    /// <param name="codeStream">The whole of it.</param>
    /// <param name="rows">Rows to assume where the code stream leaves them out; 0: insist.</param>
    /// <exception cref="CodecException">There is no header, or it makes no sense.</exception>
    /// <exception cref="NotSupportedException"><see cref="HasHeader"/> is false.</exception>
    public virtual CodeStreamInfo ReadInfo(ReadOnlySpan<byte> codeStream, int rows = 0) => throw new NotSupportedException($"{Name} has no header");

    /// <summary>Decodes one frame.</summary>
    /// <param name="codeStream">The whole of it; padding behind it is ignored.</param>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How the samples shall lie.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancel">Ends the work between tiles or rows.</param>
    /// <exception cref="CodecException">The code stream is damaged, or contradicts the layout. What was decoded before the
    /// damage is in <paramref name="samples"/>.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanDecode"/> is false.</exception>
    public abstract void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout,
        DecodeOptions? options = null, CancellationToken cancel = default);

    /// <summary>Encodes one frame.</summary>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="output">Receives the code stream, not padded.</param>
    /// <param name="options">What the family of this syntax uses of it; null: the defaults.</param>
    /// <param name="cancel">Ends the work between tiles or rows.</param>
    /// <exception cref="ArgumentException">The syntax has no room for this layout; the message says why.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    public abstract void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output,
        FrameEncodeOptions? options = null, CancellationToken cancel = default);

    /// <summary>Decodes a frame of single bits into packed ones.</summary>
    /// <exception cref="CodecException">As for <see cref="Decode"/>.</exception>
    /// <exception cref="NotSupportedException"><see cref="PacksBits"/> is false.</exception>
    public virtual void DecodeBits(ReadOnlySpan<byte> codeStream, Span<byte> bytes, CancellationToken cancel = default) =>
        throw new NotSupportedException($"{Name} does not pack bits");

    /// <summary>Encodes a frame of packed single bits.</summary>
    /// <param name="bytes">Eight to a byte, the first pixel in the lowest bit.</param>
    /// <param name="columns">Pixels of a row.</param>
    /// <param name="output">Receives the code stream.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="NotSupportedException"><see cref="PacksBits"/> is false.</exception>
    public virtual void EncodeBits(ReadOnlySpan<byte> bytes, int columns, IBufferWriter<byte> output, CancellationToken cancel = default) =>
        throw new NotSupportedException($"{Name} does not pack bits");

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What of <see cref="FrameEncodeOptions"/> says how much an encoder may lose.</summary>
public enum LossControl
{
    /// <summary>Nothing: the syntax is lossless.</summary>
    None,

    /// <summary><see cref="FrameEncodeOptions.Quality"/>.</summary>
    Quality,

    /// <summary><see cref="FrameEncodeOptions.Near"/>.</summary>
    Near,

    /// <summary><see cref="FrameEncodeOptions.Ratio"/>.</summary>
    Ratio,
}
