using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Tests.Network;

/// <summary>A peer that keeps what it gets in memory and speaks real DIMSE.</summary>
internal sealed class FakePeer : IAsyncDisposable
{
    private readonly AssociationServer _server;
    private int _associations;

    public FakePeer(AcceptancePolicy? policy = null)
    {
        policy ??= new AcceptancePolicy { CalledAETitles = ["ISOCENTER"] };
        _server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnAssociate = (request, _) =>
            {
                Interlocked.Increment(ref _associations);
                return ValueTask.FromResult(policy.Decide(request));
            },
            OnEcho = (_, _) => ValueTask.FromResult(Echo),
            OnStore = StoreAsync,
            OnFind = (context, _) => Matches(context),
            OnMove = MoveAsync,
            OnGet = async (context, cancel) =>
            {
                context.Total = Stored.Count;
                foreach (var (uid, stored) in Stored)
                {
                    using var request = StoreRequest.FromMemory(stored.SopClass, uid, stored.Syntax, stored.Bytes);
                    await context.StoreSubOperationAsync(request, cancel);
                }
            },
        });
        _server.Start();
    }

    public string Port => _server.EndPoints[0].Port.ToString(CultureInfo.InvariantCulture);

    public int Associations => _associations;

    public ConcurrentDictionary<Uid, (Uid SopClass, TransferSyntax Syntax, byte[] Bytes)> Stored { get; } = new();

    public List<DataSet> Found { get; } = [];

    public DataSet? Asked { get; private set; }

    public Status Echo { get; set; } = Status.Success;

    /// <summary>What a C-STORE of this instance is answered with.</summary>
    public Func<Uid, Status> Store { get; set; } = _ => Status.Success;

    public Status Find { get; set; } = Status.Success;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async ValueTask<Status> StoreAsync(StoreContext context, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await context.DataSet.CopyToAsync(bytes, cancel);
        var status = Store(context.SopInstanceUid);
        if (status.IsSuccessOrWarning) Stored[context.SopInstanceUid] = (context.SopClassUid, context.TransferSyntax, bytes.ToArray());
        return status;
    }

    private async IAsyncEnumerable<DataSet> Matches(FindContext context)
    {
        await Task.Yield();
        Asked = context.Identifier;
        if (context.Identifier.Contains(Tags.SOPClassesInStudy))
        {
            yield return new DataSet().Set(Tags.SOPClassesInStudy, [.. Stored.Values.Select(s => s.SopClass.Value).Distinct()]);
            yield break;
        }
        if (!Find.IsSuccess) throw new StatusException(Find);
        foreach (var match in Found) yield return match;
    }

    private async IAsyncEnumerable<SubOperationProgress> MoveAsync(MoveContext context, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await Task.Yield();
        cancel.ThrowIfCancellationRequested();
        Asked = context.Identifier;
        if (context.Destination != "THIRD") throw new StatusException(Status.MoveDestinationUnknown);
        yield return new SubOperationProgress(1, 1, 0, 0);
        yield return new SubOperationProgress(0, 2, 0, 0);
    }
}
