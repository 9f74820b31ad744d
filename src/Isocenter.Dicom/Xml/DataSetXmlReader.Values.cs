using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Isocenter.Dicom;

/// <content>Values, encoded as they stand in a data set (PS3.5 §6.2).</content>
internal sealed partial class DataSetXmlReader
{
    /// <summary>Most empty values that a gap in the numbers stands for: each costs a byte, and no text to speak of.</summary>
    private const int LongestGap = 64;

    private const int Groups = 3, Components = 5;

    private readonly char[] _characters = new char[2048];

    /// <summary>The numbers of the values of one attribute.</summary>
    private readonly List<int> _order = [];

    /// <summary>Where the components of one person name stand in the values.</summary>
    private readonly (int Start, int Length)[] _components = new (int, int)[Groups * Components];

    private bool _holes;

    /// <summary>Reads the Value or PersonName we are at.</summary>
    private void ReadValue(uint tag, VR vr, Content kind)
    {
        var traits = VRTable.Of(vr);
        bool text = (traits & VRTraits.Text) != 0;
        if ((traits & (VRTraits.Text | VRTraits.Numbers)) == 0) throw Wrong($"{vr.ToText()} has InlineBinary or BulkData, not a <{_xml.LocalName}>", tag, "PS3.19 §A.1.5");
        if (kind == Content.PersonName && vr != VR.PN) throw Wrong($"{vr.ToText()} has a <PersonName>", tag, "PS3.19 §A.1.5");

        int number = ReadNumber(_order.Count == 0 ? 1 : _order[^1] + 1, tag);
        if (_order.Count == 0) _holes = false;
        else if (text) _values.Append((byte)'\\');
        _order.Add(number);

        if (!text) AppendNumber(tag, vr);
        else if (kind == Content.PersonName) AppendPersonName(tag);
        else
        {
            int start = _values.Length;
            AppendText(tag, vr);
            if ((traits & VRTraits.MultiValuedText) != 0 && _values.From(start).Contains((byte)'\\'))
                Found("a backslash within a value separates two, once it is in a data set", "PS3.19 §A.1.5", tag);
        }
    }

