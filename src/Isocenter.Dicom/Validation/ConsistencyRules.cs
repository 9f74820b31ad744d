namespace Isocenter.Dicom.Validation;

/// <summary>Values of the whole data set that must agree with each other.</summary>
internal static class ConsistencyRules
{
    /// <summary>What a DICOMDIR is built from (PS3.3 §F.5): its absence makes the object useless on a disc.</summary>
    private static readonly (Tag Tag, string Record)[] DirectoryKeys =
    [
        (Tags.PatientID, "PATIENT"), (Tags.StudyDate, "STUDY"), (Tags.StudyTime, "STUDY"), (Tags.StudyID, "STUDY"),
        (Tags.Modality, "SERIES"), (Tags.SeriesNumber, "SERIES"), (Tags.InstanceNumber, "instance"),
    ];

    public static void Check(ValidationRun run, string sopClass)
    {
        var root = run.Root;
        bool isDirectory = sopClass == SopClasses.MediaStorageDirectoryStorage;
        if (run.FileMeta is { } meta) CheckFileMeta(run, meta, isDirectory);
        CheckUids(run);
        if (isDirectory)
        {
            CheckFileIds(run);
            return;
        }
        if (StorageSopClasses.Contains(sopClass)) CheckDirectoryKeys(run);
        PixelRules.Check(run);
        LookupTableRules.Check(run);
        MultiFrameRules.Check(run);
        NuclearMedicineRules.Check(run);
        ReportRules.Check(run);
        CheckWaveforms(run);
        CheckDisplayedAreas(run);
        CheckSpacing(run, root, sopClass);
    }

    private static void CheckFileMeta(ValidationRun run, DataSet meta, bool isDirectory)
    {
        const string Section = "PS3.10 §7.1";
        Compare(Tags.MediaStorageSOPClassUID, Tags.SOPClassUID);
        Compare(Tags.MediaStorageSOPInstanceUID, Tags.SOPInstanceUID);
        if (meta.TryFind(Tags.FileMetaInformationVersion, out var version)
            && (version.VR != VR.OB || version.Length != 2 || !version.Bytes.Span.SequenceEqual<byte>([0, 1])))
            run.Warning(ValidationRule.FileMeta, Tags.FileMetaInformationVersion, Section, "is not 00 01 with the VR OB");

        void Compare(Tag inMeta, Tag inDataSet)
        {
            string a = meta.Get(inMeta, ""), b = run.Root.Get(inDataSet, "");
            if (a.Length == 0 || a == b || isDirectory && b.Length == 0) return;
            string problem = b.Length == 0 ? $"is '{a}', but the data set has none" : $"is '{a}', but the data set says '{b}'";
            run.Error(ValidationRule.FileMeta, inMeta, Section, problem);
        }
    }

    /// <summary>One UID for two things (PS3.5 §9).</summary>
    private static void CheckUids(ValidationRun run)
    {
        (Tag Tag, string Name)[] levels =
        [
            (Tags.SOPInstanceUID, "SOP Instance UID"), (Tags.SeriesInstanceUID, "Series Instance UID"),
            (Tags.StudyInstanceUID, "Study Instance UID"), (Tags.FrameOfReferenceUID, "Frame of Reference UID"),
        ];
        for (int i = 0; i < levels.Length; i++)
        {
            string uid = run.Root.Get(levels[i].Tag, "");
            if (uid.Length == 0) continue;
            for (int j = i + 1; j < levels.Length; j++)
            {
                if (run.Root.Get(levels[j].Tag, "") == uid)
                    run.Error(ValidationRule.UniqueIdentifier, levels[i].Tag, "PS3.5 §9", $"is '{uid}', the {levels[j].Name} too");
            }
        }
    }

    private static void CheckDirectoryKeys(ValidationRun run)
    {
        foreach (var (tag, record) in DirectoryKeys)
        {
            if (run.Root.TryFind(tag, out var element) && !ElementValues.IsEmpty(element)) continue;
            run.Warning(ValidationRule.DirectoryKey, tag, "PS3.3 §F.5", $"has no value; the {record} record of a DICOMDIR needs one");
        }
    }

