using System.Text;
using System.Xml;

namespace Isocenter.Dicom;

/// <summary>The bytes of a document on their way to the parser: counts them, and knows the encodings that .NET has only in
/// its code pages, without registering them for the process.</summary>
internal sealed class XmlInput(Stream stream) : Stream
{
    private readonly byte[] _head = new byte[256];
    private int _headLength;
    private int _headRead;

    /// <summary>Bytes that the parser has taken so far.</summary>
    public long Taken { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => Taken; set => throw new NotSupportedException(); }

    /// <summary>Makes the parser.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public XmlReader Open(XmlReaderSettings settings)
    {
        _headLength = stream.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
        return DeclaredCodePage(_head.AsSpan(0, _headLength)) is { } encoding
            ? XmlReader.Create(new StreamReader(this, encoding, detectEncodingFromByteOrderMarks: false), settings)
            : XmlReader.Create(this, settings);
    }

    public override int Read(Span<byte> buffer)
    {
        int n = Math.Min(buffer.Length, _headLength - _headRead);
        if (n > 0)
        {
            _head.AsSpan(_headRead, n).CopyTo(buffer);
            _headRead += n;
        }
        else
            n = stream.Read(buffer);
        Taken += n;
        return n;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The encoding of an XML declaration such as &lt;?xml version="1.0" encoding="ISO-8859-5"?&gt;; null for those
    /// that the parser finds itself.</summary>
    private static Encoding? DeclaredCodePage(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("<?xml"u8)) return null;
        int end = head.IndexOf((byte)'>');
        if (end < 0) return null;
        head = head[..end];
        int at = head.IndexOf("encoding"u8);
        if (at < 0) return null;
        head = head[(at + 8)..].TrimStart(" \t\r\n="u8);
        if (head.IsEmpty || head[0] is not ((byte)'"' or (byte)'\'')) return null;
        int length = head[1..].IndexOf(head[0]);
        if (length is < 1 or > 40) return null;
        return CodePagesEncodingProvider.Instance.GetEncoding(Encoding.ASCII.GetString(head.Slice(1, length)));
    }
}
