using System.Runtime.CompilerServices;

namespace Isocenter.Dicom;

/// <content>Changing: elements and items in and out, copies, the frozen state.</content>
/// <remarks>
/// <para>An item belongs to one sequence of one data set. Given to a second one it is copied there, and so is a frozen one;
/// an item that belongs nowhere yet becomes part of the data set as it is. Nothing is ever taken away from another data set
/// behind its back.</para>
/// <para>A data set that is being changed belongs to one thread. A frozen one cannot be changed at all and is safe from many
/// threads without locks; <see cref="Copy"/> of it can be changed again.</para>
/// </remarks>
public sealed partial class DataSet
{
    /// <summary>Takes the element out. Items of a sequence that goes belong nowhere from then on.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="InvalidOperationException">It is (0008,0005), and there is text that needs it
    /// (<see cref="ChangeCharacterSet"/>); or the data set is frozen.</exception>
    public bool Remove(Tag tag)
    {
        ThrowIfFrozen();
        int index = IndexOf(tag);
        if (index < 0) return false;
        if (tag == CharacterSetTag && EncodeFor(InheritedCharacterSet) is { } problem) throw new InvalidOperationException(problem);
        RemoveAt(index);
        return true;
    }

    /// <summary>Copies an element of another data set into this one, in place of the one that was there. Undecoded bytes are
    /// shared where that is safe; items are copied; text goes over into the character set in force here.</summary>
    /// <exception cref="ArgumentException">The character set in force here does not hold the text.</exception>
    public void Add(DataElement element) => Add(element, element.Tag);

    /// <summary>Copies an element of another data set into this one under another tag, as a private element whose block has
    /// another number here.</summary>
    /// <exception cref="ArgumentException">The character set in force here does not hold the text.</exception>
    public void Add(DataElement element, Tag tag)
    {
        ThrowIfFrozen();
        var source = element.DataSet;
        bool swap = element.IsBigEndian != IsBigEndian;
        var entry = element.Entry;
        entry.Tag = tag.Value;
        if (entry.Attached is ItemList items)
        {
            entry.Attached = TakeOver(items, source);
        }
        else if (tag == CharacterSetTag)
        {
            entry.Attached = element.Bytes.ToArray();
            if (EncodeFor(SpecificCharacterSet.OfValue(element.Bytes.Span)) is { } problem) throw new ArgumentException(problem);
        }
        else if (entry.VR.UsesSpecificCharacterSet() && !SpecificCharacterSet.AreSame(source.CharacterSet, CharacterSet))
        {
            if (!TryReencode(element, source.CharacterSet, CharacterSet, out byte[]? bytes, out string? problem)) throw new ArgumentException(problem);
            entry.Attached = bytes ?? entry.Attached;
        }
        if (entry.Attached is null ? swap || source._buffer != _buffer : swap && entry.VR.UnitSize() > 1 && entry.Attached is byte[] or ExternalValue)
        {
            entry.Attached = ValueBytes.Reorder(element.Bytes, entry.VR, swap);
            entry.Flags &= ~EntryFlags.BigEndianWords;
        }
        Insert(entry);
    }

    /// <summary>A copy that may be changed. Undecoded values are shared with the original, which never changes them;
    /// those of a file that was opened are copied, so that the copy outlives the file. Values that stayed in the file
    /// (<see cref="DataElement.IsInFile"/>) are read from it still.</summary>
    /// <remarks>A copy of an item stands for itself: where its text needs the character set that the data set around it
    /// declares, the copy declares it too.</remarks>
    public DataSet Copy()
    {
        var copy = DeepCopy();
        if (Parent is not null) copy.KeepCharacterSet(CharacterSet);
        return copy;
    }

    /// <summary>From now on the data set and its items cannot be changed, and may be shared between threads.</summary>
    /// <returns>This data set.</returns>
    /// <exception cref="InvalidOperationException">It is an item of a data set that can still be changed: freeze that, or a
    /// copy of the item.</exception>
    public DataSet Freeze()
    {
        if (IsFrozen) return this;
        if (Parent is { IsFrozen: false }) throw new InvalidOperationException("this is an item of a data set that can be changed: freeze that one, or a Copy() of the item");
        FreezeAll();
        return this;
    }

