using System.Globalization;
using Isocenter.Imaging;

namespace Isocenter.Cli.Querying;

/// <summary>Frames as people name them: <c>1,5,9</c>, <c>1-10</c>, <c>1-100/10</c> every tenth, <c>20-</c> to the end; times as <c>1.5-3</c>.</summary>
internal static class FrameList
{
    /// <exception cref="FormatException">It is none.</exception>
    public static FrameRange Parse(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        try
        {
            if (parts.All(part => part.All(char.IsAsciiDigit))) return FrameRange.OfFrames([.. parts.Select(Number)]);
            return FrameRange.Calculated([.. parts.SelectMany(Triple)]);
        }
        catch (FrameExtractionException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <exception cref="FormatException">They are none.</exception>
    public static FrameRange ParseSeconds(string text)
    {
        // The start may be below zero, or have an exponent: the dash between is the first one behind a digit.
        int dash = text.IndexOf('-', 1);
        if (dash < 0 || !TryRead(text[..dash], out double from) || !TryRead(text[(dash + 1)..], out double to)) throw new FormatException($"'{text}' is not a range of seconds such as 1.5-3");
        try
        {
            return FrameRange.OfTime(from, to);
        }
        catch (FrameExtractionException e)
        {
            throw new FormatException(e.Message, e);
        }

        static bool TryRead(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static uint[] Triple(string part)
    {
        int slash = part.IndexOf('/', StringComparison.Ordinal), dash = part.IndexOf('-', StringComparison.Ordinal);
        string range = slash < 0 ? part : part[..slash];
        uint increment = slash < 0 ? 1 : Number(part[(slash + 1)..]);
        if (dash < 0) return [Number(range), Number(range), increment];
        return [Number(range[..dash]), range[(dash + 1)..] is { Length: > 0 } end ? Number(end) : uint.MaxValue, increment];
    }

    private static uint Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number
        : throw new FormatException($"'{text}' is not a frame number");
}
