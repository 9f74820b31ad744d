using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.Portal;

/// <summary>The image that a viewer shows first of a study: of the series with the lowest number that holds pictures, the one with the lowest
/// number.</summary>
internal static class FirstImage
{
    /// <summary>Modalities whose objects are no pictures by themselves (PS3.3 §C.7.3.1.1.1).</summary>
    private static readonly HashSet<string> WithoutPictures =
        ["AU", "DOC", "ECG", "EEG", "EMG", "EOG", "EPS", "FID", "HD", "KO", "M3D", "PLAN", "PR", "REG", "RESP", "RTPLAN", "RTRECORD", "RTSTRUCT", "RWV", "SEG", "SM", "SMR", "SR", "STAIN"];

    /// <summary>Its address below the DICOMweb root; null when the study is not here or holds no pictures.</summary>
    public static async Task<string?> FindAsync(ImageArchive archive, Uid study, CancellationToken cancel)
    {
        await foreach (var series in archive.QueryAsync(Question(QueryLevel.Series, Tags.Modality, (Tags.StudyInstanceUID, study.Value)), cancel))
        {
            if (WithoutPictures.Contains(series.Get(Tags.Modality, ""))) continue;
            string uid = series.Get<string>(Tags.SeriesInstanceUID);
            var question = Question(QueryLevel.Image, Tags.SOPInstanceUID, (Tags.StudyInstanceUID, study.Value), (Tags.SeriesInstanceUID, uid));
            await foreach (var image in archive.QueryAsync(question with { Limit = 1 }, cancel))
                return $"/studies/{study}/series/{uid}/instances/{image.Get<string>(Tags.SOPInstanceUID)}";
        }
        return null;
    }

    private static Query Question(QueryLevel level, Tag wanted, params ReadOnlySpan<(Tag Tag, string Uid)> keys)
    {
        var identifier = new DataSet().Set<string>(wanted);
        foreach (var (tag, uid) in keys) identifier.SetText(tag, VR.UI, uid);
        return new Query { Level = level, Identifier = identifier };
    }
}