    private static void CheckFileIds(ValidationRun run)
    {
        var records = run.Root.GetAll<DataSet>(Tags.DirectoryRecordSequence);
        for (int i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (!record.TryFind(Tags.ReferencedFileID, out var file) || file.IsEmpty) continue;
            int count = ElementValues.Count(file);
            for (int part = 1; part <= count; part++)
            {
                if (!ElementValues.TextAt(file, part).IsEmpty) continue;
                run.Within(Tags.DirectoryRecordSequence, i + 1, () =>
                    run.Error(ValidationRule.Consistency, Tags.ReferencedFileID, "PS3.10 §8.2", "has an empty component"));
                break;
            }
        }
    }

    private static void CheckWaveforms(ValidationRun run)
    {
        var groups = run.Root.GetAll<DataSet>(Tags.WaveformSequence);
        for (int i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            if (!group.TryGet(Tags.NumberOfWaveformChannels, out int channels)) continue;
            int defined = group.GetAll<DataSet>(Tags.ChannelDefinitionSequence).Count;
            if (defined == channels) continue;
            run.Within(Tags.WaveformSequence, i + 1, () => run.Error(ValidationRule.Consistency, Tags.NumberOfWaveformChannels, "PS3.3 §C.10.9",
                $"is {channels}, but Channel Definition Sequence has {defined} items"));
        }
    }

    /// <summary>Without rotation and flip the top left corner is above and to the left of the other (PS3.3 §C.10.4).</summary>
    private static void CheckDisplayedAreas(ValidationRun run)
    {
        if (run.Root.Get(Tags.ImageRotation, 0) != 0 || run.Root.Get(Tags.ImageHorizontalFlip, "N") == "Y") return;
        var areas = run.Root.GetAll<DataSet>(Tags.DisplayedAreaSelectionSequence);
        for (int i = 0; i < areas.Count; i++)
        {
            if (!areas[i].TryFind(Tags.DisplayedAreaTopLeftHandCorner, out var first) || !areas[i].TryFind(Tags.DisplayedAreaBottomRightHandCorner, out var second)) continue;
            double[] a = ElementValues.Numbers(first), b = ElementValues.Numbers(second);
            if (a.Length != 2 || b.Length != 2 || a[0] <= b[0] && a[1] <= b[1]) continue;
            run.Within(Tags.DisplayedAreaSelectionSequence, i + 1, () =>
                run.Error(ValidationRule.Consistency, Tags.DisplayedAreaTopLeftHandCorner, "PS3.3 §C.10.4", "is not above and to the left of the bottom right hand corner"));
        }
    }

    private static void CheckSpacing(ValidationRun run, DataSet root, string sopClass)
    {
        // Only NM gives a meaning to the sign.
        if (root.TryGet(Tags.SpacingBetweenSlices, out double between) && between < 0 && sopClass != SopClasses.NuclearMedicineImageStorage)
            run.Error(ValidationRule.Consistency, Tags.SpacingBetweenSlices, "PS3.3 §C.7.6.2", $"is {FormattableString.Invariant($"{between}")}; a distance is not negative");

        if (root.TryFind(Tags.PixelSpacing, out var spacing) && root.TryFind(Tags.ImagerPixelSpacing, out var imager)
            && !root.Contains(Tags.PixelSpacingCalibrationType))
        {
            double[] a = ElementValues.Numbers(spacing), b = ElementValues.Numbers(imager);
            if (a.Length == 2 && b.Length == 2 && (Differs(a[0], b[0]) || Differs(a[1], b[1])))
                run.Warning(ValidationRule.Consistency, Tags.PixelSpacing, "PS3.3 §10.7", "differs from Imager Pixel Spacing, and Pixel Spacing Calibration Type does not say why");
        }
        if (root.TryGet(Tags.EstimatedRadiographicMagnificationFactor, out double factor) && root.TryGet(Tags.DistanceSourceToDetector, out double detector)
            && root.TryGet(Tags.DistanceSourceToPatient, out double patient) && patient > 0 && Math.Abs(factor - detector / patient) > 0.01 * factor)
            run.Warning(ValidationRule.Consistency, Tags.EstimatedRadiographicMagnificationFactor, "PS3.3 §C.8.7.5",
                "is not the ratio of Distance Source to Detector and Distance Source to Patient");
    }

    private static bool Differs(double a, double b) => Math.Abs(a - b) > 1e-4 * Math.Max(Math.Abs(a), Math.Abs(b));
}
