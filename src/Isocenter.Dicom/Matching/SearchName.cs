using System.Globalization;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>People's names in the form in which they are compared: upper case, without accents, without empty components
/// at the end (PS3.4 §C.2.2.2.1.1 allows both), cut into component groups (PS3.5 §6.2.1).</summary>
/// <param name="Alphabetic">First group.</param>
/// <param name="Ideographic">Second group.</param>
/// <param name="Phonetic">Third group.</param>
public readonly record struct SearchName(string Alphabetic, string Ideographic, string Phonetic)
{
    // Base letters of U+00C0–024F and U+1E00–1EFF by the canonical decompositions of Unicode, strokes and ligatures of
    // European alphabets added; a hyphen: no change or more than one letter. .NET cannot decompose without ICU.
    private const string LatinFrom00C0 =
        "AAAAAA-CEEEEIIIIDNOOOOO-OUUUUY--AAAAAA-CEEEEIIIIDNOOOOO-OUUUUY-YAAAAAACCCCCCCCDDDDEEEEEEEEEEGGGG" +
        "GGGGHHHHIIIIIIIIII--JJKKKLLLLLLLLLLNNNNNN-NNOOOOOO--RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS" +
        "BB------------------------------OO-------------UU----ZZ----------------------AAIIOOUUUUUUUUUU-AA" +
        "AA----GGKKOOOO--J---GG--NNAA----AAAAEEEEIIIIOOOORRRRUUUUSSTT--HH------AAEEOOOOOOOOYY------------" +
        "----------------";

    private const string LatinFrom1E00 =
        "AABBBBBBCCDDDDDDDDDDEEEEEEEEEEFFGGHHHHHHHHHHIIIIKKKKKKLLLLLLLLMMMMMMNNNNNNNNOOOOOOOOPPPPRRRRRRRR" +
        "SSSSSSSSSSTTTTTTTTUUUUUUUUUUVVVVWWWWWWWWWWXXXXYYZZZZZZHTWY-S----AAAAAAAAAAAAAAAAAAAAAAAAEEEEEEEE" +
        "EEEEEEEEIIIIOOOOOOOOOOOOOOOOOOOOOOOOUUUUUUUUUUUUUUYYYYYYYY------";

    private static readonly char[] WordBreaks = [' ', '^', '=', ',', '.', '-', '\''];

    /// <summary>The groups of a name as it stands in an object.</summary>
    public static SearchName Of(string name)
    {
        string[] groups = Fold(name).Split('=', 3);
        return new SearchName(Clean(groups[0]), groups.Length > 1 ? Clean(groups[1]) : "", groups.Length > 2 ? Clean(groups[2]) : "");
    }

    /// <summary>The name, or each group of it that the key has, equals the key or fits its wildcards. A key of one group
    /// may meet any group.</summary>
    public static bool Matches(string key, string name)
    {
        var (found, wanted) = (Of(name), Of(key));
        if (!key.Contains('=', StringComparison.Ordinal))
            return MatchesGroup(wanted.Alphabetic, found.Alphabetic) || MatchesGroup(wanted.Alphabetic, found.Ideographic)
                || MatchesGroup(wanted.Alphabetic, found.Phonetic);
        return (wanted.Alphabetic.Length == 0 || MatchesGroup(wanted.Alphabetic, found.Alphabetic))
            && (wanted.Ideographic.Length == 0 || MatchesGroup(wanted.Ideographic, found.Ideographic))
            && (wanted.Phonetic.Length == 0 || MatchesGroup(wanted.Phonetic, found.Phonetic));
    }

    /// <summary>Every word of the key begins a word of the name, or sounds like one (<see cref="SoundOf"/>), in any order and any component.</summary>
    public static bool MatchesFuzzy(string key, string name)
    {
        string[] words = Fold(name).Split(WordBreaks, StringSplitOptions.RemoveEmptyEntries);
        foreach (string wanted in Fold(key).Split(WordBreaks, StringSplitOptions.RemoveEmptyEntries))
        {
            string sound = SoundOf(wanted);
            if (!Array.Exists(words, word => Wildcard.Matches(wanted + "*", word) || sound.Length > 0 && sound == SoundOf(word))) return false;
        }
        return true;
    }

    /// <summary>How a name in Latin letters sounds, whatever its language: the same for Meier, Mayr and Maier, for Schmidt, Schmitt and
    /// Smith. Vowels count at the beginning alone, doubled letters once; each other letter stands for those that sound alike.</summary>
    /// <param name="word">One word, as <see cref="Fold"/> makes it.</param>
    /// <returns>Empty: it has fewer than four letters, has other letters, or wildcards.</returns>
    public static string SoundOf(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.Length < 4 || word.AsSpan().ContainsAnyExceptInRange('A', 'Z')) return "";
        var sound = new StringBuilder(word.Length);
        string last = "";
        for (int i = 0; i < word.Length; i++)
        {
            char next = i + 1 < word.Length ? word[i + 1] : '\0';
            string own = word[i] switch
            {
                'P' when next == 'H' => "F",
                'F' or 'V' or 'W' => "F",
                'B' or 'P' => "P",
                'D' or 'T' => "T",
                'C' when next is 'E' or 'I' or 'Y' or 'H' or 'Z' => "S",
                'C' or 'G' or 'K' or 'Q' => "K",
                'S' or 'Z' => "S",
                'X' => "KS",
                'M' or 'N' => "N",
                'L' => "L",
                'R' => "R",
                'H' => "",
                _ => i == 0 ? "A" : "",
            };
            if (own.Length > 0 && own != last) sound.Append(own);
            // SCH is one sound, and NINA has two of them.
            if (word[i] != 'H') last = own;
        }
        return sound.Length > 1 ? sound.ToString() : "";
    }

    /// <summary>Upper case without accents; full-width Latin letters become plain ones.</summary>
    public static string Fold(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\x7F')) return text.ToUpperInvariant();
        var folded = new StringBuilder(text.Length + 4);
        foreach (char c in text)
        {
            if (c is >= '\uFF01' and <= '\uFF5E')
                folded.Append(char.ToUpperInvariant((char)(c - 0xFEE0)));
            else if (c is >= '\u00C0' and <= '\u024F' && LatinFrom00C0[c - 0xC0] != '-')
                folded.Append(LatinFrom00C0[c - 0xC0]);
            else if (c is >= '\u1E00' and <= '\u1EFF' && LatinFrom1E00[c - 0x1E00] != '-')
                folded.Append(LatinFrom1E00[c - 0x1E00]);
            else if (Ligature(c) is { } letters)
                folded.Append(letters);
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                folded.Append(char.ToUpperInvariant(c));
        }
        return folded.ToString();
    }

    private static string? Ligature(char c) => c switch
    {
        'ß' or 'ẞ' => "SS",
        'Æ' or 'æ' => "AE",
        'Œ' or 'œ' => "OE",
        'Þ' or 'þ' => "TH",
        'Ĳ' or 'ĳ' => "IJ",
        'Ŋ' or 'ŋ' => "N",
        _ => null,
    };

    private static bool MatchesGroup(string key, string group) =>
        group.Length > 0 && (Wildcard.IsIn(key) ? Wildcard.Matches(key, group) : key == group);

    private static string Clean(string group) => group.Trim(' ').TrimEnd(' ', '^', '\0');
}
