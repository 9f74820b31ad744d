using System.CommandLine;
using Isocenter.Codecs;

namespace Isocenter.Cli.Pixels;

/// <summary>The option <c>--workaround</c>: encoders that are known to be wrong, in a way that their streams do not show.</summary>
internal static class Workaround
{
    private static readonly (string Name, string Why, Func<DecodeOptions, DecodeOptions> Ask)[] All =
    [
        ("jpeg-predictor-overflow", "lossless JPEG of 16 bits by who computed predictors 4 to 7 in signed 16 bits",
            options => options with { Jpeg = options.Jpeg with { PredictorOverflow = true } }),
        ("jpeg-category16-bits", "lossless JPEG of 16 bits by the Cornell library, with bits behind a difference of 32768",
            options => options with { Jpeg = options.Jpeg with { Category16HasBits = true } }),
        ("rle-low-byte-first", "RLE by who put the low byte of a sample into the first segment",
            options => options with { RleSegmentOrder = RleSegmentOrder.LeastSignificantFirst }),
    ];

    public static Option<string[]> Create()
    {
        var option = new Option<string[]>("--workaround")
        {
            Description = "Decode what a broken encoder wrote. " + string.Join("; ", All.Select(one => $"{one.Name}: {one.Why}")) + ". Can be repeated.",
            HelpName = "NAME",
        };
        option.AcceptOnlyFromAmong([.. All.Select(one => one.Name)]);
        return option;
    }

    /// <summary>The options of a decoder that take the named ones into account.</summary>
    public static DecodeOptions Options(string[]? names) =>
        All.Where(one => names?.Contains(one.Name) == true).Aggregate(DecodeOptions.Default, (options, one) => one.Ask(options));
}
