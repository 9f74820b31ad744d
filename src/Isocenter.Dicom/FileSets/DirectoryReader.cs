namespace Isocenter.Dicom.FileSets;

/// <summary>Turns the flat Directory Record Sequence and its offsets into a tree (PS3.3 §F.3.2.2). Where the offsets are
/// wrong, the order and the types of the records tell.</summary>
internal static class DirectoryReader
{
    private const int MaxDepth = 32;

    public static FileSet Read(DicomFile file, string? folder)
    {
        if (!file.DataSet.TryFind(Tags.DirectoryRecordSequence, out var sequence))
            throw new DicomFormatException("there is no Directory Record Sequence", path: Tags.DirectoryRecordSequence.ToString(), rule: "PS3.3 §F.3.2.2");
        var findings = new List<Finding>(file.Findings);
        var items = sequence.Items;
        var byOffset = new Dictionary<long, int>(items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            if (OffsetOf(items[i]) is { } offset) byOffset.TryAdd(offset, i);
        }

        uint first = file.DataSet.Get(Tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, 0u);
        var top = DirectoryRecord.Top();
        if (items.Count > 0 && !byOffset.ContainsKey(first))
        {
            findings.Add(new Finding($"no record begins at byte {first}, where the first one should; the records are taken in their order", null,
                Tags.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity.ToString(), "PS3.3 §F.3.2.2"));
            ByOrder(items, top);
        }
        else
        {
            var seen = new bool[items.Count];
            Follow(items, byOffset, first, top, seen, findings, 0);
            int lost = 0;
            for (int i = 0; i < items.Count; i++)
            {
                if (!seen[i] && items[i].Get(Tags.RecordInUseFlag, (ushort)0xFFFF) != 0) lost++;
            }
            if (lost > 0)
            {
                findings.Add(new Finding($"no offset leads to {lost} of {items.Count} records", null, Tags.DirectoryRecordSequence.ToString(),
                    "PS3.3 §F.3.2.2"));
            }
        }
        return new FileSet(file, folder, top.Children, findings);
    }

    /// <summary>Goes along one directory entity, and down from each of its records.</summary>
    private static void Follow(IReadOnlyList<DataSet> items, Dictionary<long, int> byOffset, long offset, DirectoryRecord parent, bool[] seen,
        List<Finding> findings, int depth)
    {
        while (offset != 0)
        {
            if (!byOffset.TryGetValue(offset, out int index) || seen[index] || depth > MaxDepth)
            {
                string problem = depth > MaxDepth ? $"records are nested deeper than {MaxDepth} levels"
                    : byOffset.ContainsKey(offset) ? $"the record at byte {offset} is referred to twice"
                    : $"no record begins at byte {offset}";
                if (findings.Count < 100) findings.Add(new Finding(problem, offset, Tags.DirectoryRecordSequence.ToString(), "PS3.3 §F.3.2.2"));
                return;
            }
            seen[index] = true;
            var item = items[index];
            bool inUse = item.Get(Tags.RecordInUseFlag, (ushort)0xFFFF) != 0;
            var record = inUse ? parent.Add(item) : parent;
            uint lower = item.Get(Tags.OffsetOfReferencedLowerLevelDirectoryEntity, 0u);
            // What is below a deleted record is not in use either, whatever its own flag says.
            if (lower != 0 && inUse) Follow(items, byOffset, lower, record, seen, findings, depth + 1);
            offset = item.Get(Tags.OffsetOfTheNextDirectoryRecord, 0u);
        }
    }

    private static void ByOrder(IReadOnlyList<DataSet> items, DirectoryRecord top)
    {
        DirectoryRecord? patient = null, study = null, series = null;
        foreach (var item in items)
        {
            if (item.Get(Tags.RecordInUseFlag, (ushort)0xFFFF) == 0) continue;
            switch (item.Get(Tags.DirectoryRecordType, ""))
            {
                case "PATIENT": (patient, study, series) = (top.Add(item), null, null); break;
                case "STUDY": (study, series) = ((patient ?? top).Add(item), null); break;
                case "SERIES": series = (study ?? patient ?? top).Add(item); break;
                default: (series ?? study ?? patient ?? top).Add(item); break;
            }
        }
    }

    /// <summary>Where the item begins in the file: before the header of its first element, and its own.</summary>
    private static long? OffsetOf(DataSet item)
    {
        if (item.Count == 0) return null;
        ref readonly var entry = ref item.EntryAt(0);
        return entry.Attached is null && !entry.VR.HasLongLength() ? entry.Offset - 16L : null;
    }
}
