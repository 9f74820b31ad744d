using System.Globalization;

namespace Isocenter.Network.Dimse;

/// <summary>What kind of answer a status is (PS3.7 Annex C).</summary>
public enum StatusCategory
{
    /// <summary>Done.</summary>
    Success,
    /// <summary>Done, with a reservation.</summary>
    Warning,
    /// <summary>Not done.</summary>
    Failure,
    /// <summary>Ended because it was cancelled.</summary>
    Cancel,
    /// <summary>Going on; more responses follow.</summary>
    Pending,
}

/// <summary>Status (0000,0900), with the Error Comment (0000,0902) that may go with it (PS3.7 Annex C, PS3.4).</summary>
/// <param name="code">As printed in the standard: 0x0000, 0xA700, …</param>
/// <param name="comment">Free text for the log of the other side; 64 characters at most are sent. Two statuses are equal
/// when their codes are.</param>
public readonly struct Status(ushort code, string? comment = null) : IEquatable<Status>
{
    /// <summary>The number.</summary>
    public ushort Code { get; } = code;

    /// <summary>Error Comment (0000,0902).</summary>
    public string? Comment { get; } = comment;

    /// <summary>What kind of answer it is (PS3.7 §C.1 to §C.5).</summary>
    public StatusCategory Category => Code switch
    {
        0x0000 => StatusCategory.Success,
        0xFE00 => StatusCategory.Cancel,
        0xFF00 or 0xFF01 => StatusCategory.Pending,
        0x0001 or 0x0107 or 0x0116 or (>= 0xB000 and <= 0xBFFF) => StatusCategory.Warning,
        _ => StatusCategory.Failure,
    };

    /// <summary>The operation was performed.</summary>
    public bool IsSuccess => Code == 0;

    /// <summary>Success or Warning: what was sent has been taken.</summary>
    public bool IsSuccessOrWarning => Category is StatusCategory.Success or StatusCategory.Warning;

    /// <summary>More responses follow.</summary>
    public bool IsPending => Category == StatusCategory.Pending;

    /// <summary>The same code with a comment.</summary>
    public Status With(string? comment) => new(Code, comment);

    /// <summary>0x0000</summary>
    public static Status Success => new(0x0000);
    /// <summary>0xFE00, matching, retrieval or performance ended by C-CANCEL.</summary>
    public static Status Cancel => new(0xFE00);
    /// <summary>0xFF00</summary>
    public static Status Pending => new(0xFF00);
    /// <summary>0xFF01, pending, and one or more optional keys were not supported (PS3.4 §C.4.1.1.4).</summary>
    public static Status PendingOptionalKeysNotSupported => new(0xFF01);
    /// <summary>0xA700, refused: out of resources.</summary>
    public static Status OutOfResources => new(0xA700);
    /// <summary>0xA701, refused: unable to calculate the number of matches (PS3.4 §C.4.2.1.5).</summary>
    public static Status UnableToCalculateMatches => new(0xA701);
    /// <summary>0xA702, refused: unable to perform sub-operations (PS3.4 §C.4.2.1.5).</summary>
    public static Status UnableToPerformSubOperations => new(0xA702);
    /// <summary>0xA801, refused: move destination unknown (PS3.4 §C.4.2.1.5).</summary>
    public static Status MoveDestinationUnknown => new(0xA801);
    /// <summary>0xA900, the data set or identifier does not match the SOP class.</summary>
    public static Status DataSetDoesNotMatchSopClass => new(0xA900);
    /// <summary>0xAA00, none of the frames requested were found in the SOP instance (PS3.4 Table Y.4-1).</summary>
    public static Status NoSuchFrames => new(0xAA00);
    /// <summary>0xAA01, unable to create a new object of the frames for this SOP class (PS3.4 Table Y.4-1).</summary>
    public static Status UnableToCreateObject => new(0xAA01);
    /// <summary>0xAA02, unable to extract frames (PS3.4 Table Y.4-1).</summary>
    public static Status UnableToExtractFrames => new(0xAA02);
    /// <summary>0xAA03, a time range of an object that is not time-based (PS3.4 Table Y.4-1).</summary>
    public static Status NotTimeBased => new(0xAA03);
    /// <summary>0xAA04, the keys that name the frames are invalid (PS3.4 Table Y.4-1).</summary>
    public static Status InvalidFrameRequest => new(0xAA04);
    /// <summary>0xB000, sub-operations complete, one or more failures or warnings; or coercion of data elements.</summary>
    public static Status CompletedWithFailures => new(0xB000);
    /// <summary>0xB006, elements discarded (PS3.4 §B.2.3).</summary>
    public static Status ElementsDiscarded => new(0xB006);
    /// <summary>0xB007, the data set does not match the SOP class, but is stored (PS3.4 §B.2.3).</summary>
    public static Status DataSetDoesNotMatchSopClassWarning => new(0xB007);
    /// <summary>0xC000, cannot understand, or unable to process.</summary>
    public static Status UnableToProcess => new(0xC000);
    /// <summary>0x0105, no such attribute.</summary>
    public static Status NoSuchAttribute => new(0x0105);
    /// <summary>0x0106, invalid attribute value.</summary>
    public static Status InvalidAttributeValue => new(0x0106);
    /// <summary>0x0107, attribute list error (a warning).</summary>
    public static Status AttributeListError => new(0x0107);
    /// <summary>0x0110, processing failure.</summary>
    public static Status ProcessingFailure => new(0x0110);
    /// <summary>0x0111, duplicate SOP instance.</summary>
    public static Status DuplicateSopInstance => new(0x0111);
    /// <summary>0x0112, no such SOP instance.</summary>
    public static Status NoSuchSopInstance => new(0x0112);
    /// <summary>0x0113, no such event type.</summary>
    public static Status NoSuchEventType => new(0x0113);
    /// <summary>0x0114, no such argument.</summary>
    public static Status NoSuchArgument => new(0x0114);
    /// <summary>0x0115, invalid argument value.</summary>
    public static Status InvalidArgumentValue => new(0x0115);
    /// <summary>0x0116, attribute value out of range (a warning).</summary>
    public static Status AttributeValueOutOfRange => new(0x0116);
    /// <summary>0x0117, invalid SOP instance: its UID breaks the rules.</summary>
    public static Status InvalidSopInstance => new(0x0117);
    /// <summary>0x0118, no such SOP class.</summary>
    public static Status NoSuchSopClass => new(0x0118);
    /// <summary>0x0119, class-instance conflict.</summary>
    public static Status ClassInstanceConflict => new(0x0119);
    /// <summary>0x0120, missing attribute.</summary>
    public static Status MissingAttribute => new(0x0120);
    /// <summary>0x0121, missing attribute value.</summary>
    public static Status MissingAttributeValue => new(0x0121);
    /// <summary>0x0122, SOP class not supported.</summary>
    public static Status SopClassNotSupported => new(0x0122);
    /// <summary>0x0123, no such action.</summary>
    public static Status NoSuchAction => new(0x0123);
    /// <summary>0x0124, not authorized.</summary>
    public static Status NotAuthorized => new(0x0124);
    /// <summary>0x0210, duplicate invocation: the Message ID is in use.</summary>
    public static Status DuplicateInvocation => new(0x0210);
    /// <summary>0x0211, unrecognized operation.</summary>
    public static Status UnrecognizedOperation => new(0x0211);
    /// <summary>0x0212, mistyped argument.</summary>
    public static Status MistypedArgument => new(0x0212);
    /// <summary>0x0213, resource limitation.</summary>
    public static Status ResourceLimitation => new(0x0213);

    /// <summary>What the code means, in words; service classes give some codes narrower meanings.</summary>
    public string Meaning => Code switch
    {
        0x0000 => "Success",
        0x0105 => "No such attribute",
        0x0106 => "Invalid attribute value",
        0x0107 => "Attribute list error",
        0x0110 => "Processing failure",
        0x0111 => "Duplicate SOP instance",
        0x0112 => "No such SOP instance",
        0x0113 => "No such event type",
        0x0114 => "No such argument",
        0x0115 => "Invalid argument value",
        0x0116 => "Attribute value out of range",
        0x0117 => "Invalid SOP instance",
        0x0118 => "No such SOP class",
        0x0119 => "Class-instance conflict",
        0x0120 => "Missing attribute",
        0x0121 => "Missing attribute value",
        0x0122 => "SOP class not supported",
        0x0123 => "No such action",
        0x0124 => "Not authorized",
        0x0131 => "Duplicate transaction UID",
        0x0210 => "Duplicate invocation",
        0x0211 => "Unrecognized operation",
        0x0212 => "Mistyped argument",
        0x0213 => "Resource limitation",
        0xA701 => "Out of resources: unable to calculate number of matches",
        0xA702 => "Out of resources: unable to perform sub-operations",
        0xA801 => "Move destination unknown",
        >= 0xA700 and <= 0xA7FF => "Out of resources",
        >= 0xA900 and <= 0xA9FF => "Data set does not match SOP class",
        0xAA00 => "None of the frames is in the object",
        0xAA01 => "No object of this SOP class can be made of the frames",
        0xAA02 => "Frames cannot be extracted",
        0xAA03 => "The object does not say when its frames are",
        0xAA04 => "Invalid frame keys",
        0xB000 => "Completed with failures or coercions",
        0x0001 => "Optional attributes not supported",
        0xB300 => "The UPS was created with modifications",
        0xB301 => "Deletion lock not granted",
        0xB304 => "The UPS is already CANCELED",
        0xB305 => "Invalid values were coerced",
        0xB306 => "The UPS is already COMPLETED",
        0xB600 => "Memory allocation not supported",
        0xB601 => "Printing of a film session (collation) is not supported",
        0xB602 or 0xB603 => "The page is empty: no image was set",
        0xB604 or 0xB609 or 0xB60A => "The image was made smaller or cropped to fit",
        0xB605 => "Density outside of the printer's range",
        0xB006 => "Elements discarded",
        0xB007 => "Data set does not match SOP class",
        0xC300 => "The UPS may no longer be updated",
        0xC301 => "The correct Transaction UID was not provided",
        0xC302 => "The UPS is already IN PROGRESS",
        0xC303 => "A UPS becomes SCHEDULED by its creation only",
        0xC304 => "The UPS has not met the requirements of its final state",
        0xC307 => "No such UPS",
        0xC308 => "Receiving AE title unknown",
        0xC309 => "A UPS must be created SCHEDULED",
        0xC310 => "The UPS is not IN PROGRESS",
        0xC311 => "The UPS is already COMPLETED",
        0xC312 => "The performer cannot be contacted",
        0xC313 => "The performer chooses not to cancel",
        0xC314 => "The action does not fit the instance",
        0xC315 => "Event reports are not supported",
        0xC600 => "The film session has no film box",
        0xC601 or 0xC602 => "The print queue is full",
        0xC603 or 0xC613 => "The image is larger than the image box",
        0xC605 => "Insufficient memory in the printer",
        0xC616 => "A film box has not been printed yet",
        >= 0xC000 and <= 0xCFFF => "Cannot understand or unable to process",
        0xFE00 => "Cancelled",
        0xFF00 => "Pending",
        0xFF01 => "Pending, optional keys not supported",
        _ => Category.ToString(),
    };

    /// <inheritdoc/>
    public bool Equals(Status other) => Code == other.Code;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Status other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Code;

    /// <summary>Same code.</summary>
    public static bool operator ==(Status a, Status b) => a.Equals(b);

    /// <summary>Other code.</summary>
    public static bool operator !=(Status a, Status b) => !a.Equals(b);

    /// <summary>As 0xA700 Out of resources: disk full.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"0x{Code:X4} {Meaning}{(Comment is { Length: > 0 } ? ": " + Comment : "")}");
}

/// <summary>An operation ended with a failure status where there is no return value to carry it: thrown by a C-FIND
/// enumeration, and to be thrown by a handler that wants a certain status sent.</summary>
public sealed class StatusException : Exception
{
    /// <summary>Carries <paramref name="status"/>.</summary>
    public StatusException(Status status, Exception? innerException = null) : base(status.ToString(), innerException) => Status = status;

    /// <summary>The status.</summary>
    public Status Status { get; }
}
