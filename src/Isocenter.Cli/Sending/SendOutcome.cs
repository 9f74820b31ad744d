using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Sending;

/// <summary>What became of one thing that was to be sent.</summary>
internal enum SendResult
{
    Stored,
    /// <summary>Stored, and the peer has a reservation.</summary>
    Warning,
    Failed,
    /// <summary>Found in a folder and nothing that can be sent.</summary>
    Skipped,
}

/// <summary>What became of one thing that was to be sent.</summary>
/// <param name="Name">Path or name.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Message">Why, unless it was simply stored.</param>
/// <param name="Sent">What the queue says, when it is DICOM and was sent, or tried to be.</param>
internal sealed record SendOutcome(string Name, SendResult Result, string? Message = null, StoreOutcome? Sent = null)
{
    public static SendOutcome Of(StoreOutcome outcome)
    {
        var result = outcome.Status switch
        {
            { IsSuccess: true } => SendResult.Stored,
            { Category: StatusCategory.Warning } => SendResult.Warning,
            _ => SendResult.Failed,
        };
        string? why = outcome.Status is { } status
            ? status.IsSuccess ? null : $"the peer answers {Advice.Of(status)}"
            : outcome.Failure is { } failure ? Failure.Describe(failure) ?? failure.Message : null;
        return new SendOutcome(outcome.Item.Name, result, why, outcome);
    }
}
