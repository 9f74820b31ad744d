using System.Buffers;
using System.IO.Hashing;
using Isocenter.Dicom;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>One object on its way in: its data set is written to disk while it arrives. Memory stays the same whatever
/// its length. One user at a time.</summary>
/// <remarks>A failure on the way does not throw: the rest is taken and thrown away, and <see cref="CommitAsync"/> tells.
/// Disposed without a commit, it leaves nothing behind.</remarks>
public sealed class IngestSession : IAsyncDisposable
{
    private const int BufferLength = 128 * 1024;

    private readonly ImageArchive _archive;
    private readonly IngestContext _context;
    private readonly ObjectId _id;
    private readonly XxHash128 _hash = new();
    private readonly DataSetScanner _scanner;
    private byte[]? _buffer;
    private SafeFileHandle? _file;
    private int _buffered;
    private long _written;
    private long _dataSetOffset;
    private ulong _metaHash;
    private IngestResult? _failure;
    private bool _isFinished;

    internal IngestSession(ImageArchive archive, IngestContext context)
    {
        _archive = archive;
        _context = context;
        _scanner = new DataSetScanner(context.TransferSyntax, archive.Extra.IsWanted);
        _id = archive.Ids.Next();
        try
        {
            Begin();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(IngestStatus.OutOfResources, $"the object cannot be written: {e.Message}");
        }
    }

    /// <summary>It is lost already: why. Null while all is well.</summary>
    public IngestResult? Failure => _failure;

    /// <summary>Bytes of the data set so far.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the next bytes of the data set.</summary>
    /// <param name="bytes">Copied or written before this completes.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        Take(bytes.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes the next bytes of the data set.</summary>
    /// <param name="bytes">Copied or written before this completes.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public ValueTask WriteAsync(in ReadOnlySequence<byte> bytes, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        foreach (var piece in bytes) Take(piece.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>The data set has ended: checks it, brings it to disk and into the index. A success means that it survives
    /// a power cut.</summary>
    /// <param name="cancel">Gives the object up, until its rows are being written.</param>
    public async ValueTask<IngestResult> CommitAsync(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        long began = _archive.Options.TimeProvider.GetTimestamp();
        var result = await CommitOrFailAsync(cancel).ConfigureAwait(false);
        _archive.Metrics.Ingested(result.Status, Length, _archive.Options.TimeProvider.GetElapsedTime(began));
        return result;
    }

