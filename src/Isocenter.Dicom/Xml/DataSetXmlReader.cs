using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml;

namespace Isocenter.Dicom;

/// <summary>Reads a data set of the Native DICOM Model (PS3.19 §A.1.5) in one pass.</summary>
/// <remarks>All values go as undecoded bytes into one buffer to which the elements refer, as after reading a file.
/// Lenient: elements of any namespace, spaces and comments anywhere, missing numbers and VRs; strict where a value would
/// not be what it says.</remarks>
internal sealed partial class DataSetXmlReader
{
    private const uint CharacterSetTag = TextValues.CharacterSetTag;

    /// <summary>XML levels that are open within one level of sequences: DicomAttribute, Item; PersonName, group, component.</summary>
    private const int LevelsAround = 16;

    private readonly XmlReader _xml;
    private readonly XmlInput _input;
    private readonly XmlReadOptions _options;
    private readonly ICollection<Finding>? _findings;
    private readonly List<(uint Tag, int Item)> _path = [];
    private readonly DataSetBuilder _builder = new();
    private readonly PrivateBlocks _blocks = new();
    private ValueBuffer _values;
    private int _found;
    private bool _otherThanAscii;
    private bool _emptyCharacterSet;

    public DataSetXmlReader(XmlReader xml, XmlInput input, int expectedLength, XmlReadOptions options, ICollection<Finding>? findings)
    {
        _xml = xml;
        _input = input;
        _options = options;
        _findings = findings;
        _values = new ValueBuffer(expectedLength);
    }

    /// <summary>Reads the document.</summary>
    /// <exception cref="DicomFormatException">No XML, or not of the model.</exception>
    public DataSet Read()
    {
        try
        {
            return ReadDocument();
        }
        catch (XmlException e)
        {
            throw new DicomFormatException(string.Create(CultureInfo.InvariantCulture, $"no XML: {e.Message}"), path: PathOf(null), rule: "XML 1.0", innerException: e);
        }
    }

    private DataSet ReadDocument()
    {
        if (_xml.MoveToContent() != XmlNodeType.Element || _xml.LocalName != "NativeDicomModel")
            throw Wrong($"<{Shown(_xml.LocalName)}> stands where <NativeDicomModel> should begin", rule: "PS3.19 §A.1.5");
        var dataSet = ReadDataSet(null, 0);
        // The values are UTF-8 whatever the XML said; the data set has to say so.
        if (_otherThanAscii && (!dataSet.TryFind(new Tag(CharacterSetTag), out var element) || element.IsEmpty))
            dataSet.DeclareCharacterSet("ISO_IR 192");
        if (_otherThanAscii && _emptyCharacterSet) DataSetBuilder.DeclareUtf8(dataSet);
        while (_xml.Read())
        {
            // What follows the root is comments and spaces; anything else is no XML.
        }
        _builder.Finish(ref _values);
        return dataSet;
    }

    /// <summary>Reads the DicomAttribute elements of the element we are at, to its end.</summary>
    private DataSet ReadDataSet(DataSet? parent, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var dataSet = _builder.TryBegin(parent, _input.Taken) ?? throw Wrong(DataSetBuilder.TooMany);
        int start = _builder.Count, blocks = _blocks.Open();
        for (bool more = EnterElement(); more && NextChild();)
        {
            if (_xml.LocalName != "DicomAttribute")
            {
                if (IsNoting) Found($"<{Shown(_xml.LocalName)}> is not of the Native DICOM Model; left out", "PS3.19 §A.1.5", null);
                Skip();
                continue;
            }
            ReadAttribute(dataSet, depth);
        }
        _blocks.Close(blocks, start, _builder, ref _values, this);
        foreach (uint tag in _builder.Complete(dataSet, start)) Found("the element stands twice; the first is kept", "PS3.19 §A.1.5", tag);
        return dataSet;
    }

