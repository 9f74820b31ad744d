namespace Isocenter.Dicom;

/// <summary>How an element stands in the arrays of a <see cref="DataSet"/>.</summary>
internal struct Entry
{
    public uint Tag;
    public VR VR;
    public EntryFlags Flags;

    /// <summary>The value is <see cref="Length"/> bytes of the data set's buffer from here, when nothing is attached.</summary>
    public uint Offset;

    public uint Length;

    /// <summary>byte[] (a value of our own), <see cref="ExternalValue"/>, <see cref="ItemList"/> or <see cref="Fragments"/>.</summary>
    public object? Attached;
}

[Flags]
internal enum EntryFlags : ushort
{
    None = 0,

    /// <summary>Was read with an undefined length, and is written so again.</summary>
    UndefinedLength = 1,

    /// <summary>The bytes said UN, the content is a sequence in Implicit VR Little Endian (PS3.5 §6.2.2 Note 2).</summary>
    WasUnknown = 2,

    /// <summary>A sequence whose items are still rows of the <see cref="ReadTree"/>: the first is <see cref="Entry.Offset"/>,
    /// <see cref="Entry.Length"/> of them. They become data sets when somebody asks for them.</summary>
    HasRows = 4,

    /// <summary>The words of this value are big endian in a data set that is not: Pixel Data of GE's private syntax.</summary>
    BigEndianWords = 8,
}

/// <summary>A value that stayed in its file.</summary>
internal sealed class ExternalValue(ByteFile source, long offset, long length)
{
    public ByteFile Source { get; } = source;
    public long Offset { get; } = offset;
    public long Length { get; } = length;

    public int Read(long offset, Span<byte> destination)
    {
        long left = Length - offset;
        if (left <= 0) return 0;
        if (destination.Length > left) destination = destination[..(int)left];
        Source.ReadExactly(Offset + offset, destination);
        return destination.Length;
    }
}

/// <summary>The items of a sequence.</summary>
internal sealed class ItemList : List<DataSet>
{
    public static readonly IReadOnlyList<DataSet> Empty = [];

    public ItemList()
    {
    }

    public ItemList(int capacity) : base(capacity)
    {
    }

    public ItemList(IEnumerable<DataSet> items) : base(items)
    {
    }
}
