using System.Buffers;
using System.Collections;

namespace Isocenter.Dicom;

/// <summary>A Data Set: elements in the order of their tags (PS3.5 §7).</summary>
/// <remarks>Elements that were read refer to the buffer they were read from; values are decoded when asked for. A data
/// set that is being changed belongs to one thread. After <see cref="Freeze"/> it cannot be changed and may be shared.</remarks>
public sealed partial class DataSet : IReadOnlyCollection<DataElement>
{
    private readonly ReadBuffer? _buffer;

    /// <summary>Entries of our own; null as long as they are those of the <see cref="ReadTree"/>, from _start of _chunk.</summary>
    private Entry[]? _entries;
    private readonly int _chunk;
    private readonly int _start;
    private int _count;
    private SpecificCharacterSet? _characterSet;

    /// <summary>Makes an empty data set, little endian.</summary>
    public DataSet() => _entries = [];

    internal DataSet(ReadBuffer buffer, bool bigEndian, DataSet? parent)
    {
        _buffer = buffer;
        _entries = [];
        IsBigEndian = bigEndian;
        Parent = parent;
    }

    /// <summary>What a reader found, still in its tables.</summary>
    internal DataSet(ReadTree tree, EntryRange range, DataSet? parent)
    {
        _buffer = tree;
        _chunk = range.Chunk;
        _start = range.Start;
        _count = range.Count;
        IsBigEndian = tree.IsBigEndian;
        HasUndefinedLength = range.HasUndefinedLength;
        Parent = parent;
    }

    /// <summary>How many elements, those of items not counted.</summary>
    public int Count => _count;

    /// <summary>The byte order of the undecoded values. It stays what it was when the data set was read.</summary>
    public bool IsBigEndian { get; }

    /// <summary>The data set whose sequence holds this one as an item.</summary>
    public DataSet? Parent { get; private set; }

    /// <summary>It cannot be changed any more.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>As an item: was read with an undefined length, and is written so again.</summary>
    internal bool HasUndefinedLength { get; init; }

    /// <summary>The character set in force here: (0008,0005) of this data set, or of the one around it
    /// (PS3.3 §C.12.1.1.2).</summary>
    public SpecificCharacterSet CharacterSet => _characterSet ??= FindCharacterSet();

    /// <summary>The element of <paramref name="tag"/>.</summary>
    /// <returns>False when it is absent. An empty element is present.</returns>
    public bool TryFind(Tag tag, out DataElement element)
    {
        int index = IndexOf(tag);
        element = index < 0 ? default : new DataElement(this, index);
        return index >= 0;
    }

    /// <summary>There is an element of <paramref name="tag"/>, empty or not.</summary>
    public bool Contains(Tag tag) => IndexOf(tag) >= 0;

