using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Network.Dimse;

/// <summary>Writes a command set: Implicit VR Little Endian, elements in ascending order, group length first
/// (PS3.7 §6.3.1). Pure.</summary>
internal static class CommandSetWriter
{
    /// <summary>LO: 64 characters at most (PS3.5 §6.2).</summary>
    private const int MaxComment = 64;

    public static void Write(ArrayBufferWriter<byte> output, CommandSet command)
    {
        int start = output.WrittenCount;
        Header(output, 0x0000, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(4), 0);
        output.Advance(4);
        int body = output.WrittenCount;

        Text(output, 0x0002, command.AffectedSopClassUid, 0);
        Text(output, 0x0003, command.RequestedSopClassUid, 0);
        Number(output, 0x0100, (ushort)command.CommandField);
        if (!command.IsResponse && command.CommandField != CommandField.CCancelRQ) Number(output, 0x0110, command.MessageId);
        Number(output, 0x0120, command.MessageIdBeingRespondedTo);
        Text(output, 0x0600, command.MoveDestination, (byte)' ');
        Number(output, 0x0700, (ushort?)command.Priority);
        Number(output, 0x0800, command.HasDataSet ? (ushort)0x0001 : CommandSetReader.NoDataSet);
        Number(output, 0x0900, command.Status?.Code);
        TagList(output, 0x0901, command.OffendingElements);
        Text(output, 0x0902, Comment(command.Status?.Comment), (byte)' ');
        Number(output, 0x0903, command.ErrorId);
        Text(output, 0x1000, command.AffectedSopInstanceUid, 0);
        Text(output, 0x1001, command.RequestedSopInstanceUid, 0);
        Number(output, 0x1002, command.EventTypeId);
        TagList(output, 0x1005, command.AttributeIdentifierList);
        Number(output, 0x1008, command.ActionTypeId);
        Number(output, 0x1020, command.RemainingSubOperations);
        Number(output, 0x1021, command.CompletedSubOperations);
        Number(output, 0x1022, command.FailedSubOperations);
        Number(output, 0x1023, command.WarningSubOperations);
        Text(output, 0x1030, command.MoveOriginatorAETitle, (byte)' ');
        Number(output, 0x1031, command.MoveOriginatorMessageId);

        // The one place that is filled in afterwards; the array behind the writer may have moved meanwhile.
        var written = System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32LittleEndian(written[(start + 8)..], output.WrittenCount - body);
    }

    /// <summary>Error Comment in the default repertoire, cut to what LO holds; a backslash would make two values of it.</summary>
    private static string? Comment(string? comment)
    {
        if (string.IsNullOrWhiteSpace(comment)) return null;
        comment = comment.Replace(" §", " ", StringComparison.Ordinal);
        string cut = comment.Length > MaxComment ? comment[..MaxComment] : comment;
        return string.Create(cut.Length, cut, static (chars, text) =>
        {
            for (int i = 0; i < chars.Length; i++)
                chars[i] = text[i] switch { '\\' => '/', >= ' ' and < (char)0x7F => text[i], _ => '?' };
        });
    }

    private static void Header(ArrayBufferWriter<byte> output, ushort element, int length)
    {
        var span = output.GetSpan(8);
        BinaryPrimitives.WriteUInt16LittleEndian(span, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(span[2..], element);
        BinaryPrimitives.WriteInt32LittleEndian(span[4..], length);
        output.Advance(8);
    }

    private static void Number(ArrayBufferWriter<byte> output, ushort element, ushort? value)
    {
        if (value is not { } number) return;
        Header(output, element, 2);
        BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(2), number);
        output.Advance(2);
    }

    private static void Text(ArrayBufferWriter<byte> output, ushort element, string? text, byte padding)
    {
        if (text is null) return;
        int padded = text.Length + (text.Length & 1);
        Header(output, element, padded);
        var span = output.GetSpan(padded);
        Encoding.Latin1.GetBytes(text, span);
        if (padded > text.Length) span[padded - 1] = padding;
        output.Advance(padded);
    }

    private static void TagList(ArrayBufferWriter<byte> output, ushort element, IReadOnlyList<Tag> tags)
    {
        if (tags.Count == 0) return;
        Header(output, element, 4 * tags.Count);
        foreach (var tag in tags)
        {
            var span = output.GetSpan(4);
            BinaryPrimitives.WriteUInt16LittleEndian(span, tag.Group);
            BinaryPrimitives.WriteUInt16LittleEndian(span[2..], tag.Element);
            output.Advance(4);
        }
    }
}