    private async ValueTask<IngestResult> CommitOrFailAsync(CancellationToken cancel)
    {
        try
        {
            return _failure ?? await CommitCoreAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new IngestResult(IngestStatus.OutOfResources, $"the object cannot be written: {e.Message}");
        }
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            return new IngestResult(IngestStatus.OutOfResources, $"the index cannot be written: {e.Message}");
        }
        finally
        {
            Finish();
        }
    }

    /// <summary>Gives the object up unless it was committed.</summary>
    public ValueTask DisposeAsync()
    {
        Finish();
        return ValueTask.CompletedTask;
    }

    private void Begin()
    {
        if (_archive.FreeBytesProblem() is { } problem)
        {
            Fail(IngestStatus.OutOfResources, problem);
            return;
        }
        DataSet meta;
        try
        {
            meta = FileMetaInformation.Create(_context.SopClassUid.Trim(' ', '\0'), _context.SopInstanceUid.Trim(' ', '\0'),
                _context.TransferSyntax, AETitle(_context.SourceAETitle));
        }
        catch (ArgumentException)
        {
            Fail(IngestStatus.NotIndexable, "SOP Class UID or SOP Instance UID is no UID");
            return;
        }
        _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        _file = _archive.Store.Create(_id);
        var head = new ArrayBufferWriter<byte>(512);
        FileMetaInformation.Write(meta, head);
        // The preamble stays zero until everything else is written: no seal, no object.
        head.WrittenSpan.CopyTo(_buffer);
        _buffered = head.WrittenCount;
        _dataSetOffset = head.WrittenCount;
        _metaHash = XxHash3.HashToUInt64(head.WrittenSpan[Seal.Length..]);
    }

    /// <summary>An AE title that the File Meta Information can hold (PS3.5 Table 6.2-1), or none.</summary>
    private static string? AETitle(string? title) =>
        title is not null && title.Length <= 16 && !title.AsSpan().ContainsAnyExceptInRange(' ', '~') && !title.Contains('\\', StringComparison.Ordinal)
            ? title : null;

    private void Take(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        if (_failure is not null || bytes.IsEmpty) return;
        if (Length + bytes.Length > _archive.Options.MaxObjectLength)
        {
            Fail(IngestStatus.TooLong, $"the data set is longer than {_archive.Options.MaxObjectLength} bytes, the limit of this archive");
            return;
        }
        try
        {
            Length += bytes.Length;
            if (!_context.TransferSyntax.IsDeflated) _scanner.Push(bytes);
            _hash.Append(bytes);
            while (!bytes.IsEmpty)
            {
                int n = Math.Min(BufferLength - _buffered, bytes.Length);
                bytes[..n].CopyTo(_buffer.AsSpan(_buffered));
                _buffered += n;
                bytes = bytes[n..];
                if (_buffered == BufferLength) Flush();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(IngestStatus.OutOfResources, $"the object cannot be written: {e.Message}");
        }
    }

    /// <summary>Into the page cache, which does not wait for the disk; <see cref="CommitAsync"/> does.</summary>
    private void Flush()
    {
        RandomAccess.Write(_file!, _buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _buffered = 0;
    }

    private async ValueTask<IngestResult> CommitCoreAsync(CancellationToken cancel)
    {
        Flush();
        var hash = ContentHash.Of(_hash);
        string path = _archive.Store.PathOf(_id);
        var header = ObjectHeader.Read(_scanner, _context.TransferSyntax, path, _dataSetOffset, _archive.Options, _archive.Extra, out string? problem);
        if (header is null) return KeepAside(IngestStatus.Malformed, problem, null, hash);
        if (!IndexEntry.TryMake(header, _archive.Extra, out var entry, out problem)) return KeepAside(IngestStatus.NotIndexable, problem, header, hash);
        if (Mismatch(entry) is { } mismatch)
            return new IngestResult(IngestStatus.Mismatch, mismatch, null, entry.SopClassUid, entry.SopInstanceUid);

        if (!_context.IsRelease && _archive.Options.UnknownClassPolicy != UnknownClassPolicy.Accept && !ObjectHeader.IsKnownClass(entry.SopClassUid))
            return KeepAside(IngestStatus.UnknownClass, $"the SOP class {entry.SopClassUid} is unknown", header, hash);

        var book = _archive.Corrections;
        try
        {
            if (book.Find(entry.StudyUid, entry.SeriesUid) is { } corrections) entry = corrections.Corrected(header, entry);
        }
        catch (ArgumentException e)
        {
            return new IngestResult(IngestStatus.NotIndexable, $"the corrections of its study cannot be applied: {e.Message}", null, entry.SopClassUid, entry.SopInstanceUid);
        }
        var added = new NewObject(_id, entry, _context.TransferSyntax, _written, _dataSetOffset, hash) { Book = book };
        // Known already? Then nothing needs to be synced. The committer asks again, in its transaction.
        var status = await _archive.FindVersionAsync(added, cancel).ConfigureAwait(false);
        if (status == IngestStatus.Stored)
        {
            await _archive.SyncAsync(SealAndSync, hash, cancel).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            status = await _archive.Committer.AddAsync(added).ConfigureAwait(false);
        }
        if (status == IngestStatus.Conflict && await IsRecodedAsync(added, path, cancel).ConfigureAwait(false)) status = IngestStatus.AlreadyStored;
        _archive.NoteOutcome(status);
        var result = status switch
        {
            IngestStatus.Conflict => new IngestResult(status, "a different object is stored under this SOP Instance UID",
                null, entry.SopClassUid, entry.SopInstanceUid),
            IngestStatus.Contradiction => new IngestResult(status, "its patient or study attributes contradict those of objects that are stored",
                null, entry.SopClassUid, entry.SopInstanceUid),
            IngestStatus.AlreadyStored => new IngestResult(status, null, await FindStoredAsync(added, cancel).ConfigureAwait(false),
                entry.SopClassUid, entry.SopInstanceUid),
            _ => Keep(status, added),
        };
        // Before the answer: who stores a rejection may rely on it.
        if (result is { IsSuccess: true, Instance: { } stored } && entry.SopClassUid == RejectionNote.SopClass)
            await _archive.RejectAsync(stored, _context.SourceAETitle ?? "", cancel).ConfigureAwait(false);
        return result;
    }

    /// <summary>It is refused, and nobody has to send it again for us to look at it. The file of one that is no whole data set gets no seal.</summary>
    private IngestResult KeepAside(IngestStatus status, string? problem, DataSet? header, ContentHash hash)
    {
        string? sopClass = header?.Get(Tags.SOPClassUID, ""), sopInstance = header?.Get(Tags.SOPInstanceUID, "");
        bool isWanted = status == IngestStatus.UnknownClass ? _archive.Options.UnknownClassPolicy == UnknownClassPolicy.Quarantine : _archive.Options.KeepsUnindexable;
        if (isWanted && !_context.IsRelease && _archive.TakesIntoQuarantine(hash, _written))
        {
            // First: a file that is sealed and still among the others would be taken for a stored one by the next start.
            _archive.Store.Quarantine(_id);
            // Not through the log, which would bring it back among the others after a crash.
            if (header is not null) WriteSeal(hash, new byte[Seal.Length]);
            RandomAccess.FlushToDisk(_file!);
            _file!.Dispose();
            _file = null;
            problem += $"; the file is kept in quarantine as {_id}";
        }
        return new IngestResult(status, problem, null, Valid(sopClass), Valid(sopInstance));

        static string? Valid(string? uid) => Uid.TryParseLenient(uid ?? "", out _) ? uid : null;
    }

    /// <summary>What is stored differs in its encoding and nothing else.</summary>
    private async ValueTask<bool> IsRecodedAsync(NewObject added, string path, CancellationToken cancel) =>
        _archive.Options.IsSameObject is { } isSame && await FindStoredAsync(added, cancel).ConfigureAwait(false) is { } stored
            && !stored.TransferSyntax.Equals(_context.TransferSyntax) && isSame(_archive.Store.PathOf(stored.Id), path);

    /// <summary>What is stored already, and is as good as the object that came.</summary>
    private async ValueTask<StoredInstance?> FindStoredAsync(NewObject added, CancellationToken cancel)
    {
        var same = StoredInstances.Of(added);
        return await _archive.FindInstanceAsync(same.StudyInstanceUid, same.SeriesInstanceUid, same.SopInstanceUid, cancel).ConfigureAwait(false);
    }

    /// <summary>The seal is the last thing written; one sync brings both to disk. What is still whole in the buffer may go through the
    /// log.</summary>
    private void SealAndSync(ContentHash hash)
    {
        Span<byte> seal = stackalloc byte[Seal.Length];
        WriteSeal(hash, seal);
        if (_written <= BufferLength)
        {
            seal.CopyTo(_buffer);
            if (_archive.Store.Arrivals!.TryAppend(_id, _buffer.AsSpan(0, (int)_written))) return;
        }
        RandomAccess.FlushToDisk(_file!);
    }

    private void WriteSeal(ContentHash hash, Span<byte> preamble)
    {
        new Seal(_dataSetOffset, _written, _metaHash, hash, _id).Write(preamble);
        RandomAccess.Write(_file!, preamble, 0);
    }

    private string? Mismatch(IndexEntry entry)
    {
        string instance = _context.SopInstanceUid.Trim(' ', '\0'), sopClass = _context.SopClassUid.Trim(' ', '\0');
        if (entry.SopInstanceUid != instance)
            return $"SOP Instance UID of the data set is {entry.SopInstanceUid}, announced was {IndexEntry.Shorten(instance)}";
        if (_context.StudyInstanceUid is { } study && entry.StudyUid != study.Value)
            return $"Study Instance UID of the data set is {entry.StudyUid}, not the one it was posted to";
        return entry.SopClassUid != sopClass
            ? $"SOP Class UID of the data set is {entry.SopClassUid}, announced was {IndexEntry.Shorten(sopClass)}"
            : null;
    }

    private IngestResult Keep(IngestStatus status, NewObject added)
    {
        _file!.Dispose();
        _file = null;
        return new IngestResult(status, null, StoredInstances.Of(added), added.Entry.SopClassUid, added.Entry.SopInstanceUid);
    }

    private void Fail(IngestStatus status, string problem) => _failure ??= new IngestResult(status, problem);

    /// <summary>Lets everything go; the file too, when it is still ours.</summary>
    private void Finish()
    {
        if (_isFinished) return;
        _isFinished = true;
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        if (_file is not null)
        {
            _file.Dispose();
            _file = null;
            try
            {
                _archive.Store.Delete(_id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Without a seal nobody takes it for an object; the next start removes it.
            }
        }
        _archive.Ids.Close(_id);
    }
}
