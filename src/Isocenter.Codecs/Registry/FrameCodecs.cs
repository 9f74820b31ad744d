using System.Collections.Frozen;

namespace Isocenter.Codecs;

/// <summary>The codecs by transfer syntax (PS3.5 §8.2, §A.4).</summary>
public static class FrameCodecs
{
    /// <summary>All of them, in the order of PS3.6 Table A-1. A new family is a line here.</summary>
    public static IReadOnlyList<FrameCodec> All { get; } =
    [
        new UncompressedFrameCodec(),
        new RleFrameCodec(),
        new DeflateFrameCodec(),
    ];

    private static FrozenDictionary<string, FrameCodec> ByUid { get; } = All.ToFrozenDictionary(codec => codec.TransferSyntaxUid);

    private static FrozenDictionary<string, FrameCodec> ByName { get; } = All.ToFrozenDictionary(codec => codec.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The codec of a transfer syntax; null when there is none: the syntax is not compressed, or not known.</summary>
    public static FrameCodec? Find(string transferSyntaxUid)
    {
        ArgumentNullException.ThrowIfNull(transferSyntaxUid);
        return ByUid.GetValueOrDefault(transferSyntaxUid);
    }

    /// <summary>The codec of a short name, as <c>rle</c>, in any case; null when there is none.</summary>
    public static FrameCodec? FindByName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.GetValueOrDefault(name);
    }

    /// <summary>Tells by its first bytes what a code stream is, for files that are one and for data sets whose transfer
    /// syntax is another than that of their frames.</summary>
    /// <param name="codeStream">The beginning; a few KB are enough for what a JPEG has before its frame header.</param>
    /// <returns>Null when it begins like none that is known. RLE and deflate are not told so: they have no signature.</returns>
    public static FrameCodec? Identify(ReadOnlySpan<byte> codeStream) => Find(CodeStreamSignature.TransferSyntaxOf(codeStream) ?? "");
}