    /// <summary>Puts a new or given item into a sequence, which is made when it is absent.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="index">Before which item, from 0; the number of items for behind the last.</param>
    /// <param name="item">Null for an empty one. One that belongs elsewhere is copied.</param>
    /// <returns>The item as it stands in the sequence.</returns>
    /// <exception cref="ArgumentException">The element is there and no sequence.</exception>
    public DataSet InsertItem(Tag sequence, int index, DataSet? item = null)
    {
        ThrowIfFrozen();
        var items = SequenceToChange(sequence, mayCreate: true)!;
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, items.Count);
        var own = Adopt(item ?? new DataSet());
        items.Insert(index, own);
        return own;
    }

    /// <summary>Puts a new or given item behind the last one of a sequence, which is made when it is absent.</summary>
    /// <returns>The item as it stands in the sequence.</returns>
    /// <exception cref="ArgumentException">The element is there and no sequence.</exception>
    public DataSet AddItem(Tag sequence, DataSet? item = null) =>
        InsertItem(sequence, TryFind(sequence, out var element) ? element.Items.Count : 0, item);

    /// <summary>Takes an item out. It belongs nowhere from then on.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="index">From 0.</param>
    /// <returns>False when there is no such item.</returns>
    public bool RemoveItem(Tag sequence, int index)
    {
        ThrowIfFrozen();
        if (SequenceToChange(sequence, mayCreate: false) is not { } items || index < 0 || index >= items.Count) return false;
        items[index].Leave();
        items.RemoveAt(index);
        return true;
    }

    /// <summary>Gives an element another VR. Its bytes stay.</summary>
    /// <returns>False when there is no such element.</returns>
    /// <exception cref="ArgumentException">One of the VRs is SQ, or the element holds fragments.</exception>
    public bool ChangeVR(Tag tag, VR vr)
    {
        ThrowIfFrozen();
        if (!TryFind(tag, out var element)) return false;
        if (element.IsSequence || vr == VR.SQ || element.Fragments is not null || !vr.IsKnown()) throw new ArgumentException($"{tag} cannot become {vr.ToText()}");
        var entry = element.Entry;
        entry.VR = vr;
        Insert(entry);
        return true;
    }

    /// <summary>Corrects the length of the group in which an element was changed, set or removed, here and in all data sets
    /// around this one; where there is none, there will be none (PS3.5 §7.2, retired).</summary>
    /// <param name="changed">The element that was changed.</param>
    /// <param name="syntax">How the data set is going to be written.</param>
    public void UpdateGroupLengths(Tag changed, TransferSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        ThrowIfFrozen();
        var tag = changed;
        for (var dataSet = this; dataSet is not null; dataSet = dataSet.Parent)
        {
            var groupLength = new Tag(tag.Group, 0);
            if (tag != groupLength && dataSet.Contains(groupLength))
            {
                long length = DataSetWriter.LengthOfGroup(dataSet, tag.Group, syntax);
                if (length == 0) dataSet.Remove(groupLength);
                else dataSet.Set(groupLength, VR.UL, (uint)Math.Min(length, uint.MaxValue));
            }
            tag = dataSet.StepInParent?.Tag ?? tag;
        }
    }

    private void SetItems(Tag tag, ReadOnlySpan<DataSet> values)
    {
        ThrowIfFrozen();
        var old = TryFind(tag, out var element) ? element.Entry.Attached as ItemList : null;
        var staying = new HashSet<DataSet>(old ?? [], ReferenceEqualityComparer.Instance);
        var items = new ItemList();
        foreach (var value in values)
        {
            ArgumentNullException.ThrowIfNull(value);
            // An item that stands here already stays the same one, wherever it moves to. Given twice, it is copied once.
            items.Add(staying.Remove(value) ? value : Adopt(value));
        }
        var flags = old is null ? EntryFlags.None : element.Entry.Flags & EntryFlags.UndefinedLength;
        Insert(new Entry { Tag = tag.Value, VR = VR.SQ, Flags = flags, Attached = items });
    }

    /// <summary>Makes the item part of this data set; a copy of it when it belongs elsewhere or cannot be changed.</summary>
    private DataSet Adopt(DataSet item)
    {
        for (var around = this; around is not null; around = around.Parent)
        {
            if (ReferenceEquals(around, item)) return TakeOver(item.DeepCopy(), item.CharacterSet);
        }
        if (item.Parent is not null || item.IsFrozen) return TakeOver(item.DeepCopy(), item.CharacterSet);
        item.Parent = this;
        item.ForgetCharacterSet();
        return item;
    }

    /// <summary>Copies of the items of another data set, as items of this one.</summary>
    private ItemList TakeOver(ItemList items, DataSet source)
    {
        // One buffer for all, not one for each.
        var buffer = source._buffer?.ForCopies();
        var copies = new ItemList(items.Count);
        foreach (var item in items)
            copies.Add(TakeOver(buffer is not null && item._buffer == source._buffer ? item.CopyOver(buffer) : item.DeepCopy(), source.CharacterSet));
        return copies;
    }

    private DataSet TakeOver(DataSet copy, SpecificCharacterSet from)
    {
        TakeOverText(copy, from);
        copy.Parent = this;
        copy.ForgetCharacterSet();
        return copy;
    }

    /// <summary>Lets go of the items of a sequence that is replaced or removed, but for those that are among the new ones.</summary>
    private static void Release(ItemList old, ItemList? staying)
    {
        if (ReferenceEquals(old, staying)) return;
        var kept = staying is null ? null : new HashSet<DataSet>(staying, ReferenceEqualityComparer.Instance);
        foreach (var item in old)
        {
            if (kept?.Contains(item) != true) item.Leave();
        }
    }

    private void Leave()
    {
        KeepCharacterSet(CharacterSet);
        Parent = null;
        ForgetCharacterSet();
    }

    private ItemList? SequenceToChange(Tag tag, bool mayCreate)
    {
        if (TryFind(tag, out var element))
        {
            if (element.Entry.Attached is ItemList items) return items;
            if (!element.IsEmpty) throw new ArgumentException($"{PathTo(tag)} is no sequence but {element.VR.ToText()}");
        }
        if (!mayCreate) return null;
        var created = new ItemList();
        Insert(new Entry { Tag = tag.Value, VR = VR.SQ, Attached = created });
        return created;
    }

    private DataSet DeepCopy() => CopyOver(_buffer?.ForCopies() ?? new ReadBuffer(default));

    private DataSet CopyOver(ReadBuffer buffer)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var entries = new Entry[_count];
        var copy = new DataSet(buffer, IsBigEndian, null) { HasUndefinedLength = HasUndefinedLength, _entries = entries, _count = _count };
        for (int i = 0; i < _count; i++)
        {
            entries[i] = EntryAt(i);
            if (entries[i].Attached is not ItemList items) continue;
            var copies = new ItemList(items.Count);
            foreach (var item in items)
            {
                // An item that came from elsewhere has a buffer of its own.
                var inner = item._buffer == _buffer ? item.CopyOver(buffer) : item.DeepCopy();
                inner.Parent = copy;
                copies.Add(inner);
            }
            entries[i].Attached = copies;
        }
        return copy;
    }

    private void FreezeAll()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        // Known before others look: afterwards nothing is written any more.
        _ = CharacterSet;
        for (int i = 0; i < _count; i++)
        {
            if (EntryAt(i).Attached is not ItemList items) continue;
            foreach (var item in items) item.FreezeAll();
        }
        IsFrozen = true;
    }

    private void RemoveAt(int index)
    {
        if (index < 0) return;
        var tag = new Tag(EntryAt(index).Tag);
        if (EntryAt(index).Attached is ItemList old) Release(old, staying: null);
        var entries = OwnEntries();
        entries.AsSpan(index + 1, _count - index - 1).CopyTo(entries.AsSpan(index));
        entries[--_count] = default;
        if (tag == CharacterSetTag) ForgetCharacterSet();
    }

    private void ThrowIfFrozen()
    {
        if (IsFrozen) throw new InvalidOperationException("the data set is frozen: change a Copy() of it");
    }
}
