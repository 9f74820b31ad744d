using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Keeps the bytes and passes of encoded code-blocks until the code stream is written, in pooled arrays.</summary>
internal sealed class EncodedStore : IDisposable
{
    private readonly List<byte[]> _bytes = [];
    private readonly List<EncodedPass[]> _passes = [];

    /// <summary>A new array; several threads may ask.</summary>
    public byte[] RentBytes(int least)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(Math.Max(least, 1 << 18));
        lock (_bytes) _bytes.Add(array);
        return array;
    }

    /// <summary>A new array; several threads may ask.</summary>
    public EncodedPass[] RentPasses()
    {
        var array = ArrayPool<EncodedPass>.Shared.Rent(1 << 12);
        lock (_passes) _passes.Add(array);
        return array;
    }

    public void Dispose()
    {
        foreach (byte[] array in _bytes) ArrayPool<byte>.Shared.Return(array);
        foreach (var array in _passes) ArrayPool<EncodedPass>.Shared.Return(array);
        _bytes.Clear();
        _passes.Clear();
    }
}
