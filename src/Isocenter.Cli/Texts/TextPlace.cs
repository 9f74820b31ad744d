using System.Globalization;

namespace Isocenter.Cli.Texts;

/// <summary>A place in a text as editors count it.</summary>
internal static class TextPlace
{
    /// <param name="utf8">The text.</param>
    /// <param name="offset">In bytes.</param>
    /// <returns>Line and column, both from 1; columns count characters.</returns>
    public static string Of(ReadOnlySpan<byte> utf8, long offset)
    {
        var before = utf8[..(int)Math.Clamp(offset, 0, utf8.Length)];
        int line = before.Count((byte)'\n') + 1;
        var start = before[(before.LastIndexOf((byte)'\n') + 1)..];
        if (start.StartsWith("\uFEFF"u8)) start = start[3..];
        int column = 1;
        foreach (byte b in start)
        {
            if ((b & 0xC0) != 0x80) column++;       // the bytes that begin a character
        }
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
    }
}
