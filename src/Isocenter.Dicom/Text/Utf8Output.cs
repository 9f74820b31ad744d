using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Isocenter.Dicom;

/// <summary>UTF-8 text into an <see cref="IBufferWriter{T}"/>, without a state machine: the caller knows the grammar.</summary>
/// <remarks>Hands over to the output when a span is full and at <see cref="Flush"/>.</remarks>
internal ref struct Utf8Output(IBufferWriter<byte> output)
{
    private const int Piece = 4096;

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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextSpan(int count)
    {
        _output.Advance(_at);
        _at = 0;
        _span = _output.GetSpan(Math.Max(count, Piece));
    }
}
