using System.Buffers;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Ingest: C-STORE, STOW-RS and import all end here.</content>
public sealed partial class ImageArchive
{
    private const int ReadLength = 64 * 1024;

    /// <summary>New objects in a row after which the next is taken to be new, too.</summary>
    private const int CopiesSeldom = 64;
    private readonly Lock _spaceLock = new();
    private int _newInARow;
    private long _spaceCheckedAt;
    private string? _spaceProblem;

    /// <summary>Begins to take an object whose data set comes in pieces. Dispose the session in any case.</summary>
    public IngestSession BeginIngest(IngestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new IngestSession(this, context);
    }

    /// <summary>Takes an object that comes as a file (PS3.10). The bytes of its data set are kept; its preamble and File
    /// Meta Information give way to ours, with the transfer syntax as it was.</summary>
    /// <param name="part10">Read to its end. Files without preamble or File Meta Information are read leniently.</param>
    /// <param name="sourceAETitle">Who sent it; null when it has no AE title.</param>
    /// <param name="study">The study it must belong to; null: any.</param>
    /// <param name="cancel">Gives the object up.</param>
    /// <exception cref="IOException">The stream cannot be read; nothing is stored.</exception>
    public ValueTask<IngestResult> IngestFileAsync(Stream part10, string? sourceAETitle = null, Uid? study = null, CancellationToken cancel = default) =>
        IngestFileAsync(part10, sourceAETitle, study, isRelease: false, cancel);

    private async ValueTask<IngestResult> IngestFileAsync(Stream part10, string? sourceAETitle, Uid? study, bool isRelease, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(part10);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadLength);
        try
        {
            int filled = 0;
            FileStart? start = null;
            while (start is null)
            {
                if (filled == buffer.Length) buffer = Grow(buffer, filled);
                int n = await part10.ReadAtLeastAsync(buffer.AsMemory(filled), buffer.Length - filled, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
                filled += n;
                bool isAll = filled < buffer.Length;
                try
                {
                    start = FileStart.TryRead(buffer.AsMemory(0, filled), isAll || filled >= FileStart.MaxLength);
                }
                catch (DicomFormatException e)
                {
                    return new IngestResult(IngestStatus.Malformed, e.Message);
                }
            }
            if (start.SopClassUid is null || start.SopInstanceUid is null)
                return new IngestResult(IngestStatus.NotIndexable, "SOP Class UID or SOP Instance UID is missing");

            var context = new IngestContext(start.SopClassUid, start.SopInstanceUid, start.TransferSyntax, sourceAETitle, study) { IsRelease = isRelease };
            var session = BeginIngest(context);
            await using (session.ConfigureAwait(false))
            {
                await session.WriteAsync(buffer.AsMemory(start.DataSetOffset, filled - start.DataSetOffset), cancel).ConfigureAwait(false);
                while (session.Failure is null)
                {
                    int n = await part10.ReadAsync(buffer.AsMemory(), cancel).ConfigureAwait(false);
                    if (n == 0) break;
                    await session.WriteAsync(buffer.AsMemory(0, n), cancel).ConfigureAwait(false);
                }
                var result = await session.CommitAsync(cancel).ConfigureAwait(false);
                // Which object it was, the File Meta Information says even when the data set cannot be read.
                return Uid.TryParseLenient(start.SopInstanceUid, out _) && Uid.TryParseLenient(start.SopClassUid, out _)
                    ? result with { SopClassUid = result.SopClassUid ?? start.SopClassUid, SopInstanceUid = result.SopInstanceUid ?? start.SopInstanceUid }
                    : result;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Is it stored already? <see cref="IngestStatus.Stored"/> means: not as far as is known, go on; the committer looks
    /// again.</summary>
    /// <remarks>This spares what was sent before its sync. While everything is new, the question would cost more than it
    /// spares: the first copy is found by the committer, the next ones here.</remarks>
    internal ValueTask<IngestStatus> FindVersionAsync(NewObject added, CancellationToken cancel) =>
        Volatile.Read(ref _newInARow) >= CopiesSeldom ? ValueTask.FromResult(IngestStatus.Stored) : LookForVersionAsync(added, cancel);

    /// <summary>What became of an object.</summary>
    internal void NoteOutcome(IngestStatus status)
    {
        if (status is IngestStatus.AlreadyStored or IngestStatus.Conflict) Volatile.Write(ref _newInARow, 0);
        else if (Volatile.Read(ref _newInARow) < CopiesSeldom) Interlocked.Increment(ref _newInARow);
    }

    private ValueTask<IngestStatus> LookForVersionAsync(NewObject added, CancellationToken cancel) => _ingestReaders.RunAsync(index =>
    {
        using var versions = index.Read(IndexWriter.Versions, added.Entry.SopInstanceUid);
        byte[] hash = added.Hash.ToArray();
        bool isConflict = false;
        while (versions.Read())
        {
            if (versions.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(hash) && versions.GetString(2) == added.TransferSyntax.Uid.Value)
                return IngestStatus.AlreadyStored;
            isConflict = Options.DuplicatePolicy == DuplicatePolicy.Refuse;
        }
        return isConflict ? IngestStatus.Conflict : IngestStatus.Stored;
    }, cancel);

    /// <summary>Runs a sync to disk, a bounded number at once. It blocks the thread; another one would be blocked just so,
    /// and the change of threads costs as much as a small sync.</summary>
    internal async ValueTask SyncAsync(Action<ContentHash> sync, ContentHash hash, CancellationToken cancel)
    {
        await _syncs.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            sync(hash);
        }
        finally
        {
            _syncs.Release();
        }
    }

    /// <summary>Why there is no space for another object, or null. Asks the system a few times a second at most.</summary>
    internal string? FreeBytesProblem()
    {
        lock (_spaceLock)
        {
            if (_spaceCheckedAt != 0 && Options.TimeProvider.GetElapsedTime(_spaceCheckedAt) < TimeSpan.FromMilliseconds(200)) return _spaceProblem;
            _spaceCheckedAt = Options.TimeProvider.GetTimestamp();
            try
            {
                long free = new DriveInfo(Options.DataFolder).AvailableFreeSpace;
                _spaceProblem = free >= Options.MinFreeBytes ? null
                    : $"the disk has {free} bytes left, fewer than the {Options.MinFreeBytes} that must stay free";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // A file system that cannot say how much is left; a full one still fails when it is written to.
                _spaceProblem = null;
            }
            return _spaceProblem;
        }
    }

    private static byte[] Grow(byte[] buffer, int filled)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(4 * buffer.Length);
        buffer.AsSpan(0, filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
