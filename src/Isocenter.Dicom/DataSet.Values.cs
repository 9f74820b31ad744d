namespace Isocenter.Dicom;

/// <content>Typed values. Get, TryGet and GetAll read; Set writes.</content>
/// <remarks>
/// <para>The types: string, byte, sbyte, short, ushort, int, uint, long, ulong, float, double, decimal, <see cref="Tag"/>,
/// <see cref="Uid"/>, <see cref="PersonName"/>, <see cref="Age"/>, DateOnly, TimeOnly, DateTime, DateTimeOffset,
/// <see cref="PartialTime"/> and <see cref="PartialDateTime"/> (as exact as it was written), <see cref="ValueRange{T}"/> of
/// DateOnly, <see cref="PartialTime"/> and <see cref="PartialDateTime"/> (keys of a query), and <see cref="DataSet"/> for
/// items.</para>
/// <para>Reading forgives what <see cref="ReadOptions.ValueLeniencies"/> says; <see cref="ValueCheck"/> tells what that was.
/// Writing forgives nothing (PS3.5 Table 6.2-1), but the keys that a query may have: ranges, wildcards.
/// <see cref="SetText"/> is the entrance for text of the field that has to be passed on as it is.</para>
/// </remarks>
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
        throw new DicomFormatException($"{NameOf(tag)} {state}", path: PathTo(tag).ToString());
    }

    /// <summary>The first value.</summary>
    /// <returns>False when absent, empty, or not to be read as a <typeparamref name="T"/>.</returns>
    public bool TryGet<T>(Tag tag, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? value)
    {
        value = default;
        return TryFind(tag, out var element) && ValueReader.TryRead(element, 0, out value);
    }

    /// <summary>The first value, or <paramref name="otherwise"/> where <see cref="TryGet{T}(Tag, out T)"/> says false.</summary>
    public T Get<T>(Tag tag, T otherwise) => TryGet(tag, out T? value) ? value : otherwise;

    /// <summary>All values in order. None when absent or empty; those that cannot be read as a
    /// <typeparamref name="T"/> are left out.</summary>
    public IReadOnlyList<T> GetAll<T>(Tag tag) => TryFind(tag, out var element) ? ValueReader.ReadAll<T>(element) : [];

    /// <summary>Sets the values, with the VR of the dictionary. No values: an empty element.</summary>
    /// <exception cref="ArgumentException">A value does not fit the VR (PS3.5 Table 6.2-1).</exception>
    public DataSet Set<T>(Tag tag, params ReadOnlySpan<T> values) where T : notnull => Set(tag, VROf(tag), values);

    /// <summary>Sets the values with a VR of the caller's choice.</summary>
    /// <exception cref="ArgumentException">A value does not fit the VR (PS3.5 Table 6.2-1).</exception>
    public DataSet Set<T>(Tag tag, VR vr, params ReadOnlySpan<T> values) where T : notnull
    {
        ThrowIfFrozen();
        if (typeof(T) == typeof(DataSet))
        {
            SetItems(tag, values.ToArray() as DataSet[]);
            return this;
        }
        byte[] bytes = ValueWriter.Write(tag, vr, values, IsBigEndian, CharacterSet);
        if (tag == CharacterSetTag && EncodeFor(SpecificCharacterSet.OfValue(bytes)) is { } problem) throw new ArgumentException(problem);
        Insert(new Entry { Tag = tag.Value, VR = vr, Attached = bytes });
        return this;
    }

    /// <summary>Sets text as it is met in the field: illegal UIDs, codes in small letters, numbers that are none. Only what
    /// cannot be written at all is refused.</summary>
    /// <exception cref="ArgumentException">The VR is no text, or the character set does not hold it.</exception>
    public DataSet SetText(Tag tag, VR vr, params ReadOnlySpan<string> values)
    {
        ThrowIfFrozen();
        if (tag == CharacterSetTag) return Set(tag, vr, values);
        Insert(new Entry { Tag = tag.Value, VR = vr, Attached = ValueWriter.WriteFieldText(tag, vr, values, CharacterSet) });
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

    /// <summary>The offset from UTC of times here that have none of their own: Timezone Offset From UTC (0008,0201) of this
    /// data set or of the one around it (PS3.3 §C.12.1.1.8). Null when nobody says.</summary>
    public TimeSpan? TimezoneOffset
    {
        get
        {
            for (var dataSet = this; dataSet is not null; dataSet = dataSet.Parent)
            {
                if (dataSet.TryGet(Tags.TimezoneOffsetFromUTC, out string? text)) return PartialDateTime.TryParse("2000" + text, null, out var moment) ? moment.Offset : null;
            }
            return null;
        }
    }

    /// <summary>What typed reading of this data set forgives.</summary>
    internal ValueLeniencies Leniencies => _buffer?.Leniencies ?? ValueLeniencies.All;

    /// <summary>Where an element of this data set is, from the outermost one: (0008,1140)[2](0008,1155).</summary>
    internal ElementPath PathTo(Tag tag)
    {
        var steps = new List<PathStep> { new(tag) };
        for (var item = this; item.Parent is not null; item = item.Parent)
        {
            if (item.StepInParent is { } step) steps.Add(step);
        }
        steps.Reverse();
        return new ElementPath(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(steps));
    }

    /// <summary>Which item of which sequence this is; null when it is none.</summary>
    internal PathStep? StepInParent
    {
        get
        {
            if (Parent is null) return null;
            foreach (var element in Parent)
            {
                int index = element.Entry.Attached is ItemList items ? items.IndexOf(this) : -1;
                if (index >= 0) return new PathStep(element.Tag, null, ItemIndex.At(Math.Min(index, ItemIndex.Largest)));
            }
            return null;
        }
    }

    private static string NameOf(Tag tag) => DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : tag.ToString();

    /// <summary>The VR that an element of this tag has here when it is set without naming one: of the dictionary, where that
    /// leaves a choice by Pixel Representation; of the private dictionary, by creator; or the one that stands here already.</summary>
    public VR VROf(Tag tag)
    {
        if (tag.IsPrivateCreator) return VR.LO;
        var choice = tag.IsPrivate ? VRChoice.One : DataDictionary.ChoiceOf(tag);
        if (!tag.IsPrivate && choice == VRChoice.One) return DataDictionary.VROf(tag);
        if (PrivateCreatorOf(tag) is { } creator && PrivateDictionary.VROf(creator, tag) is var known and not VR.UN) return known;
        // What stands there already was somebody's choice.
        if (TryFind(tag, out var element) && element.VR != VR.None) return element.VR;
        return choice is VRChoice.USOrSS or VRChoice.USOrSSOrOW && IsSigned ? VR.SS : DataDictionary.VROf(tag);
    }

    /// <summary>Pixel Representation of this data set or of the one around it (PS3.5 §6.2.2).</summary>
    private bool IsSigned
    {
        get
        {
            for (var dataSet = this; dataSet is not null; dataSet = dataSet.Parent)
            {
                if (dataSet.TryGet(Tags.PixelRepresentation, out ushort representation)) return representation == 1;
            }
            return false;
        }
    }
}
