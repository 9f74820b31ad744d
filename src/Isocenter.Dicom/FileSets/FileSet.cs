namespace Isocenter.Dicom.FileSets;

/// <summary>A File-set (PS3.10 §8): files, and the DICOMDIR that says what they are (PS3.3 Annex F).</summary>
public sealed class FileSet
{
    /// <summary>The name of its directory file (PS3.10 §8.6).</summary>
    public const string DirectoryName = "DICOMDIR";

    internal FileSet(DicomFile directory, string? folder, IReadOnlyList<DirectoryRecord> records, IReadOnlyList<Finding> findings)
    {
        Directory = directory;
        Folder = folder;
        Records = records;
        Findings = findings;
    }

    /// <summary>The DICOMDIR as it was read, wholly in memory.</summary>
    public DicomFile Directory { get; }

    /// <summary>Where its files are; null when it was not read from a path.</summary>
    public string? Folder { get; }

    /// <summary>File-set ID (0004,1130); empty when it has none.</summary>
    public string Id => Directory.DataSet.Get(Tags.FileSetID, "");

    /// <summary>The records at the top: patients, as a rule.</summary>
    public IReadOnlyList<DirectoryRecord> Records { get; }

    /// <summary>What is wrong with the file or its records.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>All records in use, each before those below it.</summary>
    public IEnumerable<DirectoryRecord> Walk() => Records.SelectMany(record => record.Walk());

    /// <summary>Reads a DICOMDIR.</summary>
    /// <param name="path">The file, or the folder it is in.</param>
    /// <exception cref="DicomFormatException">Not DICOM, or without a Directory Record Sequence.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileSet Open(string path)
    {
        if (System.IO.Directory.Exists(path)) path = Path.Combine(path, DirectoryName);
        return Read(File.ReadAllBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Reads a DICOMDIR that is in memory.</summary>
    /// <param name="bytes">Leave them unchanged.</param>
    /// <param name="folder">Where the files are, if anywhere.</param>
    /// <exception cref="DicomFormatException">Not DICOM, or without a Directory Record Sequence.</exception>
    public static FileSet Read(ReadOnlyMemory<byte> bytes, string? folder = null) => DirectoryReader.Read(DicomFile.Read(bytes), folder);

    /// <summary>The file of a record.</summary>
    /// <returns>Null when it has none, when the folder is not known, and when the components would lead out of the folder:
    /// a DICOMDIR from outside says nothing about the rest of the disk.</returns>
    public string? PathOf(DirectoryRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (Folder is null || record.FileId.Count == 0) return null;
        string path = Folder;
        foreach (string component in record.FileId)
        {
            if (component is "" or "." or ".." || component.AsSpan().IndexOfAny("/\\:\0") >= 0) return null;
            path = Path.Combine(path, component);
        }
        return path;
    }
}
