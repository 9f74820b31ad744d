using System.Text;

namespace Isocenter.Dicom.Validation;

/// <summary>A resource of tables as text. A line that starts with a letter begins a block; the rows of the block below it
/// start with a tab, fields are separated by tabs. Blocks are found at once and read when asked for.</summary>
internal sealed class TableText
{
    private readonly byte[] _text;
    private readonly Dictionary<string, Range> _blocks = new(StringComparer.Ordinal);

    /// <param name="text">The lines; those that start with # are comments.</param>
    public TableText(byte[] text)
    {
        _text = text;
        FindBlocks();
    }

    /// <summary>One of the texts beside this file.</summary>
    public static TableText Load(string name)
    {
        using var stream = typeof(TableText).Assembly.GetManifestResourceStream("Isocenter.Dicom.Validation." + name)
            ?? throw new InvalidOperationException($"{name} is not part of this assembly");
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return new TableText(text);
    }

    /// <summary>Kind and name of each block, with the tab between them.</summary>
    public IEnumerable<string> Keys => _blocks.Keys;

    /// <summary>There is such a block.</summary>
    public bool Contains(string key) => _blocks.ContainsKey(key);

    /// <summary>The lines of a block, its head first.</summary>
    public string[] LinesOf(string key) =>
        _blocks.TryGetValue(key, out var range)
            ? Encoding.UTF8.GetString(_text.AsSpan(range)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new FormatException($"the tables have no block '{key}'");

    /// <summary>The first line of a block.</summary>
    public string HeadOf(string key)
    {
        var block = _text.AsSpan(_blocks[key]);
        return Encoding.UTF8.GetString(block[..block.IndexOf((byte)'\n')]);
    }

    /// <summary>A block starts at a letter in the first column and ends where the next one starts.</summary>
    private void FindBlocks()
    {
        var text = _text.AsSpan();
        string? key = null;
        int start = 0;
        for (int at = 0; at < text.Length;)
        {
            int length = text[at..].IndexOf((byte)'\n');
            int next = length < 0 ? text.Length : at + length + 1;
            if (text[at] is not ((byte)'\t' or (byte)'#' or (byte)'\n'))
            {
                if (key is not null) _blocks[key] = start..at;
                var line = text[at..(next - 1)];
                int name = line.IndexOf((byte)'\t') + 1;
                int end = line[name..].IndexOf((byte)'\t');
                key = Encoding.ASCII.GetString(line[..(name + end)]);
                start = at;
            }
            at = next;
        }
        if (key is not null) _blocks[key] = start..text.Length;
    }
}
