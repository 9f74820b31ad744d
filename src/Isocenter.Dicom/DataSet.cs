using System.Collections;

namespace Isocenter.Dicom;

/// <summary>A Data Set: elements in the order of their tags (PS3.5 §7).</summary>
/// <remarks>Elements that were read refer to the buffer they were read from; values are decoded when asked for. A data
/// set that is being changed belongs to one thread. After <see cref="Freeze"/> it cannot be changed and may be shared.</remarks>
public sealed partial class DataSet : IReadOnlyCollection<DataElement>
{
    private readonly ReadBuffer? _buffer;
    private Entry[] _entries;
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

    /// <summary>Takes the element out.</summary>
    /// <returns>False when there was none.</returns>
    public bool Remove(Tag tag)
    {
        ThrowIfFrozen();
        int index = IndexOf(tag);
        if (index < 0) return false;
        _entries.AsSpan(index + 1, _count - index - 1).CopyTo(_entries.AsSpan(index));
        _entries[--_count] = default;
        if (tag.Value == 0x0008_0005) ForgetCharacterSet();
        return true;
    }

    /// <summary>Copies the element into this data set, in place of the one that was there. Its bytes are shared where
    /// that is safe; items are copied.</summary>
    public void Add(DataElement element)
    {
        ThrowIfFrozen();
        var entry = element.Entry;
        if (entry.Attached is ItemList items)
            entry.Attached = new ItemList(items.Select(item => Adopt(item.Copy())));
        else if (entry.Attached is null && (element.DataSet._buffer != _buffer || element.DataSet.IsBigEndian != IsBigEndian))
            entry.Attached = ValueBytes.Reorder(element.Bytes, entry.VR, element.DataSet.IsBigEndian != IsBigEndian);
        Insert(entry);
    }

    /// <summary>A copy that may be changed. Undecoded values are shared with the original, which never changes them.</summary>
    public DataSet Copy()
    {
        var copy = new DataSet(_buffer ?? new ReadBuffer(default), IsBigEndian, null) { HasUndefinedLength = HasUndefinedLength };
        copy._entries = _entries.AsSpan(0, _count).ToArray();
        copy._count = _count;
        for (int i = 0; i < _count; i++)
        {
            if (copy._entries[i].Attached is ItemList items)
                copy._entries[i].Attached = new ItemList(items.Select(item => copy.Adopt(item.Copy())));
        }
        return copy;
    }

    /// <summary>From now on the data set and its items cannot be changed, and may be shared between threads.</summary>
    /// <returns>This data set.</returns>
    public DataSet Freeze()
    {
        _ = CharacterSet;
        for (int i = 0; i < _count && !IsFrozen; i++)
        {
            if (_entries[i].Attached is not ItemList items) continue;
            foreach (var item in items) item.Freeze();
        }
        IsFrozen = true;
        return this;
    }

    /// <summary>The elements in order.</summary>
    public IEnumerator<DataElement> GetEnumerator()
    {
        for (int i = 0; i < _count; i++) yield return new DataElement(this, i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The element at <paramref name="index"/> in the order of tags.</summary>
    internal DataElement ElementAt(int index) => new(this, index);

    internal ref readonly Entry EntryAt(int index) => ref _entries[index];

    /// <summary>The reader found out what the VR is.</summary>
    internal void SetVR(int index, VR vr) => _entries[index].VR = vr;

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
        if (sorted)
        {
            _entries = entries.ToArray();
            _count = _entries.Length;
            return [];
        }
        var kept = new List<Entry>(entries.Length);
        var dropped = new List<uint>();
        foreach (var entry in entries.ToArray().OrderBy(entry => entry.Tag))   // stable
        {
            if (kept.Count == 0 || kept[^1].Tag != entry.Tag) kept.Add(entry);
            else dropped.Add(entry.Tag);
        }
        _entries = [.. kept];
        _count = _entries.Length;
        return dropped;
    }

    private int IndexOf(Tag tag)
    {
        int low = 0, high = _count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            uint found = _entries[middle].Tag;
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
        if (index < 0)
        {
            index = ~index;
            if (_count == _entries.Length) Array.Resize(ref _entries, Math.Max(8, 2 * _count));
            _entries.AsSpan(index, _count - index).CopyTo(_entries.AsSpan(index + 1));
            _count++;
        }
        _entries[index] = entry;
        if (entry.Tag == 0x0008_0005) ForgetCharacterSet();
    }

    private DataSet Adopt(DataSet item)
    {
        item.Parent = this;
        return item;
    }

    private SpecificCharacterSet FindCharacterSet()
    {
        int index = IndexOf(new Tag(0x0008_0005));
        if (index < 0) return Parent?.CharacterSet ?? SpecificCharacterSet.Default;
        return SpecificCharacterSet.Of(ValueBytes.SplitText(BytesOf(_entries[index]).Span, VR.CS, SpecificCharacterSet.Default));
    }

    private void ForgetCharacterSet()
    {
        _characterSet = null;
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Attached is not ItemList items) continue;
            foreach (var item in items) item.ForgetCharacterSet();
        }
    }

    private void ThrowIfFrozen()
    {
        if (IsFrozen) throw new InvalidOperationException("the data set is frozen; change a Copy() of it");
    }
}
