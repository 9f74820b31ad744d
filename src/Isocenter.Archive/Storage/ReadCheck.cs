using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>Remembers which files were read whole and found to be what was written: an object is compared with its
/// checksums before it is given out, and again after an hour or when its file was touched since.</summary>
/// <remarks>Files that are longer than <see cref="MaxLength"/> are left to <see cref="ImageArchive.VerifyAsync"/>: one frame
/// of a large object must not cost the reading of all of it.</remarks>
internal sealed class ReadCheck(ObjectStore store, TimeProvider time)
{
    /// <summary>Longest file that is checked, in bytes.</summary>
    public const long MaxLength = 64L << 20;

    private const int MaxKept = 1 << 16;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<ObjectId, (long CheckedAt, DateTime Written)> _intact = new();

    /// <summary>It was read whole a short while ago, and its file was not touched since.</summary>
    public bool IsKnownIntact(StoredInstance instance) => _intact.ContainsKey(instance.Id) && IsKnownIntact(instance, File.GetLastWriteTimeUtc(store.PathOf(instance.Id)));

    /// <param name="file">The open file.</param>
    /// <param name="instance">What its row says.</param>
    /// <param name="seal">What its preamble says.</param>
    public bool IsIntact(SafeFileHandle file, StoredInstance instance, in Seal seal)
    {
        if (seal.FileLength > MaxLength) return true;
        var written = File.GetLastWriteTimeUtc(file);
        if (IsKnownIntact(instance, written)) return true;
        if (seal.DataSetHash.ToString() != instance.ContentHash || !StoredFile.Matches(store, instance.Id, seal, CancellationToken.None))
        {
            _intact.TryRemove(instance.Id, out _);
            return false;
        }
        if (_intact.Count >= MaxKept) _intact.Clear();
        _intact[instance.Id] = (time.GetTimestamp(), written);
        return true;
    }

    private bool IsKnownIntact(StoredInstance instance, DateTime written) =>
        _intact.TryGetValue(instance.Id, out var known) && known.Written == written && time.GetElapsedTime(known.CheckedAt) < Lifetime;
}
