namespace Isocenter.Dicom;

/// <summary>How far to read, and the limits that hold whatever the bytes say.</summary>
public sealed record ReadOptions
{
    /// <summary>The defaults.</summary>
    public static ReadOptions Default { get; } = new();

    /// <summary>Up to pixel data, which is not touched: what an index or a header view needs.</summary>
    public static ReadOptions HeaderOnly { get; } = new() { StopBefore = new Tag(0x7FE0_0008) };

    /// <summary>Reading ends before the first top-level element at or after this tag. Null: at the end.</summary>
    public Tag? StopBefore { get; init; }

    /// <summary>Values of at least so many bytes stay in the file and are read when asked for. Files only.</summary>
    public int LargeValueThreshold { get; init; } = 32 * 1024;

    /// <summary>Most bytes that are kept in memory of a file that is opened from a path: all that stands before the last small
    /// value, without the large ones. More is refused.</summary>
    public long MaxKeptLength { get; init; } = int.MaxValue / 2;

    /// <summary>Deepest nesting of sequences. Deeper input is refused: a stack overflow cannot be caught in .NET.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Most bytes that a deflated data set may inflate to. They are not all held in memory: see
    /// docs/conformance/resources.md.</summary>
    public long MaxInflatedLength { get; init; } = 1L << 30;

    /// <summary>Most bytes that are taken from a stream of unknown length.</summary>
    public long MaxStreamLength { get; init; } = int.MaxValue / 2;

    /// <summary>What typed reading forgives in values that break PS3.5 Table 6.2-1.</summary>
    public ValueLeniencies ValueLeniencies { get; init; } = ValueLeniencies.All;

    /// <summary>Most findings that are recorded; the rest is counted as one.</summary>
    public int MaxFindings { get; init; } = 100;
}