    /// <summary>The elements in order. Allocates nothing.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<DataElement> IEnumerable<DataElement>.GetEnumerator()
    {
        for (int i = 0; i < _count; i++) yield return new DataElement(this, i);
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<DataElement>)this).GetEnumerator();

    /// <summary>Goes through the elements in order.</summary>
    public struct Enumerator
    {
        private readonly DataSet _dataSet;
        private int _index;

        internal Enumerator(DataSet dataSet)
        {
            _dataSet = dataSet;
            _index = -1;
        }

        /// <summary>The element.</summary>
        public readonly DataElement Current => new(_dataSet, _index);

        /// <summary>Goes to the next.</summary>
        public bool MoveNext() => ++_index < _dataSet._count;
    }

    /// <summary>The element at <paramref name="index"/> in the order of tags.</summary>
    internal DataElement ElementAt(int index) => new(this, index);

    internal ref readonly Entry EntryAt(int index)
    {
        ref var entry = ref Rows[index];
        if ((entry.Flags & EntryFlags.HasRows) != 0) MakeItems(ref entry);
        return ref entry;
    }

    /// <summary>The entries in order, for those who go through all and look at each once.</summary>
    internal ReadOnlySpan<Entry> Entries
    {
        get
        {
            var rows = Rows;
            foreach (ref var entry in rows)
            {
                if ((entry.Flags & EntryFlags.HasRows) != 0) MakeItems(ref entry);
            }
            return rows;
        }
    }

    /// <summary>What the entries with nothing attached refer to.</summary>
    internal ReadOnlySpan<byte> BufferSpan => _buffer is null ? default : _buffer.Memory.Span;

    private Span<Entry> Rows =>
        _count == 0 ? default : _entries is { } own ? own.AsSpan(0, _count) : ((ReadTree)_buffer!).Chunk(_chunk).AsSpan(_start, _count);

    private void MakeItems(ref Entry entry)
    {
        var tree = (ReadTree)_buffer!;
        var items = new ItemList((int)entry.Length);
        foreach (var range in tree.Items((int)entry.Offset, (int)entry.Length)) items.Add(new DataSet(tree, range, this));
        entry.Attached = items;
        entry.Flags &= ~EntryFlags.HasRows;
        entry.Offset = entry.Length = 0;
    }

    /// <summary>The reader knows that the words of a value are big endian although the data set is not.</summary>
    internal void MarkBigEndianWords(Tag tag)
    {
        int index = IndexOf(tag);
        if (index >= 0) Rows[index].Flags |= EntryFlags.BigEndianWords;
    }

    /// <summary>The entries for changing them.</summary>
    private Entry[] OwnEntries() => _entries ??= Rows.ToArray();

    internal ReadOnlyMemory<byte> BytesOf(in Entry entry)
    {
        switch (entry.Attached)
        {
            case null:
                return entry.Length == 0 ? default : _buffer!.Memory.Slice((int)entry.Offset, (int)entry.Length);
            case byte[] own:
                return own;
            case ExternalValue external:
                var bytes = new byte[checked((int)external.Length)];
                external.Read(0, bytes);
                return bytes;
            default:
                return default;
        }
    }

    internal static long LengthOf(in Entry entry) => entry.Attached switch
    {
        null => entry.Length,
        byte[] own => own.Length,
        ExternalValue external => external.Length,
        _ => 0,
    };

    /// <summary>Takes over what a reader found. Of elements with the same tag the first stays.</summary>
    /// <returns>The tags of the elements that were dropped.</returns>
    internal IReadOnlyList<uint> SetEntries(ReadOnlySpan<Entry> entries, bool sorted)
    {
        _entries = entries.ToArray();
        _count = _entries.Length;
        return sorted ? [] : SortEntries(_entries, ref _count);
    }

    /// <summary>Puts entries in the order of tags. Of those with the same tag the first stays.</summary>
    /// <param name="entries">What is left over at their end is cleared.</param>
    /// <param name="count">How many there are, and remain.</param>
    /// <returns>The tags of which elements were dropped.</returns>
    internal static List<uint> SortEntries(Span<Entry> entries, ref int count)
    {
        entries = entries[..count];
        bool inOrder = true;
        for (int i = 1; i < count && inOrder; i++) inOrder = entries[i - 1].Tag <= entries[i].Tag;
        if (!inOrder)
        {
            // The place in the bytes decides between equal tags: the sort is stable.
            ulong[] keys = ArrayPool<ulong>.Shared.Rent(count);
            for (int i = 0; i < count; i++) keys[i] = (ulong)entries[i].Tag << 32 | (uint)i;
            keys.AsSpan(0, count).Sort(entries);
            ArrayPool<ulong>.Shared.Return(keys);
        }
        var dropped = new List<uint>();
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (kept == 0 || entries[kept - 1].Tag != entries[i].Tag) entries[kept++] = entries[i];
            else if (dropped.Count == 0 || dropped[^1] != entries[i].Tag) dropped.Add(entries[i].Tag);
        }
        entries[kept..].Clear();
        count = kept;
        return dropped;
    }

    /// <summary>The index of the first element at or after <paramref name="tag"/>.</summary>
    internal int LowerBound(Tag tag) => IndexOf(tag) is >= 0 and var index ? index : ~IndexOf(tag);

    /// <summary>The index of an element, or the complement of the index it would have.</summary>
    internal int IndexOf(Tag tag)
    {
        var entries = Rows;
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            uint found = entries[middle].Tag;
            if (found == tag.Value) return middle;
            if (found < tag.Value) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    private void Insert(in Entry entry)
    {
        ThrowIfFrozen();
        int index = IndexOf(new Tag(entry.Tag));
        var entries = OwnEntries();
        if (index < 0)
        {
            index = ~index;
            if (_count == entries.Length)
            {
                Array.Resize(ref entries, Math.Max(8, 2 * _count));
                _entries = entries;
            }
            entries.AsSpan(index, _count - index).CopyTo(entries.AsSpan(index + 1));
            _count++;
        }
        else if (EntryAt(index).Attached is ItemList old)
        {
            Release(old, entry.Attached as ItemList);
        }
        entries[index] = entry;
        if (entry.Tag == CharacterSetTag.Value) ForgetCharacterSet();
    }
}