    /// <summary>The number attribute; what is expected, where there is none or it is none.</summary>
    private int ReadNumber(int expected, uint tag)
    {
        if (int.TryParse(_xml.GetAttribute("number"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0) return number;
        Found("a number from 1 is missing; taken in the order of the text", "PS3.19 §A.1.5", tag);
        return expected;
    }

    /// <summary>All values are read: puts them in order, pads them.</summary>
    private void EndValue(ref Entry entry)
    {
        int start = (int)entry.Offset, size = ValueReader.SizeOf(entry.VR);
        if (_order.Count > 1)
        {
            if (entry.VR.IsText() && !entry.VR.IsMultiValuedText() && IsNoting)
                Found($"{_order.Count} values, where {entry.VR.ToText()} holds one; joined with backslashes", "PS3.5 §6.4", entry.Tag);
        }
        if (!IsCounting(_order)) Arrange(start, entry.VR, entry.Tag);
        if (_holes && _order.Count == 1) _values.Length = start;
        else if (_holes && IsNoting)
            Found($"an empty value stands among those of {entry.VR.ToText()}, which cannot be empty one by one; read as 0", "PS3.19 §A.1.5", entry.Tag);
        _holes = false;
        _values.Pad(start, entry.VR);
        entry.Length = (uint)(_values.Length - start);
        if (entry.Tag == CharacterSetTag) ReplaceCharacterSet(ref entry);
    }

    /// <summary>XML is Unicode, so text that follows is UTF-8, whatever character set the element names.</summary>
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

    /// <summary>Puts the values where their numbers say: in order, and texts with empty ones where numbers are missing.</summary>
    private void Arrange(int start, VR vr, uint tag)
    {
        bool text = vr.IsText(), isAscending = IsAscending(_order);
        if (!isAscending) Found("values are not in the order of their numbers; put into it", "PS3.19 §A.1.5", tag);
        byte[] values = _values.From(start).ToArray();
        var ranges = RangesOf(values, text, ValueReader.SizeOf(vr));
        // A backslash within a value hides where it ends.
        if (ranges.Count != _order.Count) return;
        int[] places = [.. Enumerable.Range(0, ranges.Count)];
        if (!isAscending) places = [.. places.OrderBy(i => _order[i])];      // stable
        _values.Length = start;
        int written = 0;
        foreach (int place in places)
        {
            int missing = Math.Max(0, _order[place] - written - 1);
            if (missing > 0 && (!text || missing > LongestGap))
            {
                Found("numbers of values are left out; the values follow one another", "PS3.19 §A.1.5", tag);
                missing = 0;
            }
            for (; missing >= 0; missing--)
            {
                if (text && written > 0) _values.Append((byte)'\\');
                written++;
            }
            _values.Append(values.AsSpan(ranges[place]));
        }
    }

    private static List<Range> RangesOf(byte[] values, bool text, int size)
    {
        var ranges = new List<Range>();
        if (text)
        {
            foreach (var range in values.AsSpan().Split((byte)'\\')) ranges.Add(range);
            return ranges;
        }
        for (int at = 0; at + size <= values.Length; at += size) ranges.Add(at..(at + size));
        return ranges;
    }

    private void SortItems(ItemList items, List<int>? numbers, uint tag)
    {
        if (numbers is null || IsAscending(numbers)) return;
        Found("items are not in the order of their numbers; put into it", "PS3.19 §A.1.5", tag);
        DataSet[] sorted = [.. Enumerable.Range(0, items.Count).OrderBy(i => numbers[i]).Select(i => items[i])];
        items.Clear();
        items.AddRange(sorted);
    }

    private static bool IsCounting(List<int> numbers)
    {
        for (int i = 0; i < numbers.Count; i++)
        {
            if (numbers[i] != i + 1) return false;
        }
        return true;
    }

    private static bool IsAscending(List<int> numbers)
    {
        for (int i = 1; i < numbers.Count; i++)
        {
            if (numbers[i] < numbers[i - 1]) return false;
        }
        return true;
    }

    /// <summary>Appends the text of the element we are at, in UTF-8 or, for a VR without choice of character set, in
    /// ISO 8859-1.</summary>
    private void AppendText(uint tag, VR vr)
    {
        int start = _values.Length;
        AppendContent(tag);
        Transcode(start, tag, vr);
    }

    /// <summary>What was appended from <paramref name="start"/> on is UTF-8: as it is to be, or not.</summary>
    private void Transcode(int start, uint tag, VR vr)
    {
        var added = _values.From(start);
        if (Ascii.IsValid(added)) return;
        if (vr.UsesSpecificCharacterSet())
        {
            _otherThanAscii = true;
            return;
        }
        if (IsNoting) Found($"{vr.ToText()} has characters beyond ASCII", "PS3.5 §6.2", tag);
        byte[] latin = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(added));
        _values.Length = start;
        _values.Append(latin);
    }

    /// <summary>Appends the characters of the element we are at, to its end.</summary>
    private void AppendContent(uint tag)
    {
        if (_xml.IsEmptyElement) return;
        while (Next() && _xml.NodeType != XmlNodeType.EndElement)
        {
            switch (_xml.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    AppendCharacters();
                    break;
                case XmlNodeType.Element:
                    if (IsNoting) Found($"<{Shown(_xml.LocalName)}> stands within a value; left out", "PS3.19 §A.1.5", tag);
                    Skip();
                    break;
            }
        }
    }

    private void AppendCharacters()
    {
        int kept = 0;
        for (int n; (n = _xml.ReadValueChunk(_characters, kept, _characters.Length - kept)) > 0;)
        {
            int count = kept + n;
            // A pair that the piece cuts through is encoded with the next.
            kept = char.IsHighSurrogate(_characters[count - 1]) ? 1 : 0;
            AppendUtf8(_characters.AsSpan(0, count - kept));
            if (kept > 0) _characters[0] = _characters[count - 1];
        }
        AppendUtf8(_characters.AsSpan(0, kept));
    }

    private void AppendUtf8(ReadOnlySpan<char> characters) =>
        _values.Length += Encoding.UTF8.GetBytes(characters, _values.Reserve(3 * characters.Length));

    private void AppendNumber(uint tag, VR vr)
    {
        int start = _values.Length;
        AppendContent(tag);
        var text = _values.From(start).Trim(" \t\r\n"u8);
        Span<byte> number = stackalloc byte[8];
        number.Clear();
        if (text.IsEmpty) _holes = true;
        else if (!NumberTexts.TryRead(text, vr, number))
        {
            string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);
            throw Wrong($"'{shown}' is no number of {vr.ToText()}, or out of its range", tag, "PS3.5 §6.2");
        }
        _values.Length = start;
        _values.Append(number[..ValueReader.SizeOf(vr)]);
    }

