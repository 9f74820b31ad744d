using System.Buffers;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

// Sending messages: command set and data set as fragments, several PDUs in one write.
internal sealed partial class DimseSession
{
    /// <summary>Bytes written to the transport at once.</summary>
    private const int SendBufferLength = 256 * 1024;

    /// <summary>A fragment at the end of the buffer is not worth a PDU of its own when it is shorter.</summary>
    private const int SmallestFragment = 16 * 1024;

    /// <summary>The least Maximum Length a peer can work with: a PDV with one pair of bytes.</summary>
    public const uint LeastPduLength = PduWriter.PdvItemOverhead + 2;

    private int MaxFragment
    {
        get
        {
            long peer = Info.PeerMaxPduLength == 0 ? int.MaxValue : Info.PeerMaxPduLength;
            long length = Math.Min(Math.Min(peer, _options.MaxSendPduLength), SendBufferLength - PduWriter.DataHeaderLength);
            return (int)(length - PduWriter.PdvItemOverhead) & ~1;
        }
    }

    /// <summary>Collects small messages on one presentation context.</summary>
    public MessageBatch Batch(PresentationContext context) => new(_connection, context, MaxFragment, Answering);

    /// <summary>Sends one message.</summary>
    /// <param name="context">Its presentation context.</param>
    /// <param name="command">Whether a data set follows is filled in here.</param>
    /// <param name="dataSet">Its data set, or null.</param>
    /// <param name="cancel">See <see cref="InvokeAsync"/>.</param>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async Task SendAsync(PresentationContext context, CommandSet command, DataSetSource? dataSet, CancellationToken cancel)
    {
        Answering(command);
        var commandBytes = new ArrayBufferWriter<byte>(256);
        CommandSetWriter.Write(commandBytes, command with { HasDataSet = dataSet is not null });

        await _connection.AcquireSendAsync(cancel).ConfigureAwait(false);
        bool begun = false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(dataSet is null
            ? Math.Min(SendBufferLength, commandBytes.WrittenCount + 16 * PduWriter.DataHeaderLength)
            : BufferLength(commandBytes.WrittenCount + dataSet.Remaining));
        try
        {
            int used = 0;
            for (int offset = 0; offset < commandBytes.WrittenCount;)
            {
                if (buffer.Length - used < PduWriter.DataHeaderLength + 2)
                {
                    begun = true;
                    await _connection.SendDataAsync(buffer.AsMemory(0, used)).ConfigureAwait(false);
                    used = 0;
                }
                int length = Math.Min(Math.Min(commandBytes.WrittenCount - offset, MaxFragment), buffer.Length - used - PduWriter.DataHeaderLength);
                bool last = offset + length == commandBytes.WrittenCount;
                PduWriter.WriteDataHeader(buffer.AsSpan(used), context.Id, isCommand: true, last, length);
                commandBytes.WrittenSpan.Slice(offset, length).CopyTo(buffer.AsSpan(used + PduWriter.DataHeaderLength));
                used += PduWriter.DataHeaderLength + length;
                offset += length;
            }
            begun |= dataSet is not null;
            if (dataSet is not null) used = await SendDataSetAsync(context, dataSet, buffer, used, cancel).ConfigureAwait(false);
            if (used > 0) await _connection.SendDataAsync(buffer.AsMemory(0, used)).ConfigureAwait(false);
        }
        catch (Exception fault) when (begun && fault is not AssociationException)
        {
            // The source failed, or the caller gave up, with half a message on its way.
            _connection.Abort(new AssociationAbortedException(
                $"the association was aborted because a data set could not be sent to its end: {fault.Message}", AbortOrigin.Local, innerException: fault));
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _connection.ReleaseSend();
        }
    }

    private static int BufferLength(long? message) =>
        message is { } length and < SendBufferLength / 2 ? (int)Math.Max(length + length / 8 + 256, 4096) : SendBufferLength;

    /// <returns>Bytes left in the buffer, not yet sent.</returns>
    private async ValueTask<int> SendDataSetAsync(
        PresentationContext context, DataSetSource dataSet, byte[] buffer, int used, CancellationToken cancel)
    {
        int max = MaxFragment;
        bool ended = false;
        int carried = 0;   // a byte read ahead, to know whether a full fragment is the last
        byte ahead = 0;
        while (!ended)
        {
            int room = buffer.Length - used - PduWriter.DataHeaderLength;
            if (used > 0 && room < Math.Min(max, SmallestFragment))
            {
                await _connection.SendDataAsync(buffer.AsMemory(0, used)).ConfigureAwait(false);
                used = 0;
                room = buffer.Length - PduWriter.DataHeaderLength;
            }
            var value = buffer.AsMemory(used + PduWriter.DataHeaderLength, Math.Min(max, room) & ~1);
            int length = carried;
            if (carried > 0) value.Span[0] = ahead;
            carried = 0;
            while (length < value.Length && dataSet.Remaining != 0)
            {
                int read = await dataSet.ReadAsync(value[length..], cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    ended = true;
                    break;
                }
                length += read;
            }
            if (dataSet.Remaining == 0) ended = true;
            if (!ended && dataSet.Remaining is null)
            {
                byte[] one = new byte[1];
                carried = await dataSet.ReadAsync(one, cancel).ConfigureAwait(false);
                ahead = one[0];
                ended = carried == 0;
            }
            PduWriter.WriteDataHeader(buffer.AsSpan(used), context.Id, isCommand: false, isLast: ended, length);
            used += PduWriter.DataHeaderLength + length;
        }
        return used;
    }
}
