using Isocenter.Dicom;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>What the check of a stored object found.</summary>
public enum VerifyResult
{
    /// <summary>Every byte is as it was written.</summary>
    Intact,
    /// <summary>The file is gone.</summary>
    Missing,
    /// <summary>The file is not what was written.</summary>
    Damaged,
}

/// <content>Retrieve: C-MOVE, C-GET and WADO-RS.</content>
public sealed partial class ImageArchive
{
    private const int MaxLookup = 512;
    private readonly RecentSelections _selections = new();

    /// <summary>The current version of each instance that the selection names, by study (newest first), series number
    /// and instance number.</summary>
    public async ValueTask<IReadOnlyList<StoredInstance>> FindInstancesAsync(Selection selection, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(selection);
        long revision = Revision;
        string? known = RecentSelections.KeyOf(selection);
        if (known is not null && _selections.Find(revision, known) is { } instances) return instances;
        var found = await LookUpAsync(selection, cancel).ConfigureAwait(false);
        if (known is not null) _selections.Keep(revision, known, found);
        return found;
    }

    private async ValueTask<IReadOnlyList<StoredInstance>> LookUpAsync(Selection selection, CancellationToken cancel)
    {
        var identifier = new DataSet();
        if (selection.PatientId is { } patient) identifier.Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetText(Tags.PatientID, VR.LO, patient);
        bool isEmpty = !TrySet(identifier, Tags.StudyInstanceUID, selection.StudyInstanceUids)
            | !TrySet(identifier, Tags.SeriesInstanceUID, selection.SeriesInstanceUids)
            | !TrySet(identifier, Tags.SOPInstanceUID, selection.SopInstanceUids);
        if (isEmpty) return [];
        var plan = new QueryPlan(WithLinked(new Query { Level = QueryLevel.Image, Identifier = identifier, IncludeLinkedPatients = selection.IncludeLinkedPatients }, literal: true), literal: true);
        long[] keys = await FindKeysAsync(plan, cancel).ConfigureAwait(false);
        var found = new List<StoredInstance>(keys.Length);
        for (int at = 0; at < keys.Length; at += MaxLookup)
        {
            var chunk = keys.AsMemory(at, Math.Min(MaxLookup, keys.Length - at));
            found.AddRange(await _readers.RunAsync(index => Load(index, chunk.Span), cancel).ConfigureAwait(false));
        }
        return found;
    }

    /// <summary>The current version of one instance, or null.</summary>
    public async ValueTask<StoredInstance?> FindInstanceAsync(Uid study, Uid series, Uid instance, CancellationToken cancel = default)
    {
        var found = await FindInstancesAsync(Selection.Of(study, series, instance), cancel).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>Opens the whole object as a file (PS3.10). The preamble is zero, whatever we keep there.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="atDataSet">The stream stands at the first byte of the data set.</param>
    /// <exception cref="ArchiveException">The file is missing or damaged.</exception>
    public Stream OpenRead(StoredInstance instance, bool atDataSet = false)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (instance.IsCorrected) return OpenCorrected(instance, atDataSet);
        return new StoredFileStream(OpenChecked(instance), instance.FileLength) { Position = atDataSet ? instance.DataSetOffset : 0 };
    }

    /// <summary>Opens the data set alone, as it was received and in <see cref="StoredInstance.TransferSyntax"/>; with its corrections.</summary>
    /// <exception cref="ArchiveException">The file is missing or damaged.</exception>
    public ObjectBytes OpenBytes(StoredInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (!instance.IsCorrected) return new(OpenChecked(instance), instance.DataSetOffset, instance.DataSetLength);
        string path = WriteCorrected(instance, out long offset);
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        return new(handle, offset, RandomAccess.GetLength(handle) - offset);
    }

