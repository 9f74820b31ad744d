using System.Buffers;
using Isocenter.Dicom;

namespace Isocenter.Server.DicomWeb;

/// <summary>One buffer for the frames of a request: an array of its own for each would be thrown away half a megabyte at a
/// time, and the collector would be what clients wait for.</summary>
internal sealed class FrameBytes : IDisposable
{
    private byte[] _bytes = [];

    public ReadOnlyMemory<byte> Read(PixelDataFrames frames, int index)
    {
        var frame = Take(frames.LengthOf(index));
        frames.Read(index, frame.Span);
        if (frames.IsBigEndian) ByteOrder.Swap(frame.Span, frames.VR);
        return frame;
    }

    public ReadOnlyMemory<byte> Read(KnownFrames frames, int index)
    {
        var frame = Take(frames.LengthOf(index));
        frames.Read(index, frame.Span);
        return frame;
    }

    private Memory<byte> Take(long length)
    {
        if (_bytes.Length < length)
        {
            Dispose();
            _bytes = ArrayPool<byte>.Shared.Rent(checked((int)length));
        }
        return _bytes.AsMemory(0, (int)length);
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
