using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Isocenter.Dicom;

/// <summary>JSON text into an <see cref="IBufferWriter{T}"/>, without a state machine: the caller knows the grammar.</summary>
/// <remarks>Hands over to the output when a span is full and at <see cref="Flush"/>.</remarks>
internal ref struct JsonOutput(IBufferWriter<byte> output)
{
    private const int Piece = 4096;

    /// <summary>What may not stand in a JSON string as it is (RFC 8259 §7), and DEL.</summary>
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
         (byte)'"', (byte)'\\', 0x7F]);

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _span = output.GetSpan(Piece);
    private int _at;

    /// <summary>Room for at least <paramref name="count"/> bytes; <see cref="Advance"/> says how many were used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int count)
    {
        if (_span.Length - _at < count) NextSpan(count);
        return _span[_at..];
    }

    public void Advance(int count) => _at += count;

    public void Write(byte value)
    {
        if (_at == _span.Length) NextSpan(1);
        _span[_at++] = value;
    }

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _span.Length - _at)
        {
            int n = _span.Length - _at;
            bytes[..n].CopyTo(_span[_at..]);
            _at += n;
            bytes = bytes[n..];
            NextSpan(1);
        }
        bytes.CopyTo(_span[_at..]);
        _at += bytes.Length;
    }

    /// <summary>A string in quotation marks.</summary>
    /// <param name="text">Valid UTF-8.</param>
    public void WriteString(scoped ReadOnlySpan<byte> text)
    {
        int escape = text.IndexOfAny(Escaped);
        if (escape < 0 && text.Length + 2 <= _span.Length - _at)
        {
            _span[_at] = (byte)'"';
            text.CopyTo(_span[(_at + 1)..]);
            _at += text.Length + 2;
            _span[_at - 1] = (byte)'"';
            return;
        }
        Write((byte)'"');
        for (; escape >= 0; escape = text.IndexOfAny(Escaped))
        {
            Write(text[..escape]);
            WriteEscape(text[escape]);
            text = text[(escape + 1)..];
        }
        Write(text);
        Write((byte)'"');
    }

    /// <summary>Base64 of a piece of a value. All pieces but the last have a multiple of three bytes.</summary>
    public void WriteBase64(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, Piece / 4 * 3)];
            Base64.EncodeToUtf8(piece, Reserve(Piece), out int consumed, out int written);
            Advance(written);
            bytes = bytes[consumed..];
        }
    }

    /// <summary>Hands what was written to the output.</summary>
    public void Flush()
    {
        _output.Advance(_at);
        _span = default;
        _at = 0;
    }

    private void WriteEscape(byte value)
    {
        Write((byte)'\\');
        switch (value)
        {
            case (byte)'"' or (byte)'\\': Write(value); break;
            case (byte)'\n': Write((byte)'n'); break;
            case (byte)'\r': Write((byte)'r'); break;
            case (byte)'\t': Write((byte)'t'); break;
            case (byte)'\f': Write((byte)'f'); break;
            default:
                Write("u00"u8);
                Write("0123456789ABCDEF"u8.Slice(value >> 4, 1));
                Write("0123456789ABCDEF"u8.Slice(value & 0xF, 1));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextSpan(int count)
    {
        _output.Advance(_at);
        _at = 0;
        _span = _output.GetSpan(Math.Max(count, Piece));
    }
}
