namespace Isocenter.Dicom.Validation;

/// <summary>What a report or key object note refers to stands in its evidence sequences (PS3.3 §C.17.2).</summary>
internal sealed class ReportRules(ValidationRun run)
{
    private const int DeepestTree = 200;

    private readonly HashSet<string> _evidence = new(StringComparer.Ordinal);
    private int _itemsLeft = 1_000_000;

    public static void Check(ValidationRun run) => new ReportRules(run).Check();

    private void Check()
    {
        var root = run.Root;
        if (!root.Contains(Tags.ContentSequence) || !root.Get(Tags.Modality, "").StartsWith("SR", StringComparison.Ordinal) && root.Get(Tags.Modality, "") != "KO") return;
        foreach (var sequence in new[] { Tags.CurrentRequestedProcedureEvidenceSequence, Tags.PertinentOtherEvidenceSequence })
        {
            var instances = root.GetAll<DataSet>(sequence)
                .SelectMany(study => study.GetAll<DataSet>(Tags.ReferencedSeriesSequence))
                .SelectMany(series => series.GetAll<DataSet>(Tags.ReferencedSOPSequence));
            foreach (var instance in instances) _evidence.Add(instance.Get(Tags.ReferencedSOPInstanceUID, ""));
        }
        CheckItems(root, 0);
    }

    private void CheckItems(DataSet dataSet, int depth)
    {
        if (depth > DeepestTree) return;
        var items = dataSet.GetAll<DataSet>(Tags.ContentSequence);
        for (int i = 0; i < items.Count && --_itemsLeft > 0; i++)
        {
            var item = items[i];
            run.Within(Tags.ContentSequence, i + 1, () =>
            {
                if (item.Get(Tags.ValueType, "") is "IMAGE" or "COMPOSITE" or "WAVEFORM") CheckReferences(item, 0);
                CheckItems(item, depth + 1);
            });
        }
    }

    private void CheckReferences(DataSet item, int depth)
    {
        var references = item.GetAll<DataSet>(Tags.ReferencedSOPSequence);
        for (int i = 0; i < references.Count && --_itemsLeft > 0; i++)
        {
            var reference = references[i];
            run.Within(Tags.ReferencedSOPSequence, i + 1, () =>
            {
                string uid = reference.Get(Tags.ReferencedSOPInstanceUID, "");
                if (uid.Length > 0 && !_evidence.Contains(uid))
                    run.Error(ValidationRule.Consistency, Tags.ReferencedSOPInstanceUID, "PS3.3 §C.17.2", $"is '{uid}', which neither evidence sequence lists");
                if (depth < 4) CheckReferences(reference, depth + 1);      // of an image to its presentation state
            });
        }
    }
}
