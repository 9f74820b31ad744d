using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Writes data sets in the DICOM JSON Model (PS3.18 §F.2).</summary>
/// <remarks>What a header has most of, short values of ordinary ASCII, goes out in one step (the file Plain); everything
/// else takes the way below, which knows no short cuts. Both write the same.</remarks>
internal ref partial struct DataSetJsonWriter
{
    /// <summary>,"00100010":{"vr":"PN"</summary>
    private const int HeadLength = 22;

    private readonly JsonOptions _options;

    /// <summary>Values of more bytes are not written in one step: somebody has to be asked, or lines are to be broken.</summary>
    private readonly int _plainLimit;

    private Utf8Output _output;
    private int _level;
    private List<(uint Tag, int Item)>? _path;

    public DataSetJsonWriter(IBufferWriter<byte> output, JsonOptions options)
    {
        _options = options;
        _output = new Utf8Output(output);
        _plainLimit = options.Indented ? -1 : options.BulkData is null ? int.MaxValue : options.InlineLimit;
    }

    /// <summary>Writes one data set as a JSON object.</summary>
    public void Write(DataSet dataSet)
    {
        bool known = dataSet.TryFind(new Tag(TextValues.CharacterSetTag), out var element) && !element.IsEmpty;
        WriteObject(dataSet, addCharacterSet: !known && TextValues.HasOtherThanAscii(dataSet));
    }

    public void Flush() => _output.Flush();

    private void WriteObject(DataSet dataSet, bool addCharacterSet)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _output.Write((byte)'{');
        _level++;
        bool first = true;
        var entries = dataSet.Entries;
        var buffer = dataSet.BufferSpan;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            uint tag = entry.Tag;
            if (TextValues.IsLeftOut(tag)) continue;
            if (addCharacterSet && tag >= TextValues.CharacterSetTag)
            {
                WriteCharacterSet(ref first);
                addCharacterSet = false;
                if (tag == TextValues.CharacterSetTag) continue;
            }
            if (_level == 1 && _options.OmitPixelData && TextValues.IsPixelData(tag)) continue;
            if (entry.Length <= _plainLimit && entry.Attached is null && tag != TextValues.CharacterSetTag
                && TryWritePlain(tag, entry.VR, buffer.Slice((int)entry.Offset, (int)entry.Length), dataSet.IsBigEndian, first))
            {
                first = false;
                continue;
            }
            WriteElement(dataSet, i, in entry, ref first);
        }
        if (addCharacterSet) WriteCharacterSet(ref first);
        _level--;
        if (!first) NewLine();
        _output.Write((byte)'}');
    }

    private void WriteElement(DataSet dataSet, int index, in Entry entry, ref bool first)
    {
        // The document is UTF-8 and says so at its top; what an item declares stands as it is, for who makes bytes of it again.
        if (entry.Tag == TextValues.CharacterSetTag && _level == 1 && DataSet.LengthOf(in entry) > 0)
        {
            WriteCharacterSet(ref first);
            return;
        }
        string? uri = null;
        if (_options.BulkData is { } bulkData && BulkValues.MayBeBulk(in entry, isTop: _level == 1, _options.InlineLimit)) uri = bulkData(PathTo(entry.Tag), dataSet.ElementAt(index));
        if (uri is null && entry.Attached is Fragments) return;

        WriteHead(entry.Tag, entry.VR, ref first);
        if (uri is not null) WriteUri(uri);
        else if (entry.Attached is ItemList items) WriteItems(entry.Tag, items);
        else if (DataSet.LengthOf(in entry) > 0) WriteValue(dataSet, index, in entry);
        _output.Write((byte)'}');
    }

    private void WriteHead(uint tag, VR vr, ref bool first)
    {
        if (!first) _output.Write((byte)',');
        first = false;
        NewLine();
        _output.Advance(PutHead(_output.Reserve(HeadLength), tag, vr, first: true));
    }

    /// <summary>Writes ,"00100010":{"vr":"PN" without the comma for the first attribute.</summary>
    /// <returns>How many bytes that are.</returns>
    private static int PutHead(Span<byte> place, uint tag, VR vr, bool first)
    {
        int at = 0;
        if (!first) place[at++] = (byte)',';
        place = place.Slice(at, HeadLength - 1);
        "\"        \":{\"vr\":\"  \""u8.CopyTo(place);
        TagDigits.Write(tag, place[1..]);
        int letters = (int)(VRTable.Of(vr) != VRTraits.None ? vr : VR.UN);
        place[18] = (byte)(letters >> 8);
        place[19] = (byte)letters;
        return at + HeadLength - 1;
    }

    private void WriteCharacterSet(ref bool first)
    {
        WriteHead(TextValues.CharacterSetTag, VR.CS, ref first);
        _output.Write(",\"Value\":[\"ISO_IR 192\"]}"u8);
    }

    private void WriteUri(string uri)
    {
        _output.Write(",\"BulkDataURI\":"u8);
        _output.WriteString(Encoding.UTF8.GetBytes(uri));
    }

    private void WriteItems(uint tag, ItemList items)
    {
        if (items.Count == 0) return;
        _output.Write(",\"Value\":["u8);
        (_path ??= []).Add((tag, 0));
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) _output.Write((byte)',');
            _path[^1] = (tag, i);
            WriteObject(items[i], addCharacterSet: false);
        }
        _path.RemoveAt(_path.Count - 1);
        _output.Write((byte)']');
    }

    private void WriteValue(DataSet dataSet, int index, in Entry entry)
    {
        var traits = VRTable.Of(entry.VR);
        if ((traits & VRTraits.Text) != 0)
        {
            var text = TextValues.ToUtf8(dataSet, dataSet.BytesOf(in entry).Span, entry.VR, out byte[]? rented);
            WriteTexts(text, entry.VR);
            TextValues.Return(rented);
        }
        else if ((traits & VRTraits.Numbers) != 0)
            WriteNumbers(dataSet.BytesOf(in entry).Span, entry.VR, dataSet.IsBigEndian);
        else
        {
            _output.Write(",\"InlineBinary\":\""u8);
            BinaryValues.WriteBase64(ref _output, dataSet, index);
            _output.Write((byte)'"');
        }
    }

    private readonly string PathTo(uint tag) => BulkValues.PathOf(_path, tag);

    private void NewLine()
    {
        if (!_options.Indented) return;
        _output.Write((byte)'\n');
        for (int i = 0; i < _level; i++) _output.Write("  "u8);
    }
}
