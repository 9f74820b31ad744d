using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Server;

/// <summary>Are two files the same object, once with its pixels encoded otherwise? Two senders of one object often differ in nothing else.</summary>
internal static class Recoding
{
    /// <summary>Longer files are compared by their bytes alone.</summary>
    private const long MaxLength = 256 << 20;

    /// <summary>What an encoding without loss may change beside the pixels (PS3.5 §8.2, PS3.3 §C.7.6.3).</summary>
    private static readonly Tag[] OfEncoding = [Tags.PhotometricInterpretation, Tags.PlanarConfiguration];

    /// <summary>All attributes and all samples are the same, and nothing is compressed with loss in one of them only.</summary>
    /// <param name="first">Path of a file.</param>
    /// <param name="second">Path of another.</param>
    public static bool IsSame(string first, string second)
    {
        try
        {
            if (new FileInfo(first).Length > MaxLength || new FileInfo(second).Length > MaxLength) return false;
            using DicomFile a = DicomFile.Open(first), b = DicomFile.Open(second);
            return IsWithoutLoss(a.TransferSyntax) && IsWithoutLoss(b.TransferSyntax) && HaveSameAttributes(a, b) && HaveSamePixels(a, b);
        }
        catch (Exception e) when (e is DicomFormatException or PixelDataException or CodecException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsWithoutLoss(TransferSyntax syntax) =>
        !syntax.IsEncapsulated || FrameCodecs.Find(syntax.Uid.Value) is { CanDecode: true } codec && !codec.IsLossy(FrameEncodeOptions.Default);

    private static bool HaveSameAttributes(DicomFile a, DicomFile b) =>
        DataSetDiff.Compare(Attributes(a.DataSet), Attributes(b.DataSet), new DiffOptions { MaxDifferences = 1 }).Count == 0;

    private static DataSet Attributes(DataSet dataSet)
    {
        var attributes = new DataSet();
        foreach (var element in dataSet)
        {
            if (element.Tag.Group != Tags.PixelData.Group && !element.Tag.IsGroupLength && !OfEncoding.Contains(element.Tag)) attributes.Add(element);
        }
        return attributes;
    }

    private static bool HaveSamePixels(DicomFile a, DicomFile b)
    {
        if (!a.DataSet.Contains(Tags.PixelData) || !b.DataSet.Contains(Tags.PixelData)) return a.DataSet.Contains(Tags.PixelData) == b.DataSet.Contains(Tags.PixelData);
        FrameTranscoder ours = Native(a), theirs = Native(b);
        if (ours.Count != theirs.Count) return false;
        for (int i = 0; i < ours.Count; i++)
        {
            if (!ours.Read(i).AsSpan().SequenceEqual(theirs.Read(i))) return false;
        }
        return true;

        static FrameTranscoder Native(DicomFile file) => FrameTranscoder.Of(file.DataSet, file.TransferSyntax, TransferSyntax.ExplicitVRLittleEndian);
    }
}
