using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Brings a data set in line with its new pixel data (PS3.5 §8.2, PS3.3 §C.7.6.1.1.5, §C.7.6.3).</summary>
internal static class TranscodedAttributes
{
    private const int LongestDescription = 1024;        // ST (PS3.5 Table 6.2-1)

    /// <summary>The Image Pixel module.</summary>
    public static void Describe(DataSet dataSet, TranscodePlan plan, int frames)
    {
        var layout = plan.Source.Layout;
        dataSet.Set(Tags.SamplesPerPixel, layout.SamplesPerPixel).Set(Tags.Rows, layout.Rows).Set(Tags.Columns, layout.Columns)
            .Set(Tags.BitsAllocated, plan.BitsAllocated);
        if (plan.Photometric.Length > 0) dataSet.Set(Tags.PhotometricInterpretation, plan.Photometric);
        if (!plan.Source.IsFloat)
            dataSet.Set(Tags.BitsStored, plan.BitsStored).Set(Tags.HighBit, plan.HighBit).Set(Tags.PixelRepresentation, layout.IsSigned ? 1 : 0);
        if (layout.SamplesPerPixel > 1) dataSet.Set(Tags.PlanarConfiguration, 0);
        if (frames > 1 || dataSet.Contains(Tags.NumberOfFrames)) dataSet.Set(Tags.NumberOfFrames, frames);
    }

    /// <summary>What is there was compressed with loss, now or before. Once so, always so.</summary>
    /// <param name="dataSet">The data set.</param>
    /// <param name="method">Lossy Image Compression Method.</param>
    /// <param name="ratio">Uncompressed to compressed bytes.</param>
    public static void MarkLossy(DataSet dataSet, string method, double ratio)
    {
        List<string> ratios = [.. dataSet.GetAll<string>(Tags.LossyImageCompressionRatio)], methods = [.. dataSet.GetAll<string>(Tags.LossyImageCompressionMethod)];
        ratios.Add(Math.Max(ratio, 0.01).ToString("0.##", CultureInfo.InvariantCulture));
        methods.Add(method);
        dataSet.Set(Tags.LossyImageCompression, "01");
        dataSet.Set(Tags.LossyImageCompressionRatio, ratios.ToArray().AsSpan());
        dataSet.Set(Tags.LossyImageCompressionMethod, methods.ToArray().AsSpan());
    }

    /// <summary>It is another object now: derived, with a UID of its own, and says from what.</summary>
    /// <returns>The new SOP Instance UID.</returns>
    public static string Derive(DataSet dataSet, FrameCodec codec, double ratio)
    {
        string sopClass = dataSet.Get(Tags.SOPClassUID, ""), before = dataSet.Get(Tags.SOPInstanceUID, ""), uid = Uid.New().Value;
        dataSet.Set(Tags.SOPInstanceUID, uid);
        MakeDerived(dataSet);
        string description = string.Create(CultureInfo.InvariantCulture, $"Lossy compression, {codec.Family}, ratio {ratio:0.##}:1");
        string already = dataSet.Get(Tags.DerivationDescription, "");
        if (already.Length > 0) description = $"{already}; {description}";
        dataSet.Set(Tags.DerivationDescription, description.Length > LongestDescription ? description[^LongestDescription..] : description);
        Append(dataSet, Tags.DerivationCodeSequence, Code("113040", "Lossy Compression"));
        if (before.Length > 0)
        {
            var source = new DataSet();
            if (sopClass.Length > 0) source.Set(Tags.ReferencedSOPClassUID, sopClass);
            source.Set(Tags.ReferencedSOPInstanceUID, before).Set(Tags.PurposeOfReferenceCodeSequence, Code("121320", "Uncompressed predecessor"));
            Append(dataSet, Tags.SourceImageSequence, source);
            ListReference(dataSet, sopClass, before);
        }
        // They speak of the samples as they were.
        dataSet.Remove(Tags.SmallestImagePixelValue);
        dataSet.Remove(Tags.LargestImagePixelValue);
        return uid;
    }

    /// <summary>The Common Instance Reference module lists what an object refers to in its study (PS3.3 §C.12.2): the source, which is
    /// of the same series.</summary>
    private static void ListReference(DataSet dataSet, string sopClass, string instance)
    {
        string series = dataSet.Get(Tags.SeriesInstanceUID, "");
        if (series.Length == 0 || sopClass.Length == 0) return;
        List<DataSet> all = [.. dataSet.GetAll<DataSet>(Tags.ReferencedSeriesSequence).Select(existing => existing.Copy())];
        var own = all.Find(item => item.Get(Tags.SeriesInstanceUID, "") == series);
        if (own is null) all.Add(own = new DataSet().Set(Tags.SeriesInstanceUID, series));
        Append(own, Tags.ReferencedInstanceSequence, new DataSet().Set(Tags.ReferencedSOPClassUID, sopClass).Set(Tags.ReferencedSOPInstanceUID, instance));
        dataSet.Set(Tags.ReferencedSeriesSequence, all.ToArray().AsSpan());
    }

    /// <summary>Value 1 of Image Type, and of Frame Type in functional groups (PS3.3 §C.7.6.1.1.2, §C.7.6.16.2.6).</summary>
    private static void MakeDerived(DataSet dataSet)
    {
        List<string> type = [.. dataSet.GetAll<string>(Tags.ImageType)];
        if (type.Count == 0) type = ["DERIVED", "PRIMARY"];
        type[0] = "DERIVED";
        dataSet.Set(Tags.ImageType, type.ToArray().AsSpan());
        foreach (var groups in new[] { Tags.SharedFunctionalGroupsSequence, Tags.PerFrameFunctionalGroupsSequence })
        {
            foreach (var group in dataSet.GetAll<DataSet>(groups))
            {
                foreach (var macro in group.Where(element => element.IsSequence).SelectMany(element => element.Items).ToList())
                {
                    List<string> frameType = [.. macro.GetAll<string>(Tags.FrameType)];
                    if (frameType.Count == 0) continue;
                    frameType[0] = "DERIVED";
                    macro.Set(Tags.FrameType, frameType.ToArray().AsSpan());
                }
            }
        }
    }

    private static DataSet Code(string value, string meaning) =>
        new DataSet().Set(Tags.CodeValue, value).Set(Tags.CodingSchemeDesignator, "DCM").Set(Tags.CodeMeaning, meaning);

    private static void Append(DataSet dataSet, Tag sequence, DataSet item)
    {
        DataSet[] items = [.. dataSet.GetAll<DataSet>(sequence).Select(existing => existing.Copy()), item];
        dataSet.Set(sequence, items.AsSpan());
    }
}
