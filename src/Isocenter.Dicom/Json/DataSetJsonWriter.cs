using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Isocenter.Dicom;

/// <summary>Writes data sets in the DICOM JSON Model (PS3.18 §F.2).</summary>
/// <remarks>Most of a header is ASCII: its values are copied from the bytes to the output. Only what is not valid UTF-8
/// already is decoded.</remarks>
internal ref struct DataSetJsonWriter
{
    private const uint CharacterSetTag = 0x0008_0005;
    private const int FilePiece = 48 * 1024;      // a multiple of 3 and of every unit of a VR

    /// <summary>Integers beyond this are not all doubles; they are written as strings (PS3.18 §F.2.3).</summary>
    private const long LargestExactInteger = 1L << 53;

    private readonly JsonOptions _options;
    private JsonOutput _output;
    private int _level;
    private List<(uint Tag, int Item)>? _path;

    public DataSetJsonWriter(IBufferWriter<byte> output, JsonOptions options)
    {
        _options = options;
        _output = new JsonOutput(output);
    }

    /// <summary>Writes one data set as a JSON object.</summary>
    public void Write(DataSet dataSet)
    {
        bool known = dataSet.TryFind(new Tag(CharacterSetTag), out var element) && !element.IsEmpty;
        WriteObject(dataSet, addCharacterSet: !known && HasOtherThanAscii(dataSet));
    }

    public void Flush() => _output.Flush();

    private void WriteObject(DataSet dataSet, bool addCharacterSet)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        _output.Write((byte)'{');
        _level++;
        bool first = true;
        for (int i = 0; i < dataSet.Count; i++)
        {
            ref readonly var entry = ref dataSet.EntryAt(i);
            uint tag = entry.Tag;
            // Group lengths are forbidden here (§F.2.2); group 0002 belongs to the file, FFFE to the encoding.
            if ((ushort)tag == 0 || tag >> 16 == 0x0002 || tag >= 0xFFFE_0000) continue;
            if (addCharacterSet && tag >= CharacterSetTag)
            {
                WriteCharacterSet(ref first);
                addCharacterSet = false;
                if (tag == CharacterSetTag) continue;
            }
            if (_level == 1 && _options.OmitPixelData && IsPixelData(tag)) continue;
            WriteElement(dataSet, i, in entry, ref first);
        }
        if (addCharacterSet) WriteCharacterSet(ref first);
        _level--;
        if (!first) NewLine();
        _output.Write((byte)'}');
    }

    private void WriteElement(DataSet dataSet, int index, in Entry entry, ref bool first)
    {
        if (entry.Tag == CharacterSetTag && DataSet.LengthOf(in entry) > 0)
        {
            WriteCharacterSet(ref first);
            return;
        }
        string? uri = null;
        if (_options.BulkData is { } bulkData && MayBeBulk(in entry)) uri = bulkData(PathTo(entry.Tag), dataSet.ElementAt(index));
        if (uri is null && entry.Attached is Fragments) return;

        WriteHead(entry.Tag, entry.VR, ref first);
        if (uri is not null) WriteUri(uri);
        else if (entry.Attached is ItemList items) WriteItems(entry.Tag, items);
        else if (DataSet.LengthOf(in entry) > 0) WriteValue(dataSet, index, in entry);
        _output.Write((byte)'}');
    }

    /// <summary>"00100010":{"vr":"PN"</summary>
    private void WriteHead(uint tag, VR vr, ref bool first)
    {
        if (!first) _output.Write((byte)',');
        first = false;
        NewLine();
        var place = _output.Reserve(21);
        "\"        \":{\"vr\":\"  \""u8.CopyTo(place);
        WriteHex(tag, place[1..]);
        int letters = (int)(vr.IsKnown() ? vr : VR.UN);
        place[19] = (byte)letters;
        place[18] = (byte)(letters >> 8);
        _output.Advance(21);
    }

    private void WriteCharacterSet(ref bool first)
    {
        WriteHead(CharacterSetTag, VR.CS, ref first);
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
        switch (entry.VR)
        {
            case VR.OB or VR.OW or VR.OD or VR.OF or VR.OL or VR.OV or VR.UN or VR.None:
                WriteInlineBinary(dataSet, index, in entry);
                break;
            case VR.US or VR.SS or VR.UL or VR.SL or VR.UV or VR.SV or VR.FL or VR.FD or VR.AT:
                WriteNumbers(dataSet.BytesOf(in entry).Span, entry.VR, dataSet.IsBigEndian);
                break;
            case var vr when vr.IsText():
                WriteText(dataSet, dataSet.BytesOf(in entry).Span, vr);
                break;
            default:
                WriteInlineBinary(dataSet, index, in entry);
                break;
        }
    }

    private void WriteText(DataSet dataSet, scoped ReadOnlySpan<byte> bytes, VR vr)
    {
        byte[]? rented = null;
        if (!IsUtf8Already(dataSet, bytes, vr))
        {
            string text = dataSet.CharacterSet.Decode(bytes, vr);
            rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
            bytes = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
        }
        WriteUtf8Values(bytes, vr);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private static bool IsUtf8Already(DataSet dataSet, ReadOnlySpan<byte> bytes, VR vr)
    {
        if (!vr.UsesSpecificCharacterSet()) return Ascii.IsValid(bytes);
        var characterSet = dataSet.CharacterSet;
        return characterSet.IsPlainAscii(bytes) || ReferenceEquals(characterSet, SpecificCharacterSet.Utf8) && Utf8.IsValid(bytes);
    }

    /// <summary>Cuts the text at its backslashes and writes the values.</summary>
    private void WriteUtf8Values(scoped ReadOnlySpan<byte> text, VR vr)
    {
        int cut = vr.IsMultiValuedText() ? text.IndexOf((byte)'\\') : -1;
        if (cut < 0)
        {
            var one = Trim(text, vr);
            if (one.IsEmpty) return;
            _output.Write(",\"Value\":["u8);
            WriteOne(one, vr);
            _output.Write((byte)']');
            return;
        }
        _output.Write(",\"Value\":["u8);
        while (true)
        {
            WriteOne(Trim(cut < 0 ? text : text[..cut], vr), vr);
            if (cut < 0) break;
            _output.Write((byte)',');
            text = text[(cut + 1)..];
            cut = text.IndexOf((byte)'\\');
        }
        _output.Write((byte)']');
    }

    private void WriteOne(scoped ReadOnlySpan<byte> value, VR vr)
    {
        if (value.IsEmpty)
            _output.Write("null"u8);              // §F.2.5
        else if (vr == VR.PN)
            WritePersonName(value);
        else if (vr is VR.DS or VR.IS && JsonDecimal.TryFormat(value, _output.Reserve(JsonDecimal.MaxLength), out int written))
            _output.Advance(written);
        else
            _output.WriteString(value);
    }

    private void WritePersonName(scoped ReadOnlySpan<byte> name)
    {
        _output.Write((byte)'{');
        bool first = true;
        for (int group = 0; group < 3; group++)
        {
            int cut = group < 2 ? name.IndexOf((byte)'=') : -1;
            var text = (cut < 0 ? name : name[..cut]).TrimEnd((byte)' ');
            if (!text.IsEmpty)
            {
                if (!first) _output.Write((byte)',');
                first = false;
                _output.Write(group switch { 0 => "\"Alphabetic\":"u8, 1 => "\"Ideographic\":"u8, _ => "\"Phonetic\":"u8 });
                _output.WriteString(text);
            }
            if (cut < 0) break;
            name = name[(cut + 1)..];
        }
        _output.Write((byte)'}');
    }

    private void WriteNumbers(scoped ReadOnlySpan<byte> bytes, VR vr, bool big)
    {
        int size = ValueReader.SizeOf(vr);
        if (bytes.Length < size) return;
        _output.Write(",\"Value\":["u8);
        for (bool first = true; bytes.Length >= size; bytes = bytes[size..], first = false)
        {
            if (!first) _output.Write((byte)',');
            var place = _output.Reserve(40);
            int n;
            switch (vr)
            {
                case VR.US: ValueBytes.UInt16(bytes, big).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.SS: ((short)ValueBytes.UInt16(bytes, big)).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.UL: ValueBytes.UInt32(bytes, big).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.SL: ((int)ValueBytes.UInt32(bytes, big)).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.UV: n = Exact(ValueBytes.UInt64(bytes, big), place); break;
                case VR.SV: n = Exact((long)ValueBytes.UInt64(bytes, big), place); break;
                case VR.FL: n = Real(ValueBytes.Single(bytes, big), place); break;
                case VR.FD: n = Real(ValueBytes.Double(bytes, big), place); break;
                default:
                    place[0] = place[9] = (byte)'"';
                    WriteHex((uint)ValueBytes.UInt16(bytes, big) << 16 | ValueBytes.UInt16(bytes[2..], big), place[1..]);
                    n = 10;
                    break;
            }
            _output.Advance(n);
        }
        _output.Write((byte)']');
    }

    private static int Exact(Int128 value, Span<byte> place)
    {
        bool exact = Int128.Abs(value) <= LargestExactInteger;
        if (!exact) place[0] = (byte)'"';
        value.TryFormat(exact ? place : place[1..], out int n, default, CultureInfo.InvariantCulture);
        if (exact) return n;
        place[n + 1] = (byte)'"';
        return n + 2;
    }

    /// <summary>The shortest number that reads back as the same float. What JSON has no number for is a string, spelt so
    /// that the parsers of JavaScript, Java, Python, C and .NET take it alike; PS3.18 says nothing.</summary>
    private static int Real(float value, Span<byte> place)
    {
        if (!float.IsFinite(value)) return NotFinite(value, place);
        value.TryFormat(place, out int n, default, CultureInfo.InvariantCulture);
        return n;
    }

    private static int Real(double value, Span<byte> place)
    {
        if (!double.IsFinite(value)) return NotFinite(value, place);
        value.TryFormat(place, out int n, default, CultureInfo.InvariantCulture);
        return n;
    }

    private static int NotFinite(double value, Span<byte> place)
    {
        var text = double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;
        text.CopyTo(place);
        return text.Length;
    }

    /// <summary>Base64 of the value in little endian (§F.2.7), in pieces.</summary>
    private void WriteInlineBinary(DataSet dataSet, int index, in Entry entry)
    {
        _output.Write(",\"InlineBinary\":\""u8);
        bool swap = (dataSet.IsBigEndian || (entry.Flags & EntryFlags.BigEndianWords) != 0) && entry.VR.UnitSize() > 1;
        if (entry.Attached is ExternalValue || swap)
        {
            var element = dataSet.ElementAt(index);
            var piece = ArrayPool<byte>.Shared.Rent(FilePiece);
            for (long at = 0; at < element.Length; at += FilePiece)
            {
                int n = element.Read(at, piece.AsSpan(0, FilePiece));
                if (swap) ValueBytes.Swap(piece.AsSpan(0, n), entry.VR);
                _output.WriteBase64(piece.AsSpan(0, n));
            }
            ArrayPool<byte>.Shared.Return(piece);
        }
        else
            _output.WriteBase64(dataSet.BytesOf(in entry).Span);
        _output.Write((byte)'"');
    }

    private readonly bool MayBeBulk(in Entry entry)
    {
        if (entry.Attached is Fragments) return true;
        if (entry.Attached is ItemList) return false;
        long length = DataSet.LengthOf(in entry);
        if (length == 0) return false;
        if (_level == 1 && IsPixelData(entry.Tag)) return true;
        return length > _options.InlineLimit && entry.VR is VR.DS or VR.FL or VR.FD or VR.IS or VR.LT or VR.OB or VR.OD
            or VR.OF or VR.OL or VR.OV or VR.OW or VR.SL or VR.SS or VR.ST or VR.SV or VR.UC or VR.UL or VR.UN or VR.US
            or VR.UT or VR.UV;
    }

    private static bool IsPixelData(uint tag) => tag is 0x7FE0_0008 or 0x7FE0_0009 or 0x7FE0_0010;

    private readonly string PathTo(uint tag)
    {
        var path = new StringBuilder();
        if (_path is not null)
        {
            foreach (var (sequence, item) in _path)
                path.Append(CultureInfo.InvariantCulture, $"{sequence:X8}/{item + 1}/");
        }
        return path.Append(CultureInfo.InvariantCulture, $"{tag:X8}").ToString();
    }

    /// <summary>There is text that is not ASCII, so that a data set made from the JSON needs a character set.</summary>
    private static bool HasOtherThanAscii(DataSet dataSet)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (int i = 0; i < dataSet.Count; i++)
        {
            ref readonly var entry = ref dataSet.EntryAt(i);
            if (entry.Attached is ItemList items)
            {
                foreach (var item in items)
                {
                    if (HasOtherThanAscii(item)) return true;
                }
            }
            else if (entry.VR.UsesSpecificCharacterSet() && !dataSet.CharacterSet.IsPlainAscii(dataSet.BytesOf(in entry).Span))
                return true;
        }
        return false;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text, VR vr)
    {
        int end = text.Length;
        while (end > 0 && text[end - 1] is (byte)' ' or 0) end--;
        int start = 0;
        if (!ValueBytes.KeepsLeadingSpaces(vr))
        {
            while (start < end && text[start] is (byte)' ' or 0) start++;
        }
        return text[start..end];
    }

    private static void WriteHex(uint value, Span<byte> place)
    {
        var digits = "0123456789ABCDEF"u8;
        for (int i = 7; i >= 0; i--, value >>= 4) place[i] = digits[(int)(value & 0xF)];
    }

    private void NewLine()
    {
        if (!_options.Indented) return;
        _output.Write((byte)'\n');
        for (int i = 0; i < _level; i++) _output.Write("  "u8);
    }
}
