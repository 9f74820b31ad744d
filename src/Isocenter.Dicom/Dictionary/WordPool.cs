namespace Isocenter.Dicom;

/// <summary>Reads the pools of words in the generated tables: lines that end with LF, columns between tabs, ASCII.</summary>
internal static class WordPool
{
    /// <summary>A column of the line that starts at <paramref name="offset"/>.</summary>
    public static ReadOnlySpan<byte> Column(ReadOnlySpan<byte> pool, int offset, int column)
    {
        var line = pool[offset..];
        for (; column > 0; column--) line = line[(line.IndexOf((byte)'\t') + 1)..];
        return line[..line.IndexOfAny((byte)'\t', (byte)'\n')];
    }

    /// <summary>Ordinal order of a word against a text.</summary>
    public static int Compare(ReadOnlySpan<byte> word, ReadOnlySpan<char> text)
    {
        int length = Math.Min(word.Length, text.Length);
        for (int i = 0; i < length; i++)
        {
            int order = word[i] - text[i];
            if (order != 0) return order;
        }
        return word.Length - text.Length;
    }
}
