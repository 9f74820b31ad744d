using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Objects in many transfer syntaxes, some of them made by DCMTK's encoders.</summary>
internal static class Samples
{
    private static readonly WriteOptions Canonical = new() { Lengths = LengthEncoding.Defined, DropGroupLengths = true };

    /// <summary>The content without the freedom that PS3.5 leaves: what two encodings of one object have in common.</summary>
    public static byte[] CanonicalBytes(ReadOnlyMemory<byte> dataSet, TransferSyntax syntax)
    {
        var read = DicomFile.ReadDataSet(dataSet, syntax);
        return DataSetWriter.ToArray(read.DataSet, syntax.IsEncapsulated ? syntax : TransferSyntax.ExplicitVRLittleEndian, Canonical);
    }

    /// <summary>A file in <paramref name="syntax"/>. Pixels are compressed for good where DCMTK can do it; for the other
    /// syntaxes a code stream is made up, which is as good for everything but looking at it.</summary>
    public static async Task<string> MakeAsync(TemporaryFolder folder, DataSet dataSet, TransferSyntax syntax)
    {
        string path = folder[dataSet.Get<string>(Tags.SOPInstanceUID) + ".dcm"], plain = path + ".plain";
        (string Tool, string[] Options)? encoder = syntax.Uid.Value switch
        {
            "1.2.840.10008.1.2.1.99" => ("dcmconv", ["+td"]),
            "1.2.840.10008.1.2.4.70" => ("dcmcjpeg", ["+e1"]),
            "1.2.840.10008.1.2.4.80" => ("dcmcjpls", []),
            "1.2.840.10008.1.2.5" => ("dcmcrle", []),
            _ => null,
        };
        if (encoder is { } chosen)
        {
            await File.WriteAllBytesAsync(plain, SampleObject.ToFile(dataSet), IsocenterProcess.Cancel);
            (await ForeignTool.RunAsync(chosen.Tool, [.. chosen.Options, plain, path])).AssertSuccess();
            File.Delete(plain);
            return path;
        }
        if (syntax.IsEncapsulated) dataSet = dataSet.Copy().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 0xFF, 0x4F, 0xFF, 0x51, 1, 2, 3, 4 }]));
        await File.WriteAllBytesAsync(path, SampleObject.ToFile(dataSet, syntax), IsocenterProcess.Cancel);
        return path;
    }
}
