using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.Portal;

/// <summary>The image that the viewer shows first of a study: of the series with the lowest number that holds pictures, the one with the lowest
/// number; of a stack of slices the last along its normal, which of axial slices is the one nearest to the head.</summary>
internal static class FirstImage
{
    /// <summary>Modalities whose objects are no pictures by themselves (PS3.3 §C.7.3.1.1.1).</summary>
    private static readonly HashSet<string> WithoutPictures =
        ["AU", "DOC", "ECG", "EEG", "EMG", "EOG", "EPS", "FID", "HD", "KO", "M3D", "PLAN", "PR", "REG", "RESP", "RTPLAN", "RTRECORD", "RTSTRUCT", "RWV", "SEG", "SM", "SMR", "SR", "STAIN"];

    /// <summary>Modalities whose series the viewer sorts by position, when they are stacks.</summary>
    private static readonly HashSet<string> OfStacks = ["CT", "MR", "PT", "NM"];

    /// <summary>A series of more is taken as it is numbered.</summary>
    private const int MaxSlices = 5000;

    /// <summary>Cosines of directions that differ by less are of the same direction.</summary>
    private const double SameDirection = 1e-3;

    /// <summary>Its address below the DICOMweb root; null when the study is not here or holds no pictures.</summary>
    public static async Task<string?> FindAsync(ImageArchive archive, Uid study, CancellationToken cancel)
    {
        await foreach (var series in archive.QueryAsync(Question(QueryLevel.Series, Tags.Modality, (Tags.StudyInstanceUID, study.Value)), cancel))
        {
            if (WithoutPictures.Contains(series.Get(Tags.Modality, ""))) continue;
            string uid = series.Get<string>(Tags.SeriesInstanceUID);
            var question = Question(QueryLevel.Image, Tags.SOPInstanceUID, (Tags.StudyInstanceUID, study.Value), (Tags.SeriesInstanceUID, uid));
            foreach (var tag in new[] { Tags.ImagePositionPatient, Tags.ImageOrientationPatient }) question.Identifier.SetBytes(tag, VR.DS, default);
            bool isStack = OfStacks.Contains(series.Get(Tags.Modality, ""));
            List<DataSet> images = [];
            await foreach (var image in archive.QueryAsync(question with { Limit = isStack ? MaxSlices + 1 : 1 }, cancel)) images.Add(image);
            if (images.Count == 0) continue;
            var first = (isStack && images.Count <= MaxSlices ? LastAlongNormal(images) : null) ?? images[0];
            return $"/studies/{study}/series/{uid}/instances/{first.Get<string>(Tags.SOPInstanceUID)}";
        }
        return null;
    }

    /// <summary>Null when they are no stack: one only, or one without a place, or one that looks another way.</summary>
    private static DataSet? LastAlongNormal(List<DataSet> images)
    {
        if (images.Count < 2 || Numbers(images[0], Tags.ImageOrientationPatient, 6) is not { } first) return null;
        double[] normal = [first[1] * first[5] - first[2] * first[4], first[2] * first[3] - first[0] * first[5], first[0] * first[4] - first[1] * first[3]];
        DataSet? last = null;
        double farthest = double.NegativeInfinity;
        foreach (var image in images)
        {
            if (Numbers(image, Tags.ImageOrientationPatient, 6) is not { } orientation || Numbers(image, Tags.ImagePositionPatient, 3) is not { } position) return null;
            if (orientation.Zip(first).Any(pair => Math.Abs(pair.First - pair.Second) > SameDirection)) return null;
            double distance = normal[0] * position[0] + normal[1] * position[1] + normal[2] * position[2];
            if (distance > farthest) (last, farthest) = (image, distance);
        }
        return last;
    }

    /// <summary>Null when it does not have so many, or not of numbers.</summary>
    private static double[]? Numbers(DataSet image, Tag tag, int count)
    {
        if (!image.TryFind(tag, out var element)) return null;
        string[] texts = element.Text.Split('\\');
        if (texts.Length != count) return null;
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i])) return null;
        }
        return numbers;
    }

    private static Query Question(QueryLevel level, Tag wanted, params ReadOnlySpan<(Tag Tag, string Uid)> keys)
    {
        var identifier = new DataSet().Set<string>(wanted);
        foreach (var (tag, uid) in keys) identifier.SetText(tag, VR.UI, uid);
        return new Query { Level = level, Identifier = identifier };
    }
}
