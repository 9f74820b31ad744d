using System.Globalization;
using System.Text.Json;
using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Json;

/// <summary>The whole corpus, against a slow writer of the model and back again.</summary>
public sealed class DicomJsonCorpusTests
{
    [Fact]
    public void Every_file_of_the_corpus_comes_back_from_JSON_as_it_went()
    {
        int compared = 0;
        foreach (var (name, file) in Files())
        {
            using (file)
            {
                byte[] json = DicomJson.ToUtf8Bytes(file.DataSet);
                var again = DicomJson.Read(json);
                // A value of odd length comes back padded, which the second JSON shows; what items declare comes back as UTF-8.
                if (!HasOddLength(file.DataSet)) Assert.True(JsonText.InUtf8(json) == JsonText.InUtf8(DicomJson.ToUtf8Bytes(again)), $"{name} changed on the way");
                compared++;
            }
        }
        Assert.True(compared > 400, $"only {compared} files were compared");
    }

    [Fact]
    public void Every_file_of_the_corpus_is_written_as_the_slow_twin_would()
    {
        foreach (var (name, file) in Files())
        {
            using (file)
            {
                using var json = JsonDocument.Parse(DicomJson.ToUtf8Bytes(file.DataSet), new JsonDocumentOptions { MaxDepth = 1000 });
                Compare(file.DataSet, json.RootElement, name);
            }
        }
    }

    /// <summary>Broken lines and spaces keep writer and reader from taking several steps at once.</summary>
    [Fact]
    public void Every_file_of_the_corpus_is_written_and_read_the_same_in_one_step_and_in_many()
    {
        foreach (var (name, file) in Files())
        {
            using (file)
            {
                byte[] quick = DicomJson.ToUtf8Bytes(file.DataSet), slow = DicomJson.ToUtf8Bytes(file.DataSet, new JsonOptions { Indented = true });
                Assert.True(WithoutLines([.. slow]).SequenceEqual(quick), $"{name} is written in two ways");
                Assert.True(DicomJson.ToUtf8Bytes(DicomJson.Read(quick)).AsSpan().SequenceEqual(DicomJson.ToUtf8Bytes(DicomJson.Read(slow))), $"{name} is read in two ways");
            }
        }

        // Within strings line feeds are escaped.
        static Span<byte> WithoutLines(byte[] json)
        {
            int length = 0;
            for (int i = 0; i < json.Length; i++)
            {
                if (json[i] != (byte)'\n')
                {
                    json[length++] = json[i];
                    continue;
                }
                while (i + 1 < json.Length && json[i + 1] == (byte)' ') i++;
            }
            return json.AsSpan(0, length);
        }
    }

    private static IEnumerable<(string Name, DicomFile File)> Files()
    {
        foreach (var file in Corpus.Files())
        {
            DicomFile? opened = null;
            try
            {
                opened = DicomFile.Open(file.Path);
            }
            catch (DicomFormatException)
            {
                // Not every file of the corpus is DICOM; the tests of the reader know which.
            }
            if (opened is not null) yield return (file.Name, opened);
        }
    }

    private static bool HasOddLength(DataSet dataSet) =>
        dataSet.Any(element => element.Length > 0 && (element.Length & 1) != 0 || element.Items.Any(HasOddLength));

    /// <summary>The model by the accessors, without regard for time.</summary>
    private static void Compare(DataSet dataSet, JsonElement json, string path)
    {
        var expected = dataSet.Where(e => e.Tag.Element != 0 && e.Tag.Group is not (0x0002 or 0xFFFE) && e.Fragments is null).ToList();
        string[] names = [.. json.EnumerateObject().Select(p => p.Name)];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        var tags = expected.Select(e => e.Tag.ToHex()).ToList();
        if (names.Contains("00080005") && !tags.Contains("00080005")) tags.Add("00080005");
        Assert.Equal(tags.Order(StringComparer.Ordinal), names);
        foreach (var element in expected) Compare(element, json.GetProperty(element.Tag.ToHex()), $"{path} {element.Tag}");
    }

    private static void Compare(DataElement element, JsonElement json, string path)
    {
        var vr = element.VR;
        Assert.True(vr.ToText() == json.GetProperty("vr").GetString() || element.Tag == Tags.SpecificCharacterSet, path);
        bool hasValue = json.TryGetProperty("Value", out var value);
        if (element.IsSequence)
        {
            Assert.Equal(element.Items.Count, hasValue ? value.GetArrayLength() : 0);
            for (int i = 0; i < element.Items.Count; i++) Compare(element.Items[i], value[i], $"{path}[{i + 1}]");
            return;
        }
        if (json.TryGetProperty("InlineBinary", out var binary))
        {
            byte[] bytes = element.Bytes.ToArray();
            if (element.DataSet.IsBigEndian) ValueBytes.Swap(bytes, vr);
            Assert.True(bytes.AsSpan().SequenceEqual(binary.GetBytesFromBase64()), path);
            return;
        }
        if (!hasValue)
        {
            Assert.True(element.IsEmpty || element.DataSet.GetAll<string>(element.Tag).All(v => v.Trim(' ', '\0').Length == 0), path);
            return;
        }
        if (element.Tag == Tags.SpecificCharacterSet && element.DataSet.Parent is null)
        {
            Assert.Equal("ISO_IR 192", value[0].GetString());
            return;
        }
        var strings = element.DataSet.GetAll<string>(element.Tag);
        Assert.True(strings.Count == value.GetArrayLength(), path);
        for (int i = 0; i < strings.Count; i++) CompareOne(strings[i], value[i], vr, path);
    }

    private static void CompareOne(string expected, JsonElement actual, VR vr, string path)
    {
        switch (actual.ValueKind)
        {
            case JsonValueKind.Null:
                Assert.True(expected.Length == 0, path);
                break;
            case JsonValueKind.String:
                Assert.True(expected == actual.GetString() || expected is "∞" or "-∞", path);
                break;
            case JsonValueKind.Object:
                var name = new[] { "Alphabetic", "Ideographic", "Phonetic" }.Select(g => actual.TryGetProperty(g, out var text) ? text.GetString() : "");
                Assert.True(string.Join('=', expected.Split('=').Take(3).Select(g => g.TrimEnd(' '))).TrimEnd('=') == string.Join('=', name).TrimEnd('='), path);
                break;
            default:
                Assert.Equal(JsonValueKind.Number, actual.ValueKind);
                Assert.True(vr is not (VR.LO or VR.SH or VR.CS or VR.UI), path);
                Assert.True(double.Parse(expected, CultureInfo.InvariantCulture) == double.Parse(actual.GetRawText(), CultureInfo.InvariantCulture), path);
                break;
        }
    }
}
