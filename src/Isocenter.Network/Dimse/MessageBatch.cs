using System.Buffers;
using Isocenter.Dicom;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

/// <summary>Small messages collected and sent in one write: the responses of a C-FIND come by thousands, and a system call
/// and a segment for each is what they would cost most.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class MessageBatch(UpperLayerConnection connection, PresentationContext context, int maxFragment, Action<CommandSet> answering)
{
    /// <summary>Bytes that are worth a write.</summary>
    private const int Full = 32 * 1024;

    private readonly ArrayBufferWriter<byte> _pdus = new(4096);
    private readonly ArrayBufferWriter<byte> _command = new(256);
    private readonly ArrayBufferWriter<byte> _dataSet = new(1024);

    /// <summary>Nothing waits to be sent.</summary>
    public bool IsEmpty => _pdus.WrittenCount == 0;

    /// <summary>Enough waits to be sent.</summary>
    public bool IsFull => _pdus.WrittenCount >= Full;

    /// <summary>Adds a message.</summary>
    /// <exception cref="InvalidOperationException">The data set cannot be written; nothing is added then.</exception>
    public void Add(CommandSet command, DataSet? dataSet)
    {
        answering(command);
        _command.ResetWrittenCount();
        _dataSet.ResetWrittenCount();
        CommandSetWriter.Write(_command, command with { HasDataSet = dataSet is not null });
        if (dataSet is not null) DataSetWriter.Write(dataSet, _dataSet, context.TransferSyntax!);
        AddFragments(_command.WrittenSpan, isCommand: true);
        if (dataSet is not null) AddFragments(_dataSet.WrittenSpan, isCommand: false);
    }

    /// <summary>Sends what has been collected.</summary>
    /// <exception cref="AssociationException">The association has ended.</exception>
    public async ValueTask FlushAsync()
    {
        if (IsEmpty) return;
        await connection.AcquireSendAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await connection.SendDataAsync(_pdus.WrittenMemory).ConfigureAwait(false);
        }
        finally
        {
            connection.ReleaseSend();
        }
        _pdus.ResetWrittenCount();
    }

    private void AddFragments(ReadOnlySpan<byte> rest, bool isCommand)
    {
        do
        {
            int length = Math.Min(rest.Length, maxFragment);
            var pdu = _pdus.GetSpan(PduWriter.DataHeaderLength + length);
            PduWriter.WriteDataHeader(pdu, context.Id, isCommand, length == rest.Length, length);
            rest[..length].CopyTo(pdu[PduWriter.DataHeaderLength..]);
            _pdus.Advance(PduWriter.DataHeaderLength + length);
            rest = rest[length..];
        }
        while (!rest.IsEmpty);
    }
}
