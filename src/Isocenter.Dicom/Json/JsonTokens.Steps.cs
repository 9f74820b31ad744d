using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Isocenter.Dicom;

/// <content>Several tokens in one step, where they stand as nearly all writers of the DICOM JSON Model put them: without
/// spaces, the vr first, strings of ordinary ASCII. Where a method says false, nothing is taken, and the next token is to
/// be had in the general way.</content>
internal ref partial struct JsonTokens
{
    /// <summary>Takes "00100010":{"vr":"PN"</summary>
    public bool TryReadAttributeHead(out uint tag, out VR vr)
    {
        const int Length = 21;
        (tag, vr) = (0, VR.None);
        int at = _at;
        if (_state == State.AfterValue && at < _text.Length && _text[at] == (byte)',') at++;
        else if (_state != State.First) return false;
        if (_text.Length - at < Length || _depth == _isObject.Length) return false;
        var head = _text.Slice(at, Length);
        if (head[0] != (byte)'"' || head[20] != (byte)'"' || !head[9..18].SequenceEqual("\":{\"vr\":\""u8)) return false;
        if (!TagDigits.TryRead(head[1..], out tag)) return false;
        vr = (VR)(head[18] << 8 | head[19]);
        if (VRTable.Of(vr) == VRTraits.None) return false;
        _isObject[_depth++] = true;
        TokenStartIndex = at;
        _at = at + Length;
        _state = State.AfterValue;
        return true;
    }

    /// <summary>Takes ,"Value":[</summary>
    public bool TryReadValueHead()
    {
        if (_depth == _isObject.Length || !Rest.StartsWith(",\"Value\":["u8)) return false;
        _isObject[_depth++] = false;
        TokenType = JsonTokenType.StartArray;
        TokenStartIndex = _at + 9;
        ValueSpan = _text.Slice(_at + 9, 1);
        _at += 10;
        _state = State.First;
        return true;
    }

    /// <summary>Takes ,"InlineBinary":" and the string up to its end.</summary>
    public bool TryReadInlineBinary()
    {
        var rest = Rest;
        if (!rest.StartsWith(",\"InlineBinary\":\""u8)) return false;
        int length = rest[17..].IndexOfAnyExcept(JsonStrings.Plain);
        if (length < 0 || rest[17 + length] != (byte)'"') return false;
        TokenType = JsonTokenType.String;
        TokenStartIndex = _at + 16;
        ValueSpan = rest.Slice(17, length);
        ValueIsEscaped = false;
        _at += 18 + length;
        _state = State.AfterValue;
        return true;
    }

    /// <summary>Takes the next string of an array, which is ordinary ASCII without escapes: <see cref="ValueSpan"/>.</summary>
    public bool TryReadPlainString()
    {
        if (!TryFindElement(out int at) || _text[at] != (byte)'"') return false;
        return TryTakeString(at, at + 1, "\""u8);
    }

    /// <summary>Takes {"Alphabetic":"…"}, its string as <see cref="TryReadPlainString"/>.</summary>
    public bool TryReadPlainName()
    {
        if (!TryFindElement(out int at) || !_text[at..].StartsWith("{\"Alphabetic\":\""u8)) return false;
        return TryTakeString(at, at + 15, "\"}"u8);
    }

    /// <summary>Takes all the elements of an array of decimal numbers, separated by commas alone.</summary>
    /// <param name="fractions">There may be decimal points.</param>
    /// <param name="numbers">As they stand.</param>
    public bool TryReadPlainDecimals(bool fractions, out ReadOnlySpan<byte> numbers)
    {
        numbers = default;
        if (_state != State.First) return false;
        var rest = Rest;
        int length = DecimalTexts.Scan(rest, (byte)',', fractions);
        if (length < 0 || length == rest.Length || rest[length] != (byte)']') return false;
        numbers = rest[..length];
        TokenType = JsonTokenType.Number;
        TokenStartIndex = _at;
        _at += length;
        _state = State.AfterValue;
        return true;
    }

    /// <summary>Takes the next element of an array, which is an integer of at most 18 digits.</summary>
    public bool TryReadPlainInteger(out long value)
    {
        value = 0;
        if (!TryFindElement(out int start)) return false;
        int at = start;
        bool negative = _text[at] == (byte)'-';
        if (negative) at++;
        int first = at;
        while (at < _text.Length && (uint)(_text[at] - '0') <= 9)
        {
            if (at - first == 18) return false;
            value = value * 10 + (_text[at++] - '0');
        }
        int digits = at - first;
        if (digits == 0 || digits > 1 && _text[first] == (byte)'0' || at == _text.Length || _text[at] is not ((byte)',' or (byte)']')) return false;
        if (negative) value = -value;
        TokenType = JsonTokenType.Number;
        TokenStartIndex = start;
        ValueSpan = _text[start..at];
        _at = at;
        _state = State.AfterValue;
        return true;
    }

    /// <summary>Takes the bracket that closes an array.</summary>
    public bool TryCloseArray() => TryClose((byte)']', JsonTokenType.EndArray);

    /// <summary>Takes the brace that closes an object.</summary>
    public bool TryCloseObject() => TryClose((byte)'}', JsonTokenType.EndObject);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryClose(byte bracket, JsonTokenType type)
    {
        if (_at >= _text.Length || _text[_at] != bracket || _state is State.Value or State.Done || _isObject[_depth - 1] != (type == JsonTokenType.EndObject)) return false;
        _at++;
        _depth--;
        TokenType = type;
        _state = _depth == 0 ? State.Done : State.AfterValue;
        return true;
    }

    /// <summary>Where the next element of an array begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryFindElement(out int at)
    {
        at = _at;
        if (_state == State.AfterValue && at < _text.Length && _text[at] == (byte)',') at++;
        else if (_state != State.First) return false;
        return at < _text.Length;
    }

    private bool TryTakeString(int token, int start, ReadOnlySpan<byte> closing)
    {
        var text = _text[start..];
        int length = text.IndexOfAnyExcept(JsonStrings.Plain);
        if (length < 0 || !text[length..].StartsWith(closing)) return false;
        TokenType = JsonTokenType.String;
        TokenStartIndex = token;
        ValueSpan = text[..length];
        ValueIsEscaped = false;
        _at = start + length + closing.Length;
        _state = State.AfterValue;
        return true;
    }
}
