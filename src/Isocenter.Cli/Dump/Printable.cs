using System.Text;

namespace Isocenter.Cli.Dump;

/// <summary>Text without the characters that could steer a terminal or turn the order of what is shown: a file must not be
/// able to send commands to whoever looks at it.</summary>
internal static class Printable
{
    public static string Of(string text)
    {
        int at = 0;
        while (at < text.Length && !Steers(text[at])) at++;
        if (at == text.Length) return text;
        var result = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            switch (c)
            {
                case '\r': break;
                case '\n' or '\u2028' or '\u2029': result.Append(" ⏎ "); break;
                case '\t': result.Append(' '); break;
                case < ' ': result.Append((char)(0x2400 + c)); break;       // Unicode's pictures of control characters
                case '\x7F': result.Append('␡'); break;
                default: result.Append(Steers(c) ? '\uFFFD' : c); break;
            }
        }
        return result.ToString();
    }

    /// <summary>These bytes are printable ASCII, and go out as they are.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b is < (byte)' ' or > (byte)'~') return false;
        }
        return true;
    }

    /// <summary>C0 and C1 controls, line and paragraph separators, and what embeds or overrides directions.</summary>
    private static bool Steers(char c) => c is < ' ' or (>= '\x7F' and < '\xA0') or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
