namespace Isocenter.Dicom.FileSets;

/// <summary>One record of a DICOMDIR (PS3.3 §F.3.2.2): a patient, a study, a series, or a file with what it is.</summary>
public sealed class DirectoryRecord
{
    private readonly List<DirectoryRecord> _children = [];
    private readonly bool _isTop;

    private DirectoryRecord(DataSet keys, DirectoryRecord? parent, bool isTop = false)
    {
        Keys = keys;
        Parent = parent;
        _isTop = isTop;
    }

    /// <summary>PATIENT, STUDY, SERIES, IMAGE, RT DOSE, … (PS3.3 §F.3.2.2); empty when it does not say.</summary>
    public string Type => Keys.Get(Tags.DirectoryRecordType, "");

    /// <summary>The attributes of the record: the keys of its level, and those of group 0004.</summary>
    public DataSet Keys { get; }

    /// <summary>The record above; null at the top.</summary>
    public DirectoryRecord? Parent { get; }

    /// <summary>The records below.</summary>
    public IReadOnlyList<DirectoryRecord> Children => _children;

    /// <summary>The components of the Referenced File ID; none when the record has no file.</summary>
    public IReadOnlyList<string> FileId => Keys.GetAll<string>(Tags.ReferencedFileID);

    /// <summary>False when the record was deleted and its bytes only are still there (PS3.3 §F.3.2.2).</summary>
    public bool IsInUse => Keys.Get(Tags.RecordInUseFlag, (ushort)0xFFFF) != 0;

    /// <summary>This record and all below, from top to bottom.</summary>
    public IEnumerable<DirectoryRecord> Walk()
    {
        var pending = new Stack<DirectoryRecord>([this]);
        while (pending.TryPop(out var record))
        {
            yield return record;
            for (int i = record._children.Count - 1; i >= 0; i--) pending.Push(record._children[i]);
        }
    }

    /// <summary>What is above the records at the top, which do not know it.</summary>
    internal static DirectoryRecord Top() => new(new DataSet(), null, isTop: true);

    internal DirectoryRecord Add(DataSet keys)
    {
        var child = new DirectoryRecord(keys, _isTop ? null : this);
        _children.Add(child);
        return child;
    }
}
