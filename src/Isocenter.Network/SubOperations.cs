using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network;

/// <summary>How far a C-MOVE or C-GET has come (PS3.7 §9.1.3, §9.1.4).</summary>
/// <param name="Remaining">Sub-operations still to do.</param>
/// <param name="Completed">Done.</param>
/// <param name="Failed">Failed.</param>
/// <param name="Warning">Done with a warning.</param>
public sealed record SubOperationProgress(int Remaining, int Completed, int Failed, int Warning)
{
    /// <summary>Pending while it goes on; the last progress carries the final status.</summary>
    public Status Status { get; init; } = Status.Pending;

    /// <summary>Failed SOP Instance UID List (0008,0058) of the final response.</summary>
    public IReadOnlyList<Uid> FailedInstances { get; init; } = [];

    /// <summary>The final status that follows from the counters (PS3.4 §C.4.2.1.5).</summary>
    public Status FinalStatus =>
        Status.Category is not StatusCategory.Pending ? Status
        : Failed == 0 && Warning == 0 ? Status.Success
        : Completed == 0 && Warning == 0 ? Status.UnableToPerformSubOperations
        : Status.CompletedWithFailures;
}

/// <summary>A request to find (C-FIND, PS3.7 §9.1.2).</summary>
/// <param name="SopClassUid">The information model, as <see cref="SopClasses.StudyRootQueryRetrieveInformationModelFind"/>.</param>
/// <param name="Identifier">Keys and level.</param>
public sealed record FindRequest(Uid SopClassUid, DataSet Identifier)
{
    /// <summary>Priority (0000,0700).</summary>
    public Priority Priority { get; init; }
}

/// <summary>A request to have objects sent to a third party (C-MOVE, PS3.7 §9.1.4).</summary>
/// <param name="SopClassUid">The information model, as <see cref="SopClasses.StudyRootQueryRetrieveInformationModelMove"/>.</param>
/// <param name="Identifier">Unique keys and level.</param>
/// <param name="Destination">AE title of the receiver, known to the peer.</param>
public sealed record MoveRequest(Uid SopClassUid, DataSet Identifier, string Destination)
{
    /// <summary>Priority (0000,0700).</summary>
    public Priority Priority { get; init; }
}

/// <summary>A request to have objects sent on the same association (C-GET, PS3.7 §9.1.3).</summary>
/// <param name="SopClassUid">The information model, as <see cref="SopClasses.StudyRootQueryRetrieveInformationModelGet"/>.</param>
/// <param name="Identifier">Unique keys and level.</param>
public sealed record GetRequest(Uid SopClassUid, DataSet Identifier)
{
    /// <summary>Priority (0000,0700).</summary>
    public Priority Priority { get; init; }
}

/// <summary>No presentation context was accepted that could carry the message. The association lives on.</summary>
public sealed class NoPresentationContextException : Exception
{
    /// <summary>Says what was asked for.</summary>
    public NoPresentationContextException(string message) : base(message)
    {
    }
}