    /// <summary>Opens the object to read its attributes. Dispose it: large values stay in the file.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="isHeaderOnly">Only the attributes are wanted: the checksum, for which all of the file would be read, is
    /// not compared.</param>
    /// <exception cref="ArchiveException">The file is missing or damaged.</exception>
    public DicomFile OpenDataSet(StoredInstance instance, ReadOptions? options = null, bool isHeaderOnly = false)
    {
        var handle = OpenChecked(instance, isHeaderOnly);
        try
        {
            var file = DicomFile.Open(handle, options);
            instance.Corrections?.Apply(file.DataSet);
            return file;
        }
        catch (DicomFormatException e)
        {
            throw new ArchiveException(ArchiveProblem.ObjectDamaged, $"the file of {instance.SopInstanceUid} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Why the object cannot be given out; null when it can. What was found is what opening it would find.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="isHeaderOnly">As for <see cref="OpenDataSet"/>.</param>
    public ArchiveException? FindProblem(StoredInstance instance, bool isHeaderOnly = false)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (Checks.IsKnownIntact(instance)) return null;
        try
        {
            OpenChecked(instance, isHeaderOnly).Dispose();
            return null;
        }
        catch (ArchiveException e)
        {
            return e;
        }
    }

    /// <summary>Reads the whole file and compares it with the checksums that were made when it arrived.</summary>
    public Task<VerifyResult> VerifyAsync(StoredInstance instance, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return Task.Run(() =>
        {
            try
            {
                return StoredFile.TryReadSeal(Store, instance.Id, out var seal) && seal.DataSetHash.ToString() == instance.ContentHash
                    && StoredFile.Matches(Store, instance.Id, seal, cancel) ? VerifyResult.Intact : VerifyResult.Damaged;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return VerifyResult.Missing;
            }
            catch (IOException)
            {
                return VerifyResult.Damaged;
            }
        }, cancel);
    }

    private FileStream OpenCorrected(StoredInstance instance, bool atDataSet)
    {
        string path = WriteCorrected(instance, out long offset);
        return new FileStream(path, new FileStreamOptions { Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, BufferSize = 0 }) { Position = atDataSet ? offset : 0 };
    }

    /// <summary>The object with its corrections as a file that is the caller's to delete. What is not corrected is as it was read.</summary>
    private string WriteCorrected(StoredInstance instance, out long dataSetOffset)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var corrected = OpenDataSet(instance)) corrected.Save(path);
            using var header = DicomFile.Open(path, ReadOptions.HeaderOnly);
            dataSetOffset = header.DataSetOffset;
            return path;
        }
        catch (DicomFormatException e)
        {
            File.Delete(path);
            throw new ArchiveException(ArchiveProblem.ObjectDamaged, $"{instance.SopInstanceUid} cannot be written with its corrections: {e.Message}", e);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static bool TrySet(DataSet identifier, Tag tag, IReadOnlyList<Uid>? uids)
    {
        if (uids is null) return true;
        identifier.SetBytes(tag, VR.UI, System.Text.Encoding.ASCII.GetBytes(string.Join('\\', uids.Select(uid => uid.Value))));
        return uids.Count > 0;
    }

    private List<StoredInstance> Load(IndexConnection index, ReadOnlySpan<long> keys)
    {
        var found = new Dictionary<long, StoredInstance>(keys.Length);
        var book = _corrections;
        using (var rows = index.Read($"""
            SELECT {StoredInstances.Columns} FROM instances i CROSS JOIN series se ON se.key = i.series_key
            CROSS JOIN studies st ON st.key = se.study_key CROSS JOIN patients p ON p.key = st.patient_key
            WHERE i.key IN (SELECT value FROM json_each(@0))
            """, QueryRun.KeyList(keys)))
        {
            while (rows.Read())
            {
                var instance = StoredInstances.Read(rows, book);
                found.Add(instance.Id.High, instance);
            }
        }
        var inOrder = new List<StoredInstance>(keys.Length);
        foreach (long key in keys)
        {
            if (found.TryGetValue(key, out var instance)) inOrder.Add(instance);
        }
        return inOrder;
    }

    private SafeFileHandle OpenChecked(StoredInstance instance, bool isHeaderOnly = false)
    {
        ArgumentNullException.ThrowIfNull(instance);
        SafeFileHandle file;
        try
        {
            file = Store.OpenRead(instance.Id);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArchiveException(ArchiveProblem.ObjectMissing, $"the file of {instance.SopInstanceUid} is gone", e);
        }
        Span<byte> preamble = stackalloc byte[Seal.Length];
        int n = RandomAccess.Read(file, preamble, 0);
        if (Seal.TryRead(preamble[..n], out var seal) && seal.FileLength == instance.FileLength && RandomAccess.GetLength(file) == instance.FileLength
            && seal.DataSetOffset == instance.DataSetOffset && (isHeaderOnly || Checks.IsIntact(file, instance, seal))) return file;
        file.Dispose();
        throw new ArchiveException(ArchiveProblem.ObjectDamaged, $"the file of {instance.SopInstanceUid} is not what was stored");
    }
}
