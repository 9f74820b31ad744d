using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;

namespace Isocenter.Fuzz;

/// <summary>What is fuzzed: each takes bytes, and either copes or throws the error it promises.</summary>
internal static class Targets
{
    public static IReadOnlyDictionary<string, Action<Memory<byte>>> All { get; } = new Dictionary<string, Action<Memory<byte>>>
    {
        ["file"] = bytes =>
        {
            var file = DicomFile.Read(bytes);
            Walk(file.DataSet, 0);
            if (!PixelsDescribed(file.DataSet, out var frames)) return;
            for (int i = 0; i < Math.Min(frames!.Count, 4); i++)
            {
                if (frames.LengthOf(i) < 1 << 20) frames.Read(i);
            }
        },
        ["write"] = bytes =>
        {
            var file = DicomFile.Read(bytes);
            foreach (var syntax in new[] { TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian, file.TransferSyntax })
            {
                if (syntax.IsDeflated) continue;
                try
                {
                    DataSetWriter.ToArray(file.DataSet, syntax);
                }
                catch (InvalidOperationException)
                {
                    // A value that does not fit the encoding.
                }
            }
        },
        ["json"] = bytes => DicomJson.ReadArray(bytes.Span),
        ["xml"] = bytes => DicomXml.Read(bytes),
        ["validate"] = bytes => IodValidator.Validate(DicomFile.Read(bytes).DataSet),
        ["dicomdir"] = bytes =>
        {
            var set = FileSet.Read(bytes, "/nowhere");
            foreach (var record in set.Walk()) _ = set.PathOf(record);
        },
        ["network"] = NetworkTarget.Read,
        ["to-json"] = bytes => DicomJson.ToUtf8Bytes(DicomFile.Read(bytes).DataSet),
        ["to-xml"] = bytes => DicomXml.Write(DicomFile.Read(bytes).DataSet, Stream.Null),
    };

    private static bool PixelsDescribed(DataSet dataSet, out PixelDataFrames? frames)
    {
        frames = null;
        if (!dataSet.Contains(Tags.PixelData)) return false;
        frames = PixelDataFrames.Of(dataSet);
        return true;
    }

    private static int Walk(DataSet dataSet, int depth)
    {
        int n = 0;
        foreach (var element in dataSet)
        {
            foreach (var item in element.Items) n += Walk(item, depth + 1);
            if (element.VR.IsText() && element.Length < 4096) n += element.Text.Length;
            dataSet.TryGet(element.Tag, out double _);
            dataSet.TryGet(element.Tag, out DateTime _);
        }
        return n;
    }
}
