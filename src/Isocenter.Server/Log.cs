namespace Isocenter.Server;

/// <summary>Everything the server says in its log. No patient data: UIDs, AE titles, addresses, counts, reasons.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "the nodes of the configuration file were not read again: {Problem}")]
    public static partial void NodesNotReloaded(ILogger logger, string problem);

    [LoggerMessage(2, LogLevel.Information, "association {Id} from {CallingAETitle} at {Remote}: {What}")]
    public static partial void Association(ILogger logger, long id, string callingAETitle, string remote, string what);

    [LoggerMessage(3, LogLevel.Warning, "association {Id} from {CallingAETitle} at {Remote}: {What}")]
    public static partial void AssociationTrouble(ILogger logger, long id, string callingAETitle, string remote, string what);

    [LoggerMessage(4, LogLevel.Warning, "{Instance} from {Source} was not stored: {Reason}")]
    public static partial void NotStored(ILogger logger, string instance, string source, string reason);

    [LoggerMessage(5, LogLevel.Error, "{What} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string what);

    [LoggerMessage(6, LogLevel.Warning, "C-MOVE to {Destination}: {Problem}")]
    public static partial void MoveTrouble(ILogger logger, string destination, string problem);

    [LoggerMessage(7, LogLevel.Warning, "{Method} {Path} was refused: {Reason}")]
    public static partial void RequestRefused(ILogger logger, string method, string path, string reason);

    [LoggerMessage(8, LogLevel.Debug, "{Instance} is rewritten in {TransferSyntax} for a client")]
    public static partial void Rewriting(ILogger logger, string instance, string transferSyntax);

    [LoggerMessage(23, LogLevel.Error, "{What} was not given out: {Problem}")]
    public static partial void NotServed(ILogger logger, string what, string problem);

    [LoggerMessage(24, LogLevel.Error, "{Instance} was read again and is {Result}")]
    public static partial void Scrubbed(ILogger logger, string instance, Archive.VerifyResult result);

    [LoggerMessage(10, LogLevel.Information, "deletion {Key}: {Instances} objects of {Path}, asked for by {Who}")]
    public static partial void Deleted(ILogger logger, long key, int instances, string path, string who);

    [LoggerMessage(26, LogLevel.Information, "retention: {Studies} studies of {Bytes} bytes deleted, {Left} left for the next night; {Moved} studies of {MovedBytes} bytes moved; {Purged} files of {PurgedBytes} bytes purged")]
    public static partial void RetentionDone(ILogger logger, long studies, long bytes, long left, long moved, long movedBytes, long purged, long purgedBytes);

    [LoggerMessage(28, LogLevel.Error, "retention: not everything moved: {Problem}")]
    public static partial void RetentionTrouble(ILogger logger, string problem);

    [LoggerMessage(27, LogLevel.Error, "retention was not done: by the clock it is {Days} days since the last time. When the clock is right, 'isocenter retention' goes on")]
    public static partial void RetentionNotDone(ILogger logger, int days);

    [LoggerMessage(9, LogLevel.Warning, "recovered after an unclean end: {Report}")]
    public static partial void Recovered(ILogger logger, Archive.RecoveryReport report);

    [LoggerMessage(20, LogLevel.Warning, "an event for {Receiver} could not be delivered: {Problem}")]
    public static partial void EventNotDelivered(ILogger logger, string receiver, string problem);

    [LoggerMessage(25, LogLevel.Warning, "the storage commitment {Transaction} could not be reported for {Days} days and is forgotten")]
    public static partial void CommitmentForgotten(ILogger logger, string transaction, int days);

    [LoggerMessage(21, LogLevel.Information, "{CallingAETitle} tells of available instances of study {Study}")]
    public static partial void InstancesAvailable(ILogger logger, string callingAETitle, string study);

    [LoggerMessage(22, LogLevel.Warning, "worklist entry {Path} cannot be read: {Problem}")]
    public static partial void WorklistEntryUnreadable(ILogger logger, string path, string problem);

    [LoggerMessage(29, LogLevel.Warning, "an event for {AETitle} is given up: too many wait for it")]
    public static partial void EventGivenUp(ILogger logger, string aeTitle);
}
