using System.Diagnostics;

namespace Isocenter.Dicom;

/// <summary>A view of one element of a <see cref="Dicom.DataSet"/> (PS3.5 §7.1): tag, VR and undecoded value.</summary>
/// <remarks>Refers to the data set; valid until that is changed.</remarks>
[DebuggerDisplay("{Tag} {VR} {Length} bytes")]
public readonly struct DataElement
{
    private readonly int _index;

    internal DataElement(DataSet dataSet, int index)
    {
        DataSet = dataSet;
        _index = index;
    }

    /// <summary>The data set it stands in.</summary>
    public DataSet DataSet { get; }

    /// <summary>Its tag.</summary>
    public Tag Tag => new(Entry.Tag);

    /// <summary>Its VR: as it stands in the bytes, or from the dictionary where the bytes do not say.</summary>
    public VR VR => Entry.VR;

    /// <summary>The byte order of the undecoded value: that of the data set, but for Pixel Data that were read in a syntax
    /// with <see cref="TransferSyntax.HasBigEndianPixels"/>.</summary>
    public bool IsBigEndian => DataSet.IsBigEndian || (Entry.Flags & EntryFlags.BigEndianWords) != 0;

    /// <summary>Bytes in the value; -1 for sequences and fragments, whose length depends on how they are written.</summary>
    public long Length => Entry.Attached switch
    {
        null => Entry.Length,
        byte[] own => own.Length,
        ExternalValue external => external.Length,
        _ => -1,
    };

    /// <summary>The value has no bytes, no items, no fragments.</summary>
    public bool IsEmpty => Entry.Attached switch
    {
        ItemList items => items.Count == 0,
        Fragments fragments => fragments.Count == 0,
        _ => Length == 0,
    };

    /// <summary>The value was left in the file; <see cref="Bytes"/> reads it from there.</summary>
    public bool IsInFile => Entry.Attached is ExternalValue;

    /// <summary>The items of a sequence in order; none when it is not a sequence.</summary>
    public IReadOnlyList<DataSet> Items => Entry.Attached as ItemList ?? ItemList.Empty;

    /// <summary>It holds items: SQ, and UN that turned out to be a sequence (PS3.5 §6.2.2).</summary>
    public bool IsSequence => Entry.Attached is ItemList || Entry.VR == VR.SQ;

    /// <summary>The fragments of encapsulated Pixel Data (PS3.5 §A.4); null when it is not encapsulated.</summary>
    public Fragments? Fragments => Entry.Attached as Fragments;

    /// <summary>The value undecoded, in the byte order of <see cref="IsBigEndian"/>, padding included. Aliases
    /// the buffer that was read, or is read from the file into a new array when it was left there. Empty for sequences
    /// and fragments.</summary>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    public ReadOnlyMemory<byte> Bytes => DataSet.BytesOf(in Entry);

    /// <summary>The whole value of a text VR as one string: all values with the backslashes between them, without the
    /// padding around it. Of another VR its values in words, with backslashes between them; of the binary ones (OB, OW, UN
    /// and so on) those of the first <see cref="ShownBytes"/> bytes, and … when there are more. Empty for sequences and
    /// fragments.</summary>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    public string Text => VR.IsText() ? ValueBytes.Text(Bytes.Span, VR, DataSet.CharacterSet)
        : Length <= 0 ? ""
        : (VRTable.Of(VR) & VRTraits.Binary) != 0 ? BinaryText()
        : string.Join('\\', ValueReader.ReadAll<string>(this));

    /// <summary>Of a binary value, so many bytes stand in <see cref="Text"/>: pixel data would be a text of gigabytes.</summary>
    public const int ShownBytes = 1024;

    private string BinaryText()
    {
        Span<byte> bytes = stackalloc byte[(int)Math.Min(Length, ShownBytes)];
        bytes = bytes[..Read(0, bytes)];
        string shown = string.Join('\\', ValueReader.ReadAll<string>(bytes, VR, IsBigEndian, DataSet));
        return Length > ShownBytes ? shown + '…' : shown;
    }

    /// <summary>Reads part of the value, without reading the rest from the file.</summary>
    /// <returns>Bytes read, fewer than asked for at the end of the value only.</returns>
    public int Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (Entry.Attached is ExternalValue external) return external.Read(offset, destination);
        var bytes = Bytes.Span;
        if (offset >= bytes.Length) return 0;
        var part = bytes[(int)offset..];
        if (part.Length > destination.Length) part = part[..destination.Length];
        part.CopyTo(destination);
        return part.Length;
    }

    internal ref readonly Entry Entry => ref DataSet.EntryAt(_index);
}
