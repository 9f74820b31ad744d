using Isocenter.Dicom.Tests.Json;
using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Xml;

/// <summary>The whole corpus into XML and back.</summary>
public sealed class DicomXmlCorpusTests
{
    [Fact]
    public void Every_file_of_the_corpus_comes_back_from_XML_as_it_went()
    {
        int compared = 0;
        var failures = new List<string>();
        foreach (var file in Corpus.Files())
        {
            DicomFile opened;
            try
            {
                opened = DicomFile.Open(file.Path);
            }
            catch (DicomFormatException)
            {
                continue;      // Not every file of the corpus is DICOM; the tests of the reader know which.
            }
            using (opened)
            {
                var found = new List<Finding>();
                var again = DicomXml.Read(DicomXml.ToUtf8Bytes(opened.DataSet), null, found);
                // JSON is what both have in common: it pads nothing, and all text is in UTF-8.
                string expected = JsonText.InUtf8(DicomJson.ToUtf8Bytes(Even(opened.DataSet))), actual = JsonText.InUtf8(DicomJson.ToUtf8Bytes(again));
                if (expected != actual) failures.Add($"{file.Name}: {Difference(expected, actual)}");
                compared++;
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(compared > 400, $"only {compared} files were compared");
    }

    /// <summary>Values of odd length with the padding that they get on the way.</summary>
    private static DataSet Even(DataSet dataSet)
    {
        if (!HasOddLength(dataSet)) return dataSet;
        return DicomJson.Read(DicomJson.ToUtf8Bytes(dataSet));
    }

    private static bool HasOddLength(DataSet dataSet) =>
        dataSet.Any(element => element.Length > 0 && (element.Length & 1) != 0 || element.Items.Any(HasOddLength));

    private static string Difference(string expected, string actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        int start = Math.Max(0, at - 80);
        return expected[start..Math.Min(expected.Length, at + 60)] + "\n  became " + actual[start..Math.Min(actual.Length, at + 60)];
    }
}
