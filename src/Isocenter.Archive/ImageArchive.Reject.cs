using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Rejection by a key object. It is a deletion that is undone when the key object is deleted.</content>
public sealed partial class ImageArchive
{
    /// <summary>Does what a key object says that was just stored: what it rejects is not found any more.</summary>
    internal async ValueTask RejectAsync(StoredInstance keyObject, string who, CancellationToken cancel)
    {
        RejectionNote? note;
        using (var file = OpenDataSet(keyObject)) note = RejectionNote.Of(file.DataSet);
        if (note is null || await RejectionsOfAsync(keyObject.SopInstanceUid.Value, cancel).ConfigureAwait(false) is not []) return;
        var found = await FindInstancesAsync(new Selection { SopInstanceUids = [.. note.Instances.Where(uid => uid != keyObject.SopInstanceUid)] }, cancel).ConfigureAwait(false);
        // A wrong or dangerous image is taken out of sight also under legal hold: its file stays. That its time has passed is what the hold is against.
        var held = note.IsExpiry ? WhenHeld.Keep : WhenHeld.DeleteAllTheSame;
        if (found.Count > 0) await DeleteAsync(found, who, note.Title, keyObject.SopInstanceUid.Value, held).ConfigureAwait(false);
    }

    /// <summary>The key objects are gone: what they rejected is found again.</summary>
    private async ValueTask UndoRejectionsAsync(IReadOnlyList<StoredInstance> deleted, string who, CancellationToken cancel)
    {
        foreach (var keyObject in deleted.Where(instance => instance.SopClassUid.Value == RejectionNote.SopClass))
        {
            foreach (long key in await RejectionsOfAsync(keyObject.SopInstanceUid.Value, cancel).ConfigureAwait(false)) await RestoreAsync(key, who).ConfigureAwait(false);
        }
    }

    /// <summary>Numbers of the deletions that hold because of a key object.</summary>
    private ValueTask<List<long>> RejectionsOfAsync(string keyObject, CancellationToken cancel) => _readers.RunAsync(index =>
    {
        var keys = new List<long>();
        using var rows = index.Read("SELECT key FROM deletions WHERE rejection = @0 AND restored_at IS NULL", keyObject);
        while (rows.Read()) keys.Add(rows.GetInt64(0));
        return keys;
    }, cancel);

    /// <summary>Key objects that a deletion took.</summary>
    private ValueTask<List<Uid>> KeyObjectsOfAsync(long deletion) => _readers.RunAsync(index =>
    {
        var keyObjects = new List<Uid>();
        using var rows = index.Read("SELECT sop_uid FROM instances WHERE deletion = @0 AND deletion <> 0 AND sop_class = @1", deletion, RejectionNote.SopClass);
        while (rows.Read())
        {
            if (Uid.TryParseLenient(rows.GetString(0), out var uid)) keyObjects.Add(uid);
        }
        return keyObjects;
    }, CancellationToken.None);
}
