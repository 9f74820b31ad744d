namespace Isocenter.Dicom.Validation;

/// <summary>What a report or key object note refers to stands in its evidence sequences (PS3.3 §C.17.2).</summary>
internal static class ReportRules
{
    private const int DeepestTree = 200;

    public static void Check(ValidationRun run)
    {
        var root = run.Root;
        if (!root.Contains(Tags.ContentSequence) || !root.Get(Tags.Modality, "").StartsWith("SR", StringComparison.Ordinal) && root.Get(Tags.Modality, "") != "KO") return;
        var evidence = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sequence in new[] { Tags.CurrentRequestedProcedureEvidenceSequence, Tags.PertinentOtherEvidenceSequence })
        {
            foreach (var study in root.GetAll<DataSet>(sequence))
            foreach (var series in study.GetAll<DataSet>(Tags.ReferencedSeriesSequence))
            foreach (var instance in series.GetAll<DataSet>(Tags.ReferencedSOPSequence))
                evidence.Add(instance.Get(Tags.ReferencedSOPInstanceUID, ""));
        }
        CheckItems(run, root, evidence, 0);
    }

    private static void CheckItems(ValidationRun run, DataSet dataSet, HashSet<string> evidence, int depth)
    {
        if (depth > DeepestTree) return;
        var items = dataSet.GetAll<DataSet>(Tags.ContentSequence);
        for (int i = 0; i < items.Count; i++)
        {
            var item = items[i];
            run.Within(Tags.ContentSequence, i + 1, () =>
            {
                if (item.Get(Tags.ValueType, "") is "IMAGE" or "COMPOSITE" or "WAVEFORM") CheckReferences(run, item, evidence, 0);
                CheckItems(run, item, evidence, depth + 1);
            });
        }
    }

    private static void CheckReferences(ValidationRun run, DataSet item, HashSet<string> evidence, int depth)
    {
        var references = item.GetAll<DataSet>(Tags.ReferencedSOPSequence);
        for (int i = 0; i < references.Count; i++)
        {
            var reference = references[i];
            run.Within(Tags.ReferencedSOPSequence, i + 1, () =>
            {
                string uid = reference.Get(Tags.ReferencedSOPInstanceUID, "");
                if (uid.Length > 0 && !evidence.Contains(uid))
                    run.Error(ValidationRule.Consistency, Tags.ReferencedSOPInstanceUID, "PS3.3 §C.17.2", $"is '{uid}', which neither evidence sequence lists");
                if (depth < 4) CheckReferences(run, reference, evidence, depth + 1);      // of an image to its presentation state
            });
        }
    }
}
