using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>A rectangle of coefficients or samples by rows without gaps, in an array of the shared pool.</summary>
internal sealed class Plane<T> : IDisposable where T : unmanaged
{
    private readonly WorkingMemory _memory;
    private readonly long _bytes;
    private T[]? _samples;

    /// <summary>Takes the memory; what is in it is anything.</summary>
    public Plane(Rect area, WorkingMemory memory)
    {
        long length = area.Area;
        _bytes = length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();   // only a size; no memory is touched
        if (length > Array.MaxLength) throw Damage.Of($"{area.Width} × {area.Height} samples do not fit an array");
        memory.Take(_bytes, "the samples of a tile");
        _memory = memory;
        Area = area;
        Width = (int)area.Width;
        Height = (int)area.Height;
        _samples = length == 0 ? [] : ArrayPool<T>.Shared.Rent((int)length);
    }

    /// <summary>Where it lies, in the coordinates of whatever it is a plane of.</summary>
    public Rect Area { get; }

    public int Width { get; }

    public int Height { get; }

    public Span<T> Samples => _samples.AsSpan(0, Width * Height);

    public Span<T> Row(int y) => _samples.AsSpan(y * Width, Width);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_samples is null) return;
        if (_samples.Length > 0) ArrayPool<T>.Shared.Return(_samples);
        _samples = null;
        _memory.Release(_bytes);
    }
}
