using System.Globalization;
using Isocenter.Codecs.Tests.Jpeg;
using Isocenter.Codecs.Tests.JpegXl;
using Isocenter.Fuzz.Codecs;

namespace Isocenter.Codecs.Tests;

/// <summary>A short run of <c>Isocenter.Fuzz codecs</c>. ISOCENTER_FUZZ is how many inputs.</summary>
public sealed class CodecFuzzTests
{
    public static TheoryData<string> Kinds => [.. CodecSeed.Kinds.Where(kind => Seeds().Any(seed => seed.Kind == kind))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Mutated_code_streams_give_samples_or_a_clear_error_soon(string kind)
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "3000", CultureInfo.InvariantCulture);
        var problems = new List<string>();
        var fuzzer = new CodecFuzzer(kind, Seeds(), randomSeed: 3);
        fuzzer.Run(rounds, (round, problem, input, layout) => problems.Add($"input {round}: {problem} ({layout})\n{Convert.ToBase64String(input.Span)}"));
        Assert.Empty(problems);
        Assert.InRange(fuzzer.Refused, rounds / 4, rounds - 1);
    }

    private static IEnumerable<CodecSeed> Seeds() =>
        CodecSeed.Make().Concat(ForeignStream.All.Select(stream => stream.Bytes)
            .Concat(JpegXlStream.All.Select(stream => stream.Bytes)).Select(stream => CodecSeed.Of(stream)!));
}
