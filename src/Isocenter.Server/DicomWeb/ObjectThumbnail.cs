using System.Text;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>The thumbnail of an object that has no pixels, or a video (PS3.18 §10.4.1.1.4 leaves open what it shows): waveforms and
/// structure sets are drawn, reports have their first lines, everything else says what it is.</summary>
internal static class ObjectThumbnail
{
    public static Picture Of(DataSet dataSet, int width, int height)
    {
        if (ObjectPicture.Draw(dataSet, width, height) is { } drawn) return drawn;
        if (StructuredReportText.IsReport(dataSet))
        {
            string text = Encoding.UTF8.GetString(StructuredReportText.Write(dataSet, isHtml: false));
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            return ObjectPicture.Page(end < 0 ? text : text[..end], end < 0 ? "" : text[(end + 1)..].TrimStart(), width, height);
        }
        string kind = Kind(dataSet), title = Title(dataSet);
        return ObjectPicture.Page(title.Length > 0 ? title : kind, title.Length > 0 ? kind : "", width, height);
    }

    private static string Kind(DataSet dataSet)
    {
        if (dataSet.Contains(Tags.EncapsulatedDocument))
        {
            string type = dataSet.Get(Tags.MIMETypeOfEncapsulatedDocument, "");
            return (type.Length > 0 ? type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..].ToUpperInvariant() + " " : "") + "document";
        }
        string sopClass = dataSet.Get(Tags.SOPClassUID, "");
        return UidDictionary.TryFind(sopClass, out var entry) ? entry.Name.Replace(" Storage", "", StringComparison.Ordinal) : dataSet.Get(Tags.Modality, "An object without a picture");
    }

    private static string Title(DataSet dataSet)
    {
        foreach (var tag in new[] { Tags.DocumentTitle, Tags.ContentLabel, Tags.StructureSetLabel, Tags.RTPlanLabel, Tags.SeriesDescription })
        {
            if (dataSet.TryFind(tag, out var element) && element.Text.Trim() is { Length: > 0 } text) return text;
        }
        return "";
    }
}
