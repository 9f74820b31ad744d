using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>A file in the store, read on its own: is it finished, is it what was written, what does its row say?</summary>
internal static class StoredFile
{
    private const int Piece = 128 * 1024;

    /// <returns>False when there is no valid seal, or the length is not the one that was sealed.</returns>
    public static bool TryReadSeal(ObjectStore store, ObjectId id, out Seal seal)
    {
        using var file = store.OpenRead(id);
        Span<byte> preamble = stackalloc byte[Seal.Length];
        int n = RandomAccess.Read(file, preamble, 0);
        return Seal.TryRead(preamble[..n], out seal) && RandomAccess.GetLength(file) == seal.FileLength;
    }

    /// <summary>Reads the whole file and compares it with its seal.</summary>
    public static bool Matches(ObjectStore store, ObjectId id, in Seal seal, CancellationToken cancel)
    {
        using var file = store.OpenRead(id);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            var meta = new XxHash3();
            var dataSet = new XxHash128();
            for (long at = Seal.Length; at < seal.FileLength;)
            {
                cancel.ThrowIfCancellationRequested();
                long end = at < seal.DataSetOffset ? seal.DataSetOffset : seal.FileLength;
                int n = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(Piece, end - at)), at);
                if (n == 0) return false;
                if (at < seal.DataSetOffset) meta.Append(buffer.AsSpan(0, n));
                else dataSet.Append(buffer.AsSpan(0, n));
                at += n;
            }
            return meta.GetCurrentHashAsUInt64() == seal.MetaHash && ContentHash.Of(dataSet) == seal.DataSetHash;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The rows that the file would get; null when it cannot be read, or not be corrected.</summary>
    public static NewObject? Describe(ObjectStore store, ObjectId id, CorrectionBook book, ExtraAttributes extra)
    {
        try
        {
            return TryReadSeal(store, id, out var seal) && TryDescribe(store, id, seal, book, extra, out var described, out _) ? described : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The rows that the file would get.</summary>
    public static bool TryDescribe(ObjectStore store, ObjectId id, in Seal seal, CorrectionBook book, ExtraAttributes extra, [NotNullWhen(true)] out NewObject? described, [NotNullWhen(false)] out string? problem)
    {
        described = null;
        try
        {
            using var file = DicomFile.Open(store.PathOf(id), extra.HeaderOptions);
            if (!IndexEntry.TryMake(file.DataSet, extra, out var entry, out problem)) return false;
            if (book.Find(entry.StudyUid, entry.SeriesUid) is { } corrections) entry = corrections.Corrected(file.DataSet, entry);
            described = new NewObject(id, entry, file.TransferSyntax, seal.FileLength, seal.DataSetOffset, seal.DataSetHash) { Book = book };
            return true;
        }
        catch (DicomFormatException e)
        {
            problem = e.Message;
            return false;
        }
    }
}
