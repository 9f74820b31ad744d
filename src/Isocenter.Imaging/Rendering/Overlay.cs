using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>One overlay plane (PS3.3 §C.9.2), for one frame: bits that lie over the pixels.</summary>
internal sealed class Overlay
{
    private readonly byte[]? _bits;
    private readonly long _firstBit;
    private readonly int _left, _top, _rows, _columns;

    private Overlay(byte[]? bits, long firstBit, int left, int top, int rows, int columns, int pixelBit)
    {
        (_bits, _firstBit, _left, _top, _rows, _columns) = (bits, firstBit, left, top, rows, columns);
        PixelBit = pixelBit;
    }

    /// <summary>What it is drawn in.</summary>
    public LayerInk Ink { get; private init; } = LayerInk.White;

    /// <summary>The bit of the pixel's word where the overlay lies in it (retired, as ACR-NEMA did); -1 where it has data of its own.</summary>
    public int PixelBit { get; }

    /// <summary>The overlays of an image that are drawn over one of its frames.</summary>
    /// <param name="image">The image.</param>
    /// <param name="state">Says which layers are shown, and may bring overlays of its own; null: all of the image's.</param>
    /// <param name="frameIndex">From 0.</param>
    public static List<Overlay> Of(DataSet image, PresentationState? state, int frameIndex)
    {
        var overlays = new List<Overlay>();
        for (int group = 0x6000; group <= 0x601E; group += 2)
        {
            var source = state is null || !state.DataSet.Contains(InGroup(group, Tags.OverlayRows)) ? image : state.DataSet;
            string layer = state?.DataSet.Get(InGroup(group, Tags.OverlayActivationLayer), "") ?? "";
            if (state is not null && layer.Length == 0) continue;
            if (Read(source, group, frameIndex) is { } overlay) overlays.Add(state is null ? overlay : overlay.In(state.InkOf(layer)));
        }
        return overlays;
    }

    /// <summary>The overlay plane that covers what shall not be seen where its bits are set (PS3.3 §C.7.6.15); null when there
    /// is none.</summary>
    public static Overlay? ShutterOf(DataSet dataSet, int frameIndex) =>
        dataSet.GetAll<string>(Tags.ShutterShape).Contains("BITMAP") && dataSet.Get(Tags.ShutterOverlayGroup, (ushort)0) is >= 0x6000 and <= 0x601E and var group && group % 2 == 0
            && Read(dataSet, group, frameIndex) is { PixelBit: < 0 } overlay ? overlay : null;

    private Overlay In(LayerInk ink) => new(_bits, _firstBit, _left, _top, _rows, _columns, PixelBit) { Ink = ink };

    /// <summary>Draws what of it lies in one row.</summary>
    /// <param name="row">Row of the frame, from 0.</param>
    /// <param name="line">Receives the values.</param>
    /// <param name="colour">What the channels of a pixel become where a bit is set.</param>
    public void Draw(int row, Span<ushort> line, ReadOnlySpan<ushort> colour)
    {
        if (_bits is null || row < _top || row >= _top + _rows) return;
        long bit = _firstBit + (long)(row - _top) * _columns;
        int channels = colour.Length, columns = line.Length / channels;
        for (int x = Math.Max(0, -_left); x < _columns && x + _left < columns; x++)
        {
            if ((_bits[(bit + x) >> 3] >> (int)((bit + x) & 7) & 1) != 0) colour.CopyTo(line[((x + _left) * channels)..]);
        }
    }

    private static Overlay? Read(DataSet dataSet, int group, int frameIndex)
    {
        int rows = dataSet.Get(InGroup(group, Tags.OverlayRows), (ushort)0), columns = dataSet.Get(InGroup(group, Tags.OverlayColumns), (ushort)0);
        if (rows == 0 || columns == 0) return null;
        var origin = dataSet.GetAll<int>(InGroup(group, Tags.OverlayOrigin));       // row, column, from 1
        int top = origin.Count > 0 ? origin[0] - 1 : 0, left = origin.Count > 1 ? origin[1] - 1 : 0;
        if (!dataSet.TryFind(InGroup(group, Tags.OverlayData), out var data) || data.IsSequence)
        {
            int position = dataSet.Get(InGroup(group, Tags.OverlayBitPosition), (ushort)0);
            return dataSet.Get(InGroup(group, Tags.OverlayBitsAllocated), (ushort)1) > 1 && position > 0
                ? new Overlay(null, 0, left, top, rows, columns, position)
                : null;
        }
        bool hasFrames = dataSet.TryGet(InGroup(group, Tags.NumberOfFramesInOverlay), out int frames) && frames > 0;
        bool hasOrigin = dataSet.TryGet(InGroup(group, Tags.ImageFrameOrigin), out int firstFrame) && firstFrame > 0;
        if (!hasFrames) frames = 1;
        // Without frames of its own it lies over every frame (PS3.3 §C.9.3.1.1).
        long frame = !hasFrames && !hasOrigin ? 0 : (long)frameIndex - (hasOrigin ? firstFrame - 1 : 0);
        long firstBit = frame * rows * columns;
        if (frame < 0 || frame >= frames || firstBit + (long)rows * columns > data.Length * 8L) return null;
        return new Overlay(Bits(dataSet, data), firstBit, left, top, rows, columns, -1);
    }

    /// <summary>The first bit is the lowest of the first byte; words of OW have their bytes turned in big endian.</summary>
    private static byte[] Bits(DataSet dataSet, DataElement data)
    {
        byte[] bytes = data.Bytes.ToArray();
        if (!dataSet.IsBigEndian || data.VR == VR.OB) return bytes;
        for (int i = 0; i + 1 < bytes.Length; i += 2) (bytes[i], bytes[i + 1]) = (bytes[i + 1], bytes[i]);
        return bytes;
    }

    private static Tag InGroup(int group, Tag tag) => new((ushort)group, tag.Element);
}
