using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Querying;

/// <summary>Takes the objects of a C-GET and writes them as files. The data set streams through; it is not looked at.</summary>
internal sealed class Receiver(string folder)
{
    /// <summary>What could not be written, as sentences.</summary>
    public List<string> Problems { get; } = [];

    public async ValueTask<Status> StoreAsync(StoreContext context, CancellationToken cancel)
    {
        // A UID is digits and dots: nothing in it leads out of the folder.
        string path = Path.Combine(folder, context.SopInstanceUid.Value + ".dcm"), unfinished = path + ".part";
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                var meta = FileMetaInformation.Create(context.SopClassUid.Value, context.SopInstanceUid.Value, context.TransferSyntax,
                    context.Association.CalledAETitle);
                var head = new System.Buffers.ArrayBufferWriter<byte>();
                FileMetaInformation.Write(meta, head);
                await file.WriteAsync(head.WrittenMemory, cancel);
                await context.DataSet.CopyToAsync(file, cancel);
            }
            File.Move(unfinished, path, overwrite: true);
            return Status.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problems.Add($"{path}: {e.Message}");
            return Status.OutOfResources.With(e.Message);
        }
        finally
        {
            File.Delete(unfinished);        // does nothing when it was moved
        }
    }
}