    /// <summary>Alphabetic, Ideographic and Phonetic with their components, in any order, become groups with equals signs of
    /// components with carets.</summary>
    private void AppendPersonName(uint tag)
    {
        int start = _values.Length;
        Array.Clear(_components);
        for (bool more = EnterElement(); more && NextChild();)
        {
            int group = _xml.LocalName switch { "Alphabetic" => 0, "Ideographic" => 1, "Phonetic" => 2, _ => -1 };
            if (group >= 0)
            {
                ReadGroup(group * Components, tag);
                continue;
            }
            Found("the person name has a group of no name", "PS3.19 §A.1.5", tag);
            Skip();
        }
        if (!Ascii.IsValid(_values.From(start))) _otherThanAscii = true;

        byte[] all = ArrayPool<byte>.Shared.Rent(_values.Length - start);
        _values.From(start).CopyTo(all);
        _values.Length = start;
        int written = 0;
        for (int group = 0; group < Groups; group++)
        {
            int last = Array.FindLastIndex(_components, (group + 1) * Components - 1, Components, range => range.Start > 0);
            if (last < 0) continue;
            for (; written < group; written++) _values.Append((byte)'=');
            for (int i = group * Components; i <= last; i++)
            {
                if (i > group * Components) _values.Append((byte)'^');
                var (from, length) = _components[i];
                if (length > 0) _values.Append(all.AsSpan(from - 1 - start, length));
            }
        }
        ArrayPool<byte>.Shared.Return(all);
    }

    /// <summary>Reads the components of the group we are at. Where they stand is kept one higher, so that 0 is none.</summary>
    private void ReadGroup(int first, uint tag)
    {
        if (_xml.IsEmptyElement) return;
        while (Next() && _xml.NodeType != XmlNodeType.EndElement)
        {
            if (_xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                Found("a group of a person name is not divided into its components", "PS3.19 §A.1.5", tag);
                ReadComponent(first, isElement: false, tag);
            }
            else if (_xml.NodeType == XmlNodeType.Element)
            {
                int component = _xml.LocalName switch { "FamilyName" => 0, "GivenName" => 1, "MiddleName" => 2, "NamePrefix" => 3, "NameSuffix" => 4, _ => -1 };
                if (component >= 0 && _components[first + component].Start == 0)
                {
                    ReadComponent(first + component, isElement: true, tag);
                    continue;
                }
                Found("the person name has a component twice or of no name; left out", "PS3.19 §A.1.5", tag);
                Skip();
            }
        }
    }

    private void ReadComponent(int index, bool isElement, uint tag)
    {
        int start = _values.Length;
        if (isElement) AppendContent(tag);
        else AppendCharacters();
        if (_components[index].Start == 0) _components[index] = (start + 1, _values.Length - start);
    }

    /// <summary>Bytes of a binary value; of text, its characters in UTF-8, as our writer puts what XML does not allow.</summary>
    private void ReadInlineBinary(uint tag, VR vr)
    {
        int start = _values.Length;
        AppendContent(tag);
        int length = _values.Length - start;
        _values.Length = start;
        var status = Base64.DecodeFromUtf8InPlace(_values.Reserve(length)[..length], out int written);
        if (status != OperationStatus.Done) throw Wrong("InlineBinary is not Base64", tag, "PS3.19 §A.1.5");
        _values.Length = start + written;
        if (vr.IsText()) Transcode(start, tag, vr);
    }

    private void ReadBulkData(ref Entry entry)
    {
        string uri = _xml.GetAttribute("uri") ?? (_xml.GetAttribute("uuid") is { } uuid ? "urn:uuid:" + uuid : "");
        if (entry.VR == VR.SQ) throw Wrong("a sequence has BulkData", entry.Tag, "PS3.19 §A.1.5");
        var bytes = _options.BulkData?.Invoke(new BulkDataReference(uri, PathOf(entry.Tag), new Tag(entry.Tag), entry.VR));
        if (bytes is { } value) entry.Attached = ValueWriter.Pad(value.Span, entry.VR);
        else if (IsNoting) Found($"the value is behind {(uri.Length > 200 ? uri[..200] + "…" : uri)}; the element is empty here", "PS3.19 §A.1.5", entry.Tag);
        Skip();
    }
}
