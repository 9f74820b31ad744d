using System.Buffers;

namespace Isocenter.Server.DicomWeb;

/// <summary>Content on its way to the client that is kept for the next one. When it grows too long, only what was not sent yet is
/// held.</summary>
/// <param name="maxLength">Bytes that are kept at most.</param>
internal sealed class KeptContent(int maxLength) : IBufferWriter<byte>
{
    private ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private int _sent;
    private bool _isTooLong;

    /// <summary>All of it; null when it was too long.</summary>
    public ReadOnlyMemory<byte>? Content => IsTooLong ? null : _buffer.WrittenMemory.ToArray();

    /// <summary>It has grown too long to be kept.</summary>
    public bool IsTooLong => _isTooLong || _buffer.WrittenCount > maxLength;

    public void Advance(int count) => _buffer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    /// <summary>What came since the last time. Valid until more is written.</summary>
    public ReadOnlyMemory<byte> TakeUnsent()
    {
        if (IsTooLong)
        {
            var rest = _buffer.WrittenMemory[(_isTooLong ? 0 : _sent)..];
            _buffer = new ArrayBufferWriter<byte>(64 * 1024);
            (_isTooLong, _sent) = (true, 0);
            return rest;
        }
        var unsent = _buffer.WrittenMemory[_sent..];
        _sent = _buffer.WrittenCount;
        return unsent;
    }
}
