using Isocenter.Cli.Receiving;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Querying;

/// <summary>Takes the objects of a C-GET and writes them as files. The data set streams through; it is not looked at.</summary>
/// <param name="folder">Where they go.</param>
/// <param name="onObject">Is told of each.</param>
internal sealed class Receiver(ObjectFolder folder, Action<StoreContext, ReceivedObject> onObject)
{
    /// <summary>What could not be written, as sentences.</summary>
    public List<string> Problems { get; } = [];

    public async ValueTask<Status> StoreAsync(StoreContext context, CancellationToken cancel)
    {
        // The other side is the one we called: the objects come from there.
        var received = await folder.WriteAsync(context, context.Association.CalledAETitle, context.Association.CallingAETitle, cancel);
        if (!received.Status.IsSuccess) Problems.Add($"{context.SopInstanceUid}: {received.Status}");
        onObject(context, received);
        return received.Status;
    }
}
