using System.Globalization;

namespace Isocenter.Dicom;

/// <content>Typed values. Get, TryGet and GetAll read; Set writes.</content>
/// <remarks>The types: string, short, ushort, int, uint, long, ulong, float, double, decimal, <see cref="Tag"/>,
/// <see cref="Uid"/>, <see cref="PersonName"/>, DateOnly, TimeOnly, DateTime, DateTimeOffset (of DT with an offset), and
/// <see cref="DataSet"/> for items.</remarks>
public sealed partial class DataSet
{
    /// <summary>The first value.</summary>
    /// <exception cref="DicomFormatException">Absent, empty, or not to be read as a <typeparamref name="T"/>.</exception>
    public T Get<T>(Tag tag)
    {
        if (TryGet(tag, out T? value)) return value;
        string state = !TryFind(tag, out var element) ? "is absent"
            : element.IsEmpty ? "is empty"
            : $"cannot be read as {typeof(T).Name}";
        throw new DicomFormatException($"{NameOf(tag)} {state}", path: PathTo(tag));
    }

    /// <summary>The first value.</summary>
    /// <returns>False when absent, empty, or not to be read as a <typeparamref name="T"/>.</returns>
    public bool TryGet<T>(Tag tag, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
    {
        value = default;
        return TryFind(tag, out var element) && ValueReader.TryRead(element, 0, out value);
    }

    /// <summary>The first value, or <paramref name="otherwise"/> where <see cref="TryGet{T}"/> says false.</summary>
    public T Get<T>(Tag tag, T otherwise) => TryGet(tag, out T? value) ? value : otherwise;

    /// <summary>All values in order. None when absent or empty; those that cannot be read as a
    /// <typeparamref name="T"/> are left out.</summary>
    public IReadOnlyList<T> GetAll<T>(Tag tag) => TryFind(tag, out var element) ? ValueReader.ReadAll<T>(element) : [];

    /// <summary>Sets the values, with the VR of the dictionary. No values: an empty element.</summary>
    /// <exception cref="ArgumentException">A value does not fit the VR (PS3.5 Table 6.2-1).</exception>
    public DataSet Set<T>(Tag tag, params ReadOnlySpan<T> values) where T : notnull => Set(tag, WritableVR(tag), values);

    /// <summary>Sets the values with a VR of the caller's choice.</summary>
    /// <exception cref="ArgumentException">A value does not fit the VR (PS3.5 Table 6.2-1).</exception>
    public DataSet Set<T>(Tag tag, VR vr, params ReadOnlySpan<T> values) where T : notnull
    {
        ThrowIfFrozen();
        if (typeof(T) == typeof(DataSet))
        {
            var items = new ItemList();
            foreach (var value in values) items.Add(Adopt((DataSet)(object)value));
            Insert(new Entry { Tag = tag.Value, VR = VR.SQ, Attached = items });
            return this;
        }
        Insert(new Entry { Tag = tag.Value, VR = vr, Attached = ValueWriter.Write(tag, vr, values, IsBigEndian, CharacterSet) });
        return this;
    }

    /// <summary>Sets the undecoded value, in the byte order of this data set. The bytes are copied; an odd number of them
    /// is padded as the VR demands.</summary>
    public DataSet SetBytes(Tag tag, VR vr, ReadOnlySpan<byte> bytes)
    {
        Insert(new Entry { Tag = tag.Value, VR = vr, Attached = ValueWriter.Pad(bytes, vr) });
        return this;
    }

    /// <summary>Sets the undecoded value without copying. The array belongs to the data set from now on.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="vr">The VR.</param>
    /// <param name="bytes">An even number of bytes, in the byte order of this data set.</param>
    public DataSet SetOwnedBytes(Tag tag, VR vr, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if ((bytes.Length & 1) != 0) throw new ArgumentException("a value has an even number of bytes (PS3.5 §7.1.1)", nameof(bytes));
        Insert(new Entry { Tag = tag.Value, VR = vr, Attached = bytes });
        return this;
    }

    /// <summary>Sets a value that is in a file, in the byte order of this data set.</summary>
    internal void SetInFile(Tag tag, VR vr, ExternalValue value) => Insert(new Entry { Tag = tag.Value, VR = vr, Attached = value });

    /// <summary>Sets encapsulated Pixel Data.</summary>
    public DataSet SetFragments(Tag tag, Fragments fragments)
    {
        ArgumentNullException.ThrowIfNull(fragments);
        Insert(new Entry { Tag = tag.Value, VR = VR.OB, Flags = EntryFlags.UndefinedLength, Attached = fragments });
        return this;
    }

    /// <summary>Sets encapsulated Pixel Data of whole frames, one fragment each, with the table that finds them.</summary>
    /// <param name="frames">One whole compressed frame each. They are copied; odd ones are padded with a zero.</param>
    /// <param name="table">Basic (PS3.5 §A.4), or Extended (PS3.3 §C.7.6.3.1.8), which has room for more than 4 GiB and
    /// leaves the Basic one empty.</param>
    /// <returns>This data set. An Extended Offset Table that was there before is replaced or taken out.</returns>
    public DataSet SetFrames(IReadOnlyList<ReadOnlyMemory<byte>> frames, OffsetTable table = OffsetTable.Basic)
    {
        ArgumentNullException.ThrowIfNull(frames);
        Remove(Tags.ExtendedOffsetTable);
        Remove(Tags.ExtendedOffsetTableLengths);
        if (table == OffsetTable.Extended)
        {
            var offsets = new ulong[frames.Count];
            var lengths = new ulong[frames.Count];
            ulong at = 0;
            for (int i = 0; i < frames.Count; i++)
            {
                (offsets[i], lengths[i]) = (at, (ulong)frames[i].Length);
                at += 8 + (((ulong)frames[i].Length + 1) & ~1UL);
            }
            Set(Tags.ExtendedOffsetTable, VR.OV, offsets.AsSpan());
            Set(Tags.ExtendedOffsetTableLengths, VR.OV, lengths.AsSpan());
        }
        return SetFragments(Tags.PixelData, Fragments.FromFrames(frames, table == OffsetTable.Basic));
    }

    /// <summary>Where this is in the data set around it, as (0008,1140)[2](0008,1155).</summary>
    internal string PathTo(Tag tag)
    {
        string path = tag.ToString();
        for (var (item, parent) = (this, Parent); parent is not null; (item, parent) = (parent, parent.Parent))
        {
            foreach (var element in parent)
            {
                int index = element.Entry.Attached is ItemList items ? items.IndexOf(item) : -1;
                if (index < 0) continue;
                path = string.Create(CultureInfo.InvariantCulture, $"{element.Tag}[{index + 1}]{path}");
                break;
            }
        }
        return path;
    }

    private static string NameOf(Tag tag) => DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : tag.ToString();

    private static VR WritableVR(Tag tag)
    {
        if (tag.IsPrivateCreator) return VR.LO;
        return DataDictionary.VROf(tag);
    }
}