    /// <summary>Reads the DicomAttribute that we are at.</summary>
    private void ReadAttribute(DataSet dataSet, int depth)
    {
        var entry = new Entry { Tag = ReadTag() };
        entry.VR = ReadVR(entry.Tag);
        string? creator = _xml.GetAttribute("privateCreator");
        if ((ushort)entry.Tag == 0 && string.IsNullOrEmpty(creator))
        {
            Found("a group length is not of the Native DICOM Model; left out", "PS3.19 §A.1.1", entry.Tag);
            Skip();
            return;
        }
        if (entry.Tag >> 16 == 0x0002 && !_options.KeepFileMeta)
        {
            Found("an element of the File Meta Information is not of a data set; left out", "PS3.10 §7.1", entry.Tag);
            Skip();
            return;
        }
        if (!string.IsNullOrWhiteSpace(creator))
        {
            if ((entry.Tag & 0x0001_0000) == 0) Found("a private creator is named for an element that is not private", "PS3.19 §A.1.5", entry.Tag);
            else _blocks.Add(_builder.Count, creator.Trim(' '));
        }
        ReadContent(dataSet, ref entry, depth);
        _builder.Add(in entry);
    }

    /// <summary>The tag attribute; or the keyword, where there is no tag.</summary>
    private uint ReadTag()
    {
        string? text = _xml.GetAttribute("tag"), keyword = _xml.GetAttribute("keyword");
        if (text is { Length: TagDigits.Length } && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
        {
            if (!string.IsNullOrEmpty(keyword) && IsNoting && DataDictionary.TryFind(new Tag(value), out var known) && known.Keyword != keyword)
                Found($"the keyword '{Shown(keyword)}' is not that of the tag, {known.Keyword}; the tag counts", "PS3.19 §A.1.5", value);
            return value;
        }
        if (!Tag.TryParse(text ?? keyword, CultureInfo.InvariantCulture, out var tag))
            throw Wrong($"'{Shown(text ?? keyword ?? "")}' is not a tag of eight hexadecimal digits", rule: "PS3.19 §A.1.5");
        Found("the tag is not eight hexadecimal digits", "PS3.19 §A.1.5", tag.Value);
        return tag.Value;
    }

    private VR ReadVR(uint tag)
    {
        string? text = _xml.GetAttribute("vr");
        if (text is { Length: 2 } && text[0] < 128 && text[1] < 128)
        {
            var vr = (VR)(text[0] << 8 | text[1]);
            if (VRTable.Of(vr) != VRTraits.None) return vr;
        }
        var known = DataDictionary.VROf(new Tag(tag));
        if (known == VR.None) known = VR.UN;
        if (IsNoting) Found(text is null ? $"the attribute has no vr; read as {known.ToText()}" : $"'{Shown(text)}' is no VR; read as {known.ToText()}", "PS3.19 §A.1.5", tag);
        return known;
    }

    /// <summary>Reads what is in the DicomAttribute we are at, to its end.</summary>
    private void ReadContent(DataSet dataSet, ref Entry entry, int depth)
    {
        _values.TextPosition = (int)Math.Min(_input.Taken, int.MaxValue);
        entry.Offset = (uint)_values.Length;
        _order.Clear();
        var content = Content.None;
        bool isSequence = entry.VR == VR.SQ;
        List<int>? numbers = null;
        if (isSequence) entry.Attached = new ItemList();
        for (bool more = EnterElement(); more && NextChild();)
        {
            var kind = KindOf(_xml.LocalName);
            if (kind == Content.None || content != Content.None && (kind != content || kind is Content.InlineBinary or Content.BulkData))
            {
                if (IsNoting) Found(kind == Content.None ? $"<{Shown(_xml.LocalName)}> is not of the Native DICOM Model; left out" : "the attribute has more than one kind of value; the first is kept", "PS3.19 §A.1.5", entry.Tag);
                Skip();
                continue;
            }
            content = kind;
            switch (kind)
            {
                case Content.Item:
                    if (entry.VR == VR.UN)
                    {
                        Found("UN with items; read as a sequence", "PS3.19 §A.1.5", entry.Tag);
                        (entry.VR, entry.Attached) = (VR.SQ, new ItemList());
                    }
                    if (entry.Attached is not ItemList items) throw Wrong($"{entry.VR.ToText()} has items", entry.Tag, "PS3.19 §A.1.5");
                    ReadItem(dataSet, items, numbers ??= [], entry.Tag, depth);
                    break;
                case Content.BulkData:
                    ReadBulkData(ref entry);
                    break;
                default:
                    if (isSequence) throw Wrong($"a sequence has a <{_xml.LocalName}>", entry.Tag, "PS3.19 §A.1.5");
                    if (kind == Content.InlineBinary) ReadInlineBinary(entry.Tag, entry.VR);
                    else ReadValue(entry.Tag, entry.VR, kind);
                    break;
            }
        }
        if (entry.Attached is ItemList all) SortItems(all, numbers, entry.Tag);
        else if (entry.Attached is null) EndValue(ref entry);
    }

    private void ReadItem(DataSet parent, ItemList items, List<int> numbers, uint tag, int depth)
    {
        if (depth >= _options.MaxDepth) throw Wrong($"sequences are nested deeper than {_options.MaxDepth} levels, the limit of this reading", tag);
        numbers.Add(ReadNumber(items.Count + 1, tag));
        _path.Add((tag, items.Count));
        items.Add(ReadDataSet(parent, depth + 1));
        _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>The element that reserves a block for a creator.</summary>
    internal Entry MakeCreator(uint tag, string creator)
    {
        var entry = new Entry { Tag = tag, VR = VR.LO, Offset = (uint)_values.Length };
        _values.Append(Encoding.UTF8.GetBytes(creator));
        if (!Ascii.IsValid(creator)) _otherThanAscii = true;
        _values.Pad((int)entry.Offset, VR.LO);
        entry.Length = (uint)_values.Length - entry.Offset;
        return entry;
    }

    /// <summary>Goes into the element we are at.</summary>
    /// <returns>False when it is empty.</returns>
    private bool EnterElement() => !_xml.IsEmptyElement;

    /// <summary>Goes to the next child element, or to the end of the element we are in. Spaces between are nothing.</summary>
    private bool NextChild()
    {
        while (Next())
        {
            switch (_xml.NodeType)
            {
                case XmlNodeType.Element:
                    return true;
                case XmlNodeType.EndElement:
                    return false;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    Found("text stands between the elements; left out", "PS3.19 §A.1.5", null);
                    break;
            }
        }
        throw Wrong("the text ends too early");
    }

    /// <summary>Goes to the next node, not deeper than sequences may be: the parser keeps something for each level.</summary>
    private bool Next()
    {
        if (!_xml.Read()) return false;
        if (_xml.Depth > 2L * _options.MaxDepth + LevelsAround) throw Wrong("elements are nested too deeply");
        return true;
    }

    /// <summary>Goes to the end of the element we are at.</summary>
    private void Skip()
    {
        if (_xml.IsEmptyElement) return;
        int depth = _xml.Depth;
        while (Next() && (_xml.Depth > depth || _xml.NodeType != XmlNodeType.EndElement))
        {
        }
    }

    private static Content KindOf(string name) => name switch
    {
        "Value" => Content.Value,
        "PersonName" => Content.PersonName,
        "Item" => Content.Item,
        "InlineBinary" => Content.InlineBinary,
        "BulkData" => Content.BulkData,
        _ => Content.None,
    };

    private DicomFormatException Wrong(string problem, uint? tag = null, string? rule = null)
    {
        var place = (IXmlLineInfo)_xml;
        return new(string.Create(CultureInfo.InvariantCulture, $"{problem} (line {place.LineNumber}, position {place.LinePosition})"), path: PathOf(tag), rule: rule);
    }

    /// <summary>Findings are taken, and there are not too many yet.</summary>
    private bool IsNoting => _findings is not null && _found < _options.MaxFindings;

    internal void Found(string problem, string rule, uint? tag)
    {
        if (!IsNoting) return;
        _found++;
        _findings!.Add(new Finding(problem, null, PathOf(tag), rule));
    }

    /// <summary>A piece of the text, for a message.</summary>
    private static string Shown(string text) => text.Length > 40 ? text[..40] : text;

    private string PathOf(uint? tag)
    {
        var text = new StringBuilder();
        foreach (var (sequence, item) in _path)
        {
            if (text.Length > 400) break;
            text.Append(new Tag(sequence)).Append('[').Append((item + 1).ToString(CultureInfo.InvariantCulture)).Append(']');
        }
        if (tag is { } t) text.Append(new Tag(t));
        return text.ToString();
    }

    private enum Content
    {
        None,
        Value,
        PersonName,
        Item,
        InlineBinary,
        BulkData,
    }
}
