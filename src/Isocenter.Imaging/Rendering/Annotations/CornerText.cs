using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Writes into the corners of a picture who is on it and how it was made, as the annotation parameter of
/// PS3.18 §8.3.5.1.1 asks for.</summary>
public static class CornerText
{
    private const int MaxLetters = 64;

    /// <summary>Draws into the pixels of the picture.</summary>
    /// <param name="picture">Receives the text.</param>
    /// <param name="dataSet">The image.</param>
    /// <param name="patient">Name, identifier, birth date and sex, left above.</param>
    /// <param name="technique">Modality, when and with what it was acquired, right above.</param>
    public static void Draw(Picture picture, DataSet dataSet, bool patient, bool technique)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(dataSet);
        if (patient) Draw(picture, Patient(dataSet), isRight: false);
        if (technique) Draw(picture, Technique(dataSet), isRight: true);
    }

    private static void Draw(Picture picture, IEnumerable<string> texts, bool isRight)
    {
        string[] lines = [.. texts.Where(text => text.Length > 0).Select(text => DotFont.Lines(text)[0]).Select(text => text.Length > MaxLetters ? text[..MaxLetters] : text)];
        if (lines.Length == 0) return;
        // Some thirty lines would fill the picture.
        int size = Math.Max(1, picture.Height / (30 * DotFont.LineHeight));
        int margin = 2 * size;
        var canvas = new Canvas(picture);
        for (int i = 0; i < lines.Length; i++)
        {
            int left = isRight ? picture.Width - margin - lines[i].Length * DotFont.Advance * size : margin;
            canvas.Text([lines[i]], left, margin + i * DotFont.LineHeight * size, size);
        }
    }

    private static IEnumerable<string> Patient(DataSet dataSet)
    {
        yield return Text(dataSet, Tags.PatientName).Split('=')[0].Replace('^', ' ').Trim();
        yield return Text(dataSet, Tags.PatientID);
        yield return $"{Date(Text(dataSet, Tags.PatientBirthDate))} {Text(dataSet, Tags.PatientSex)}".Trim();
    }

    private static IEnumerable<string> Technique(DataSet dataSet)
    {
        yield return $"{Text(dataSet, Tags.Modality)} {Date(Text(dataSet, Tags.StudyDate))}".Trim();
        yield return Text(dataSet, Tags.SeriesDescription);
        yield return Labelled("Se ", Tags.SeriesNumber, "") + Labelled(" Im ", Tags.InstanceNumber, "");
        yield return Labelled("", Tags.KVP, " kV") + Labelled(" ", Tags.XRayTubeCurrent, " mA") + Labelled(" ", Tags.ExposureTime, " ms");
        yield return Labelled("TR ", Tags.RepetitionTime, "") + Labelled(" TE ", Tags.EchoTime, "");
        yield return Labelled("", Tags.SliceThickness, " mm");

        string Labelled(string before, Tag tag, string after) => Text(dataSet, tag) is { Length: > 0 } text ? before + text + after : "";
    }

    /// <summary>Whatever stands there, readable or not: a picture is not refused for a bad birth date.</summary>
    private static string Text(DataSet dataSet, Tag tag) =>
        dataSet.TryFind(tag, out var element) && !element.IsEmpty && element.Length <= 1024 ? dataSet.GetAll<string>(tag) is [var first, ..] ? first.Trim() : "" : "";

    private static string Date(string text) => text.Length == 8 ? $"{text[..4]}-{text[4..6]}-{text[6..]}" : text;
}
