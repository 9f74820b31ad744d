namespace Isocenter.Dicom;

/// <summary>How lengths of sequences and items are written. The content is the same.</summary>
public enum LengthEncoding
{
    /// <summary>As each was read; made by us: defined.</summary>
    AsRead,
    /// <summary>All defined.</summary>
    Defined,
    /// <summary>All undefined, with delimiters.</summary>
    Undefined,
}

/// <summary>How to write a data set.</summary>
public sealed record WriteOptions
{
    /// <summary>The defaults.</summary>
    public static WriteOptions Default { get; } = new();

    /// <summary>Lengths of sequences and items.</summary>
    public LengthEncoding Lengths { get; init; }

    /// <summary>Leaves (gggg,0000) out, which is retired everywhere but in groups 0000 and 0002.</summary>
    public bool DropGroupLengths { get; init; }
}
