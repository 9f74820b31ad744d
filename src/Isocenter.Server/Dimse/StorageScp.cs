using System.Buffers;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Server.Dimse;

/// <summary>Storage as SCP (PS3.4 Annex B): the data set goes to the archive as it arrives, and the answer comes when the
/// object is safe.</summary>
internal sealed class StorageScp(ImageArchive archive, ILogger logger)
{
    public async ValueTask<Status> StoreAsync(StoreContext context, CancellationToken cancel)
    {
        if (StorageSopClasses.IsNonPatientObject(context.SopClassUid.Value)) return await StoreNonPatientAsync(context, cancel);
        var announced = new IngestContext(context.SopClassUid.Value, context.SopInstanceUid.Value, context.TransferSyntax, context.Association.CallingAETitle);
        await using var session = archive.BeginIngest(announced);
        while (true)
        {
            var read = await context.DataSet.ReadAsync(cancel);
            if (!read.Buffer.IsEmpty) await session.WriteAsync(read.Buffer, cancel);
            context.DataSet.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        var result = await session.CommitAsync(cancel);
        if (!result.IsSuccess) Log.NotStored(logger, context.SopInstanceUid.Value, context.Association.CallingAETitle, result.Problem ?? result.Status.ToString());
        return StatusOf(result).With(result.IsSuccess ? null : result.Problem);
    }

    /// <summary>Non-Patient Object Storage as SCP (PS3.4 Annex GG): small, and kept apart from the studies.</summary>
    private async ValueTask<Status> StoreNonPatientAsync(StoreContext context, CancellationToken cancel)
    {
        using var part10 = new MemoryStream();
        var head = new ArrayBufferWriter<byte>();
        FileMetaInformation.Write(FileMetaInformation.Create(context.SopClassUid.Value, context.SopInstanceUid.Value, context.TransferSyntax), head);
        part10.Write(head.WrittenSpan);
        while (true)
        {
            var read = await context.DataSet.ReadAsync(cancel);
            // What is too long is read to its end all the same, and refused by the store.
            if (part10.Length <= NonPatientStore.MaxLength)
            {
                foreach (var piece in read.Buffer) part10.Write(piece.Span);
            }
            context.DataSet.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        part10.Position = 0;
        var result = await archive.NonPatientInstances.StoreAsync(part10, [context.SopClassUid.Value], context.SopInstanceUid, cancel);
        if (!result.IsSuccess) Log.NotStored(logger, context.SopInstanceUid.Value, context.Association.CallingAETitle, result.Problem ?? result.Status.ToString());
        return StatusOf(result).With(result.IsSuccess ? null : result.Problem);
    }

    /// <summary>PS3.4 Table B.2-1.</summary>
    private static Status StatusOf(IngestResult result) => result.Status switch
    {
        IngestStatus.Stored or IngestStatus.AlreadyStored or IngestStatus.StoredAsVersion => Status.Success,
        IngestStatus.Conflict => Status.DuplicateSopInstance,
        IngestStatus.UnknownClass => Status.SopClassNotSupported,
        IngestStatus.Mismatch => Status.DataSetDoesNotMatchSopClass,
        IngestStatus.OutOfResources or IngestStatus.TooLong => Status.OutOfResources,
        _ => Status.UnableToProcess,
    };
}
