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
/// <param name="Item">What it was, when it is DICOM.</param>
/// <param name="Status">What the peer answered, if it did.</param>
internal sealed record SendOutcome(string Name, SendResult Result, string? Message = null, SendItem? Item = null, Status? Status = null);
