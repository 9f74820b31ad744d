using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Character data of XML 1.0 (§2.2, §2.4).</summary>
internal static class XmlText
{
    /// <summary>What may not stand as it is in content or in an attribute: markup, and what a parser would turn into
    /// something else. Control characters are among them, which <see cref="Allows"/> must have excluded.</summary>
    private static readonly SearchValues<byte> Escaped = SearchValues.Create([9, 10, 13, (byte)'&', (byte)'<', (byte)'>', (byte)'"']);

    /// <summary>What stops <see cref="Allows"/>: control characters, and the first byte of U+F000 to U+FFFF.</summary>
    private static readonly SearchValues<byte> Doubtful = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 0xEF]);

    /// <summary>All characters are allowed in XML 1.0, be it as references: no control character but TAB, LF and CR, and
    /// neither U+FFFE nor U+FFFF.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public static bool Allows(ReadOnlySpan<byte> utf8)
    {
        for (int at; (at = utf8.IndexOfAny(Doubtful)) >= 0; utf8 = utf8[(at + 3)..])
        {
            if (utf8[at] != 0xEF || utf8[at + 1] == 0xBF && utf8[at + 2] >= 0xBE) return false;
        }
        return true;
    }

    /// <summary>Writes text so that a parser gives back the same, in content and in attributes.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="text">Valid UTF-8, of allowed characters.</param>
    public static void WriteText(this ref Utf8Output output, scoped ReadOnlySpan<byte> text)
    {
        for (int escape; (escape = text.IndexOfAny(Escaped)) >= 0; text = text[(escape + 1)..])
        {
            output.Write(text[..escape]);
            output.Write(text[escape] switch
            {
                (byte)'&' => "&amp;"u8,
                (byte)'<' => "&lt;"u8,
                (byte)'>' => "&gt;"u8,
                (byte)'"' => "&quot;"u8,
                9 => "&#9;"u8,
                10 => "&#10;"u8,
                _ => "&#13;"u8,      // a parser makes CR and CR LF an LF
            });
        }
        output.Write(text);
    }
}
