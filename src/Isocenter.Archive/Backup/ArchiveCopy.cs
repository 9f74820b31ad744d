using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>How far a copy is, and what it came to.</summary>
/// <param name="Objects">Objects of the index, versions and deleted ones included.</param>
/// <param name="Copied">Files that were copied.</param>
/// <param name="Present">Files that were there already.</param>
/// <param name="Bytes">Bytes that were copied.</param>
/// <param name="Failed">Files that are missing or not what was stored; they are not in the copy.</param>
/// <param name="LastProblem">Why the last of them failed.</param>
public sealed record CopyProgress(long Objects, long Copied, long Present, long Bytes, long Failed, string? LastProblem);

/// <summary>Copies a data folder while a server works in it, as of one moment: a backup is a data folder, and so is what is
/// restored from it (docs/formats/backup.md).</summary>
/// <remarks>The index is copied first, in one transaction; then the record of deletions, which is never behind it; then the
/// files that the index names. Files never change, so those of that moment are there.</remarks>
public static class ArchiveCopy
{
    /// <summary>Says that a folder is a backup, and is written last.</summary>
    public const string MarkerName = "backup.json";

    private const string IndexName = "index.db";
    private const string NewIndexName = "index.new.db";
    private static readonly string[] Journals = ["deletions.jsonl", "conflicts.jsonl", CorrectionJournal.Name, HoldJournal.Name, LinkJournal.Name];
    private const int ReportEach = 64;

    /// <summary>Makes a backup, or brings an earlier one up to date: files that are there already are not copied again.</summary>
    /// <param name="dataFolder">The folder of an archive; a server may be running on it.</param>
    /// <param name="target">An empty folder, one that does not exist, or an earlier backup.</param>
    /// <param name="progress">Is told now and then.</param>
    /// <param name="cancel">Ends it; the next one goes on.</param>
    /// <exception cref="ArchiveException">The target is in use, or the index damaged.</exception>
    /// <exception cref="IOException">The target cannot be used or is something else than a backup.</exception>
    public static CopyProgress Backup(string dataFolder, string target, IProgress<CopyProgress>? progress = null, CancellationToken cancel = default)
    {
        if (Directory.Exists(target) && !File.Exists(Path.Combine(target, MarkerName)) && !File.Exists(Path.Combine(target, NewIndexName))
            && Directory.EnumerateFileSystemEntries(target).Any()) throw new IOException($"{target} is neither empty nor a backup");
        return Run(dataFolder, target, isBackup: true, progress, cancel);
    }

