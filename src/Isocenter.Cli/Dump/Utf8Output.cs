using System.Globalization;
using System.Text;

namespace Isocenter.Cli.Dump;

/// <summary>Writes UTF-8 through one buffer. A dump is many small pieces: each is formatted where it goes out.</summary>
/// <remarks>No generic methods over numbers: those are not in the code that is compiled ahead, and compiling them takes longer than
/// the dump of a file.</remarks>
internal sealed class Utf8Output(Stream stream)
{
    private const int Size = 64 * 1024;
    private readonly byte[] _buffer = new byte[Size];
    private int _at;

    public void Write(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Size - _at)
        {
            Flush();
            if (utf8.Length > Size)
            {
                stream.Write(utf8);
                return;
            }
        }
        utf8.CopyTo(_buffer.AsSpan(_at));
        _at += utf8.Length;
    }

    public void Write(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            var piece = text[..Math.Min(text.Length, Size / 8)];
            if (piece.Length < text.Length && char.IsHighSurrogate(piece[^1])) piece = piece[..^1];
            if (Encoding.UTF8.GetMaxByteCount(piece.Length) > Size - _at) Flush();
            _at += Encoding.UTF8.GetBytes(piece, _buffer.AsSpan(_at));
            text = text[piece.Length..];
        }
    }

    public void Write(char ascii)
    {
        if (_at == Size) Flush();
        _buffer[_at++] = (byte)ascii;
    }

    /// <summary>A number in the invariant culture, like the other ones below.</summary>
    public void Write(long number)
    {
        number.TryFormat(Room(), out int written, default, CultureInfo.InvariantCulture);
        _at += written;
    }

    public void Write(ulong number)
    {
        number.TryFormat(Room(), out int written, default, CultureInfo.InvariantCulture);
        _at += written;
    }

    public void Write(float number)
    {
        number.TryFormat(Room(), out int written, default, CultureInfo.InvariantCulture);
        _at += written;
    }

    public void Write(double number)
    {
        number.TryFormat(Room(), out int written, default, CultureInfo.InvariantCulture);
        _at += written;
    }

    /// <summary>The lowest <paramref name="digits"/> hexadecimal digits of a number.</summary>
    public void WriteHex(uint number, int digits)
    {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) Write("0123456789ABCDEF"[(int)(number >> shift & 0xF)]);
    }

    /// <summary>Room for a number: none of a data set is longer than 32 characters.</summary>
    private Span<byte> Room()
    {
        if (Size - _at < 64) Flush();
        return _buffer.AsSpan(_at);
    }

    public void Spaces(int count)
    {
        for (; count > 0; count--) Write(' ');
    }

    public void EndLine() => Write('\n');

    /// <summary>Hands everything on.</summary>
    public void Flush()
    {
        stream.Write(_buffer, 0, _at);
        stream.Flush();
        _at = 0;
    }
}
