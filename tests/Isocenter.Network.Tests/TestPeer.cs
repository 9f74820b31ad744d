using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Tests;

/// <summary>Both ends of a connection in memory, with back-pressure like TCP's.</summary>
internal static class DuplexPipe
{
    public static (Stream A, Stream B) Create(int capacity = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: capacity, resumeWriterThreshold: capacity / 2, useSynchronizationContext: false);
        Pipe ab = new(options), ba = new(options);
        return (new End(ba.Reader, ab.Writer), new End(ab.Reader, ba.Writer));
    }

    private sealed class End(PipeReader reader, PipeWriter writer) : Stream
    {
        private readonly CancellationTokenSource _closed = new();

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
            try
            {
                var result = await reader.ReadAsync(_closed.Token);
                int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
                result.Buffer.Slice(0, count).CopyTo(buffer.Span);
                reader.AdvanceTo(result.Buffer.GetPosition(count));
                return count;
            }
            catch (OperationCanceledException)
            {
                throw new ObjectDisposedException(nameof(End));
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_closed.IsCancellationRequested, this);
            try
            {
                var result = await writer.WriteAsync(buffer, _closed.Token);
                if (result.IsCompleted) throw new IOException("the other end has closed");
            }
            catch (OperationCanceledException)
            {
                throw new ObjectDisposedException(nameof(End));
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (_closed.IsCancellationRequested) return;
            _closed.Cancel();
            writer.Complete();
            reader.Complete();
        }
    }
}

/// <summary>An archive in memory behind an <see cref="AssociationServer"/>: stores, finds, moves and gets.</summary>
internal sealed class MemoryArchive : IAsyncDisposable
{
    public static readonly Uid CT = Uid.Parse(SopClasses.CTImageStorage);
    public static readonly Uid StudyFind = Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelFind);
    public static readonly Uid StudyMove = Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelMove);
    public static readonly Uid StudyGet = Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelGet);
    public static readonly Uid Verification = Uid.Parse(SopClasses.Verification);

    public MemoryArchive(Func<AssociationServerOptions, AssociationServerOptions>? configure = null)
    {
        var options = new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnStore = StoreAsync,
            OnFind = Find,
            OnMove = Move,
            OnGet = GetAsync,
            OnEvent = Events.Enqueue,
        };
        Server = new AssociationServer(configure?.Invoke(options) ?? options);
        Server.Start();
    }

    public AssociationServer Server { get; }

    public int Port => Server.EndPoints[0].Port;

    public ConcurrentQueue<AssociationEvent> Events { get; } = new();

    public ConcurrentDictionary<string, Stored> Objects { get; } = new();

    public ConcurrentDictionary<string, int> Destinations { get; } = new();

    public AssociationOptions Client(params PresentationContextProposal[] contexts) => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        CallingAETitle = "TEST",
        CalledAETitle = "ARCHIVE",
        PresentationContexts = contexts,
    };

    public void Add(Uid instance, byte[] dataSet, TransferSyntax? syntax = null) =>
        Objects[instance.Value] = new Stored(CT, instance, syntax ?? TransferSyntax.ExplicitVRLittleEndian, dataSet);

    /// <summary>A legal little CT: identity and <paramref name="pixels"/> bytes of Pixel Data.</summary>
    public static byte[] Image(Uid instance, int pixels = 1000, TransferSyntax? syntax = null)
    {
        var dataSet = new DataSet()
            .Set(Tags.SOPClassUID, CT.Value)
            .Set(Tags.SOPInstanceUID, instance.Value)
            .Set(Tags.PatientName, "Doe^Jane")
            .Set(Tags.PatientID, "1")
            .Set(Tags.StudyInstanceUID, "1.2.3")
            .Set(Tags.SeriesInstanceUID, "1.2.3.4")
            .Set(Tags.Modality, "CT")
            .SetBytes(Tags.PixelData, VR.OW, [.. Enumerable.Range(0, pixels).Select(i => (byte)i)]);
        return DataSetWriter.ToArray(dataSet, syntax ?? TransferSyntax.ExplicitVRLittleEndian);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    public sealed record Stored(Uid SopClass, Uid Instance, TransferSyntax Syntax, byte[] Bytes)
    {
        public StoreRequest Request => StoreRequest.FromMemory(SopClass, Instance, Syntax, Bytes.AsMemory());
    }

    private async ValueTask<Status> StoreAsync(StoreContext context, CancellationToken cancel)
    {
        var bytes = new MemoryStream();
        await context.DataSet.CopyToAsync(bytes, cancel);
        Objects[context.SopInstanceUid.Value] = new Stored(context.SopClassUid, context.SopInstanceUid, context.TransferSyntax, bytes.ToArray());
        return Status.Success;
    }

    private async IAsyncEnumerable<DataSet> Find(FindContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        string level = context.Identifier.Get(Tags.QueryRetrieveLevel, "STUDY");
        foreach (string uid in Objects.Keys.Order())
        {
            await Task.Yield();
            cancel.ThrowIfCancellationRequested();
            yield return new DataSet()
                .Set(Tags.QueryRetrieveLevel, level)
                .Set(Tags.StudyInstanceUID, "1.2.3")
                .Set(Tags.SOPInstanceUID, uid);
        }
    }

    private async IAsyncEnumerable<SubOperationProgress> Move(MoveContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!Destinations.TryGetValue(context.Destination, out int port)) throw new StatusException(Status.MoveDestinationUnknown);
        var all = Objects.Values.OrderBy(o => o.Instance.Value).ToList();
        int done = 0;
        await using var association = await Association.ConnectAsync(new AssociationOptions
        {
            Port = port,
            CalledAETitle = context.Destination,
            CallingAETitle = "ARCHIVE",
            PresentationContexts = ProposalPlan.ForStorage(all.Select(o => (o.SopClass, o.Syntax)))[0],
        }, cancel);
        foreach (var stored in all)
        {
            using var request = StoreRequest.FromMemory(stored.SopClass, stored.Instance, stored.Syntax, stored.Bytes.AsMemory());
            var status = await association.StoreAsync(request, cancel);
            Assert.True(status.IsSuccess, status.ToString());
            done++;
            yield return new SubOperationProgress(all.Count - done, done, 0, 0);
        }
    }

    private async ValueTask GetAsync(GetContext context, CancellationToken cancel)
    {
        var all = Objects.Values.OrderBy(o => o.Instance.Value).ToList();
        context.Total = all.Count;
        foreach (var stored in all) await context.StoreSubOperationAsync(stored.Request, cancel);
    }
}