    /// <summary>Makes a data folder of a backup.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="target">An empty folder, or one that does not exist; or where an earlier attempt was broken off.</param>
    /// <param name="progress">Is told now and then.</param>
    /// <param name="cancel">Ends it; the next one goes on.</param>
    /// <exception cref="ArchiveException">The target is in use, or the index damaged.</exception>
    /// <exception cref="IOException">There is no whole backup, or the target is not empty.</exception>
    public static CopyProgress Restore(string backup, string target, IProgress<CopyProgress>? progress = null, CancellationToken cancel = default)
    {
        if (!File.Exists(Path.Combine(backup, MarkerName))) throw new IOException($"{backup} is no backup, or one that was not finished: it has no {MarkerName}");
        if (Directory.Exists(target) && !File.Exists(Path.Combine(target, NewIndexName)) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new IOException($"{target} is not empty: nothing is written over an archive");
        return Run(backup, target, isBackup: false, progress, cancel);
    }

    private static CopyProgress Run(string source, string target, bool isBackup, IProgress<CopyProgress>? progress, CancellationToken cancel)
    {
        SQLitePCL.Batteries_V2.Init();
        (source, target) = (Path.GetFullPath(source), Path.GetFullPath(target));
        string sourceIndex = Path.Combine(source, IndexName);
        if (!File.Exists(sourceIndex)) throw new IOException($"{source} has no {IndexName}");
        if ((target + Path.DirectorySeparatorChar).StartsWith(source + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new IOException($"{target} is in the folder that is copied");
        using var folderLock = ImageArchive.LockFolder(target);
        string marker = Path.Combine(target, MarkerName), newIndex = Path.Combine(target, NewIndexName);
        // Until the new index takes its place, an earlier backup stays one.
        foreach (string end in (ReadOnlySpan<string>)["", "-wal", "-shm"]) File.Delete(newIndex + end);
        using (var index = IndexConnection.Open(sourceIndex, write: false)) index.CopyTo(newIndex);
        CopyProgress result;
        try
        {
            foreach (string journal in Journals)
            {
                if (File.Exists(Path.Combine(source, journal))) CopyFile(Path.Combine(source, journal), Path.Combine(target, journal));
            }
            using var index = IndexConnection.Open(newIndex, write: false);
            result = CopyObjects(index, new ObjectStore(source), new ObjectStore(target), progress, cancel);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            throw IndexConnection.Damaged(e);
        }
        foreach (string folder in (ReadOnlySpan<string>)["non-patient", "quarantine", "webhooks"])
        {
            CopyFolder(Path.Combine(source, folder), Path.Combine(target, folder), cancel);
        }
        foreach (string end in (ReadOnlySpan<string>)["-wal", "-shm"])
        {
            File.Delete(newIndex + end);
            File.Delete(Path.Combine(target, IndexName + end));
        }
        File.Move(newIndex, Path.Combine(target, IndexName), overwrite: true);
        if (isBackup) WriteMarker(marker, result);
        DiskSync.FlushDirectory(target);
        return result;
    }

    private static CopyProgress CopyObjects(IndexConnection index, ObjectStore from, ObjectStore to, IProgress<CopyProgress>? progress, CancellationToken cancel)
    {
        var so = new CopyProgress(0, 0, 0, 0, 0, null);
        using var rows = index.Read($"SELECT key, name_rest, file_length FROM instances i WHERE {DeletionWriter.IsNotPurged} ORDER BY key");
        while (rows.Read())
        {
            cancel.ThrowIfCancellationRequested();
            var id = new ObjectId(rows.GetInt64(0), unchecked((ulong)rows.GetInt64(1)));
            long length = rows.GetInt64(2);
            so = so with { Objects = so.Objects + 1 };
            if (IsThere(to, id, length)) so = so with { Present = so.Present + 1 };
            else if (CopyObject(from, to, id, cancel) is { } problem) so = so with { Failed = so.Failed + 1, LastProblem = problem };
            else so = so with { Copied = so.Copied + 1, Bytes = so.Bytes + length };
            if (so.Objects % ReportEach == 0) progress?.Report(so);
        }
        progress?.Report(so);
        return so;
    }

    private static bool IsThere(ObjectStore store, ObjectId id, long length)
    {
        try
        {
            return new FileInfo(store.PathOf(id)).Length == length && StoredFile.TryReadSeal(store, id, out _);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <returns>Why it was not copied; null: it was, and is what was stored.</returns>
    internal static string? CopyObject(ObjectStore from, ObjectStore to, ObjectId id, CancellationToken cancel)
    {
        try
        {
            if (!StoredFile.TryReadSeal(from, id, out var seal) || !StoredFile.Matches(from, id, seal, cancel)) return $"{from.PathOf(id)} is not what was stored";
            if (File.Exists(to.PathOf(id))) to.Delete(id);
            using var source = from.OpenRead(id);
            using var target = to.Create(id);
            byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 * 1024);
            int n;
            for (long at = 0; (n = RandomAccess.Read(source, buffer, at)) > 0; at += n) RandomAccess.Write(target, buffer.AsSpan(0, n), at);
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            RandomAccess.FlushToDisk(target);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"{from.PathOf(id)} is gone";
        }
    }

    private static void CopyFolder(string source, string target, CancellationToken cancel)
    {
        if (!Directory.Exists(source)) return;
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            CopyFile(file, copy);
        }
    }

    private static void CopyFile(string source, string target)
    {
        using (var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        using (var to = new FileStream(target + ".part", FileMode.Create, FileAccess.Write))
        {
            from.CopyTo(to);
            to.Flush(flushToDisk: true);
        }
        File.Move(target + ".part", target, overwrite: true);
    }

    private static void WriteMarker(string path, CopyProgress result)
    {
        using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write))
        {
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteString("at", TimeProvider.System.GetUtcNow());
                json.WriteNumber("objects", result.Objects);
                json.WriteNumber("failed", result.Failed);
                json.WriteEndObject();
            }
            file.Flush(flushToDisk: true);
        }
        File.Move(path + ".part", path, overwrite: true);
    }
}
