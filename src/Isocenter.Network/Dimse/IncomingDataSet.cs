using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

/// <summary>The data set of a message as a pipe. Pulled: each read takes the next fragment straight out of the receive
/// buffer, so a slow reader slows the peer by TCP's own flow control and nothing piles up in memory.</summary>
/// <remarks>Reading waits for the peer within the progress time-out; a cancellation token is looked at before a read, not
/// during it. What is read but not consumed is copied and kept, at most <see cref="MaxUnconsumed"/> bytes.</remarks>
internal sealed class IncomingDataSet(UpperLayerConnection connection, MessageAssembler assembler) : PipeReader
{
    /// <summary>Bytes a reader may examine without consuming them.</summary>
    public const int MaxUnconsumed = 4 * 1024 * 1024;

    private ReadOnlySequence<byte> _current;
    private byte[] _kept = [];
    private bool _examinedAll = true;
    private bool _readerCompleted;
    private bool _cancelled;
    private readonly TaskCompletionSource _consumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the last byte has been received and consumed, or nobody will consume it: the receive buffer
    /// is free for the next message.</summary>
    public Task Consumed => _consumed.Task;

    /// <summary>The last byte has been received.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Bytes received so far.</summary>
    public long Length { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryRead(out var result)) return result;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Keep();
            var bytes = await NextAsync().ConfigureAwait(false);
            if (bytes.IsEmpty && !IsAtEnd) continue;
            Append(bytes);
            _examinedAll = false;
            return new ReadResult(_current, isCanceled: false, IsAtEnd);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_readerCompleted) throw new InvalidOperationException("the data set was read after its reader completed");
        if (_cancelled)
        {
            _cancelled = false;
            result = new ReadResult(_current, isCanceled: true, IsAtEnd);
            return true;
        }
        if (IsAtEnd || !_examinedAll)
        {
            result = new ReadResult(_current, isCanceled: false, IsAtEnd);
            return true;
        }
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _examinedAll = _current.Slice(examined).IsEmpty;
        _current = _current.Slice(consumed);
        if (IsAtEnd && _current.IsEmpty) _consumed.TrySetResult();
    }

    public override void CancelPendingRead() => _cancelled = true;

    public override void Complete(Exception? exception = null)
    {
        _readerCompleted = true;
        if (IsAtEnd) _consumed.TrySetResult();
    }

    /// <summary>Receives and drops what the handler has left over. Nothing can be read afterwards.</summary>
    public async ValueTask DrainAsync()
    {
        _readerCompleted = true;
        _current = default;
        while (!IsAtEnd) await NextAsync().ConfigureAwait(false);
        _consumed.TrySetResult();
        Release();
    }

    /// <summary>Gives the kept bytes back when the association has ended under the reader.</summary>
    public void Release()
    {
        _readerCompleted = true;
        _current = default;
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        _kept = [];
    }

    /// <summary>The next fragment, aliasing the receive buffer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadOnlyMemory<byte>> NextAsync()
    {
        var next = await connection.ReceiveAsync().ConfigureAwait(false);
        try
        {
            if (next.Kind != IndicationKind.Data)
                throw new PduException(AbortReason.UnexpectedPdu, "the association was released within a message", "PS3.8 §7.2");
            IsAtEnd = assembler.AddToDataSet(next.Piece);
        }
        catch (PduException violation)
        {
            connection.AbortForViolation(violation);
            throw connection.Failure ?? AssociationAbortedException.Violation(violation);
        }
        if (IsAtEnd) connection.IsInMessage = false;
        Length += next.Bytes.Length;
        return next.Bytes;
    }

    /// <summary>Copies what is not consumed out of the receive buffer, which is about to be written over.</summary>
    private void Keep()
    {
        int length = (int)Math.Min(int.MaxValue, _current.Length);
        if (length == 0)
        {
            _current = default;
            return;
        }
        if (length > MaxUnconsumed)
            throw new InvalidOperationException($"the reader of a data set has left {length} bytes unconsumed, at most {MaxUnconsumed} are kept");
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        _current.CopyTo(copy);
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        _kept = copy;
        _current = new ReadOnlySequence<byte>(copy, 0, length);
    }

    private void Append(ReadOnlyMemory<byte> bytes)
    {
        if (_current.IsEmpty)
        {
            _current = new ReadOnlySequence<byte>(bytes);
            return;
        }
        var first = new Segment(_current.First, 0);
        var last = first.Then(bytes);
        _current = new ReadOnlySequence<byte>(first, 0, last, bytes.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
