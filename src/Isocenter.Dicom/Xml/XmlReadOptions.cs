namespace Isocenter.Dicom;

/// <summary>How to read the Native DICOM Model, and the limits that hold whatever the text says.</summary>
public sealed record XmlReadOptions
{
    /// <summary>The defaults.</summary>
    public static XmlReadOptions Default { get; } = new();

    /// <summary>Gives the bytes of a value that stands behind an address, little endian; they are copied. Null: the
    /// element stays empty, with a finding. Without this all such elements do.</summary>
    public Func<BulkDataReference, ReadOnlyMemory<byte>?>? BulkData { get; init; }

    /// <summary>Keeps elements of group 0002, which some texts carry although they belong to a file and not to a data
    /// set. The caller then takes them out.</summary>
    public bool KeepFileMeta { get; init; }

    /// <summary>Deepest nesting of sequences. Deeper input is refused: a stack overflow cannot be caught in .NET.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>Most characters of XML that are read.</summary>
    public long MaxCharacters { get; init; } = int.MaxValue;

    /// <summary>Most findings that are recorded.</summary>
    public int MaxFindings { get; init; } = 100;
}
