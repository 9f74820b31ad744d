using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>A file of the arrival log (docs/formats/arrival-log.md): a head with a number that grows whenever the segment is used anew,
/// then records that begin at blocks. The bytes have their place on disk before the first record comes.</summary>
/// <remarks>Not safe from many threads, but for <see cref="Write"/> at different offsets.</remarks>
internal sealed class ArrivalSegment : IDisposable
{
    private const int Block = 4096;
    private const int HeadLength = 24;
    private const int RecordHead = 48;
    private readonly long _length;
    private ulong _use;
    private long _next = Block;

    private ArrivalSegment(SafeFileHandle file)
    {
        File = file;
        _length = RandomAccess.GetLength(file);
        Span<byte> head = stackalloc byte[HeadLength];
        bool isWhole = RandomAccess.Read(file, head, 0) == HeadLength && BinaryPrimitives.ReadUInt64LittleEndian(head[16..]) == XxHash3.HashToUInt64(head[..16]);
        IsEnded = isWhole && head.StartsWith(EndedMagic);
        _use = isWhole && (IsEnded || head.StartsWith(Magic)) ? BinaryPrimitives.ReadUInt64LittleEndian(head[8..]) : 0;
    }

    private static ReadOnlySpan<byte> Magic => "ISOCARRV"u8;

    private static ReadOnlySpan<byte> EndedMagic => "ISOCAEND"u8;

    private static ReadOnlySpan<byte> RecordMagic => "ISOCOBJ1"u8;

    public SafeFileHandle File { get; }

    /// <summary>Who writes into it, and one for the log as long as it may be written into.</summary>
    public int Busy { get; set; } = 1;

    public bool IsEmpty => _next == Block;

    /// <summary>Its head says that it has no records: nobody needs to look for any.</summary>
    public bool IsEnded { get; private set; }

    public static ArrivalSegment Open(string path) => new(System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read));

    /// <summary>Opens it, and makes it first unless it is there in that length.</summary>
    public static ArrivalSegment Make(string path, int length)
    {
        var file = System.IO.File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (RandomAccess.GetLength(file) != length)
            {
                RandomAccess.SetLength(file, 0);
                // Real zeros: places that were only promised would have to be noted when they are first written to.
                byte[] zeros = new byte[1 << 20];
                for (long at = 0; at < length; at += zeros.Length) RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)), at);
                RandomAccess.FlushToDisk(file);
            }
            var segment = new ArrivalSegment(file);
            segment.Clear();
            return segment;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes the place of a record.</summary>
    public bool TryReserve(int length, out long offset)
    {
        offset = _next;
        long end = offset + Blocks(length);
        if (end > _length) return false;
        _next = end;
        return true;
    }

    /// <summary>Writes a record; it is on disk when this returns.</summary>
    public void Write(long offset, ObjectId id, ReadOnlySpan<byte> file)
    {
        int length = Blocks(file.Length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            // Whole blocks, so that none has to be read first.
            var record = buffer.AsSpan(0, length);
            record[(RecordHead + file.Length)..].Clear();
            file.CopyTo(record[RecordHead..]);
            RecordMagic.CopyTo(record);
            BinaryPrimitives.WriteUInt64LittleEndian(record[8..], _use);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], id.High);
            BinaryPrimitives.WriteUInt64LittleEndian(record[24..], id.Low);
            BinaryPrimitives.WriteInt64LittleEndian(record[32..], file.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(record[40..], Checksum(record[..40], file));
            RandomAccess.Write(File, record, offset);
            DiskSync.FlushBytes(File);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Makes a record none.</summary>
    public void Erase(long offset) => RandomAccess.Write(File, new byte[Block], offset);

    /// <summary>The records in the order of their places; what is torn or of an earlier use is passed over.</summary>
    /// <param name="file">Takes the bytes of each in turn.</param>
    public IEnumerable<(ObjectId Id, int Length)> Read(byte[] file)
    {
        byte[] head = new byte[RecordHead];
        for (long at = Block; _use != 0 && !IsEnded && at + RecordHead <= _length;)
        {
            int length = 0;
            if (RandomAccess.Read(File, head, at) == RecordHead && head.AsSpan().StartsWith(RecordMagic)
                && BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(8)) == _use
                && BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(32)) is var stated && stated > 0 && stated <= file.Length
                && RandomAccess.Read(File, file.AsSpan(0, (int)stated), at + RecordHead) == stated
                && BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(40)) == Checksum(head.AsSpan(0, 40), file.AsSpan(0, (int)stated)))
            {
                length = (int)stated;
                yield return (new ObjectId(BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(16)), BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(24))), length);
            }
            at += length > 0 ? Blocks(length) : Block;
        }
    }

    /// <summary>Forgets all records: the files are on disk. So is this when it returns.</summary>
    public void Clear() => WriteHead(Magic, isEnded: false);

    /// <summary>Forgets all records, and says so until it is cleared for its next use. That is on disk when this returns.</summary>
    public void End() => WriteHead(EndedMagic, isEnded: true);

    private void WriteHead(ReadOnlySpan<byte> magic, bool isEnded)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        magic.CopyTo(head);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], _use = _use == 0 ? (ulong)Random.Shared.NextInt64(1, long.MaxValue) : _use + 1);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], XxHash3.HashToUInt64(head[..16]));
        RandomAccess.Write(File, head, 0);
        RandomAccess.FlushToDisk(File);
        IsEnded = isEnded;
    }

    /// <summary>It may be written into again.</summary>
    public void Reuse()
    {
        Busy = 1;
        _next = Block;
    }

    public void Dispose() => File.Dispose();

    private static int Blocks(int length) => (RecordHead + length + Block - 1) / Block * Block;

    private static ulong Checksum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> file)
    {
        var hash = new XxHash3();
        hash.Append(head);
        hash.Append(file);
        return hash.GetCurrentHashAsUInt64();
    }
}
