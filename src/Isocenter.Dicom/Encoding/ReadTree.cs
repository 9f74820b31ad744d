using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>The bytes that the elements of one reading refer to. Shared by all its data sets.</summary>
internal class ReadBuffer(ReadOnlyMemory<byte> memory)
{
    private ReadOnlyMemory<byte> _memory = memory;

    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, typeof(DicomFile));
            return _memory;
        }
        set => _memory = value;
    }

    /// <summary>What typed reading of these values forgives.</summary>
    public ValueLeniencies Leniencies { get; set; } = ValueLeniencies.All;

    protected bool IsDisposed { get; set; }

    /// <summary>A buffer that a copy of these data sets may refer to for as long as it likes.</summary>
    public virtual ReadBuffer ForCopies() => this;
}

/// <summary>Which entries of a <see cref="ReadTree"/> make up one data set.</summary>
internal readonly record struct EntryRange(int Chunk, int Start, int Count, bool HasUndefinedLength = false);

/// <summary>What one reading found, in few large tables instead of many small objects: the bytes, the entries of all data
/// sets, the items of all sequences.</summary>
/// <remarks>Filled by one <see cref="DataSetReader"/>. A pooled one gives its tables back when its file is closed; who asks
/// afterwards is told so. Memory: an entry takes 24 bytes, an item 16; each is at least 8 bytes of input.</remarks>
internal sealed class ReadTree(bool isPooled, int firstChunk) : ReadBuffer(default), IDisposable
{
    /// <summary>Entries in a chunk, at most: 48 KiB, so that none is a large object, which only full collections free.</summary>
    private const int LargestChunk = 2048;

    /// <summary>Bits of an item's index that say where it is in its chunk: 4096 items are 64 KiB.</summary>
    private const int ItemBits = 12;

    private const int LargestItemChunk = 1 << ItemBits;

    private Entry[][] _chunks = [];
    private int _chunkCount;
    private List<int>? _unpooled;
    private int _used;
    private EntryRange[][] _itemChunks = [];
    private int _itemChunkCount;
    private int _itemsUsed;
    private byte[]? _rented;

    public bool IsBigEndian { get; set; }

    public Entry[] Chunk(int index)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, typeof(DicomFile));
        return _chunks[index];
    }

    public ReadOnlySpan<EntryRange> Items(int first, int count)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, typeof(DicomFile));
        return count == 0 ? default : _itemChunks[first >> ItemBits].AsSpan(first & (LargestItemChunk - 1), count);
    }

    /// <summary>Takes over the entries of one data set.</summary>
    public EntryRange Add(ReadOnlySpan<Entry> entries, bool hasUndefinedLength)
    {
        if (entries.IsEmpty) return new EntryRange(0, 0, 0, hasUndefinedLength);
        if (_chunkCount == 0 || _chunks[_chunkCount - 1].Length - _used < entries.Length) AddChunk(entries.Length);
        var range = new EntryRange(_chunkCount - 1, _used, entries.Length, hasUndefinedLength);
        entries.CopyTo(_chunks[_chunkCount - 1].AsSpan(_used));
        _used += entries.Length;
        return range;
    }

    /// <summary>Takes over a whole table of entries without copying it: the two together would be the most memory that a
    /// reading takes.</summary>
    /// <param name="entries">The table; an empty one is left.</param>
    /// <param name="count">How many of its rows are entries.</param>
    /// <param name="isRented">It comes from the pool.</param>
    public EntryRange TakeEntries(ref Entry[] entries, int count, bool isRented)
    {
        if (_chunkCount == _chunks.Length) Array.Resize(ref _chunks, Math.Max(2, 2 * _chunkCount));
        if (!isRented) (_unpooled ??= []).Add(_chunkCount);
        _chunks[_chunkCount++] = entries;
        _used = entries.Length;
        entries = [];
        return new EntryRange(_chunkCount - 1, 0, count);
    }

    /// <summary>Takes over the items of one sequence. They stay together.</summary>
    /// <returns>The index of the first.</returns>
    public int AddItems(ReadOnlySpan<EntryRange> items)
    {
        if (items.IsEmpty) return 0;
        if (_itemChunkCount == 0 || _itemsUsed >= LargestItemChunk || _itemChunks[_itemChunkCount - 1].Length - _itemsUsed < items.Length)
        {
            int last = _itemChunkCount == 0 ? 8 : _itemChunks[_itemChunkCount - 1].Length;
            int size = Math.Max(items.Length, Math.Min(LargestItemChunk, 2 * last));
            AddItemChunk(isPooled ? ArrayPool<EntryRange>.Shared.Rent(size) : new EntryRange[size]);
        }
        items.CopyTo(_itemChunks[_itemChunkCount - 1].AsSpan(_itemsUsed));
        int first = (_itemChunkCount - 1) << ItemBits | _itemsUsed;
        _itemsUsed += items.Length;
        return first;
    }

    /// <summary>Takes over a whole table of items, which comes from the pool, without copying it.</summary>
    /// <param name="items">The table; an empty one is left.</param>
    /// <returns>The index of the first.</returns>
    public int TakeItems(ref EntryRange[] items)
    {
        AddItemChunk(items);
        (_itemsUsed, items) = (items.Length, []);
        return (_itemChunkCount - 1) << ItemBits;
    }

    /// <summary>A buffer of at least so many bytes, in which the first <paramref name="filled"/> of the last one are kept.</summary>
    public byte[] Grow(int size, int filled)
    {
        byte[] larger = isPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _rented.AsSpan(0, filled).CopyTo(larger);
        if (isPooled && _rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _rented = larger;
        Memory = larger;
        return larger;
    }

    public override ReadBuffer ForCopies() => isPooled ? new ReadBuffer(Memory.ToArray()) { Leniencies = Leniencies } : this;

    /// <summary>Gives pooled tables back. The data sets cannot be read any more.</summary>
    public void Dispose()
    {
        if (!isPooled || IsDisposed) return;
        IsDisposed = true;
        for (int i = 0; i < _chunkCount; i++)
        {
            if (_unpooled?.Contains(i) != true) ArrayPool<Entry>.Shared.Return(_chunks[i], clearArray: true);
        }
        for (int i = 0; i < _itemChunkCount; i++) ArrayPool<EntryRange>.Shared.Return(_itemChunks[i]);
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        (_chunks, _itemChunks, _rented, Memory) = ([], [], null, default);
    }

    private void AddItemChunk(EntryRange[] chunk)
    {
        if (_itemChunkCount == _itemChunks.Length) Array.Resize(ref _itemChunks, Math.Max(2, 2 * _itemChunkCount));
        _itemChunks[_itemChunkCount++] = chunk;
        _itemsUsed = 0;
    }

    private void AddChunk(int needed)
    {
        int size = Math.Max(needed, _chunkCount == 0 ? firstChunk : Math.Min(LargestChunk, 2 * _chunks[_chunkCount - 1].Length));
        if (_chunkCount == _chunks.Length) Array.Resize(ref _chunks, Math.Max(2, 2 * _chunkCount));
        _chunks[_chunkCount++] = isPooled ? ArrayPool<Entry>.Shared.Rent(size) : new Entry[size];
        _used = 0;
    }
}
