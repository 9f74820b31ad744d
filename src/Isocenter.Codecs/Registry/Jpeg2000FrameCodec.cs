using System.Buffers;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs;

/// <summary>JPEG 2000 (PS3.5 §8.2.4, §A.4.4), parts 1 and 2. What is encoded for part 2 is a code stream of part 1, which every
/// decoder of part 2 takes: components are not transformed between each other, but for RGB.</summary>
/// <param name="transferSyntaxUid">The transfer syntax.</param>
/// <param name="name">Its short name.</param>
/// <param name="mayLose">The irreversible transforms are allowed.</param>
internal sealed class Jpeg2000FrameCodec(string transferSyntaxUid, string name, bool mayLose)
    : Jpeg2000FamilyCodec(transferSyntaxUid, name, mayLose)
{
    public override string? LossyMethod => "ISO_15444_1";

    protected override void Encode(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, FrameEncodeOptions options, double? ratio, CancellationToken cancel) =>
        Jpeg2000Encoder.Encode(samples, layout, output, new Jpeg2000EncodeOptions
        {
            IsReversible = ratio is null,
            UsesComponentTransform = options.IsRgb,
            Ratios = ratio is { } wanted ? [wanted] : [],
            MaxDegreeOfParallelism = options.MaxDegreeOfParallelism,
        }, cancel);
}
