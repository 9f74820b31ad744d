using System.Diagnostics;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Receiving;

/// <summary>Where the objects of <c>receive</c> go: into a folder, through a program, or nowhere.</summary>
/// <param name="folder">Null discards them.</param>
/// <param name="program">Null runs none.</param>
/// <param name="isKept">False when the folder is only there for the program: files are deleted when it has ended.</param>
/// <param name="report">Is told of each.</param>
internal sealed class ReceiveSink(ObjectFolder? folder, ReceivedProgram? program, bool isKept, ReceiveReport report)
{
    public async ValueTask<Status> StoreAsync(StoreContext context, CancellationToken cancel)
    {
        long startedAt = Stopwatch.GetTimestamp();
        var received = folder is null
            ? new ReceivedObject(Status.Success, null, await DiscardAsync(context, cancel))
            : await folder.WriteAsync(context, context.Association.CallingAETitle, context.Association.CalledAETitle, cancel);
        if (program is not null && received.Path is { } path)
        {
            try
            {
                received = received with { Status = await program.RunAsync(path, context, cancel) };
            }
            finally
            {
                if (!isKept) File.Delete(path);
            }
            if (!isKept) received = received with { Path = null };
        }
        report.Add(context, received, startedAt);
        return received.Status;
    }

    private static async Task<long> DiscardAsync(StoreContext context, CancellationToken cancel)
    {
        long length = 0;
        while (true)
        {
            var read = await context.DataSet.ReadAsync(cancel);
            length += read.Buffer.Length;
            context.DataSet.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return length;
        }
    }
}
