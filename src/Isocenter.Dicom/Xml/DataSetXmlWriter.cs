using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>Writes data sets in the Native DICOM Model (PS3.19 §A.1.5).</summary>
/// <remarks>Text goes out in UTF-8, and (0008,0005) says so. A value of which XML forbids a character goes out whole, as
/// InlineBinary of its UTF-8: the schema allows that for any VR, and nothing is lost.</remarks>
internal ref partial struct DataSetXmlWriter
{
    private const int MostFindings = 100;

    private readonly XmlOptions _options;
    private readonly ICollection<Finding>? _findings;
    private Utf8Output _output;
    private int _level;
    private int _items;
    private int _found;
    private List<(uint Tag, int Item)>? _path;

    public DataSetXmlWriter(IBufferWriter<byte> output, XmlOptions options, ICollection<Finding>? findings)
    {
        _options = options;
        _findings = findings;
        _output = new Utf8Output(output);
    }

    public void Flush() => _output.Flush();

    /// <summary>Writes one document.</summary>
    public void Write(DataSet dataSet)
    {
        _output.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"u8);
        NewLine();
        _output.Write("<NativeDicomModel xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" xml:space=\"preserve\">"u8);
        bool known = dataSet.TryFind(new Tag(TextValues.CharacterSetTag), out var element) && !element.IsEmpty;
        WriteElements(dataSet, addCharacterSet: !known && TextValues.HasOtherThanAscii(dataSet));
        NewLine();
        _output.Write("</NativeDicomModel>"u8);
        NewLine();
    }

    private void WriteElements(DataSet dataSet, bool addCharacterSet)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _level++;
        PrivateBlock block = default;
        for (int i = 0; i < dataSet.Count; i++)
        {
            ref readonly var entry = ref dataSet.EntryAt(i);
            uint tag = entry.Tag;
            if (TextValues.IsLeftOut(tag)) continue;
            if (addCharacterSet && tag >= TextValues.CharacterSetTag)
            {
                WriteCharacterSet();
                addCharacterSet = false;
                if (tag == TextValues.CharacterSetTag) continue;
            }
            if (_items == 0 && _options.OmitPixelData && TextValues.IsPixelData(tag)) continue;
            WriteElement(dataSet, i, in entry, ref block);
        }
        if (addCharacterSet) WriteCharacterSet();
        _level--;
    }

    private void WriteElement(DataSet dataSet, int index, in Entry entry, ref PrivateBlock block)
    {
        if (entry.Tag == TextValues.CharacterSetTag && DataSet.LengthOf(in entry) > 0)
        {
            WriteCharacterSet();
            return;
        }
        string? uri = null;
        if (_options.BulkData is { } bulkData && BulkValues.MayBeBulk(in entry, isTop: _items == 0, _options.InlineLimit))
            uri = bulkData(BulkValues.PathOf(_path, entry.Tag), dataSet.ElementAt(index));
        if (uri is null && entry.Attached is Fragments)
        {
            Found(dataSet, entry.Tag, "encapsulated pixel data have no inline form; left out", "PS3.19 §A.1.5");
            return;
        }

        WriteHead(dataSet, entry.Tag, entry.VR, ref block);
        if (uri is not null) WriteUri(uri);
        else if (entry.Attached is ItemList items) WriteItems(entry.Tag, items);
        else if (DataSet.LengthOf(in entry) > 0) WriteValue(dataSet, index, in entry);
        EndElement("</DicomAttribute>"u8);
    }

    /// <summary>&lt;DicomAttribute tag="00100010" vr="PN" keyword="PatientName"&gt;</summary>
    private void WriteHead(DataSet dataSet, uint tag, VR vr, ref PrivateBlock block)
    {
        scoped ReadOnlySpan<byte> creator = default;
        if (IsInPrivateBlock(tag))
        {
            if (block.Number != tag >> 8) block = PrivateBlock.Of(dataSet, new Tag(tag));
            creator = block.Creator;
        }
        StartLine();
        _output.Write("<DicomAttribute tag=\""u8);
        // The number of the block is of this data set only: the creator stands for it (§A.1.5).
        TagDigits.Write(!creator.IsEmpty && block.IsFirst ? tag & 0xFFFF_00FF : tag, _output.Reserve(TagDigits.Length));
        _output.Advance(TagDigits.Length);
        _output.Write("\" vr=\""u8);
        int letters = (int)(vr.IsKnown() ? vr : VR.UN);
        _output.Write((byte)(letters >> 8));
        _output.Write((byte)letters);
        if (creator.IsEmpty)
        {
            creator = DataDictionary.KeywordOf(new Tag(tag));
            if (!creator.IsEmpty) _output.Write("\" keyword=\""u8);
        }
        else
            _output.Write("\" privateCreator=\""u8);
        _output.WriteText(creator);
        _output.Write("\">"u8);
        _level++;
    }

    private void WriteCharacterSet()
    {
        PrivateBlock none = default;
        WriteHead(new DataSet(), TextValues.CharacterSetTag, VR.CS, ref none);
        WriteTexts("ISO_IR 192"u8, VR.CS);
        EndElement("</DicomAttribute>"u8);
    }

    private void WriteUri(string uri)
    {
        const string Uuid = "urn:uuid:";
        bool isUuid = uri.StartsWith(Uuid, StringComparison.OrdinalIgnoreCase);
        StartLine();
        _output.Write(isUuid ? "<BulkData uuid=\""u8 : "<BulkData uri=\""u8);
        _output.WriteText(Encoding.UTF8.GetBytes(isUuid ? uri[Uuid.Length..] : uri));
        _output.Write("\"/>"u8);
    }

    private void WriteItems(uint tag, ItemList items)
    {
        _items++;
        (_path ??= []).Add((tag, 0));
        for (int i = 0; i < items.Count; i++)
        {
            _path[^1] = (tag, i);
            StartNumbered("<Item"u8, i + 1);
            WriteElements(items[i], addCharacterSet: false);
            StartLine();
            _output.Write("</Item>"u8);
        }
        _path.RemoveAt(_path.Count - 1);
        _items--;
    }

    private void WriteValue(DataSet dataSet, int index, in Entry entry)
    {
        var traits = VRTable.Of(entry.VR);
        if ((traits & VRTraits.Numbers) != 0)
        {
            WriteNumbers(dataSet.BytesOf(in entry).Span, entry.VR, dataSet.IsBigEndian);
            return;
        }
        if ((traits & VRTraits.Text) == 0)
        {
            StartLine();
            _output.Write("<InlineBinary>"u8);
            BinaryValues.WriteBase64(ref _output, dataSet, index);
            _output.Write("</InlineBinary>"u8);
            return;
        }
        var text = TextValues.TrimEnd(TextValues.ToUtf8(dataSet, dataSet.BytesOf(in entry).Span, entry.VR, out byte[]? rented));
        if (XmlText.Allows(text)) WriteTexts(text, entry.VR);
        else
        {
            Found(dataSet, entry.Tag, "the text has characters that XML does not allow; written as InlineBinary", "XML 1.0 §2.2");
            StartLine();
            _output.Write("<InlineBinary>"u8);
            _output.WriteBase64(text);
            _output.Write("</InlineBinary>"u8);
        }
        TextValues.Return(rented);
    }

    private static bool IsInPrivateBlock(uint tag) => (tag & 0x0001_0000) != 0 && (tag & 0xFFFF) >= 0x1000;

    private void Found(DataSet dataSet, uint tag, string problem, string rule)
    {
        if (_findings is null || _found++ >= MostFindings) return;
        _findings.Add(new Finding(problem, null, dataSet.PathTo(new Tag(tag)).ToString(), rule));
    }

    private void StartNumbered(ReadOnlySpan<byte> element, int number)
    {
        StartLine();
        _output.Write(element);
        _output.Write(" number=\""u8);
        number.TryFormat(_output.Reserve(12), out int n, default, CultureInfo.InvariantCulture);
        _output.Advance(n);
        _output.Write("\">"u8);
    }

    private void EndElement(ReadOnlySpan<byte> tag)
    {
        _level--;
        StartLine();
        _output.Write(tag);
    }

    private void NewLine()
    {
        if (_options.Indented) _output.Write((byte)'\n');
    }

    private void StartLine()
    {
        if (!_options.Indented) return;
        _output.Write((byte)'\n');
        for (int i = 0; i < _level; i++) _output.Write("  "u8);
    }

    /// <summary>A block of private elements (PS3.5 §7.8.1).</summary>
    private readonly ref struct PrivateBlock
    {
        /// <summary>Group and block.</summary>
        public uint Number { get; private init; }

        /// <summary>In UTF-8; empty when nobody has reserved it, or under a name that XML cannot say.</summary>
        public ReadOnlySpan<byte> Creator { get; private init; }

        /// <summary>No block before it has the same creator: the creator alone leads back here.</summary>
        public bool IsFirst { get; private init; }

        public static PrivateBlock Of(DataSet dataSet, Tag tag)
        {
            var creator = CreatorOf(dataSet, tag.PrivateCreator);
            bool isFirst = true;
            for (ushort other = 0x10; other < tag.PrivateCreator.Element && isFirst; other++)
                isFirst = !CreatorOf(dataSet, new Tag(tag.Group, other)).SequenceEqual(creator);
            return new PrivateBlock { Number = tag.Value >> 8, Creator = creator, IsFirst = isFirst };
        }

        private static ReadOnlySpan<byte> CreatorOf(DataSet dataSet, Tag tag)
        {
            if (!dataSet.TryFind(tag, out var element) || element.Entry.Attached is ItemList or Fragments) return default;
            byte[] creator = Encoding.UTF8.GetBytes(ValueBytes.Trim(dataSet.CharacterSet.Decode(element.Bytes.Span, VR.LO), VR.LO));
            return XmlText.Allows(creator) ? creator : default;
        }
    }
}
