using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Isocenter.Dicom;

/// <summary>Reads data sets of the DICOM JSON Model (PS3.18 §F.2) in one pass.</summary>
/// <remarks>All values go as undecoded bytes into one buffer to which the elements refer, as after reading a file.
/// Strict about the structure; a value that is only spelt differently is taken, with a <see cref="Finding"/> where it
/// breaks the rule.</remarks>
internal ref partial struct DataSetJsonReader
{
    private const uint CharacterSetTag = TextValues.CharacterSetTag;

    private readonly JsonReadOptions _options;
    private readonly ICollection<Finding>? _findings;
    private readonly int _shift;
    private readonly int _levels;
    private readonly List<(uint Tag, int Item)> _path = [];
    private readonly DataSetBuilder _builder;
    private JsonTokens _reader;
    private ValueBuffer _values;
    private JsonSkips? _skips;
    private int _found;
    private bool _otherThanAscii;
    private bool _emptyCharacterSet;

    /// <param name="utf8">The JSON text.</param>
    /// <param name="levels">Room for <see cref="LevelsOf"/> levels of the text.</param>
    /// <param name="options">Limits, and where bulk data come from.</param>
    /// <param name="findings">Receives what was wrong, or nothing does.</param>
    public DataSetJsonReader(ReadOnlySpan<byte> utf8, Span<bool> levels, JsonReadOptions options, ICollection<Finding>? findings)
    {
        _options = options;
        _findings = findings;
        if (utf8.StartsWith("\uFEFF"u8)) _shift = 3;
        utf8 = utf8[_shift..];
        _levels = levels.Length;
        _reader = new JsonTokens(utf8, levels);
        _values = new ValueBuffer(utf8.Length);
        _builder = new DataSetBuilder();
    }

    /// <summary>JSON levels that are open at most: attribute, Value and item for each level of sequences, a few around.</summary>
    public static int LevelsOf(JsonReadOptions options, int textLength) => (int)Math.Min(textLength, 3 * (options.MaxDepth + 1L) + 8);

    public DataSet ReadOne()
    {
        Next();
        if (_reader.TokenType != JsonTokenType.StartObject) throw Wrong($"{Describe()} stands where the object of a data set should begin");
        var dataSet = ReadRoot();
        Finish();
        return dataSet;
    }

    public List<DataSet> ReadMany()
    {
        var dataSets = new List<DataSet>();
        Next();
        if (_reader.TokenType == JsonTokenType.StartArray)
        {
            while (Next() != JsonTokenType.EndArray)
            {
                if (_reader.TokenType != JsonTokenType.StartObject) throw Wrong($"{Describe()} stands where the object of a data set should begin");
                dataSets.Add(ReadRoot());
            }
        }
        else if (_reader.TokenType == JsonTokenType.StartObject)
            dataSets.Add(ReadRoot());
        else
            throw Wrong($"{Describe()} stands where an array of data sets should begin");
        Finish();
        return dataSets;
    }

    private DataSet ReadRoot()
    {
        (_otherThanAscii, _emptyCharacterSet) = (false, false);
        var dataSet = ReadDataSet(null, 0);
        // The values are UTF-8 whatever the JSON said; the data set has to say so.
        if (_otherThanAscii && (!dataSet.TryFind(new Tag(CharacterSetTag), out var element) || element.IsEmpty))
            dataSet.DeclareCharacterSet("ISO_IR 192");
        if (_otherThanAscii && _emptyCharacterSet) DataSetBuilder.DeclareUtf8(dataSet);
        return dataSet;
    }

    private void Finish()
    {
        if (_reader.Read() || _reader.Problem is not null) throw NoJson();
        _builder.Finish(ref _values);
    }

    /// <summary>Reads from the open to the closing brace of a data set or item.</summary>
    private DataSet ReadDataSet(DataSet? parent, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var dataSet = NewDataSet(parent);
        int start = _builder.Count;
        while (true)
        {
            if (!_reader.TryReadAttributeHead(out uint tag, out var vr))
            {
                if (_reader.TryCloseObject() || Next() != JsonTokenType.PropertyName) break;
                tag = ReadTag();
                if (Next() != JsonTokenType.StartObject) throw Wrong($"{Describe()} stands where an attribute should begin", tag, "PS3.18 §F.2.2");
            }
            var entry = new Entry { Tag = tag };
            ReadAttribute(dataSet, ref entry, vr, depth);
            if ((ushort)tag == 0)
                Found("a group length is not of the DICOM JSON Model; left out", "PS3.18 §F.2.2", tag);
            else if (tag >> 16 == 0x0002 && !_options.KeepFileMeta)
                Found("an element of the File Meta Information is not of a data set; left out", "PS3.10 §7.1", tag);
            else
                _builder.Add(in entry);
        }
        foreach (uint tag in _builder.Complete(dataSet, start)) Found("the element stands twice; the first is kept", "PS3.18 §F.2.2", tag);
        return dataSet;
    }

    private DataSet NewDataSet(DataSet? parent) =>
        _builder.TryBegin(parent, _reader.TokenStartIndex) ?? throw Wrong(DataSetBuilder.TooMany);

    private uint ReadTag()
    {
        var name = _reader.ValueSpan;
        if (name.Length != TagDigits.Length || !TagDigits.TryRead(name, out uint tag))
            throw Wrong($"{Describe()} is not a tag of eight hexadecimal digits", rule: "PS3.18 §F.2.2");
        return tag;
    }

    /// <summary>Reads { "vr": …, "Value": … } behind its brace, or behind its vr when that is known already.</summary>
    private void ReadAttribute(DataSet dataSet, ref Entry entry, VR vr, int depth)
    {
        var content = Content.None;
        if (vr != VR.None)
        {
            if (_reader.TryReadValueHead()) content = Content.Value;
            else if (_reader.TryReadInlineBinary()) content = Content.InlineBinary;
            if (content != Content.None)
            {
                ReadContent(dataSet, ref entry, vr, content, depth);
                if (_reader.TryCloseObject()) return;
            }
        }
        ReadMembers(dataSet, ref entry, vr, content, depth);
    }

    /// <summary>Reads what is left of an attribute, in any order. Where the value comes before its VR, it is read when the
    /// VR is known.</summary>
    private void ReadMembers(DataSet dataSet, ref Entry entry, VR vr, Content content, int depth)
    {
        JsonTokens pending = default;
        bool isPending = false;
        while (Next() == JsonTokenType.PropertyName)
        {
            if (IsName("vr"u8))
            {
                Next();
                vr = ReadVR(entry.Tag);
                continue;
            }
            var kind = IsName("Value"u8) ? Content.Value
                : IsName("InlineBinary"u8) ? Content.InlineBinary
                : IsName("BulkDataURI"u8) ? Content.BulkData
                : Content.None;
            Next();
            if (kind == Content.None || content != Content.None)
            {
                if (kind != Content.None) Found("the attribute has more than one value; the first is kept", "PS3.18 §F.2.2", entry.Tag);
                Skip();
                continue;
            }
            content = kind;
            if (vr == VR.None)
            {
                pending = _reader;
                isPending = true;
                if (!_reader.Skip(_skips ??= new JsonSkips(_levels))) throw NoJson();
                continue;
            }
            ReadContent(dataSet, ref entry, vr, content, depth);
        }
        if (vr == VR.None)
        {
            vr = DataDictionary.VROf(new Tag(entry.Tag));
            if (IsNoting) Found($"the attribute has no vr; read as {vr.ToText()}", "PS3.18 §F.2.2", entry.Tag);
        }
        if (isPending)
        {
            var after = _reader;
            _reader = pending;
            ReadContent(dataSet, ref entry, vr, content, depth);
            _reader = after;
        }
        else if (content == Content.None)
        {
            entry.VR = vr;
            if (vr == VR.SQ) entry.Attached = new ItemList();
            if (entry.Tag == CharacterSetTag) _emptyCharacterSet = true;
        }
    }

    private VR ReadVR(uint tag)
    {
        if (_reader.TokenType == JsonTokenType.String && _reader.ValueSpan is [var a, var b])
        {
            var vr = (VR)(a << 8 | b);
            if (vr.IsKnown()) return vr;
        }
        if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null)) throw Wrong($"{Describe()} stands where a vr should", tag, "PS3.18 §F.2.3");
        var known = DataDictionary.VROf(new Tag(tag));
        if (IsNoting) Found($"{Describe()} is no VR; read as {known.ToText()}", "PS3.18 §F.2.3", tag);
        return known;
    }

    private void ReadContent(DataSet dataSet, ref Entry entry, VR vr, Content content, int depth)
    {
        entry.VR = vr;
        _values.TextPosition = _reader.TokenStartIndex;
        entry.Offset = (uint)_values.Length;
        switch (content)
        {
            case Content.InlineBinary:
                if (_reader.TokenType == JsonTokenType.Null) break;
                if (_reader.TokenType != JsonTokenType.String) throw Wrong($"{Describe()} stands where InlineBinary should", entry.Tag, "PS3.18 §F.2.7");
                if (vr == VR.SQ) throw Wrong("a sequence has InlineBinary", entry.Tag, "PS3.18 §F.2.2");
                ReadInlineBinary(entry.Tag);
                break;
            case Content.BulkData:
                if (_reader.TokenType != JsonTokenType.String) throw Wrong($"{Describe()} stands where a BulkDataURI should", entry.Tag, "PS3.18 §F.2.6");
                ReadBulkData(ref entry);
                return;
            default:
                if (_reader.TokenType == JsonTokenType.StartObject && vr is not (VR.PN or VR.SQ))
                    throw Wrong($"{Describe()} stands where a Value should", entry.Tag, "PS3.18 §F.2.4");
                if (vr == VR.UN && HoldsItems())
                {
                    Found("UN with items; read as a sequence", "PS3.18 §F.2.3", entry.Tag);
                    entry.VR = vr = VR.SQ;
                }
                if (vr == VR.SQ)
                {
                    entry.Attached = ReadItems(dataSet, entry.Tag, depth);
                    return;
                }
                ReadValues(ref entry, vr);
                if (entry.Attached is not null) return;
                break;
        }
        _values.Pad((int)entry.Offset, vr);
        entry.Length = (uint)_values.Length - entry.Offset;
        if (entry.Tag == CharacterSetTag) ReplaceCharacterSet(ref entry);
    }

    private ItemList ReadItems(DataSet parent, uint tag, int depth)
    {
        var items = new ItemList();
        if (_reader.TokenType == JsonTokenType.Null) return items;
        bool bare = _reader.TokenType != JsonTokenType.StartArray;
        if (bare) Found("Value is not an array; read as one item", "PS3.18 §F.2.4", tag);
        if (depth >= _options.MaxDepth) throw Wrong($"sequences are nested deeper than {_options.MaxDepth} levels, the limit of this reading", tag);
        while (bare || !_reader.TryCloseArray() && Next() != JsonTokenType.EndArray)
        {
            if (_reader.TokenType == JsonTokenType.Null)
            {
                Found("null stands where an item should; read as an empty item", "PS3.18 §F.2.5", tag);
                items.Add(NewDataSet(parent));
            }
            else if (_reader.TokenType == JsonTokenType.StartObject)
            {
                _path.Add((tag, items.Count));
                items.Add(ReadDataSet(parent, depth + 1));
                _path.RemoveAt(_path.Count - 1);
            }
            else
                throw Wrong($"{Describe()} stands where an item should", tag, "PS3.18 §F.2.4");
            if (bare) break;
        }
        return items;
    }

    /// <summary>The value that follows is an array whose first element is an object.</summary>
    private readonly bool HoldsItems()
    {
        if (_reader.TokenType != JsonTokenType.StartArray) return false;
        var ahead = _reader;
        return ahead.Read() && ahead.TokenType == JsonTokenType.StartObject;
    }

    /// <summary>JSON is UTF-8, so text that follows is, whatever character set the element names.</summary>
    private void ReplaceCharacterSet(ref Entry entry)
    {
        if (entry.Length == 0)
        {
            _emptyCharacterSet = true;
            return;
        }
        entry.VR = VR.CS;
        _values.Length = (int)entry.Offset;
        _values.Append("ISO_IR 192"u8);
        entry.Length = (uint)_values.Length - entry.Offset;
    }

    private JsonTokenType Next()
    {
        if (_reader.Read()) return _reader.TokenType;
        throw NoJson();
    }

    private void Skip()
    {
        if (!_reader.Skip()) throw NoJson();
    }

    /// <summary>The name we are at. Nobody escapes these.</summary>
    private readonly bool IsName(ReadOnlySpan<byte> name) => _reader.ValueSpan.SequenceEqual(name);

    private readonly DicomFormatException NoJson() =>
        new($"no JSON: {_reader.Problem ?? "the text ends too early"}", _reader.TokenStartIndex + _shift, PathOf(null), "RFC 8259");

    private readonly DicomFormatException Wrong(string problem, uint? tag = null, string? rule = null) =>
        new(problem, _reader.TokenStartIndex + _shift, PathOf(tag), rule);

    /// <summary>Findings are taken, and there are not too many yet.</summary>
    private readonly bool IsNoting => _findings is not null && _found < _options.MaxFindings;

    private void Found(string problem, string rule, uint tag)
    {
        if (!IsNoting) return;
        _found++;
        _findings!.Add(new Finding(problem, _reader.TokenStartIndex + _shift, PathOf(tag), rule));
    }

    /// <summary>The token we are at, for a message.</summary>
    private readonly string Describe()
    {
        var text = _reader.ValueSpan;
        return $"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)])}'";
    }

    private readonly string PathOf(uint? tag)
    {
        var text = new StringBuilder();
        foreach (var (sequence, item) in _path)
        {
            if (text.Length > 400) break;
            text.Append(new Tag(sequence)).Append('[').Append(item.ToString(CultureInfo.InvariantCulture)).Append(']');
        }
        if (tag is { } t) text.Append(new Tag(t));
        return text.ToString();
    }

    private enum Content
    {
        None,
        Value,
        InlineBinary,
        BulkData,
    }
}
