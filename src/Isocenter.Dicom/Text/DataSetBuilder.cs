using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Puts together the data sets that are read from a text, one in the other: entries of what is open stand on one
/// stack, and come off it as an array of exactly their number.</summary>
internal sealed class DataSetBuilder
{
    /// <summary>So many data sets and items are nothing.</summary>
    private const int FreeDataSets = 100_000;

    /// <summary>The shortest item that says something has 25 bytes in JSON. An empty one has three, and would take thirty
    /// times its length.</summary>
    private const int BytesPerDataSet = 28;

    private const int LongestRented = 4096;

    private readonly ReadBuffer _buffer = new(default);
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(256);
    private int _used;
    private int _dataSets;

    /// <summary>Entries on the stack.</summary>
    public int Count { get; private set; }

    /// <summary>Why <see cref="TryBegin"/> gave none.</summary>
    public const string TooMany = "so short a text holds too many data sets and items that say nothing: the limit of this reading is one for each 28 bytes, and 100000";

    /// <summary>Makes an empty data set.</summary>
    /// <param name="parent">The one around it.</param>
    /// <param name="textPosition">Bytes of text that were read so far: memory stays in proportion to them.</param>
    /// <returns>Null when there are too many.</returns>
    public DataSet? TryBegin(DataSet? parent, long textPosition) =>
        _dataSets++ < FreeDataSets + textPosition / BytesPerDataSet ? new DataSet(_buffer, bigEndian: false, parent) : null;

    public void Add(in Entry entry)
    {
        if (Count == _entries.Length) Grow();
        _entries[Count++] = entry;
    }

    /// <summary>An entry on the stack.</summary>
    public ref readonly Entry this[int index] => ref _entries[index];

    public void SetTag(int index, uint tag) => _entries[index].Tag = tag;

    /// <summary>Takes the entries from <paramref name="start"/> on for <paramref name="dataSet"/>. Of elements with the same
    /// tag the first stays.</summary>
    /// <returns>The tags that stood twice, or the first of them.</returns>
    public IReadOnlyList<uint> Complete(DataSet dataSet, int start)
    {
        var entries = _entries.AsSpan(start, Count - start);
        _used = Math.Max(_used, Count);
        Count = start;
        for (int i = 1; i < entries.Length; i++)
        {
            if (entries[i].Tag <= entries[i - 1].Tag) return dataSet.SetEntries(entries, sorted: false);
        }
        dataSet.SetEntries(entries, sorted: true);
        return [];
    }

    /// <summary>Hands out the values, to which all data sets refer, and gives the stack back.</summary>
    public void Finish(ref ValueBuffer values)
    {
        _buffer.Memory = values.ToArray();
        _entries.AsSpan(0, _used).Clear();
        if (_entries.Length <= LongestRented) ArrayPool<Entry>.Shared.Return(_entries);
        _entries = [];
    }

    /// <summary>Text in items, too, is UTF-8: an empty character set there would hide it.</summary>
    public static void DeclareUtf8(DataSet dataSet)
    {
        if (dataSet.TryFind(new Tag(TextValues.CharacterSetTag), out var element) && element.IsEmpty)
            dataSet.DeclareCharacterSet("ISO_IR 192");
        for (int i = 0; i < dataSet.Count; i++)
        {
            foreach (var item in dataSet.ElementAt(i).Items) DeclareUtf8(item);
        }
    }

    private void Grow()
    {
        var old = _entries;
        _entries = old.Length < LongestRented ? ArrayPool<Entry>.Shared.Rent(2 * old.Length) : new Entry[old.Length + old.Length / 2];
        old.CopyTo(_entries.AsSpan());
        if (old.Length > LongestRented) return;
        Array.Clear(old);
        ArrayPool<Entry>.Shared.Return(old);
    }
}
