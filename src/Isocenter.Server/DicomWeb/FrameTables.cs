using System.Buffers.Binary;
using System.IO.Hashing;
using Isocenter.Archive;
using Isocenter.Dicom;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Server.DicomWeb;

/// <summary>Where the frames of large compressed objects lie in their files (docs/formats/frames.md): found once by walking over all fragments, then
/// kept, in memory and in a file, so that any frame is one read. Safe from many threads.</summary>
/// <param name="archive">Where the objects are.</param>
/// <param name="maxBytes">Bytes that the files take at most; 0: there are none.</param>
internal sealed class FrameTables(ImageArchive archive, long maxBytes)
{
    /// <summary>Over fewer fragments it is walked as fast.</summary>
    private const int Least = 64;
    private const int HeaderLength = 32;

    private readonly BoundedFolder _folder = new(Path.Combine(archive.DataFolder, "derived", "frames"), ".frames", maxBytes);
    private readonly RecentAnswers<FrameTable> _recent = new(maxLength: 32 << 20);

    /// <summary>The frames as they are stored, when it is known where they are; null when it has to be found out. Dispose it.</summary>
    /// <exception cref="ArchiveException">The file is missing or damaged.</exception>
    public KnownFrames? Open(StoredInstance instance)
    {
        if (!MayBeLarge(instance)) return null;
        if (!_recent.TryFind(instance.ContentHash, out var table))
        {
            if (Read(instance) is not { } read) return null;
            _recent.Keep(instance.ContentHash, table = read, read.Bytes);
        }
        return new KnownFrames(table, archive.OpenBytes(instance));
    }

    /// <summary>Keeps what was found out.</summary>
    public void Keep(StoredInstance instance, PixelDataFrames frames)
    {
        if (!MayBeLarge(instance) || _recent.TryFind(instance.ContentHash, out _) || FrameTable.Of(frames) is not { } table) return;
        _recent.Keep(instance.ContentHash, table, table.Bytes);
        try
        {
            Write(instance, table);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is found out again after a restart.
        }
    }

    private static bool MayBeLarge(StoredInstance instance) => instance is { NumberOfFrames: >= Least, TransferSyntax.IsEncapsulated: true, IsCorrected: false };

    /// <returns>Null when there is no file, it is damaged, or what it says lies outside of the object.</returns>
    private FrameTable? Read(StoredInstance instance)
    {
        if (_folder.Read(instance.ContentHash) is not { } file || file.Length < HeaderLength || !file.AsSpan(0, 8).SequenceEqual("ISOFRAM1"u8) || !XxHash128.Hash(file.AsSpan(HeaderLength)).AsSpan().SequenceEqual(file.AsSpan(16, 16))) return null;
        return FrameTable.Read(file.AsSpan(HeaderLength), BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8)), instance.DataSetOffset, instance.FileLength);
    }

    private void Write(StoredInstance instance, FrameTable table)
    {
        byte[] file = new byte[HeaderLength + table.Bytes];
        "ISOFRAM1"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), table.Count);
        table.Write(file.AsSpan(HeaderLength), instance.DataSetOffset);
        XxHash128.Hash(file.AsSpan(HeaderLength)).CopyTo(file.AsSpan(16));
        _folder.Write(instance.ContentHash, file);
    }
}

/// <summary>Where the frames of one object lie: each in one or more fragments.</summary>
internal sealed class FrameTable
{
    private const int FrameBytes = 4, PieceBytes = 12;
    private readonly int[] _first;                              // of each frame, and behind the last
    private readonly (long Offset, int Length)[] _pieces;       // from the start of the file

    private FrameTable(int[] first, (long, int)[] pieces) => (_first, _pieces) = (first, pieces);

    public int Count => _first.Length - 1;

    public int Bytes => FrameBytes * Count + PieceBytes * _pieces.Length;

    /// <returns>Null when the frames are not in a file, or a fragment is too long.</returns>
    public static FrameTable? Of(PixelDataFrames frames)
    {
        if (!frames.IsEncapsulated || !frames.IsInFile) return null;
        var first = new int[frames.Count + 1];
        var pieces = new List<(long, int)>(frames.Count);
        for (int i = 0; i < frames.Count; i++)
        {
            first[i] = pieces.Count;
            foreach (var fragment in frames.FragmentsOf(i))
            {
                if (fragment.Length > int.MaxValue) return null;
                pieces.Add((fragment.Offset, (int)fragment.Length));
            }
        }
        first[^1] = pieces.Count;
        return new FrameTable(first, [.. pieces]);
    }

    public static FrameTable? Read(ReadOnlySpan<byte> bytes, int count, long from, long end)
    {
        if (count < 1 || bytes.Length < (long)FrameBytes * count || (bytes.Length - FrameBytes * count) % PieceBytes != 0) return null;
        var first = new int[count + 1];
        var pieces = new (long Offset, int Length)[(bytes.Length - FrameBytes * count) / PieceBytes];
        for (int i = 0; i < count; i++) first[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(FrameBytes * i)..]);
        first[count] = pieces.Length;
        bytes = bytes[(FrameBytes * count)..];
        for (int i = 0; i < pieces.Length; i++, bytes = bytes[PieceBytes..])
        {
            pieces[i] = (from + BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]));
            if (pieces[i].Offset < from || pieces[i].Length < 0 || pieces[i].Offset > end - pieces[i].Length) return null;
        }
        for (int i = 0; i < count; i++)
        {
            if (first[i] < 0 || first[i] > first[i + 1]) return null;
        }
        return new FrameTable(first, pieces);
    }

    public void Write(Span<byte> bytes, long from)
    {
        for (int i = 0; i < Count; i++, bytes = bytes[FrameBytes..]) BinaryPrimitives.WriteInt32LittleEndian(bytes, _first[i]);
        foreach (var (offset, length) in _pieces)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, offset - from);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], length);
            bytes = bytes[PieceBytes..];
        }
    }

    public ReadOnlySpan<(long Offset, int Length)> PiecesOf(int index) => _pieces.AsSpan(_first[index].._first[index + 1]);
}

/// <summary>The frames of an open object.</summary>
internal sealed class KnownFrames(FrameTable table, ObjectBytes bytes) : IDisposable
{
    public int Count => table.Count;

    public long LengthOf(int index)
    {
        long length = 0;
        foreach (var (_, piece) in table.PiecesOf(index)) length += piece;
        return length;
    }

    /// <exception cref="ArchiveException">The file has become shorter.</exception>
    public void Read(int index, Span<byte> destination)
    {
        SafeFileHandle file = bytes.Handle;
        foreach (var (offset, length) in table.PiecesOf(index))
        {
            for (int at = 0; at < length;)
            {
                int n = RandomAccess.Read(file, destination[at..length], offset + at);
                if (n == 0) throw new ArchiveException(ArchiveProblem.ObjectDamaged, "the file of the object has become shorter");
                at += n;
            }
            destination = destination[length..];
        }
    }

    public void Dispose() => bytes.Dispose();
}
