using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>The frames of Pixel Data, each reachable without reading the others: native (PS3.5 §8.1.1) or encapsulated
/// (PS3.5 §A.4), with a Basic or Extended Offset Table, without one, or with one that is wrong.</summary>
/// <remarks>Nothing is decompressed. Safe to share when the data set is frozen.</remarks>
public sealed class PixelDataFrames
{
    private readonly DataElement _element;
    private readonly long _frameBits;                            // native
    private readonly (int First, int Count)[]? _fragments;       // encapsulated: which fragments make up the frame

    private PixelDataFrames(DataElement element, int count, long frameBits, (int First, int Count)[]? fragments)
    {
        _element = element;
        Count = count;
        _frameBits = frameBits;
        _fragments = fragments;
    }

    /// <summary>How many frames are really there: Number of Frames, or fewer when the pixel data end earlier.</summary>
    public int Count { get; }

    /// <summary>The frames are code streams; otherwise native pixels.</summary>
    public bool IsEncapsulated => _fragments is not null;

    /// <summary>The words of native pixels are big endian.</summary>
    public bool IsBigEndian => !IsEncapsulated && _element.IsBigEndian;

    /// <summary>The VR of the pixel data: OB, OW, OF or OD.</summary>
    public VR VR => _element.VR;

    /// <summary>Finds the frames of a data set.</summary>
    /// <exception cref="DicomFormatException">No pixel data, or a header that cannot describe any.</exception>
    public static PixelDataFrames Of(DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (!dataSet.TryFind(Tags.PixelData, out var element) && !dataSet.TryFind(Tags.FloatPixelData, out element)
            && !dataSet.TryFind(Tags.DoubleFloatPixelData, out element))
            throw new DicomFormatException("there is no pixel data", path: Tags.PixelData.ToString());
        int declared = dataSet.Get(Tags.NumberOfFrames, 1);
        if (declared < 1) declared = 1;
        return element.Fragments is { } fragments ? Encapsulated(dataSet, element, fragments, declared) : Native(dataSet, element, declared);
    }

    /// <summary>The frames are code streams that are read from a file when they are asked for.</summary>
    public bool IsInFile => _fragments is not null && _element.Fragments!.AreInFile;

    /// <summary>The fragments of a frame that is a code stream; none of native pixels.</summary>
    /// <param name="frameIndex">From 0.</param>
    public IEnumerable<Fragment> FragmentsOf(int frameIndex)
    {
        CheckIndex(frameIndex);
        return _fragments is null ? [] : _element.Fragments!.Items.Skip(_fragments[frameIndex].First).Take(_fragments[frameIndex].Count);
    }

    /// <summary>Bytes of one frame; of a code stream, with the padding of its last fragment.</summary>
    public long LengthOf(int frameIndex)
    {
        CheckIndex(frameIndex);
        if (_fragments is null) return (_frameBits + 7) / 8;
        var (first, count) = _fragments[frameIndex];
        long length = 0;
        for (int i = first; i < first + count; i++) length += _element.Fragments!.Items[i].Length;
        return length;
    }

    /// <summary>Copies one frame, without reading the others.</summary>
    /// <param name="frameIndex">From 0.</param>
    /// <param name="destination">At least <see cref="LengthOf"/> bytes.</param>
    public void Read(int frameIndex, Span<byte> destination)
    {
        CheckIndex(frameIndex);
        if (_fragments is { } table)
        {
            var fragments = _element.Fragments!;
            var (first, count) = table[frameIndex];
            for (int i = first; i < first + count; i++)
            {
                int length = (int)fragments.Items[i].Length;
                fragments.Read(i, 0, destination[..length]);
                destination = destination[length..];
            }
            return;
        }
        int bytes = (int)LengthOf(frameIndex);
        long firstBit = frameIndex * _frameBits;
        int shift = (int)(firstBit & 7);
        _element.Read(firstBit / 8, destination[..bytes]);
        if (shift == 0) return;
        // Single-bit frames follow each other without padding (PS3.5 §8.1.1): move this one to the first bit.
        Span<byte> next = stackalloc byte[1];
        next.Clear();
        _element.Read(firstBit / 8 + bytes, next);
        for (int i = 0; i < bytes; i++)
        {
            byte following = i + 1 < bytes ? destination[i + 1] : next[0];
            destination[i] = (byte)(destination[i] >> shift | following << (8 - shift));
        }
    }

    /// <summary>One frame in an array of its own.</summary>
    public byte[] Read(int frameIndex)
    {
        var bytes = new byte[checked((int)LengthOf(frameIndex))];
        Read(frameIndex, bytes);
        return bytes;
    }

