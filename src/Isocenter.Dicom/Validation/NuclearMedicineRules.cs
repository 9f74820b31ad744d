using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>Frame Increment Pointer and the vectors it points to (PS3.3 §C.7.6.6, §C.8.4.8).</summary>
internal static class NuclearMedicineRules
{
    private static readonly (Tag Vector, Tag Number)[] Vectors =
    [
        (Tags.EnergyWindowVector, Tags.NumberOfEnergyWindows), (Tags.DetectorVector, Tags.NumberOfDetectors),
        (Tags.PhaseVector, Tags.NumberOfPhases), (Tags.RotationVector, Tags.NumberOfRotations),
        (Tags.RRIntervalVector, Tags.NumberOfRRIntervals), (Tags.TimeSlotVector, Tags.NumberOfTimeSlots),
        (Tags.SliceVector, Tags.NumberOfSlices), (Tags.TimeSliceVector, Tags.NumberOfTimeSlices),
    ];

    public static void Check(ValidationRun run)
    {
        var root = run.Root;
        if (root.TryFind(Tags.FrameIncrementPointer, out var pointer) && pointer.VR == VR.AT)
        {
            foreach (var tag in root.GetAll<Tag>(Tags.FrameIncrementPointer))
            {
                if (!root.Contains(tag)) run.Error(ValidationRule.Consistency, Tags.FrameIncrementPointer, "PS3.3 §C.7.6.6", $"points to {tag}, which is not there");
            }
        }
        if (!root.TryGet(Tags.NumberOfFrames, out int frames)) return;
        foreach (var (vector, number) in Vectors)
        {
            if (!root.TryFind(vector, out var element) || element.IsEmpty) continue;
            double[] values = ElementValues.Numbers(element);
            if (values.Length != frames) run.Error(ValidationRule.Consistency, vector, "PS3.3 §C.8.4.8", $"has {values.Length} values for {frames} frames");
            if (root.TryGet(number, out int count) && values.Max() is var highest && highest != count)
                run.Error(ValidationRule.Consistency, number, "PS3.3 §C.8.4.8", string.Create(CultureInfo.InvariantCulture, $"is {count}, but the highest value of the vector is {highest}"));
        }
    }
}
