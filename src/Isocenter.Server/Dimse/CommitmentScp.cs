using Isocenter.Archive;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Storage Commitment as SCP (PS3.4 Annex J): an instance is committed when it is in the archive, of the class that
/// was named, and its file reads back as it was stored.</summary>
internal sealed class CommitmentScp(ImageArchive archive, ServerSettings settings, EventSender events)
{
    public ServiceHandlers Handlers => StorageCommitment.Provider(CheckAsync, (association, result) =>
        events.SendAsync(association.CallingAETitle, StorageCommitment.SopClass,
            to => StorageCommitment.ReportAsync(to, result, settings.AETitle)), settings.AETitle);

    private async ValueTask<Status> CheckAsync(InstanceReference instance, CancellationToken cancel)
    {
        var found = await archive.FindInstancesAsync(new Selection { SopInstanceUids = [instance.SopInstanceUid] }, cancel);
        if (found.Count == 0) return Status.NoSuchSopInstance;
        if (found[0].SopClassUid != instance.SopClassUid) return Status.ClassInstanceConflict;
        return await archive.VerifyAsync(found[0], cancel) == VerifyResult.Intact ? Status.Success : Status.ProcessingFailure;
    }
}
