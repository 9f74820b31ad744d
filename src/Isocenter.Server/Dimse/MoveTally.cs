using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Server.Dimse;

/// <summary>Counts the sub-operations of one C-MOVE (PS3.7 §9.1.4).</summary>
internal sealed class MoveTally(int total)
{
    private readonly List<Uid> _failed = [];
    private int _completed, _warning;

    public SubOperationProgress Progress => new(total - _completed - _failed.Count - _warning, _completed, _failed.Count, _warning)
    {
        FailedInstances = _failed,
    };

    /// <summary>Why sub-operations failed, for the Error Comment of the final response.</summary>
    public string? Problem { get; set; }

    /// <summary>The last progress, with the status that follows from the counters (PS3.4 §C.4.2.1.5).</summary>
    public SubOperationProgress Final => Progress with
    {
        Status = _failed.Count == 0 && _warning == 0 ? Status.Success
            : _completed == 0 && _warning == 0 ? Status.UnableToPerformSubOperations.With(Problem)
            : Status.CompletedWithFailures.With(Problem),
    };

    public void Fail(Uid instance) => _failed.Add(instance);

    public void Count(Uid instance, Status status)
    {
        if (status.Category == StatusCategory.Success) _completed++;
        else if (status.Category == StatusCategory.Warning) _warning++;
        else
        {
            Problem ??= $"the destination answers {status}";
            Fail(instance);
        }
    }
}
