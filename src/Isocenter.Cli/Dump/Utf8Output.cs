using System.Globalization;
using System.Text;

namespace Isocenter.Cli.Dump;

/// <summary>Writes UTF-8 through one buffer. A dump is many small pieces: each is formatted where it goes out.</summary>
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

    /// <summary>A number in the invariant culture.</summary>
    public void Write<T>(T number, ReadOnlySpan<char> format = default) where T : IUtf8SpanFormattable
    {
        if (Size - _at < 64) Flush();
        // No number of a data set is longer than 32 characters.
        number.TryFormat(_buffer.AsSpan(_at), out int written, format, CultureInfo.InvariantCulture);
        _at += written;
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
