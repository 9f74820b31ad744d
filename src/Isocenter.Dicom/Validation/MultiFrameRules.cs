namespace Isocenter.Dicom.Validation;

/// <summary>Functional groups, dimensions, segments and tiles against each other (PS3.3 §C.7.6.16, §C.7.6.17).</summary>
internal static class MultiFrameRules
{
    private const string Groups = "PS3.3 §C.7.6.16";

    /// <summary>Dimensions whose index is the value of the attribute itself.</summary>
    private static readonly Tag[] IndexAttributes = [Tags.InStackPositionNumber, Tags.TemporalPositionIndex];

    public static void Check(ValidationRun run)
    {
        var root = run.Root;
        CheckSegments(run, root);
        CheckTiles(run, root);
        if (!root.TryFind(Tags.PerFrameFunctionalGroupsSequence, out var perFrame)) return;
        int frames = root.Get(Tags.NumberOfFrames, 1);
        if (perFrame.Items.Count != frames)
            run.Error(ValidationRule.Consistency, Tags.PerFrameFunctionalGroupsSequence, Groups, $"has {perFrame.Items.Count} items, but Number of Frames is {frames}");
        CheckBoth(run, root, perFrame);
        CheckDimensions(run, root, perFrame);
    }

    /// <summary>A functional group is shared or per frame, not both.</summary>
    private static void CheckBoth(ValidationRun run, DataSet root, DataElement perFrame)
    {
        var told = new HashSet<Tag>();
        foreach (var item in root.GetAll<DataSet>(Tags.SharedFunctionalGroupsSequence))
        {
            foreach (var shared in item)
            {
                if (!shared.IsSequence || shared.Tag.IsPrivate || shared.Items.Count == 0) continue;
                for (int i = 0; i < perFrame.Items.Count; i++)
                {
                    if (!perFrame.Items[i].TryFind(shared.Tag, out var own) || own.Items.Count == 0 || !told.Add(shared.Tag)) continue;
                    var tag = shared.Tag;
                    run.Within(perFrame.Tag, i + 1, () => run.Error(ValidationRule.Consistency, tag, Groups, "stands in the Shared Functional Groups too"));
                }
            }
        }
    }

    private static void CheckDimensions(ValidationRun run, DataSet root, DataElement perFrame)
    {
        if (!root.TryFind(Tags.DimensionIndexSequence, out var sequence)) return;
        var dimensions = sequence.Items;
        var pointers = dimensions.Select(d => d.Get(Tags.DimensionIndexPointer, default(Tag))).ToArray();
        for (int i = 0; i < perFrame.Items.Count; i++)
        {
            if (!perFrame.Items[i].TryFind(Tags.FrameContentSequence, out var content) || content.Items.Count == 0) continue;
            var item = content.Items[0];
            if (!item.TryFind(Tags.DimensionIndexValues, out var values)) continue;
            int count = ElementValues.Count(values);
            if (count != dimensions.Count)
            {
                Tell(run, i, Tags.DimensionIndexValues, $"has {count} values for {dimensions.Count} dimensions");
                return;             // all frames would say the same
            }
            for (int d = 0; d < pointers.Length; d++)
            {
                if (!IndexAttributes.Contains(pointers[d])) continue;
                if (!item.TryGet(pointers[d], out int value)) Tell(run, i, pointers[d], "has no value, but is a dimension");
                else if (ElementValues.TryNumber(values, d + 1, out double index) && index != value)
                    Tell(run, i, pointers[d], FormattableString.Invariant($"is {value}, but the index of its dimension is {index}"));
            }
        }
    }

    private static void Tell(ValidationRun run, int frame, Tag tag, string message) =>
        run.Within(Tags.PerFrameFunctionalGroupsSequence, frame + 1, () =>
            run.Within(Tags.FrameContentSequence, 1, () => run.Error(ValidationRule.Consistency, tag, "PS3.3 §C.7.6.17", message)));

    private static void CheckSegments(ValidationRun run, DataSet root)
    {
        var segments = root.GetAll<DataSet>(Tags.SegmentSequence);
        if (segments.Count == 0) return;
        bool isLabelMap = root.Get(Tags.SegmentationType, "") == "LABELMAP";
        var numbers = new HashSet<int>();
        for (int i = 0; i < segments.Count; i++)
        {
            if (!segments[i].TryGet(Tags.SegmentNumber, out int number)) continue;
            numbers.Add(number);
            if (isLabelMap || number == i + 1) continue;
            run.Within(Tags.SegmentSequence, i + 1, () => run.Error(ValidationRule.Consistency, Tags.SegmentNumber, "PS3.3 §C.8.20.2", $"is {number}; segments are numbered from 1, one by one"));
        }
        var frames = root.GetAll<DataSet>(Tags.PerFrameFunctionalGroupsSequence);
        for (int i = 0; i < frames.Count; i++)
        {
            foreach (var identification in frames[i].GetAll<DataSet>(Tags.SegmentIdentificationSequence))
            {
                if (!identification.TryGet(Tags.ReferencedSegmentNumber, out int referenced) || numbers.Contains(referenced)) continue;
                run.Within(Tags.PerFrameFunctionalGroupsSequence, i + 1, () => run.Within(Tags.SegmentIdentificationSequence, 1, () =>
                    run.Error(ValidationRule.Consistency, Tags.ReferencedSegmentNumber, "PS3.3 §C.8.20.3.1", $"is {referenced}, which is no segment of Segment Sequence")));
            }
        }
    }

    /// <summary>TILED_FULL: each tile of each focal plane and optical path is a frame (PS3.3 §C.7.6.17.3).</summary>
    private static void CheckTiles(ValidationRun run, DataSet root)
    {
        if (root.Get(Tags.DimensionOrganizationType, "") != "TILED_FULL" || root.Contains(Tags.SegmentSequence)) return;
        if (!root.TryGet(Tags.NumberOfFrames, out long frames) || !root.TryGet(Tags.TotalPixelMatrixRows, out long height)
            || !root.TryGet(Tags.TotalPixelMatrixColumns, out long width) || !root.TryGet(Tags.Rows, out long rows) || !root.TryGet(Tags.Columns, out long columns)) return;
        if (rows <= 0 || columns <= 0 || height <= 0 || width <= 0 || height > int.MaxValue || width > int.MaxValue) return;
        long planes = root.Get(Tags.TotalPixelMatrixFocalPlanes, 1L), paths = root.Get(Tags.NumberOfOpticalPaths, 1L);
        if (planes is < 1 or > 1000 || paths is < 1 or > 1000) return;
        decimal expected = Math.Ceiling((decimal)height / rows) * Math.Ceiling((decimal)width / columns) * planes * paths;
        if (frames != expected) run.Error(ValidationRule.Consistency, Tags.NumberOfFrames, "PS3.3 §C.7.6.17.3", FormattableString.Invariant($"is {frames}, but tiles, focal planes and optical paths ask for {expected:0}"));
    }
}
