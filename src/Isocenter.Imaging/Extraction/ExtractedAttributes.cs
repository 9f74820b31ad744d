using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Brings a data set in line with the frames that are left of it (PS3.4 §Y.3.3).</summary>
/// <param name="dataSet">A copy of the source.</param>
/// <param name="indices">The frames that are left, from 0, in their order.</param>
/// <param name="count">Frames of the source.</param>
internal sealed class ExtractedAttributes(DataSet dataSet, int[] indices, int count)
{
    /// <summary>Concatenations (PS3.3 §C.7.6.16), the other place of the pixels, what says when the source was made, and what says how
    /// all frames are to be shown.</summary>
    private static readonly Tag[] Gone =
    [
        Tags.ConcatenationUID, Tags.InConcatenationNumber, Tags.InConcatenationTotalNumber, Tags.ConcatenationFrameOffsetNumber, Tags.SOPInstanceUIDOfConcatenationSource,
        Tags.PixelDataProviderURL, Tags.EncapsulatedPixelDataValueTotalLength,
        Tags.InstanceCreationDate, Tags.InstanceCreationTime, Tags.InstanceCreatorUID,
        Tags.StartTrim, Tags.StopTrim, Tags.EffectiveDuration, Tags.RWaveTimeVector,
        // They sign what is there no more.
        Tags.DigitalSignaturesSequence, Tags.MACParametersSequence, Tags.DataSetTrailingPadding,
    ];

    private bool IsEvery => indices.Length == count;

    private bool IsRun => indices[^1] - indices[0] == indices.Length - 1;

    /// <summary>Takes out what belongs to the other frames.</summary>
    public void Cut()
    {
        foreach (var tag in Gone) dataSet.Remove(tag);
        DropPrivate(dataSet);
        foreach (var tag in dataSet.Select(element => element.Tag).Where(tag => (tag.Group & 0xFF00) == 0x5000).ToList()) dataSet.Remove(tag);
        CutFunctionalGroups();
        CutTimes();
        CutVectors();
        CutOverlays();
        CutFramesOfInterest();
        CutMasks();
        CutPullback();
        if (indices.Length > 1 || dataSet.Contains(Tags.NumberOfFrames)) dataSet.Set(Tags.NumberOfFrames, indices.Length);
    }

    /// <summary>The Frame Extraction module (PS3.3 §C.12.3), and who did it. Nothing here tells when, so that the same request makes the same
    /// object.</summary>
    public static void Describe(DataSet dataSet, Uid source, FrameRange range)
    {
        var extraction = new DataSet().Set(Tags.MultiFrameSourceSOPInstanceUID, source.Value);
        range.WriteTo(extraction);
        dataSet.AddItem(Tags.FrameExtractionSequence, extraction);
        var code = new DataSet().Set(Tags.CodeValue, "109105").Set(Tags.CodingSchemeDesignator, "DCM").Set(Tags.CodeMeaning, "Frame Extracting Equipment");
        dataSet.AddItem(Tags.ContributingEquipmentSequence, new DataSet()
            .Set(Tags.Manufacturer, "Isocenter")
            .Set(Tags.ContributionDescription, "Frames extracted for a retrieval at the FRAME level")
            .Set(Tags.PurposeOfReferenceCodeSequence, code));
    }

    /// <summary>Nobody knows whether they speak of frames.</summary>
    private static void DropPrivate(DataSet dataSet)
    {
        foreach (var tag in dataSet.Select(element => element.Tag).Where(tag => tag.IsPrivate).ToList()) dataSet.Remove(tag);
        foreach (var element in dataSet.Where(element => element.IsSequence).ToList())
        {
            foreach (var item in element.Items) DropPrivate(item);
        }
    }

    private void CutFunctionalGroups()
    {
        if (dataSet.GetAll<DataSet>(Tags.PerFrameFunctionalGroupsSequence).Count != count) return;
        int kept = indices.Length;
        for (int i = count - 1; i >= 0; i--)
        {
            if (kept > 0 && indices[kept - 1] == i) kept--;
            else dataSet.RemoveItem(Tags.PerFrameFunctionalGroupsSequence, i);
        }
    }

