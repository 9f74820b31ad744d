using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>JSON string escapes (RFC 8259 §7) of a string that is not valid Unicode. Slow; for repair only.</summary>
internal static class JsonEscapes
{
    /// <summary>The characters of a string whose escapes were checked by the JSON reader. Halves of surrogate pairs stay
    /// halves; encoders replace them by U+FFFD.</summary>
    public static string Unescape(ReadOnlySpan<byte> utf8)
    {
        string raw = Encoding.UTF8.GetString(utf8);
        var text = new StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\' || i + 1 >= raw.Length)
            {
                text.Append(raw[i]);
                continue;
            }
            char kind = raw[++i];
            if (kind == 'u' && i + 4 < raw.Length
                && ushort.TryParse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                text.Append((char)unit);
                i += 4;
                continue;
            }
            text.Append(kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', _ => kind });
        }
        return text.ToString();
    }
}
