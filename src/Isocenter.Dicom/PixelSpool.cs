using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Collects pixel data frame by frame: in memory while it is little, then in a temporary file, so that an object of any
/// size can be made. What was collected becomes the Pixel Data of a data set.</summary>
/// <remarks>One thread at a time. The data set reads from the spool until it is written: dispose the spool after that.</remarks>
public sealed class PixelSpool : IDisposable
{
    private readonly string _folder;
    private readonly int _memoryLimit;
    private readonly List<Fragment> _frames = [];
    private readonly List<long> _lengths = [];
    private ArrayBufferWriter<byte>? _memory = new();
    private FileStream? _stream;
    private FileSource? _source;

    /// <summary>Makes an empty one.</summary>
    /// <param name="folder">Where the temporary file goes, if there will be one. It is gone when the spool is.</param>
    /// <param name="memoryLimit">Bytes that are held in memory at most.</param>
    public PixelSpool(string folder, int memoryLimit = 16 << 20)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = folder;
        _memoryLimit = memoryLimit;
    }

    /// <summary>Bytes collected, with the padding of frames.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes of the code streams as they were given, without padding.</summary>
    public long CodeStreamLength { get; private set; }

    /// <summary>Adds a compressed frame, which becomes one fragment; an odd one is padded with a zero.</summary>
    public void AddFrame(ReadOnlySpan<byte> codeStream)
    {
        _frames.Add(new Fragment(Length, (codeStream.Length + 1) & ~1));
        _lengths.Add(codeStream.Length);
        CodeStreamLength += codeStream.Length;
        Append(codeStream);
        if ((codeStream.Length & 1) != 0) Append([0]);
    }

    /// <summary>Adds native bytes behind those that are there.</summary>
    public void AddBytes(ReadOnlySpan<byte> bytes) => Append(bytes);

    /// <summary>Makes the frames the encapsulated Pixel Data of a data set (PS3.5 §A.4).</summary>
    /// <param name="dataSet">Its offset tables are replaced, and native pixel data taken out.</param>
    /// <returns>The table that was written: the Basic one, or the Extended (PS3.3 §C.7.6.3.1.8) where offsets need more than
    /// 32 bits.</returns>
    public OffsetTable SetFrames(DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        Forget(dataSet);
        var offsets = new long[_frames.Count];
        for (int i = 0; i < offsets.Length; i++) offsets[i] = _frames[i].Offset + 8L * i;
        var table = offsets.Length == 0 || offsets[^1] <= uint.MaxValue ? OffsetTable.Basic : OffsetTable.Extended;
        var basic = new byte[table == OffsetTable.Basic ? 4 * offsets.Length : 0];
        for (int i = 0; 4 * i < basic.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(basic.AsSpan(4 * i), (uint)offsets[i]);
        if (table == OffsetTable.Extended)
        {
            dataSet.Set(Tags.ExtendedOffsetTable, VR.OV, [.. offsets.Select(offset => (ulong)offset)]);
            dataSet.Set(Tags.ExtendedOffsetTableLengths, VR.OV, [.. _lengths.Select(length => (ulong)length)]);
        }
        var fragments = Finish() is { } file ? new Fragments(null, file, basic, [.. _frames])
            : new Fragments(new ReadBuffer(_memory!.WrittenMemory), null, basic, [.. _frames]);
        dataSet.SetFragments(Tags.PixelData, fragments);
        return table;
    }

    /// <summary>Makes the bytes the native Pixel Data of a data set.</summary>
    /// <param name="dataSet">Its offset tables are taken out.</param>
    /// <param name="vr">OB or OW; the bytes are in the order of the data set.</param>
    public void SetBytes(DataSet dataSet, VR vr) => SetBytes(dataSet, vr, Tags.PixelData);

    /// <summary>Makes the bytes the native pixel data of a data set.</summary>
    /// <param name="dataSet">Its offset tables are taken out.</param>
    /// <param name="vr">OB, OW, OF or OD; the bytes are in the order of the data set.</param>
    /// <param name="tag">Pixel Data, Float Pixel Data or Double Float Pixel Data.</param>
    public void SetBytes(DataSet dataSet, VR vr, Tag tag)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        Forget(dataSet);
        if ((Length & 1) != 0) Append([0]);
        if (Finish() is { } file) dataSet.SetInFile(tag, vr, new ExternalValue(file, 0, Length));
        else dataSet.SetOwnedBytes(tag, vr, _memory!.WrittenSpan.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source?.Dispose();
        _stream?.Dispose();
    }

    private static void Forget(DataSet dataSet)
    {
        dataSet.Remove(Tags.ExtendedOffsetTable);
        dataSet.Remove(Tags.ExtendedOffsetTableLengths);
        dataSet.Remove(Tags.PixelData);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_memory is not null && Length + bytes.Length <= _memoryLimit) _memory.Write(bytes);
        else ToFile().Write(bytes);
        Length += bytes.Length;
    }

    private FileStream ToFile()
    {
        if (_stream is not null) return _stream;
        _stream = new FileStream(Path.Combine(_folder, Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 256 * 1024,
        });
        _stream.Write(_memory!.WrittenSpan);
        _memory = null;
        return _stream;
    }

    private FileSource? Finish()
    {
        if (_stream is null) return null;
        _stream.Flush();
        return _source ??= new FileSource(_stream.SafeFileHandle, _stream.Length);
    }
}