    /// <summary>Content Time stays: the first frame comes later after it (PS3.3 §C.7.6.5).</summary>
    private void CutTimes()
    {
        double step = dataSet.Get(Tags.FrameTime, 0.0);
        double[] vector = [.. dataSet.GetAll<double>(Tags.FrameTimeVector)];
        bool isVector = vector.Length == count && count > 1;
        if (IsEvery || !isVector && step <= 0) return;
        double Between(int from, int to) => isVector ? vector[(from + 1)..(to + 1)].Sum() : step * (to - from);

        double delay = dataSet.Get(Tags.FrameDelay, 0.0) + Between(0, indices[0]);
        if (delay > 0 || dataSet.Contains(Tags.FrameDelay)) dataSet.Set(Tags.FrameDelay, Decimal(delay));
        var steps = new double[indices.Length];
        for (int i = 1; i < steps.Length; i++) steps[i] = Between(indices[i - 1], indices[i]);
        if (isVector) dataSet.Set(Tags.FrameTimeVector, steps.Select(Decimal).ToArray().AsSpan());
        if (IsRun) return;
        // So many frames in a second there are no more.
        dataSet.Remove(Tags.CineRate);
        dataSet.Remove(Tags.RecommendedDisplayFrameRate);
        if (isVector) return;
        if (steps.Skip(1).Distinct().Count() == 1)
        {
            dataSet.Set(Tags.FrameTime, Decimal(steps[1]));
            return;
        }
        dataSet.Set(Tags.FrameTimeVector, steps.Select(Decimal).ToArray().AsSpan());
        dataSet.Remove(Tags.FrameTime);
        var pointers = dataSet.GetAll<Tag>(Tags.FrameIncrementPointer).Select(tag => tag == Tags.FrameTime ? Tags.FrameTimeVector : tag).ToArray();
        if (pointers.Length > 0) dataSet.Set(Tags.FrameIncrementPointer, pointers.AsSpan());
    }

    /// <summary>What Frame Increment Pointer (0028,0009) names has a value for each frame.</summary>
    private void CutVectors()
    {
        foreach (var tag in dataSet.GetAll<Tag>(Tags.FrameIncrementPointer))
        {
            if (tag == Tags.FrameTimeVector || !dataSet.TryFind(tag, out var element) || element.IsSequence) continue;
            if (tag == Tags.GridFrameOffsetVector) CutGrid();
            else if (element.VR.IsText())
            {
                var values = dataSet.GetAll<string>(tag);
                if (values.Count == count && count > 1) dataSet.SetText(tag, element.VR, [.. indices.Select(i => values[i])]);
            }
            else if (element.VR.UnitSize() is > 0 and var size && element.Length == (long)size * count)
            {
                byte[] bytes = element.Bytes.ToArray(), left = new byte[size * indices.Length];
                for (int i = 0; i < indices.Length; i++) bytes.AsSpan(indices[i] * size, size).CopyTo(left.AsSpan(i * size));
                dataSet.SetBytes(tag, element.VR, left);
            }
        }
    }

    /// <summary>Planes of a dose (PS3.3 §C.8.8.3.2): offsets from Image Position (Patient), which moves to the first plane that is left; or
    /// places along the axis, which stay.</summary>
    private void CutGrid()
    {
        var offsets = dataSet.GetAll<double>(Tags.GridFrameOffsetVector);
        if (offsets.Count != count) return;
        double first = offsets[indices[0]];
        bool isRelative = offsets[0] == 0;
        dataSet.Set(Tags.GridFrameOffsetVector, indices.Select(i => Decimal(isRelative ? offsets[i] - first : offsets[i])).ToArray().AsSpan());
        if (dataSet.GetAll<double>(Tags.ImagePositionPatient) is not [var x, var y, var z] || dataSet.GetAll<double>(Tags.ImageOrientationPatient) is not [var a, var b, var c, var d, var e, var f]) return;
        double move = first - offsets[0];
        dataSet.Set(Tags.ImagePositionPatient, Decimal(x + move * (b * f - c * e)), Decimal(y + move * (c * d - a * f)), Decimal(z + move * (a * e - b * d)));
    }

    /// <summary>An overlay of several frames belongs to as many frames of the image, from Image Frame Origin (60xx,0051) on
    /// (PS3.3 §C.9.3).</summary>
    private void CutOverlays()
    {
        foreach (ushort group in dataSet.Select(element => element.Tag.Group).Where(group => group is >= 0x6000 and <= 0x601E && (group & 1) == 0).Distinct().ToList())
        {
            Tag numbers = new(group, 0x0015), start = new(group, 0x0051), data = new(group, 0x3000);
            if (!dataSet.Contains(numbers)) continue;
            int origin = Math.Max(1, dataSet.Get(start, 1)) - 1, planes = dataSet.Get(numbers, 1);
            int[] left = [.. indices.Where(i => i >= origin && i - origin < planes)];
            if (left.Length == 0)
            {
                foreach (var tag in dataSet.Select(element => element.Tag).Where(tag => tag.Group == group).ToList()) dataSet.Remove(tag);
                continue;
            }
            dataSet.Set(numbers, left.Length).Set(start, Array.IndexOf(indices, left[0]) + 1);
            if (!dataSet.TryFind(data, out var element)) continue;
            long plane = (long)dataSet.Get(new Tag(group, 0x0010), 0) * dataSet.Get(new Tag(group, 0x0011), 0);
            var vr = element.VR;
            dataSet.SetBytes(data, vr, Bits(element, plane, [.. left.Select(i => i - origin)]));
        }
    }

