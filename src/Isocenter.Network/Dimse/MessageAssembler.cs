using System.Buffers;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

/// <summary>Joins PDV fragments into a command set, and watches over the data set that follows it (PS3.7 §6.3,
/// PS3.8 §E.1). Collects the command only; the data set flows past. Pure: knows no connection.</summary>
/// <param name="isAccepted">Tells whether data may come on a presentation context.</param>
/// <param name="maxCommandLength">Longest command set, in bytes.</param>
/// <param name="maxDataSetLength">Longest data set, in bytes.</param>
internal sealed class MessageAssembler(Func<byte, bool> isAccepted, int maxCommandLength, long maxDataSetLength)
{
    /// <summary>Fragments without a byte in them, in a row. One is odd, thousands are an attack.</summary>
    private const int MaxEmptyFragments = 64;

    private readonly ArrayBufferWriter<byte> _command = new(512);
    private byte _contextId;
    private int _emptyFragments;
    private long _dataSetLength;

    /// <summary>Between the first fragment of a command and the end of its message.</summary>
    public bool IsInMessage { get; private set; }

    /// <summary>The command has come, its data set not to its end.</summary>
    public bool IsInDataSet { get; private set; }

    /// <summary>The presentation context of the message.</summary>
    public byte ContextId => _contextId;

    /// <summary>Takes a piece of a command set.</summary>
    /// <returns>The command set when it is whole, else null.</returns>
    /// <exception cref="PduException">The piece does not belong here, or is too much.</exception>
    public CommandSet? AddToCommand(in PdvPiece piece, ReadOnlySpan<byte> bytes)
    {
        CheckContext(piece);
        if (IsInDataSet) throw Violation("a fragment of a data set was expected");
        if (!piece.IsCommand) throw Violation("a data set came before its command set");

        IsInMessage = true;
        _contextId = piece.ContextId;
        CountEmpty(piece);
        if (bytes.Length > maxCommandLength - _command.WrittenCount)
            throw Violation($"a command set has more than {maxCommandLength} bytes");
        _command.Write(bytes);
        if (!piece.EndsSet) return null;

        var command = CommandSetReader.Read(_command.WrittenSpan);
        _command.ResetWrittenCount();
        _emptyFragments = 0;
        _dataSetLength = 0;
        IsInDataSet = command.HasDataSet;
        IsInMessage = command.HasDataSet;
        return command;
    }

    /// <summary>Takes a piece of the data set.</summary>
    /// <returns>True when it was the last one.</returns>
    /// <exception cref="PduException">The piece does not belong here, or is too much.</exception>
    public bool AddToDataSet(in PdvPiece piece)
    {
        CheckContext(piece);
        if (piece.IsCommand) throw Violation("a command set came before the end of a data set");
        CountEmpty(piece);
        _dataSetLength += piece.Length;
        if (_dataSetLength > maxDataSetLength) throw Violation($"a data set has more than {maxDataSetLength} bytes");
        if (!piece.EndsSet) return false;
        IsInDataSet = IsInMessage = false;
        return true;
    }

    private void CheckContext(in PdvPiece piece)
    {
        if (IsInMessage && piece.ContextId != _contextId)
            throw Violation($"a fragment on presentation context {piece.ContextId} came within a message on {_contextId}");
        if (!IsInMessage && !isAccepted(piece.ContextId))
            throw Violation($"presentation context {piece.ContextId} was not accepted");
    }

    private void CountEmpty(in PdvPiece piece)
    {
        _emptyFragments = piece.Length > 0 ? 0 : _emptyFragments + 1;
        if (_emptyFragments > MaxEmptyFragments) throw Violation("too many empty fragments in a row");
    }

    private static PduException Violation(string problem) =>
        new(AbortReason.InvalidPduParameterValue, problem, "PS3.8 §E.1");
}
