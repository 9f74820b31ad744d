using System.Text;

namespace Isocenter.Dicom;

/// <summary>Wildcard matching (PS3.4 §C.2.2.2.4): * for any number of characters, ? for one.</summary>
public static class Wildcard
{
    /// <summary>The key has one.</summary>
    public static bool IsIn(string key) => key.AsSpan().ContainsAny('*', '?');

    /// <summary>Case counts. A character outside the Basic Multilingual Plane is one character.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // Goes back to the last star only, which is enough: linear in the pattern for each character of the text.
        int p = 0, t = 0, star = -1, mark = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && pattern[p] == '?')
            {
                p++;
                t += Width(text, t);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                mark += Width(text, mark);
                t = mark;
            }
            else
                return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    /// <summary>What every match begins with.</summary>
    public static string Prefix(string pattern)
    {
        int end = pattern.AsSpan().IndexOfAny('*', '?');
        return end < 0 ? pattern : pattern[..end];
    }

    private static int Width(ReadOnlySpan<char> text, int at)
    {
        Rune.DecodeFromUtf16(text[at..], out _, out int width);
        return width;
    }
}
