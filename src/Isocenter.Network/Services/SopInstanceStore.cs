using System.Collections.Concurrent;
using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>Where a provider keeps the instances it manages: procedure steps, worklist entries.</summary>
/// <remarks>Data sets that are given out are frozen: copy to change. Safe from many threads.</remarks>
public interface ISopInstanceStore
{
    /// <summary>All instances, in no order.</summary>
    IReadOnlyCollection<KeyValuePair<Uid, DataSet>> All { get; }

    /// <summary>The instance; null when there is none.</summary>
    DataSet? Find(Uid sopInstanceUid);

    /// <summary>Keeps it, in place of one of the same UID. It is safe when the call returns.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    void Save(Uid sopInstanceUid, DataSet dataSet);

    /// <summary>Forgets it.</summary>
    void Remove(Uid sopInstanceUid);
}

/// <summary>Keeps instances in memory.</summary>
public sealed class MemoryInstanceStore : ISopInstanceStore
{
    private readonly ConcurrentDictionary<Uid, DataSet> _instances = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<Uid, DataSet>> All => [.. _instances];

    /// <inheritdoc/>
    public DataSet? Find(Uid sopInstanceUid) => _instances.GetValueOrDefault(sopInstanceUid);

    /// <inheritdoc/>
    public void Save(Uid sopInstanceUid, DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        _instances[sopInstanceUid] = dataSet.IsFrozen ? dataSet : dataSet.Copy().Freeze();
    }

    /// <inheritdoc/>
    public void Remove(Uid sopInstanceUid) => _instances.TryRemove(sopInstanceUid, out _);
}

/// <summary>Keeps instances in memory and, each as a Part 10 file, in a folder.</summary>
/// <remarks>For some thousand instances. The folder belongs to one process; what is in it is read at the start, and a file
/// that cannot be read is left alone. A file is written beside and moved into place: after a crash there is the old one or
/// the new one.</remarks>
public sealed class FolderInstanceStore : ISopInstanceStore
{
    private readonly MemoryInstanceStore _instances = new();
    private readonly string _folder;
    private readonly Uid _sopClassUid;
    private readonly Lock _writing = new();

    /// <summary>Reads what the folder has; makes it when it is not there.</summary>
    /// <param name="folder">Where the files are, as UID.dcm.</param>
    /// <param name="sopClassUid">SOP class of instances that do not say it themselves.</param>
    public FolderInstanceStore(string folder, Uid sopClassUid)
    {
        ArgumentNullException.ThrowIfNull(sopClassUid);
        _folder = Directory.CreateDirectory(folder).FullName;
        _sopClassUid = sopClassUid;
        foreach (string path in Directory.EnumerateFiles(_folder, "*.dcm"))
        {
            if (!Uid.TryParseLenient(Path.GetFileNameWithoutExtension(path), out var uid)) continue;
            try
            {
                using var file = DicomFile.Open(path);
                _instances.Save(uid, file.DataSet.Copy());
            }
            catch (Exception unreadable) when (unreadable is DicomFormatException or IOException)
            {
                // One damaged file must not keep the others from being served.
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<Uid, DataSet>> All => _instances.All;

    /// <inheritdoc/>
    public DataSet? Find(Uid sopInstanceUid) => _instances.Find(sopInstanceUid);

    /// <inheritdoc/>
    public void Save(Uid sopInstanceUid, DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(sopInstanceUid);
        ArgumentNullException.ThrowIfNull(dataSet);
        var kept = dataSet.Copy();
        if (!kept.Contains(Tags.SOPClassUID)) kept.Set(Tags.SOPClassUID, _sopClassUid.Value);
        kept.SetText(Tags.SOPInstanceUID, VR.UI, sopInstanceUid.Value);
        string path = PathOf(sopInstanceUid);
        lock (_writing)
        {
            using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None))
            {
                new DicomFile(kept, TransferSyntax.ExplicitVRLittleEndian).Save(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(path + ".part", path, overwrite: true);
            _instances.Save(sopInstanceUid, kept.Freeze());
        }
    }

    /// <inheritdoc/>
    public void Remove(Uid sopInstanceUid)
    {
        ArgumentNullException.ThrowIfNull(sopInstanceUid);
        lock (_writing)
        {
            File.Delete(PathOf(sopInstanceUid));
            _instances.Remove(sopInstanceUid);
        }
    }

    private string PathOf(Uid uid) => Path.Combine(_folder, uid.Value + ".dcm");
}