    private static PixelDataFrames Native(DataSet dataSet, DataElement element, int declared)
    {
        int rows = dataSet.Get(Tags.Rows, 0), columns = dataSet.Get(Tags.Columns, 0);
        int allocated = dataSet.Get(Tags.BitsAllocated, element.VR == VR.OF ? 32 : element.VR == VR.OD ? 64 : 0);
        int samples = Math.Max(1, dataSet.Get(Tags.SamplesPerPixel, 1));
        if (rows <= 0 || columns <= 0 || allocated is not (1 or 8 or 16 or 32 or 64))
            throw new DicomFormatException($"{rows} rows, {columns} columns and {allocated} bits allocated describe no image", path: Tags.PixelData.ToString(), rule: "PS3.3 §C.7.6.3");
        // Two chrominance samples for two pixels (PS3.3 §C.7.6.3.1.2): as many bytes as two samples a pixel.
        if (samples == 3 && dataSet.Get(Tags.PhotometricInterpretation, "") == "YBR_FULL_422") samples = 2;
        long bits = (long)rows * columns * allocated * samples;
        long available = element.Length * 8 / bits;
        if (available == 0)
            throw new DicomFormatException($"pixel data of {element.Length} bytes are shorter than one frame of {(bits + 7) / 8}", path: Tags.PixelData.ToString(), rule: "PS3.5 §8.1.1");
        return new PixelDataFrames(element, (int)Math.Min(declared, available), bits, null);
    }

    private static PixelDataFrames Encapsulated(DataSet dataSet, DataElement element, Fragments fragments, int declared)
    {
        if (fragments.Count == 0) throw new DicomFormatException("there is no fragment", path: Tags.PixelData.ToString(), rule: "PS3.5 §A.4");
        var table = declared == 1 ? [(0, fragments.Count)]
            : ByExtendedTable(dataSet, fragments, declared)
            ?? ByBasicTable(fragments, declared)
            ?? OneEach(fragments, declared) ?? ByCodeStreams(fragments, declared);
        return new PixelDataFrames(element, table.Length, 0, table);
    }

    /// <summary>Extended Offset Table (7FE0,0001): 64-bit offsets, one fragment a frame (PS3.3 §C.7.6.3.1.8).</summary>
    private static (int, int)[]? ByExtendedTable(DataSet dataSet, Fragments fragments, int declared)
    {
        if (!dataSet.TryFind(Tags.ExtendedOffsetTable, out var element) || element.Length != 8L * declared) return null;
        var offsets = new long[declared];
        var bytes = element.Bytes.Span;
        for (int i = 0; i < declared; i++) offsets[i] = (long)ValueBytes.UInt64(bytes[(8 * i)..], dataSet.IsBigEndian);
        return ByOffsets(fragments, offsets);
    }

    private static (int, int)[]? ByBasicTable(Fragments fragments, int declared)
    {
        if (fragments.BasicOffsetTable.Length != 4L * declared) return null;
        var offsets = new long[declared];
        for (int i = 0; i < declared; i++) offsets[i] = BinaryPrimitives.ReadUInt32LittleEndian(fragments.BasicOffsetTable.Span[(4 * i)..]);
        return ByOffsets(fragments, offsets);
    }

    /// <summary>Offsets count from the first fragment's item tag. Null when one does not meet a fragment: the table is wrong.</summary>
    private static (int, int)[]? ByOffsets(Fragments fragments, long[] offsets)
    {
        var table = new (int First, int Count)[offsets.Length];
        long at = 0;
        int frame = 0;
        for (int i = 0; i < fragments.Count; i++)
        {
            if (frame < offsets.Length && offsets[frame] == at) table[frame++].First = i;
            at += 8 + fragments.Items[i].Length;
        }
        if (frame < offsets.Length || offsets[0] != 0) return null;
        for (int i = 0; i < table.Length; i++)
            table[i].Count = (i + 1 < table.Length ? table[i + 1].First : fragments.Count) - table[i].First;
        return table;
    }

    /// <summary>Without a table, and with as many fragments as frames or fewer; those that are empty do not count. Null when there are
    /// more.</summary>
    private static (int, int)[]? OneEach(Fragments fragments, int declared)
    {
        var table = new List<(int First, int Count)>(Math.Min(declared, fragments.Count));
        for (int i = 0; i < fragments.Count; i++)
        {
            if (fragments.Items[i].Length == 0 && fragments.Count > declared) continue;
            if (table.Count == declared) return null;
            table.Add((i, 1));
        }
        return [.. table];
    }

    /// <summary>Without a table, a frame begins where a code stream does: SOI of JPEG and JPEG-LS (FFD8), SOC of JPEG 2000
    /// (FF4F), the signature of JPEG XL or JP2.</summary>
    private static (int, int)[] ByCodeStreams(Fragments fragments, int declared)
    {
        var starts = new List<int>();
        Span<byte> head = stackalloc byte[4];
        for (int i = 0; i < fragments.Count && starts.Count < declared; i++)
        {
            if (i > 0 && fragments.Items[i].Length < 4) continue;
            if (i > 0)
            {
                fragments.Read(i, 0, head);
                bool begins = head[0] == 0xFF && head[1] is 0xD8 or 0x4F or 0x0A || head.SequenceEqual("\0\0\0\x0c"u8);
                if (!begins) continue;
            }
            starts.Add(i);
        }
        var table = new (int, int)[starts.Count];
        for (int i = 0; i < table.Length; i++)
            table[i] = (starts[i], (i + 1 < table.Length ? starts[i + 1] : fragments.Count) - starts[i]);
        return table;
    }

    private void CheckIndex(int frameIndex)
    {
        if ((uint)frameIndex >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(frameIndex), frameIndex, $"there are {Count} frames, counted from 0");
    }
}
