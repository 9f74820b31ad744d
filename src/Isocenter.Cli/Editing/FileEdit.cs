using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>The data set and meta information of one file while they are edited.</summary>
/// <remarks>Keeps track of what has changed, so that nothing is written for nothing, and keeps consistent what hangs
/// together: group lengths, File Meta Information.</remarks>
internal sealed class FileEdit
{
    private static readonly Tag[] OfTheEncoding = [Tags.FileMetaInformationGroupLength, Tags.FileMetaInformationVersion, Tags.TransferSyntaxUID];

    private readonly DicomFile _file;
    private readonly (string? Class, string? Instance) _before;
    private DataSet? _meta;

    public FileEdit(DicomFile file)
    {
        if (!file.IsComplete) throw new CommandException("the file ends before its data set does: it is not edited");
        if (file.FileMeta.Get(Tags.MediaStorageSOPClassUID, "") == SopClasses.MediaStorageDirectoryStorage || file.DataSet.Contains(Tags.DirectoryRecordSequence))
            throw new CommandException("this is a DICOMDIR, whose records say at which byte others are: it is not edited");
        _file = file;
        _before = UidsOf(file.DataSet);
    }

    /// <summary>How many elements or items were changed.</summary>
    public int Changes { get; private set; }

    /// <summary>The File Meta Information, when it has to be written anew.</summary>
    public DataSet? Meta
    {
        get
        {
            var now = UidsOf(_file.DataSet);
            if (_file.FileMeta.Count > 0 && now != _before)
            {
                if (now.Class != _before.Class && now.Class is not null) ChangedMeta().SetText(Tags.MediaStorageSOPClassUID, VR.UI, now.Class);
                if (now.Instance != _before.Instance && now.Instance is not null) ChangedMeta().SetText(Tags.MediaStorageSOPInstanceUID, VR.UI, now.Instance);
            }
            return _meta;
        }
    }

    /// <summary>Sets values.</summary>
    /// <param name="assignment">Where and what.</param>
    /// <param name="onlyAbsent">Elements that are there already stay.</param>
    /// <param name="force">Values that break PS3.5 Table 6.2-1 are let through.</param>
    public void Set(Assignment assignment, bool onlyAbsent, bool force)
    {
        if (onlyAbsent && !assignment.Path.IsPattern && !assignment.Path.Steps.Any(step => step.Item.IsNew) && RootOf(assignment.Path).Select(assignment.Path).Any()) return;
        IReadOnlyList<(DataSet DataSet, Tag Tag)> places;
        try
        {
            places = RootOf(assignment.Path, toChange: true).Places(assignment.Path);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(e.Message, e);
        }
        foreach (var (dataSet, tag) in places)
        {
            bool isThere = dataSet.TryFind(tag, out var old);
            if (isThere && onlyAbsent) continue;
            var (vr, bytes, items) = isThere ? (old.VR, old.IsInFile ? null : old.Bytes.ToArray(), old.Items.Count) : default;
            assignment.Apply(dataSet, tag, force);
            if (dataSet.TryFind(tag, out var now) && isThere && now.VR == vr && bytes is not null && now.Fragments is null && items == now.Items.Count && now.Bytes.Span.SequenceEqual(bytes)) continue;
            Changed(dataSet, tag);
        }
    }

    /// <summary>Takes out elements or items.</summary>
    public void Remove(ElementPath path)
    {
        var root = RootOf(path, toChange: true);
        var holders = HoldersOf(root, path);
        int removed;
        try
        {
            removed = root.Remove(path);
        }
        catch (InvalidOperationException e)
        {
            throw new CommandException(e.Message, e);
        }
        if (removed == 0) return;
        Changes += removed;
        foreach (var (dataSet, tag) in holders) dataSet.UpdateGroupLengths(tag, _file.TransferSyntax);
    }

    /// <summary>Takes out all private elements, at any depth.</summary>
    public void RemovePrivate()
    {
        var found = _file.DataSet.Walk(goesInto: element => !element.Tag.IsPrivate).Where(at => at.Element.Tag.IsPrivate)
            .Select(at => (at.Element.DataSet, at.Element.Tag)).ToList();
        foreach (var (dataSet, tag) in found)
        {
            if (dataSet.Remove(tag)) Changed(dataSet, tag);
        }
    }

    /// <summary>Puts in an empty item.</summary>
    public void InsertItem(ElementPath path)
    {
        try
        {
            foreach (var item in RootOf(path, toChange: true).Insert(path)) Changed(item.Parent!, ElementPath.Of(item).Steps[^1].Tag);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    private void Changed(DataSet dataSet, Tag tag)
    {
        Changes++;
        dataSet.UpdateGroupLengths(tag, _file.TransferSyntax);
    }

    private static List<(DataSet DataSet, Tag Tag)> HoldersOf(DataSet root, ElementPath path) => path.IsItem
        ? [.. root.SelectItems(path).Select(item => (item.Parent!, ElementPath.Of(item).Steps[^1].Tag))]
        : [.. root.Select(path).Select(element => (element.DataSet, element.Tag))];

    /// <summary>File Meta Information or data set, by the group of the path.</summary>
    private DataSet RootOf(ElementPath path, bool toChange = false)
    {
        var tag = path.Steps[0].Tag;
        if (tag.Group != 0x0002) return _file.DataSet;
        if (!toChange) return _meta ?? _file.FileMeta;
        if (OfTheEncoding.Contains(tag)) throw new CommandException($"{path.ToKeywords()} says how the file is written: 'isocenter convert' changes that");
        if (tag == Tags.MediaStorageSOPClassUID || tag == Tags.MediaStorageSOPInstanceUID)
            throw new CommandException($"{path.ToKeywords()} is what the data set says: set {(tag == Tags.MediaStorageSOPClassUID ? "SOPClassUID" : "SOPInstanceUID")}, it follows");
        if (_file.FileMeta.Count == 0) throw new CommandException("the file has no File Meta Information");
        return ChangedMeta();
    }

    private DataSet ChangedMeta() => _meta ??= _file.FileMeta.Copy();

    private static (string? Class, string? Instance) UidsOf(DataSet dataSet) =>
        (dataSet.Get<string>(Tags.SOPClassUID, null!), dataSet.Get<string>(Tags.SOPInstanceUID, null!));
}
