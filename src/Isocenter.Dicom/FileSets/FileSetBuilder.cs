using System.Buffers;

namespace Isocenter.Dicom.FileSets;

/// <summary>Builds a DICOMDIR (PS3.3 Annex F) of the objects it is told about, under the General Purpose rules of PS3.11
/// Annex D: Explicit VR Little Endian, names of capitals, digits and underscores.</summary>
/// <remarks>Belongs to one thread. Records are in the order in which their first object came.</remarks>
public sealed class FileSetBuilder
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private readonly string _id;
    private readonly Uid _uid;
    private readonly List<Node> _top = [];
    private readonly Dictionary<string, Node> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _instances = new(StringComparer.Ordinal);
    private readonly List<Finding> _findings = [];

    /// <summary>Begins with no record.</summary>
    /// <param name="id">File-set ID (0004,1130): 16 characters at most, capitals, digits, space, underscore.</param>
    /// <param name="uid">SOP Instance UID of the directory; null: a new one.</param>
    public FileSetBuilder(string id = "", Uid? uid = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        _id = id;
        _uid = uid ?? Uid.New();
    }

    /// <summary>Begins with the records of a file-set, for adding to it. Its UID stays.</summary>
    public FileSetBuilder(FileSet fileSet)
    {
        ArgumentNullException.ThrowIfNull(fileSet);
        _id = fileSet.Id;
        _uid = Uid.TryParse(fileSet.Directory.FileMeta.Get(Tags.MediaStorageSOPInstanceUID, ""), null, out var uid) ? uid : Uid.New();
        foreach (var record in fileSet.Records) Take(record, _top, "");
    }

    /// <summary>What had to be made up, and which objects came twice.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Objects in it.</summary>
    public int Count => _instances.Count;

    /// <summary>There is an object of this SOP Instance UID.</summary>
    public bool Contains(string sopInstanceUid) => _instances.Contains(sopInstanceUid);

    /// <summary>A name of a file or folder is allowed on a medium: 1 to 8 capitals, digits, underscores (PS3.10 §8.2, §8.5).</summary>
    public static bool IsLegalName(ReadOnlySpan<char> component) =>
        component.Length is >= 1 and <= 8 && !component.ContainsAnyExcept(NameCharacters);

    /// <summary>Adds an object.</summary>
    /// <param name="instance">Its data set, as far as pixel data. What is kept of it is copied.</param>
    /// <param name="syntax">How its file is encoded.</param>
    /// <param name="fileId">Where its file is, from the folder of the DICOMDIR: 1 to 8 components.</param>
    /// <returns>False when an object of that SOP Instance UID is there already.</returns>
    /// <exception cref="ArgumentException">A component is not a legal name.</exception>
    /// <exception cref="DicomFormatException">The object has no UIDs or such as are none, or PS3.3 has no directory record for it.</exception>
    public bool Add(DataSet instance, TransferSyntax syntax, IReadOnlyList<string> fileId)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(syntax);
        ArgumentNullException.ThrowIfNull(fileId);
        if (fileId.Count is < 1 or > 8) throw new ArgumentException($"a file ID has 1 to 8 components, not {fileId.Count} (PS3.10 §8.2)", nameof(fileId));
        foreach (string component in fileId)
        {
            if (!IsLegalName(component))
                throw new ArgumentException($"'{component}' is no name of 1 to 8 capitals, digits and underscores (PS3.10 §8.2)", nameof(fileId));
        }
        string uid = UidOf(instance, Tags.SOPInstanceUID), sopClass = UidOf(instance, Tags.SOPClassUID);
        string type = RecordKeys.TypeOf(instance)
            ?? throw new DicomFormatException($"there is no directory record for SOP class {instance.Get(Tags.SOPClassUID, "")}", rule: "PS3.3 §F.4");
        if (_instances.Contains(uid)) return false;

        var level = _top;
        string key = "";
        if (!RecordKeys.IsAtTop(type))
        {
            (string study, string series) = (UidOf(instance, Tags.StudyInstanceUID), UidOf(instance, Tags.SeriesInstanceUID));
            key = $"P\0{instance.Get(Tags.PatientID, "")}\0{instance.Get(Tags.IssuerOfPatientID, "")}";
            level = Level("PATIENT", key, level, instance);
            level = Level("STUDY", key = $"{key}\0{study}", level, instance);
            level = Level("SERIES", key = $"{key}\0{series}", level, instance);
        }
        var node = new Node(NewRecord(type));
        node.Keys.Set(Tags.ReferencedFileID, VR.CS, fileId.ToArray().AsSpan())
            .SetText(Tags.ReferencedSOPClassUIDInFile, VR.UI, sopClass)
            .SetText(Tags.ReferencedSOPInstanceUIDInFile, VR.UI, uid)
            .SetText(Tags.ReferencedTransferSyntaxUIDInFile, VR.UI, syntax.Uid.Value);
        RecordKeys.Copy(node.Keys, instance, level.Count + 1, _findings);
        level.Add(node);
        _instances.Add(uid);
        return true;
    }

    /// <summary>Takes the record of an object out, and those above it that have nothing left below them.</summary>
    /// <returns>False when there is none.</returns>
    public bool Remove(string sopInstanceUid)
    {
        if (!_instances.Remove(sopInstanceUid)) return false;
        Prune(_top, sopInstanceUid);
        _known.Clear();
        foreach (var node in _top) Remember(node, "");
        return true;
    }

    /// <summary>The bytes of the DICOMDIR. Its offsets hold for them alone: written in another way they would be wrong.</summary>
    public byte[] ToArray()
    {
        var directory = new DataSet()
            .Set(Tags.FileSetID, VR.CS, _id)
            .Set(Tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, 0u)
            .Set(Tags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, 0u)
            .Set(Tags.FileSetConsistencyFlag, (ushort)0)
            .Set(Tags.DirectoryRecordSequence, VR.SQ, ReadOnlySpan<DataSet>.Empty);
        // The sequence is the last element, and empty now: what is written stands before the first record.
        long at = Encode(directory).Length;
        var records = new List<DataSet>();
        Place(_top, ref at, records);
        if (at > uint.MaxValue) throw new InvalidOperationException("a directory of more than 4 GiB has no offsets (PS3.3 §F.3.2.2)");
        Link(_top);
        if (_top.Count > 0)
        {
            directory.Set(Tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, (uint)_top[0].Offset);
            directory.Set(Tags.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, (uint)_top[^1].Offset);
        }
        DataSet[] items = [.. records.Select(record => record.Copy())];
        directory.Set(Tags.DirectoryRecordSequence, VR.SQ, items.AsSpan());
        return Encode(directory);
    }

    /// <summary>Writes the DICOMDIR into a folder, in place of the one that is there: at once or not at all.</summary>
    public void Save(string folder)
    {
        string path = Path.Combine(folder, FileSet.DirectoryName), temporary = path + ".new";
        File.WriteAllBytes(temporary, ToArray());
        File.Move(temporary, path, overwrite: true);
    }

    private byte[] Encode(DataSet directory)
    {
        var output = new ArrayBufferWriter<byte>();
        FileMetaInformation.Write(FileMetaInformation.Create("1.2.840.10008.1.3.10", _uid.Value, TransferSyntax.ExplicitVRLittleEndian), output);
        DataSetWriter.Write(directory, output, TransferSyntax.ExplicitVRLittleEndian);
        return output.WrittenSpan.ToArray();
    }

    private List<Node> Level(string type, string key, List<Node> siblings, DataSet instance)
    {
        if (_known.TryGetValue(key, out var node)) return node.Children;
        node = new Node(NewRecord(type));
        RecordKeys.Copy(node.Keys, instance, siblings.Count + 1, _findings);
        if (type == "STUDY") node.Keys.SetText(Tags.StudyInstanceUID, VR.UI, instance.Get<string>(Tags.StudyInstanceUID));
        siblings.Add(node);
        _known.Add(key, node);
        return node.Children;
    }

    /// <summary>A directory cannot refer to what has no UID, or one that is none; leading zeros are the file's own, and stay.</summary>
    private static string UidOf(DataSet instance, Tag tag)
    {
        string uid = instance.Get<string>(tag);
        return Uid.TryParseLenient(uid, out _) ? uid : throw new DicomFormatException($"'{uid}' is no UID", path: tag.ToString(), rule: "PS3.5 §9.1");
    }

    private static DataSet NewRecord(string type) => new DataSet()
        .Set(Tags.OffsetOfTheNextDirectoryRecord, 0u)
        .Set(Tags.RecordInUseFlag, (ushort)0xFFFF)
        .Set(Tags.OffsetOfReferencedLowerLevelDirectoryEntity, 0u)
        .Set(Tags.DirectoryRecordType, type);

    private void Take(DirectoryRecord record, List<Node> siblings, string above)
    {
        var node = new Node(record.Keys.Copy());
        siblings.Add(node);
        string key = KeyOf(node.Keys, above);
        _known.TryAdd(key, node);
        if (node.Keys.TryGet(Tags.ReferencedSOPInstanceUIDInFile, out string? uid)) _instances.Add(uid);
        foreach (var child in record.Children) Take(child, node.Children, key);
    }

    private void Remember(Node node, string above)
    {
        string key = KeyOf(node.Keys, above);
        _known.TryAdd(key, node);
        foreach (var child in node.Children) Remember(child, key);
    }

    private static string KeyOf(DataSet keys, string above) => keys.Get(Tags.DirectoryRecordType, "") switch
    {
        "PATIENT" => $"P\0{keys.Get(Tags.PatientID, "")}\0{keys.Get(Tags.IssuerOfPatientID, "")}",
        "STUDY" => $"{above}\0{keys.Get(Tags.StudyInstanceUID, keys.Get(Tags.ReferencedSOPInstanceUIDInFile, ""))}",
        "SERIES" => $"{above}\0{keys.Get(Tags.SeriesInstanceUID, "")}",
        _ => $"{above}\0\0{keys.Get(Tags.ReferencedSOPInstanceUIDInFile, "")}",
    };

    private static bool Prune(List<Node> nodes, string uid)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            bool isIt = nodes[i].Keys.Get(Tags.ReferencedSOPInstanceUIDInFile, "") == uid;
            if (!isIt && !Prune(nodes[i].Children, uid)) continue;
            if (isIt || nodes[i].Children.Count == 0) nodes.RemoveAt(i);
            return true;
        }
        return false;
    }

    /// <summary>Gives each record its place: after the one above it, before the next of its level.</summary>
    private static void Place(List<Node> nodes, ref long at, List<DataSet> records)
    {
        foreach (var node in nodes)
        {
            node.Offset = at;
            records.Add(node.Keys);
            at += 8 + DataSetWriter.ToArray(node.Keys, TransferSyntax.ExplicitVRLittleEndian).Length;
            Place(node.Children, ref at, records);
        }
    }

    private static void Link(List<Node> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            node.Keys.Set(Tags.OffsetOfTheNextDirectoryRecord, i + 1 < nodes.Count ? (uint)nodes[i + 1].Offset : 0u)
                .Set(Tags.OffsetOfReferencedLowerLevelDirectoryEntity, node.Children.Count > 0 ? (uint)node.Children[0].Offset : 0u);
            Link(node.Children);
        }
    }

    private sealed class Node(DataSet keys)
    {
        public DataSet Keys { get; } = keys;

        public List<Node> Children { get; } = [];

        public long Offset { get; set; }
    }
}
