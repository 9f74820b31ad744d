using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Isocenter.Dicom;

/// <content>Values, encoded as they stand in a data set (PS3.5 §6.2).</content>
internal ref partial struct DataSetJsonReader
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>Reads the values of an attribute that is not a sequence, to the end of the array.</summary>
    private void ReadValues(ref Entry entry, VR vr)
    {
        if (_reader.TokenType == JsonTokenType.Null) return;
        uint tag = entry.Tag;
        var traits = VRTable.Of(vr);
        bool text = (traits & VRTraits.Text) != 0;
        if ((traits & VRTraits.Binary) != 0)
        {
            if (_reader.TokenType == JsonTokenType.StartArray && Next() == JsonTokenType.EndArray) return;
            throw Wrong($"{vr.ToText()} has InlineBinary or a BulkDataURI, not a Value", tag, "PS3.18 §F.2.2");
        }
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Found("Value is not an array; read as one value", "PS3.18 §F.2.4", tag);
            if (text) ReadText(tag, vr);
            else ReadNumber(tag, vr);
            return;
        }
        if (text) ReadTexts(tag, vr);
        else if (_values.BeginOwn(_reader.Rest, ValueReader.SizeOf(vr)))
        {
            // Many short numbers, which take more room as bytes than as text.
            ReadNumbers(tag, vr);
            entry.Attached = _values.EndOwn();
        }
        else ReadNumbers(tag, vr);
    }

    private void ReadTexts(uint tag, VR vr)
    {
        int index = 0;
        if (vr is VR.DS or VR.IS)
        {
            if (_reader.TryReadPlainDecimals(fractions: vr == VR.DS, out var numbers))
            {
                numbers.Replace(_values.Reserve(numbers.Length), (byte)',', (byte)'\\');
                _values.Length += numbers.Length;
                index = 1;
            }
        }
        else
        {
            while (vr == VR.PN ? _reader.TryReadPlainName() : _reader.TryReadPlainString())
            {
                if (index++ > 0) _values.Append((byte)'\\');
                _values.Append(_reader.ValueSpan);
            }
        }
        for (; !_reader.TryCloseArray() && Next() != JsonTokenType.EndArray; index++)
        {
            if (index > 0) _values.Append((byte)'\\');
            ReadText(tag, vr);
        }
        if (index > 1 && !vr.IsMultiValuedText()) Found($"{index} values, where {vr.ToText()} holds one; joined with backslashes", "PS3.5 §6.4", tag);
    }

    private void ReadText(uint tag, VR vr)
    {
        int start = _values.Length;
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null:
                return;
            case JsonTokenType.String:
                AppendString(tag, vr);
                break;
            case JsonTokenType.Number when vr == VR.IS:
                AppendIntegerString(tag);
                break;
            case JsonTokenType.Number:
                if (vr != VR.DS) Found($"a number stands where {vr.ToText()} should be a string", "PS3.18 §F.2.3", tag);
                _values.Append(_reader.ValueSpan);
                if (vr == VR.DS && _reader.ValueSpan.Length > 16) Found("the number is longer than the 16 bytes of DS; kept as it is", "PS3.5 §6.2", tag);
                break;
            case JsonTokenType.StartObject when vr == VR.PN:
                AppendPersonName(tag);
                break;
            default:
                throw Wrong($"{Describe()} stands where a value should", tag, "PS3.18 §F.2.4");
        }
        if (vr.IsMultiValuedText() && _values.From(start).Contains((byte)'\\'))
            Found("a backslash within a value separates two, once it is in a data set", "PS3.18 §F.2.4", tag);
    }

    /// <summary>The string at the reader, in UTF-8 or, for a VR without choice of character set, in ISO 8859-1.</summary>
    private void AppendString(uint tag, VR vr)
    {
        int start = _values.Length;
        if (_reader.ValueIsEscaped)
        {
            _values.Length += _reader.Unescape(_values.Reserve(_reader.ValueSpan.Length), out bool isValid);
            if (!isValid) Found("half a surrogate pair stands in the string; replaced by U+FFFD", "RFC 8259 §8.2", tag);
        }
        else
            _values.Append(_reader.ValueSpan);
        var added = _values.From(start);
        if (Ascii.IsValid(added)) return;
        if (!Utf8.IsValid(added))
        {
            Found("the string is not valid UTF-8; wrong bytes are replaced by U+FFFD", "RFC 8259 §8.1", tag);
            byte[] repaired = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(added));
            _values.Length = start;
            _values.Append(repaired);
        }
        if (vr.UsesSpecificCharacterSet())
        {
            _otherThanAscii = true;
            return;
        }
        if (IsNoting) Found($"{vr.ToText()} has characters beyond ASCII", "PS3.5 §6.2", tag);
        byte[] latin = Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(_values.From(start)));
        _values.Length = start;
        _values.Append(latin);
    }

    private void AppendIntegerString(uint tag)
    {
        var text = _reader.ValueSpan;
        if (text.ContainsAny((byte)'.', (byte)'e', (byte)'E') && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && decimal.IsInteger(number))
        {
            Found("an integer is written as a decimal number", "PS3.18 §F.2.3", tag);
            decimal.Truncate(number).TryFormat(_values.Reserve(40), out int n, "F0", CultureInfo.InvariantCulture);
            _values.Length += n;
            return;
        }
        _values.Append(text);
    }

    /// <summary>{ "Alphabetic": …, "Ideographic": …, "Phonetic": … }, in any order, becomes groups with equals signs.</summary>
    private void AppendPersonName(uint tag)
    {
        JsonTokens alphabetic = default, ideographic = default, phonetic = default;
        int groups = 0;
        while (Next() == JsonTokenType.PropertyName)
        {
            int group = IsName("Alphabetic"u8) ? 1 : IsName("Ideographic"u8) ? 2 : IsName("Phonetic"u8) ? 4 : 0;
            Next();
            if (group == 0)
            {
                Found("the person name has a group of no name", "PS3.18 §F.2.2", tag);
                Skip();
                continue;
            }
            if (_reader.TokenType == JsonTokenType.Null) continue;
            if (_reader.TokenType != JsonTokenType.String) throw Wrong($"{Describe()} stands where a group of a person name should", tag, "PS3.18 §F.2.2");
            groups |= group;
            if (group == 1 && groups == 1)
            {
                // In order, which is the rule: no need to come back.
                AppendString(tag, VR.PN);
                groups |= 8;
            }
            else if (group == 1) alphabetic = _reader;
            else if (group == 2) ideographic = _reader;
            else phonetic = _reader;
        }
        if ((groups & ~9) == 0 && groups is 0 or 9) return;
        var after = _reader;
        if ((groups & 9) == 1) AppendStringAt(alphabetic, tag);
        if ((groups & 6) != 0) _values.Append((byte)'=');
        if ((groups & 2) != 0) AppendStringAt(ideographic, tag);
        if ((groups & 4) != 0)
        {
            _values.Append((byte)'=');
            AppendStringAt(phonetic, tag);
        }
        _reader = after;
    }

    private void AppendStringAt(JsonTokens place, uint tag)
    {
        _reader = place;
        AppendString(tag, VR.PN);
    }

    private void ReadNumbers(uint tag, VR vr)
    {
        bool holes = false, isInteger = vr is not (VR.FL or VR.FD or VR.AT or VR.UV);
        int start = _values.Length, size = ValueReader.SizeOf(vr);
        while (isInteger && _reader.TryReadPlainInteger(out long integer)) AppendInteger(integer, size, tag, vr);
        while (!_reader.TryCloseArray() && Next() != JsonTokenType.EndArray)
        {
            holes |= _reader.TokenType == JsonTokenType.Null;
            ReadNumber(tag, vr);
        }
        if (!holes) return;
        if (_values.Length - start == size)
        {
            _values.Length = start;      // [null]: empty
            return;
        }
        if (IsNoting) Found($"null stands among the values of {vr.ToText()}, which cannot be empty one by one; read as {(vr is VR.FL or VR.FD ? "NaN" : "0")}", "PS3.18 §F.2.5", tag);
    }

    private void AppendInteger(long value, int size, uint tag, VR vr)
    {
        if (!NumberTexts.Fits(value, vr)) throw Wrong($"{Describe()} is out of the range of {vr.ToText()}", tag, "PS3.5 §6.2");
        var place = _values.Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(place, value);
        _values.Length += size;
    }

    private void ReadNumber(uint tag, VR vr)
    {
        switch (vr)
        {
            case VR.FL:
                BinaryPrimitives.WriteSingleLittleEndian(_values.Reserve(4), (float)ReadReal(tag, vr));
                _values.Length += 4;
                break;
            case VR.FD:
                BinaryPrimitives.WriteDoubleLittleEndian(_values.Reserve(8), ReadReal(tag, vr));
                _values.Length += 8;
                break;
            case VR.AT:
                uint value = ReadTagValue(tag);
                var place = _values.Reserve(4);
                BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(value >> 16));
                BinaryPrimitives.WriteUInt16LittleEndian(place[2..], (ushort)value);
                _values.Length += 4;
                break;
            case VR.US: AppendInteger(ReadInteger(tag, vr, ushort.MinValue, ushort.MaxValue), 2); break;
            case VR.SS: AppendInteger(ReadInteger(tag, vr, short.MinValue, short.MaxValue), 2); break;
            case VR.UL: AppendInteger(ReadInteger(tag, vr, uint.MinValue, uint.MaxValue), 4); break;
            case VR.SL: AppendInteger(ReadInteger(tag, vr, int.MinValue, int.MaxValue), 4); break;
            case VR.UV: AppendInteger(ReadInteger(tag, vr, ulong.MinValue, ulong.MaxValue), 8); break;
            default: AppendInteger(ReadInteger(tag, vr, long.MinValue, long.MaxValue), 8); break;
        }
    }

    private Int128 ReadInteger(uint tag, VR vr, Int128 least, Int128 most)
    {
        if (_reader.TokenType == JsonTokenType.Number && long.TryParse(_reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long small))
        {
            if (small >= least && small <= most) return small;
            throw Wrong($"{Describe()} is out of the range of {vr.ToText()}", tag, "PS3.5 §6.2");
        }
        if (_reader.TokenType == JsonTokenType.Null) return 0;
        if (_reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)) throw Wrong($"{Describe()} stands where a number should", tag, "PS3.18 §F.2.3");
        if (_reader.TokenType == JsonTokenType.String && vr is not (VR.SV or VR.UV)) Found($"a string stands where {vr.ToText()} should be a number", "PS3.18 §F.2.3", tag);
        if (!Int128.TryParse(_reader.ValueSpan, Whole, CultureInfo.InvariantCulture, out var value))
        {
            if (!decimal.TryParse(_reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) || !decimal.IsInteger(number))
                throw Wrong($"{Describe()} is not an integer", tag, "PS3.18 §F.2.3");
            value = (Int128)number;
        }
        if (value < least || value > most) throw Wrong($"{Describe()} is out of the range of {vr.ToText()}", tag, "PS3.5 §6.2");
        return value;
    }

    private double ReadReal(uint tag, VR vr)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null: return double.NaN;
            case JsonTokenType.Number or JsonTokenType.String: break;
            default: throw Wrong($"{Describe()} stands where a number should", tag, "PS3.18 §F.2.3");
        }
        var text = _reader.ValueSpan;
        if (_reader.TokenType == JsonTokenType.String)
        {
            text = text.Trim((byte)' ');
            if (NumberTexts.TryReadNotFinite(text, out double special)) return special;
            if (IsNoting) Found($"a string stands where {vr.ToText()} should be a number", "PS3.18 §F.2.3", tag);
        }
        return NumberTexts.TryReadReal(text, vr, out double value) ? value : throw Wrong($"{Describe()} is no number, or out of the range of {vr.ToText()}", tag, "PS3.18 §F.2.3");
    }

    private uint ReadTagValue(uint tag)
    {
        if (_reader.TokenType == JsonTokenType.Null) return 0;
        if (_reader.TokenType != JsonTokenType.String) throw Wrong($"{Describe()} stands where a tag should", tag, "PS3.18 §F.2.3");
        if (_reader.ValueSpan.Length == 8 && TagDigits.TryRead(_reader.ValueSpan, out uint value)) return value;
        string text = Encoding.UTF8.GetString(_reader.ValueSpan);
        if (!Tag.TryParse(text, CultureInfo.InvariantCulture, out var parsed)) throw Wrong($"{Describe()} is not a tag", tag, "PS3.18 §F.2.3");
        Found("the tag is not eight hexadecimal digits", "PS3.18 §F.2.3", tag);
        return parsed.Value;
    }

    private void AppendInteger(Int128 value, int size)
    {
        Span<byte> all = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(all, value);
        _values.Append(all[..size]);
    }

    private void ReadInlineBinary(uint tag)
    {
        var text = _reader.ValueSpan;
        byte[]? unescaped = null;
        if (_reader.ValueIsEscaped)
        {
            unescaped = ArrayPool<byte>.Shared.Rent(text.Length);
            text = unescaped.AsSpan(0, _reader.Unescape(unescaped, out _));
        }
        var status = Base64.DecodeFromUtf8(text, _values.Reserve(Base64.GetMaxDecodedFromUtf8Length(text.Length)), out _, out int written);
        if (unescaped is not null) ArrayPool<byte>.Shared.Return(unescaped);
        if (status != OperationStatus.Done) throw Wrong("InlineBinary is not Base64", tag, "PS3.18 §F.2.7");
        _values.Length += written;
    }

    private void ReadBulkData(ref Entry entry)
    {
        string uri = Text();
        if (entry.VR == VR.SQ) throw Wrong("a sequence has a BulkDataURI", entry.Tag, "PS3.18 §F.2.2");
        var bytes = _options.BulkData?.Invoke(new BulkDataReference(uri, PathOf(entry.Tag), new Tag(entry.Tag), entry.VR));
        if (bytes is { } value) entry.Attached = ValueWriter.Pad(value.Span, entry.VR);
        else if (IsNoting) Found($"the value is behind {(uri.Length > 200 ? uri[..200] + "…" : uri)}; the element is empty here", "PS3.18 §F.2.6", entry.Tag);
    }

    /// <summary>The string we are at.</summary>
    private readonly string Text()
    {
        if (!_reader.ValueIsEscaped) return Encoding.UTF8.GetString(_reader.ValueSpan);
        byte[] text = new byte[_reader.ValueSpan.Length];
        return Encoding.UTF8.GetString(text, 0, _reader.Unescape(text, out _));
    }
}
