using System.IO.Pipelines;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>What a handler learns of the request it performs.</summary>
public class OperationContext
{
    internal OperationContext(AssociationInfo association, PresentationContext presentationContext, CommandSet command, Uid sopClassUid)
    {
        Association = association;
        PresentationContext = presentationContext;
        Command = command;
        SopClassUid = sopClassUid;
    }

    /// <summary>The association it came on.</summary>
    public AssociationInfo Association { get; }

    /// <summary>The presentation context it came on.</summary>
    public PresentationContext PresentationContext { get; }

    /// <summary>Its command set.</summary>
    public CommandSet Command { get; }

    /// <summary>Affected SOP Class UID.</summary>
    public Uid SopClassUid { get; }

    /// <summary>Message ID (0000,0110).</summary>
    public ushort MessageId => Command.MessageId;

    /// <summary>How data sets on its presentation context are encoded.</summary>
    public TransferSyntax TransferSyntax => PresentationContext.TransferSyntax ?? TransferSyntax.ImplicitVRLittleEndian;
}

/// <summary>A C-STORE-RQ, its data set still arriving.</summary>
public sealed class StoreContext : OperationContext
{
    internal StoreContext(AssociationInfo association, PresentationContext context, CommandSet command, Uid sopClassUid,
        Uid sopInstanceUid, PipeReader dataSet) : base(association, context, command, sopClassUid)
    {
        SopInstanceUid = sopInstanceUid;
        DataSet = dataSet;
    }

    /// <summary>Affected SOP Instance UID, of the command. The data set may say something else.</summary>
    public Uid SopInstanceUid { get; }

    /// <summary>The bytes of the data set in <see cref="OperationContext.TransferSyntax"/>, straight from the connection:
    /// reading slowly slows the peer down. What is read is valid until the next read, or until it is consumed. What the
    /// handler does not read is received and dropped. Not to be used after the handler has returned.</summary>
    /// <remarks>Reading throws <see cref="AssociationException"/> when the association ends within the data set.</remarks>
    public PipeReader DataSet { get; }

    /// <summary>Move Originator AE Title: the object is sent because of that peer's C-MOVE.</summary>
    public string? MoveOriginatorAETitle => Command.MoveOriginatorAETitle;

    /// <summary>Move Originator Message ID.</summary>
    public ushort? MoveOriginatorMessageId => Command.MoveOriginatorMessageId;
}

/// <summary>A C-FIND-RQ.</summary>
public sealed class FindContext : OperationContext
{
    internal FindContext(AssociationInfo association, PresentationContext context, CommandSet command, Uid sopClassUid, DataSet identifier)
        : base(association, context, command, sopClassUid) => Identifier = identifier;

    /// <summary>Keys and level.</summary>
    public DataSet Identifier { get; }

    /// <summary>Set it when an optional key is not supported: responses then say 0xFF01 (PS3.4 §C.4.1.1.4).</summary>
    public bool OptionalKeysNotSupported { get; set; }
}

/// <summary>A C-MOVE-RQ.</summary>
public sealed class MoveContext : OperationContext
{
    internal MoveContext(AssociationInfo association, PresentationContext context, CommandSet command, Uid sopClassUid, DataSet identifier)
        : base(association, context, command, sopClassUid) => Identifier = identifier;

    /// <summary>Unique keys and level.</summary>
    public DataSet Identifier { get; }

    /// <summary>AE title to send to; possibly empty.</summary>
    public string Destination => Command.MoveDestination ?? "";
}
