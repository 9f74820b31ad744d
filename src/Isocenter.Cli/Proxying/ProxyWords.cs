using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Proxying;

/// <summary>What passes a proxy, in the standard's words.</summary>
internal static class ProxyWords
{
    /// <summary>As C-STORE-RQ.</summary>
    public static string Of(CommandField field) => field switch
    {
        CommandField.CStoreRQ => "C-STORE-RQ",
        CommandField.CStoreRsp => "C-STORE-RSP",
        CommandField.CGetRQ => "C-GET-RQ",
        CommandField.CGetRsp => "C-GET-RSP",
        CommandField.CFindRQ => "C-FIND-RQ",
        CommandField.CFindRsp => "C-FIND-RSP",
        CommandField.CMoveRQ => "C-MOVE-RQ",
        CommandField.CMoveRsp => "C-MOVE-RSP",
        CommandField.CEchoRQ => "C-ECHO-RQ",
        CommandField.CEchoRsp => "C-ECHO-RSP",
        CommandField.NEventReportRQ => "N-EVENT-REPORT-RQ",
        CommandField.NEventReportRsp => "N-EVENT-REPORT-RSP",
        CommandField.NGetRQ => "N-GET-RQ",
        CommandField.NGetRsp => "N-GET-RSP",
        CommandField.NSetRQ => "N-SET-RQ",
        CommandField.NSetRsp => "N-SET-RSP",
        CommandField.NActionRQ => "N-ACTION-RQ",
        CommandField.NActionRsp => "N-ACTION-RSP",
        CommandField.NCreateRQ => "N-CREATE-RQ",
        CommandField.NCreateRsp => "N-CREATE-RSP",
        CommandField.NDeleteRQ => "N-DELETE-RQ",
        CommandField.NDeleteRsp => "N-DELETE-RSP",
        CommandField.CCancelRQ => "C-CANCEL-RQ",
        _ => string.Create(CultureInfo.InvariantCulture, $"command 0x{(ushort)field:X4}"),
    };

    /// <summary>PS3.8 §9.3.1.</summary>
    public static string OfPdu(byte type) => type switch
    {
        1 => "A-ASSOCIATE-RQ",
        2 => "A-ASSOCIATE-AC",
        3 => "A-ASSOCIATE-RJ",
        4 => "P-DATA-TF",
        5 => "A-RELEASE-RQ",
        6 => "A-RELEASE-RP",
        _ => "A-ABORT",
    };

    /// <summary>The name of a UID, or the UID.</summary>
    public static string NameOf(string uid) => UidDictionary.TryFind(uid, out var entry) ? entry.Name : uid;

    /// <summary>The elements of a command set that are there (PS3.7 Annex E), by their names.</summary>
    public static IEnumerable<(string Name, object Value)> Elements(CommandSet command)
    {
        if (!command.IsResponse && command.CommandField != CommandField.CCancelRQ) yield return ("messageId", command.MessageId);
        if (command.MessageIdBeingRespondedTo is { } respondedTo) yield return ("messageIdBeingRespondedTo", respondedTo);
        if (command.Status is { } status) yield return ("status", string.Create(CultureInfo.InvariantCulture, $"{status.Code:X4}"));
        if (command.Status?.Comment is { Length: > 0 } comment) yield return ("errorComment", comment);
        if (command.AffectedSopClassUid is { } affectedClass) yield return ("affectedSopClassUid", affectedClass);
        if (command.RequestedSopClassUid is { } requestedClass) yield return ("requestedSopClassUid", requestedClass);
        if (command.AffectedSopInstanceUid is { } affected) yield return ("affectedSopInstanceUid", affected);
        if (command.RequestedSopInstanceUid is { } requested) yield return ("requestedSopInstanceUid", requested);
        if (command.Priority is { } priority) yield return ("priority", priority.ToString().ToLowerInvariant());
        if (command.MoveDestination is { } destination) yield return ("moveDestination", destination);
        if (command.MoveOriginatorAETitle is { } originator) yield return ("moveOriginatorAETitle", originator);
        if (command.MoveOriginatorMessageId is { } originatorId) yield return ("moveOriginatorMessageId", originatorId);
        if (command.EventTypeId is { } eventType) yield return ("eventTypeId", eventType);
        if (command.ActionTypeId is { } actionType) yield return ("actionTypeId", actionType);
        if (command.RemainingSubOperations is { } remaining) yield return ("remaining", remaining);
        if (command.CompletedSubOperations is { } completed) yield return ("completed", completed);
        if (command.FailedSubOperations is { } failed) yield return ("failed", failed);
        if (command.WarningSubOperations is { } warning) yield return ("warning", warning);
        if (command.ErrorId is { } errorId) yield return ("errorId", errorId);
        if (command.OffendingElements.Count > 0) yield return ("offendingElements", string.Join(' ', command.OffendingElements));
        if (command.AttributeIdentifierList.Count > 0) yield return ("attributes", string.Join(' ', command.AttributeIdentifierList));
        yield return ("dataSet", command.HasDataSet);
    }
}
