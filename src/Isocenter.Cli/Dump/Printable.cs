using System.Buffers;
using System.Text;

namespace Isocenter.Cli.Dump;

/// <summary>Text without the characters that could steer a terminal or turn the order of what is shown: a file must not be
/// able to send commands to whoever looks at it.</summary>
internal static class Printable
{
    /// <summary>C0 and C1 controls, line and paragraph separators, and what embeds or overrides directions.</summary>
    private static readonly SearchValues<char> Steering = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Enumerable.Range(0x2028, 7)).Concat(Enumerable.Range(0x2066, 4)).Select(c => (char)c)]);

    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAny(Steering)) return text;
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
                default: result.Append(Steering.Contains(c) ? '\uFFFD' : c); break;
            }
        }
        return result.ToString();
    }
}
