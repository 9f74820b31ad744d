namespace Isocenter.Dicom;

/// <summary>What to look at, and the limits that hold whatever the data set is.</summary>
public sealed record ValidationOptions
{
    /// <summary>The defaults.</summary>
    public static ValidationOptions Default { get; } = new();

    /// <summary>Group 0002 of the file the data set is from; null when there is none. Some rules depend on the transfer
    /// syntax that it names.</summary>
    public DataSet? FileMeta { get; init; }

    /// <summary>Also tell what could not be checked, such as conditions of the real world.</summary>
    public bool IncludeNotes { get; init; }

    /// <summary>Most findings that are returned; one more says that there are others.</summary>
    public int MaxFindings { get; init; } = 1000;

    /// <summary>Deepest nesting of sequences that is looked at.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Most elements that are looked at, those of items counted.</summary>
    public int MaxElements { get; init; } = 10_000_000;
}
