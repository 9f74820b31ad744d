using System.Buffers;
using System.Threading.Channels;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

/// <summary>An operation we invoked; its responses come here.</summary>
internal sealed class PendingOperation(ushort messageId, PresentationContext context)
{
    /// <summary>Responses that may wait for a slow consumer before the peer is slowed down.</summary>
    private const int MaxWaiting = 64;

    private readonly Channel<IncomingResponse> _responses = Channel.CreateBounded<IncomingResponse>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });

    public ushort MessageId { get; } = messageId;

    public PresentationContext Context { get; } = context;

    /// <summary>Ends with the last response; fails with an <see cref="AssociationException"/>.</summary>
    public ChannelReader<IncomingResponse> Responses => _responses.Reader;

    public ChannelWriter<IncomingResponse> Writer => _responses.Writer;
}

// The side that invokes: requests go out, responses come in.
internal sealed partial class DimseSession
{
    private readonly SemaphoreSlim _invoking;
    private ushort _lastMessageId;

    /// <summary>Sends a request. Waits while as many operations are outstanding as were negotiated.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="request">Its Message ID is given here.</param>
    /// <param name="dataSet">Its data set, if it has one.</param>
    /// <param name="cancel">Before the first byte is sent, withdraws the request; within the data set, aborts the
    /// association, since half a message cannot be taken back.</param>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async Task<PendingOperation> InvokeAsync(
        PresentationContext context, CommandSet request, DataSetSource? dataSet, CancellationToken cancel)
    {
        await _invoking.WaitAsync(cancel).ConfigureAwait(false);
        PendingOperation operation;
        lock (_lock)
        {
            do
            {
                _lastMessageId++;
            }
            while (_lastMessageId == 0 || _pending.ContainsKey(_lastMessageId));
            operation = new PendingOperation(_lastMessageId, context);
            _pending.Add(operation.MessageId, operation);
        }
        if (_ended.Task.IsCompleted || Failure is not null) FailPending();   // nobody else would tell this one
        try
        {
            Expect();
            await SendAsync(context, request with { MessageId = operation.MessageId }, dataSet, cancel).ConfigureAwait(false);
            return operation;
        }
        catch
        {
            Forget(operation.MessageId);
            throw;
        }
    }

    /// <summary>Sends C-CANCEL-RQ (PS3.7 §9.3.2.3). The final response still has to come.</summary>
    public Task SendCancelAsync(PendingOperation operation) => SendAsync(operation.Context, new CommandSet
    {
        CommandField = CommandField.CCancelRQ,
        MessageIdBeingRespondedTo = operation.MessageId,
    }, null, CancellationToken.None);

    private async Task TakeResponseAsync(CommandSet command, PresentationContext context, IncomingDataSet? dataSet)
    {
        ReadOnlyMemory<byte> bytes = dataSet is null ? default : await ReadWholeAsync(dataSet).ConfigureAwait(false);
        ushort id = command.MessageIdBeingRespondedTo ?? 0;
        PendingOperation? operation;
        lock (_lock) _pending.TryGetValue(id, out operation);
        // Nobody waits any more, as after a cancelled C-STORE, or nobody asked: harmless either way.
        if (operation is null) return;

        var response = new IncomingResponse(command, context, bytes);
        await operation.Writer.WriteAsync(response, _aborted.Token).ConfigureAwait(false);
        if (response.Status.IsPending) return;
        Forget(id);
        operation.Writer.TryComplete();
    }

    /// <summary>Reads a data set that has to be in memory, within <see cref="NetworkOptions.MaxIdentifierLength"/>.</summary>
    /// <exception cref="PduException">It is longer.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadWholeAsync(IncomingDataSet dataSet)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await dataSet.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (read.Buffer.Length > _options.MaxIdentifierLength - bytes.WrittenCount)
            {
                throw new PduException(AbortReason.InvalidPduParameterValue,
                    $"the data set of a query or response has more than {_options.MaxIdentifierLength} bytes", "our limit MaxIdentifierLength");
            }
            foreach (var part in read.Buffer) bytes.Write(part.Span);
            dataSet.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return bytes.WrittenMemory;
        }
    }

    private void Forget(ushort messageId)
    {
        bool removed;
        lock (_lock) removed = _pending.Remove(messageId);
        if (!removed) return;
        _invoking.Release();
        Expect();
    }

    private void FailPending()
    {
        PendingOperation[] all;
        lock (_lock) all = [.. _pending.Values];
        var failure = Failure ?? new AssociationException("the association has been released");
        foreach (var operation in all)
        {
            Forget(operation.MessageId);
            operation.Writer.TryComplete(failure);
        }
    }
}
