using System.Buffers;
using System.Buffers.Binary;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Tests.Dimse;

public class CommandSetTests
{
    private static readonly CommandSet Everything = new()
    {
        CommandField = CommandField.CMoveRsp,
        AffectedSopClassUid = "1.2.3",
        RequestedSopClassUid = "1.2.4",
        MessageIdBeingRespondedTo = 7,
        MoveDestination = "DEST",
        Priority = Priority.Low,
        HasDataSet = true,
        Status = new Status(0xB000, "some failed"),
        OffendingElements = [Tags.PatientID, Tags.PatientName],
        ErrorId = 5,
        AffectedSopInstanceUid = "1.2.5",
        RequestedSopInstanceUid = "1.2.6",
        EventTypeId = 1,
        AttributeIdentifierList = [Tags.Rows],
        ActionTypeId = 2,
        RemainingSubOperations = 10,
        CompletedSubOperations = 11,
        FailedSubOperations = 12,
        WarningSubOperations = 13,
        MoveOriginatorAETitle = "ORIGIN",
        MoveOriginatorMessageId = 14,
    };

    [Fact]
    public void Command_set_comes_back_as_it_was_written()
    {
        var read = CommandSetReader.Read(Written(Everything));
        Assert.Equal(Everything.OffendingElements, read.OffendingElements);
        Assert.Equal(Everything.AttributeIdentifierList, read.AttributeIdentifierList);
        Assert.Equal("some failed", read.Status!.Value.Comment);
        Assert.Equal(Everything, read with { OffendingElements = Everything.OffendingElements, AttributeIdentifierList = Everything.AttributeIdentifierList });
    }

    [Fact]
    public void Elements_stand_in_ascending_order_with_even_lengths_behind_the_group_length()
    {
        byte[] bytes = Written(Everything);
        Assert.Equal(bytes.Length - 12, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)));
        int previous = -1;
        for (int offset = 0; offset < bytes.Length;)
        {
            Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset)));
            int element = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset + 2));
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(offset + 4));
            Assert.True(element > previous);
            Assert.Equal(0, length & 1);
            previous = element;
            offset += 8 + length;
        }
    }

    [Fact]
    public void Command_set_cut_anywhere_is_refused_or_read_but_never_worse()
    {
        byte[] bytes = Written(Everything);
        for (int length = 0; length < bytes.Length; length++) ReadOrRefuse(bytes.AsSpan(0, length));
    }

    [Fact]
    public void Any_byte_may_lie()
    {
        byte[] bytes = Written(Everything);
        for (int position = 0; position < bytes.Length; position++)
        {
            foreach (byte lie in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                byte[] lying = [.. bytes];
                lying[position] = lie;
                ReadOrRefuse(lying);
            }
        }
    }

    [Theory]
    [InlineData(CommandField.CStoreRQ, CommandField.CStoreRsp)]
    [InlineData(CommandField.NEventReportRQ, CommandField.NEventReportRsp)]
    public void Response_names_its_request(CommandField asked, CommandField answered)
    {
        var response = new CommandSet { CommandField = asked, MessageId = 9, AffectedSopClassUid = "1.2", AffectedSopInstanceUid = "1.3" }.Respond(Status.Success);
        Assert.Equal(answered, response.CommandField);
        Assert.Equal((ushort?)9, response.MessageIdBeingRespondedTo);
        Assert.Equal("1.2", response.AffectedSopClassUid);
        Assert.Equal("1.3", response.AffectedSopInstanceUid);
    }

    [Fact]
    public void Error_comment_is_cut_to_one_value_of_64_characters()
    {
        var read = CommandSetReader.Read(Written(Everything with { Status = Status.ProcessingFailure.With(@"C:\full" + new string('x', 100) + "ü") }));
        Assert.Equal(64, read.Status!.Value.Comment!.Length);
        Assert.StartsWith("C:/full", read.Status.Value.Comment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x0000, StatusCategory.Success)]
    [InlineData(0x0001, StatusCategory.Warning)]
    [InlineData(0x0107, StatusCategory.Warning)]
    [InlineData(0x0116, StatusCategory.Warning)]
    [InlineData(0xB000, StatusCategory.Warning)]
    [InlineData(0xB007, StatusCategory.Warning)]
    [InlineData(0x0110, StatusCategory.Failure)]
    [InlineData(0x0211, StatusCategory.Failure)]
    [InlineData(0xA700, StatusCategory.Failure)]
    [InlineData(0xC123, StatusCategory.Failure)]
    [InlineData(0xFE00, StatusCategory.Cancel)]
    [InlineData(0xFF00, StatusCategory.Pending)]
    [InlineData(0xFF01, StatusCategory.Pending)]
    public void Status_has_the_category_of_Annex_C(int code, StatusCategory category) =>
        Assert.Equal(category, new Status((ushort)code).Category);

    private static byte[] Written(CommandSet command)
    {
        var output = new ArrayBufferWriter<byte>();
        CommandSetWriter.Write(output, command);
        return output.WrittenSpan.ToArray();
    }

    private static void ReadOrRefuse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            CommandSetReader.Read(bytes);
        }
        catch (PduException)
        {
        }
    }
}
