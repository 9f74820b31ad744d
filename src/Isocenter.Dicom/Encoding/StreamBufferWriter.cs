using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Lets code that writes into buffers write to a stream. Holds one pooled buffer until disposed.</summary>
internal sealed class StreamBufferWriter(Stream stream) : IBufferWriter<byte>, IDisposable
{
    private const int Size = 128 * 1024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private int _written;

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _written);
        _written = 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - _written >= Math.Max(size, 1)) return;
        Flush();
        if (size <= _buffer.Length) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = ArrayPool<byte>.Shared.Rent(size);
    }
}
