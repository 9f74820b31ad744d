using System.Buffers.Binary;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Dimse;

/// <summary>Reads a command set: Implicit VR Little Endian, group 0000 only (PS3.7 §6.3.1). Pure.</summary>
/// <remarks>Lenient in what does no harm: the group length is not checked, elements out of order and elements that are
/// not in PS3.7 Annex E are let through.</remarks>
internal static class CommandSetReader
{
    /// <summary>Value of Command Data Set Type (0000,0800) for "no data set".</summary>
    public const ushort NoDataSet = 0x0101;

    /// <exception cref="PduException">An element runs past the end, or what every command must have is missing.</exception>
    public static CommandSet Read(ReadOnlySpan<byte> bytes)
    {
        ushort? field = null, messageId = null, respondedTo = null, priority = null, dataSetType = null, status = null,
            errorId = null, eventType = null, actionType = null, remaining = null, completed = null, failed = null,
            warning = null, originatorId = null;
        string? affectedClass = null, requestedClass = null, destination = null, comment = null, affectedInstance = null,
            requestedInstance = null, originator = null;
        IReadOnlyList<Tag> offending = [], attributes = [];

        int offset = 0;
        while (offset < bytes.Length)
        {
            if (bytes.Length - offset < 8) throw Broken(offset, "the header of an element is cut off");
            var tag = new Tag(BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[(offset + 2)..]));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(offset + 4)..]);
            if (length > bytes.Length - offset - 8)
                throw Broken(offset, $"element {tag} announces {length} bytes, {bytes.Length - offset - 8} are left");
            var value = bytes.Slice(offset + 8, (int)length);
            switch (tag.Value)
            {
                case 0x0000_0002: affectedClass = Text(value); break;
                case 0x0000_0003: requestedClass = Text(value); break;
                case 0x0000_0100: field = Number(value, offset); break;
                case 0x0000_0110: messageId = Number(value, offset); break;
                case 0x0000_0120: respondedTo = Number(value, offset); break;
                case 0x0000_0600: destination = Text(value); break;
                case 0x0000_0700: priority = Number(value, offset); break;
                case 0x0000_0800: dataSetType = Number(value, offset); break;
                case 0x0000_0900: status = Number(value, offset); break;
                case 0x0000_0901: offending = TagList(value); break;
                case 0x0000_0902: comment = Text(value); break;
                case 0x0000_0903: errorId = Number(value, offset); break;
                case 0x0000_1000: affectedInstance = Text(value); break;
                case 0x0000_1001: requestedInstance = Text(value); break;
                case 0x0000_1002: eventType = Number(value, offset); break;
                case 0x0000_1005: attributes = TagList(value); break;
                case 0x0000_1008: actionType = Number(value, offset); break;
                case 0x0000_1020: remaining = Number(value, offset); break;
                case 0x0000_1021: completed = Number(value, offset); break;
                case 0x0000_1022: failed = Number(value, offset); break;
                case 0x0000_1023: warning = Number(value, offset); break;
                case 0x0000_1030: originator = Text(value); break;
                case 0x0000_1031: originatorId = Number(value, offset); break;
                default: break;
            }
            offset += 8 + (int)length;
        }

        if (field is not { } f) throw Broken(bytes.Length, "Command Field (0000,0100) is missing");
        bool isResponse = (f & 0x8000) != 0;
        if (isResponse || f == (ushort)CommandField.CCancelRQ)
        {
            if (respondedTo is null) throw Broken(bytes.Length, "Message ID Being Responded To (0000,0120) is missing");
        }
        else if (messageId is null)
        {
            throw Broken(bytes.Length, "Message ID (0000,0110) is missing");
        }
        if (isResponse && status is null) throw Broken(bytes.Length, "Status (0000,0900) is missing");

        return new CommandSet
        {
            CommandField = (CommandField)f,
            AffectedSopClassUid = affectedClass,
            RequestedSopClassUid = requestedClass,
            MessageId = messageId ?? 0,
            MessageIdBeingRespondedTo = respondedTo,
            MoveDestination = destination,
            Priority = (Priority?)priority,
            HasDataSet = dataSetType is { } type && type != NoDataSet,
            Status = status is { } code ? new Status(code, comment) : null,
            OffendingElements = offending,
            ErrorId = errorId,
            AffectedSopInstanceUid = affectedInstance,
            RequestedSopInstanceUid = requestedInstance,
            EventTypeId = eventType,
            AttributeIdentifierList = attributes,
            ActionTypeId = actionType,
            RemainingSubOperations = remaining,
            CompletedSubOperations = completed,
            FailedSubOperations = failed,
            WarningSubOperations = warning,
            MoveOriginatorAETitle = originator,
            MoveOriginatorMessageId = originatorId,
        };
    }

    private static ushort? Number(ReadOnlySpan<byte> value, int offset) => value.Length switch
    {
        0 => null,
        >= 2 => BinaryPrimitives.ReadUInt16LittleEndian(value),
        _ => throw Broken(offset, "a number of 2 bytes has 1"),
    };

    private static string Text(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value.Trim(" \0"u8));

    private static Tag[] TagList(ReadOnlySpan<byte> value)
    {
        var tags = new Tag[value.Length / 4];
        for (int i = 0; i < tags.Length; i++)
            tags[i] = new Tag(BinaryPrimitives.ReadUInt16LittleEndian(value[(4 * i)..]), BinaryPrimitives.ReadUInt16LittleEndian(value[(4 * i + 2)..]));
        return tags;
    }

    private static PduException Broken(int offset, string problem) =>
        new(AbortReason.NotSpecified, $"command set, at byte {offset}: {problem}", "PS3.7 §6.3");
}