    /// <summary>Pieces of so many bits each.</summary>
    private static byte[] Bits(DataElement element, long length, int[] pieces)
    {
        var source = element.Bytes.Span;
        if (length <= 0 || (pieces[^1] + 1) * length > source.Length * 8L) throw new DicomFormatException("the overlay is shorter than its frames", path: element.Tag.ToString());
        // Big-endian words of OW: the first bit is the lowest of the second byte.
        int turn = element is { VR: VR.OW, IsBigEndian: true } ? 1 : 0;
        var bytes = new byte[(pieces.Length * length + 15) / 16 * 2];
        long at = 0;
        foreach (int piece in pieces)
        {
            for (long bit = piece * length; bit < (piece + 1) * length; bit++, at++)
            {
                if ((source[(int)(bit / 8) ^ turn] >> (int)(bit % 8) & 1) != 0) bytes[(at / 8) ^ turn] |= (byte)(1 << (int)(at % 8));
            }
        }
        return bytes;
    }

    private void CutFramesOfInterest()
    {
        if (dataSet.TryGet(Tags.RepresentativeFrameNumber, out int representative))
        {
            if (NumberOf(representative) is { } number) dataSet.Set(Tags.RepresentativeFrameNumber, number);
            else dataSet.Remove(Tags.RepresentativeFrameNumber);
        }
        var numbers = dataSet.GetAll<int>(Tags.FrameNumbersOfInterest);
        if (numbers.Count == 0) return;
        int[] left = [.. Enumerable.Range(0, numbers.Count).Where(i => NumberOf(numbers[i]) is not null)];
        foreach (var tag in new[] { Tags.FrameOfInterestDescription, Tags.FrameOfInterestType })
        {
            var texts = dataSet.GetAll<string>(tag);
            if (left.Length == 0 || texts.Count != numbers.Count) dataSet.Remove(tag);
            else dataSet.SetText(tag, dataSet.VROf(tag), [.. left.Select(i => texts[i])]);
        }
        if (left.Length == 0) dataSet.Remove(Tags.FrameNumbersOfInterest);
        else dataSet.Set(Tags.FrameNumbersOfInterest, left.Select(i => NumberOf(numbers[i])!.Value).ToArray().AsSpan());
    }

    /// <summary>A subtraction of which a mask is gone cannot be made any more (PS3.3 §C.7.6.10).</summary>
    private void CutMasks()
    {
        var masks = dataSet.GetAll<DataSet>(Tags.MaskSubtractionSequence);
        if (masks.Count == 0 || IsEvery) return;
        for (int i = masks.Count - 1; i >= 0; i--)
        {
            int?[] numbers = [.. masks[i].GetAll<int>(Tags.MaskFrameNumbers).Select(NumberOf)];
            int[] applicable = [.. masks[i].GetAll<int>(Tags.ApplicableFrameRange)];
            int[] ranges = [.. Enumerable.Range(0, applicable.Length / 2).Select(at => Within(applicable[2 * at], applicable[2 * at + 1])).OfType<(int, int)>().SelectMany(range => new[] { range.Item1, range.Item2 })];
            if (numbers.Contains(null) || applicable.Length > 0 && ranges.Length == 0)
            {
                dataSet.RemoveItem(Tags.MaskSubtractionSequence, i);
                continue;
            }
            if (numbers.Length > 0) masks[i].Set(Tags.MaskFrameNumbers, numbers.OfType<int>().ToArray().AsSpan());
            if (ranges.Length > 0) masks[i].Set(Tags.ApplicableFrameRange, ranges.AsSpan());
        }
        if (dataSet.GetAll<DataSet>(Tags.MaskSubtractionSequence).Count > 0) return;
        dataSet.Remove(Tags.MaskSubtractionSequence);
        dataSet.Remove(Tags.RecommendedViewingMode);
    }

    private void CutPullback()
    {
        if (!dataSet.TryGet(Tags.IVUSPullbackStartFrameNumber, out int start) || !dataSet.TryGet(Tags.IVUSPullbackStopFrameNumber, out int stop)) return;
        var (from, to) = Within(start, stop) ?? (1, indices.Length);
        dataSet.Set(Tags.IVUSPullbackStartFrameNumber, from).Set(Tags.IVUSPullbackStopFrameNumber, to);
    }

    /// <summary>The number of a frame among those that are left, from 1; null when it is gone.</summary>
    private int? NumberOf(int number) => Array.BinarySearch(indices, number - 1) is >= 0 and var at ? at + 1 : null;

    /// <summary>The frames that are left of a range of numbers.</summary>
    private (int From, int To)? Within(int from, int to)
    {
        int[] left = [.. Enumerable.Range(0, indices.Length).Where(i => indices[i] + 1 >= from && indices[i] + 1 <= to)];
        return left.Length > 0 ? (left[0] + 1, left[^1] + 1) : null;
    }

    /// <summary>As DS, of at most 16 characters (PS3.5 Table 6.2-1).</summary>
    private static string Decimal(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture) is { Length: <= 16 } text ? text : value.ToString("G9", CultureInfo.InvariantCulture);
}
