using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Isocenter.Dicom;

/// <summary>Cuts JSON text (RFC 8259) into tokens. Checks the grammar; does not decode.</summary>
/// <remarks>Faster than the general reader of .NET on the short strings of headers, and errors are values: no exception
/// where a caller looks ahead. A copy is a bookmark as long as it is not read beyond where the original was: nothing that
/// both share is changed by reading the same text again.</remarks>
internal ref partial struct JsonTokens
{
    /// <summary>What ends the plain part of a string.</summary>
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
         (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _text;
    private readonly Span<bool> _isObject;
    private int _at;
    private int _depth;
    private State _state;

    /// <param name="text">UTF-8, without byte order mark. Whether strings are valid UTF-8 is not checked.</param>
    /// <param name="levels">Room for one flag for each object and array that may be open at a time.</param>
    public JsonTokens(ReadOnlySpan<byte> text, Span<bool> levels)
    {
        _text = text;
        _isObject = levels;
    }

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _text[_at..];

    /// <summary>The token we are at.</summary>
    public JsonTokenType TokenType { get; private set; }

    /// <summary>What stands between the quotation marks, or the number or word itself; one byte of a bracket.</summary>
    public ReadOnlySpan<byte> ValueSpan { get; private set; }

    /// <summary>The string holds escapes, which <see cref="Unescape"/> resolves.</summary>
    public bool ValueIsEscaped { get; private set; }

    /// <summary>Where the token begins, or what is wrong stands.</summary>
    public int TokenStartIndex { get; private set; }

    /// <summary>Why <see cref="Read"/> said false; null at the end of the text.</summary>
    public string? Problem { get; private set; }

    /// <summary>Goes to the next token.</summary>
    /// <returns>False at the end of a whole text, and where it is no JSON: <see cref="Problem"/> tells.</returns>
    public bool Read()
    {
        int at = SkipSpace(_at);
        TokenStartIndex = at;
        if (at >= _text.Length) return _state == State.Done ? End() : Wrong("the text ends too early");
        byte b = _text[at];
        switch (_state)
        {
            case State.AfterValue when b == (byte)',':
                at = SkipSpace(at + 1);
                TokenStartIndex = at;
                if (at >= _text.Length) return Wrong("the text ends too early");
                b = _text[at];
                return _isObject[_depth - 1] ? ReadName(at, b) : ReadValue(at, b);
            case State.AfterValue:
                return IsClosing(b) ? Close(at, b) : Wrong("a comma or a closing bracket is missing");
            case State.First when IsClosing(b):
                return Close(at, b);
            case State.First:
                return _isObject[_depth - 1] ? ReadName(at, b) : ReadValue(at, b);
            case State.Done:
                return Wrong("more text stands after the end");
            default:
                return ReadValue(at, b);
        }
    }

    /// <summary>Goes to the end of the value we are at.</summary>
    /// <param name="skips">Remembers the ends of what it passes, for a reader that comes back and skips inside; null where
    /// none does.</param>
    /// <returns>False where the text is no JSON.</returns>
    public bool Skip(JsonSkips? skips = null)
    {
        if (TokenType == JsonTokenType.PropertyName && !Read()) return false;
        if (TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return true;
        if (skips?.EndOf(TokenStartIndex) is { } end)
        {
            TokenType = TokenType == JsonTokenType.StartObject ? JsonTokenType.EndObject : JsonTokenType.EndArray;
            TokenStartIndex = end - 1;
            ValueSpan = _text.Slice(end - 1, 1);
            _at = end;
            _depth--;
            _state = _depth == 0 ? State.Done : State.AfterValue;
            return true;
        }
        int outside = _depth - 1;
        skips?.Open(_depth, TokenStartIndex);
        while (_depth > outside)
        {
            if (!Read()) return false;
            if (TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) skips?.Open(_depth, TokenStartIndex);
            else if (TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) skips?.Close(_depth + 1, _at);
        }
        return true;
    }

    /// <summary>Resolves the escapes of the string we are at.</summary>
    /// <param name="destination">As long as <see cref="ValueSpan"/>.</param>
    /// <param name="isValid">False when half a surrogate pair stood alone; U+FFFD stands there now.</param>
    /// <returns>Bytes of UTF-8.</returns>
    public readonly int Unescape(Span<byte> destination, out bool isValid)
    {
        isValid = true;
        int written = 0;
        var text = ValueSpan;
        while (!text.IsEmpty)
        {
            int plain = text.IndexOf((byte)'\\');
            if (plain < 0) plain = text.Length;
            text[..plain].CopyTo(destination[written..]);
            written += plain;
            text = text[plain..];
            if (text.IsEmpty) break;
            if (text[1] != (byte)'u')
            {
                destination[written++] = text[1] switch { (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, (byte)'b' => 8, (byte)'f' => 12, var same => same };
                text = text[2..];
                continue;
            }
            char unit = Unit(text);
            text = text[6..];
            Rune rune;
            if (char.IsHighSurrogate(unit) && text.Length >= 6 && text[0] == (byte)'\\' && text[1] == (byte)'u' && char.IsLowSurrogate(Unit(text)))
            {
                rune = new Rune(unit, Unit(text));
                text = text[6..];
            }
            else if (!Rune.TryCreate(unit, out rune))
            {
                rune = Rune.ReplacementChar;
                isValid = false;
            }
            written += rune.EncodeToUtf8(destination[written..]);
        }
        return written;
    }

    private bool ReadName(int at, byte b)
    {
        if (b != (byte)'"') return Wrong("a name in quotation marks is missing");
        if (!ReadString(at)) return false;
        at = SkipSpace(_at);
        if (at >= _text.Length || _text[at] != (byte)':')
        {
            TokenStartIndex = at;
            return Wrong("a colon is missing after a name");
        }
        _at = at + 1;
        _state = State.Value;
        TokenType = JsonTokenType.PropertyName;
        return true;
    }

    private bool ReadValue(int at, byte b)
    {
        switch (b)
        {
            case (byte)'"':
                TokenType = JsonTokenType.String;
                if (!ReadString(at)) return false;
                break;
            case (byte)'{' or (byte)'[':
                if (_depth == _isObject.Length) return Wrong("brackets are nested too deeply");
                _isObject[_depth++] = b == (byte)'{';
                TokenType = b == (byte)'{' ? JsonTokenType.StartObject : JsonTokenType.StartArray;
                ValueSpan = _text.Slice(at, 1);
                _at = at + 1;
                _state = State.First;
                return true;
            case (byte)'n':
                if (!ReadWord(at, "null"u8, JsonTokenType.Null)) return false;
                break;
            case (byte)'t':
                if (!ReadWord(at, "true"u8, JsonTokenType.True)) return false;
                break;
            case (byte)'f':
                if (!ReadWord(at, "false"u8, JsonTokenType.False)) return false;
                break;
            default:
                if (!ReadNumber(at)) return false;
                break;
        }
        _state = _depth == 0 ? State.Done : State.AfterValue;
        return true;
    }

    private bool Close(int at, byte b)
    {
        bool isObject = _isObject[_depth - 1];
        if (isObject != (b == (byte)'}')) return Wrong(isObject ? "an object is closed by ']'" : "an array is closed by '}'");
        _depth--;
        _at = at + 1;
        ValueSpan = _text.Slice(at, 1);
        TokenType = isObject ? JsonTokenType.EndObject : JsonTokenType.EndArray;
        _state = _depth == 0 ? State.Done : State.AfterValue;
        return true;
    }

    private bool ReadString(int at)
    {
        int start = at + 1;
        int length = _text[start..].IndexOfAny(StringStops);
        ValueIsEscaped = false;
        while (true)
        {
            if (length < 0) return Wrong("a string has no end");
            int stop = start + length;
            byte b = _text[stop];
            if (b == (byte)'"')
            {
                ValueSpan = _text.Slice(start, length);
                _at = stop + 1;
                return true;
            }
            TokenStartIndex = stop;
            if (b != (byte)'\\') return Wrong("a control character stands in a string");
            ValueIsEscaped = true;
            int skip = EscapeLength(stop);
            if (skip == 0) return Wrong("a backslash in a string begins no escape");
            int next = _text[(stop + skip)..].IndexOfAny(StringStops);
            length = next < 0 ? -1 : length + skip + next;
            TokenStartIndex = at;
        }
    }

    private readonly int EscapeLength(int at)
    {
        if (at + 1 >= _text.Length) return 0;
        byte kind = _text[at + 1];
        if (kind != (byte)'u') return kind is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' ? 2 : 0;
        if (at + 6 > _text.Length) return 0;
        for (int i = at + 2; i < at + 6; i++)
        {
            if (!char.IsAsciiHexDigit((char)_text[i])) return 0;
        }
        return 6;
    }

    /// <summary>The code unit of \uXXXX, whose digits were checked.</summary>
    private static char Unit(ReadOnlySpan<byte> escape)
    {
        int unit = 0;
        foreach (byte digit in escape[2..6]) unit = unit << 4 | (digit <= '9' ? digit - '0' : (digit & 0xDF) - 'A' + 10);
        return (char)unit;
    }

    private bool ReadWord(int at, ReadOnlySpan<byte> word, JsonTokenType type)
    {
        if (!_text[at..].StartsWith(word)) return Wrong("a value is missing");
        TokenType = type;
        ValueSpan = _text.Slice(at, word.Length);
        _at = at + word.Length;
        return true;
    }

    private bool ReadNumber(int at)
    {
        var rest = _text[at..];
        int n = rest[0] == (byte)'-' ? 1 : 0;
        int digits = Digits(rest[n..]);
        if (digits == 0) return Wrong(n == 0 ? "a value is missing" : "digits are missing");
        if (digits > 1 && rest[n] == (byte)'0') return Wrong("a number begins with a zero");
        n += digits;
        if (n < rest.Length && rest[n] == (byte)'.')
        {
            digits = Digits(rest[(n + 1)..]);
            if (digits == 0) return Wrong("digits are missing");
            n += 1 + digits;
        }
        if (n < rest.Length && rest[n] is (byte)'e' or (byte)'E')
        {
            n++;
            if (n < rest.Length && rest[n] is (byte)'+' or (byte)'-') n++;
            digits = Digits(rest[n..]);
            if (digits == 0) return Wrong("digits are missing");
            n += digits;
        }
        TokenType = JsonTokenType.Number;
        ValueIsEscaped = false;
        ValueSpan = rest[..n];
        _at = at + n;
        return true;
    }

    private static int Digits(ReadOnlySpan<byte> text)
    {
        int n = 0;
        while (n < text.Length && char.IsAsciiDigit((char)text[n])) n++;
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int SkipSpace(int at)
    {
        while (at < _text.Length && _text[at] <= (byte)' ' && _text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    private static bool IsClosing(byte b) => b is (byte)'}' or (byte)']';

    private bool End()
    {
        TokenType = JsonTokenType.None;
        return false;
    }

    private bool Wrong(string problem)
    {
        Problem = problem;
        return false;
    }

    private enum State : byte
    {
        /// <summary>A value must come: at the begin, and after a name.</summary>
        Value,
        /// <summary>After an opening bracket.</summary>
        First,
        AfterValue,
        Done,
    }
}
