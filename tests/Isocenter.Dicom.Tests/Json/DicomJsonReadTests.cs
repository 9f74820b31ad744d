using System.Text;

namespace Isocenter.Dicom.Tests.Json;

public sealed class DicomJsonReadTests
{
    private static DataSet Read(string json, JsonReadOptions? options = null) => Read(json, out _, options);

    private static DataSet Read(string json, out List<Finding> findings, JsonReadOptions? options = null)
    {
        findings = [];
        return DicomJson.Read(Encoding.UTF8.GetBytes(json), options, findings);
    }

    private static DicomFormatException Fails(string json) => Assert.Throws<DicomFormatException>(() => Read(json));

    [Fact]
    public void Values_become_elements()
    {
        var dataSet = Read("""
            { "00080008": { "vr": "CS", "Value": ["DERIVED", null, "AXIAL"] },
              "00081140": { "vr": "SQ", "Value": [ {}, { "00081155": { "vr": "UI", "Value": ["1.2.3"] } } ] },
              "00100010": { "vr": "PN", "Value": [ { "Alphabetic": "Doe^John", "Phonetic": "p" } ] },
              "00280010": { "vr": "US", "Value": [512] },
              "00280030": { "vr": "DS", "Value": [0.50, "1.25"] },
              "00280009": { "vr": "AT", "Value": ["3004000C"] },
              "00091001": { "vr": "FD", "Value": [0.1, "NaN", "-inf", "Infinity"] },
              "00091002": { "vr": "OW", "InlineBinary": "AQIDBA==" },
              "00091003": { "vr": "SV", "Value": [-1, "-9223372036854775808"] } }
            """, out var findings);
        Assert.Empty(findings);
        Assert.Equal(["DERIVED", "", "AXIAL"], dataSet.GetAll<string>(Tags.ImageType));
        Assert.Equal("1.2.3", dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[1].Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("Doe^John==p", dataSet.Get<string>(Tags.PatientName));
        Assert.Equal(512, dataSet.Get<int>(Tags.Rows));
        Assert.Equal(["0.50", "1.25"], dataSet.GetAll<string>(Tags.PixelSpacing));
        Assert.Equal(new Tag(0x3004_000C), dataSet.Get<Tag>(Tags.FrameIncrementPointer));
        Assert.Equal([0.1, double.NaN, double.NegativeInfinity, double.PositiveInfinity], dataSet.GetAll<double>(new Tag(0x0009_1001)));
        Assert.True(dataSet.TryFind(new Tag(0x0009_1002), out var element));
        Assert.Equal([1, 2, 3, 4], element.Bytes.ToArray());
        Assert.Equal([-1, long.MinValue], dataSet.GetAll<long>(new Tag(0x0009_1003)));
    }

    [Fact]
    public void Attributes_without_a_Value_are_empty_elements()
    {
        var dataSet = Read("""{"00100010":{"vr":"PN"},"00081140":{"vr":"SQ"},"00280010":{"vr":"US","Value":[]},"00100020":{"vr":"LO","Value":[null]},"00280011":{"vr":"US","Value":[null]},"7FE00010":{"vr":"OW","Value":[]}}""");
        Assert.Equal(6, dataSet.Count);
        Assert.All(dataSet, element => Assert.True(element.IsEmpty));
    }

    [Fact]
    public void The_order_within_an_attribute_and_a_person_name_is_free()
    {
        var dataSet = Read("""{"00100010":{"Value":[{"Phonetic":"c","Alphabetic":"a","Ideographic":"b"}],"vr":"PN"},"00081140":{"Value":[{"00280010":{"Value":[7],"vr":"US"}}],"vr":"SQ"}}""");
        Assert.Equal("a=b=c", dataSet.Get<string>(Tags.PatientName));
        Assert.Equal(7, dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].Get<int>(Tags.Rows));
    }

    [Fact]
    public void Elements_are_sorted_and_of_two_the_first_stays()
    {
        var dataSet = Read("""{"00100020":{"vr":"LO","Value":["a"]},"00080060":{"vr":"CS","Value":["CT"]},"00100020":{"vr":"LO","Value":["b"]}}""");
        Assert.Equal([Tags.Modality, Tags.PatientID], dataSet.Select(element => element.Tag));
        Assert.Equal("a", dataSet.Get<string>(Tags.PatientID));
    }

    [Fact]
    public void Text_is_UTF_8_and_the_data_set_says_so()
    {
        var dataSet = Read("""{"00080005":{"vr":"CS","Value":["ISO_IR 100"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Jérôme","Ideographic":"\u5C71"}]}}""");
        Assert.Equal("ISO_IR 192", dataSet.Get<string>(Tags.SpecificCharacterSet));
        Assert.Equal("Jérôme=山", dataSet.Get<string>(Tags.PatientName));
        Assert.Equal("ISO_IR 192", Read("""{"00081140":{"vr":"SQ","Value":[{"00080005":{"vr":"CS"},"00080104":{"vr":"LO","Value":["é"]}}]}}""").Get<string>(Tags.SpecificCharacterSet));
        Assert.Equal("é", Read("""{"00081140":{"vr":"SQ","Value":[{"00080005":{"vr":"CS"},"00080104":{"vr":"LO","Value":["é"]}}]}}""")
            .GetAll<DataSet>(Tags.ReferencedImageSequence)[0].Get<string>(Tags.CodeMeaning));
        Assert.False(Read("""{"00100020":{"vr":"LO","Value":["x"]}}""").Contains(Tags.SpecificCharacterSet));
    }

    [Theory]
    [InlineData("""{"00280010":{"vr":"US","Value":["512"]}}""")]                      // a number as a string
    [InlineData("""{"00280010":{"vr":"US","Value":512}}""")]                          // no array
    [InlineData("""{"00280010":{"Value":[512]}}""")]                                  // no vr
    [InlineData("""{"00280010":{"vr":"US or SS","Value":[512]}}""")]                  // a vr that is none
    [InlineData("""{"00280010":{"vr":"US","Value":[512],"InlineBinary":"AAA="}}""")]  // two values
    [InlineData("""{"00280010":{"vr":"US","Value":[512]},"00020010":{"vr":"UI","Value":["1.2"]}}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":[512]},"00280000":{"vr":"UL","Value":[2]}}""")]
    public void What_breaks_a_rule_and_can_be_understood_is_read_with_a_finding(string json)
    {
        var dataSet = Read(json, out var findings);
        Assert.Single(findings);
        Assert.Equal(512, dataSet.Get<int>(Tags.Rows));
        Assert.Single(dataSet);
    }

    [Fact]
    public void Lower_case_tags_unknown_members_and_decimal_points_of_integers_are_read()
    {
        var dataSet = Read("""{"7fe00010":{"vr":"OW","keyword":"PixelData","InlineBinary":"AQ\u003d=","more":[1,{"x":[]}]},"00280010":{"vr":"US","Value":[5.0]},"00200013":{"vr":"IS","Value":[7.0]}}""");
        Assert.True(dataSet.TryFind(Tags.PixelData, out var element));
        Assert.Equal([1, 0], element.Bytes.ToArray());      // padded to an even length
        Assert.Equal(5, dataSet.Get<int>(Tags.Rows));
        Assert.Equal("7", dataSet.Get<string>(Tags.InstanceNumber));
    }

    [Fact]
    public void File_meta_information_is_kept_on_demand() =>
        Assert.Equal("1.2", Read("""{"00020010":{"vr":"UI","Value":["1.2"]}}""", new JsonReadOptions { KeepFileMeta = true }).Get<string>(Tags.TransferSyntaxUID));

    [Fact]
    public void Bulk_data_are_fetched_where_someone_can_and_otherwise_found_missing()
    {
        const string Json = """{"00081140":{"vr":"SQ","Value":[{"00420011":{"vr":"OB","BulkDataURI":"http://x/1"}}]}}""";
        var dataSet = Read(Json, new JsonReadOptions
        {
            BulkData = reference =>
            {
                Assert.Equal(("http://x/1", "(0008,1140)[0](0042,0011)", VR.OB), (reference.Uri, reference.Path, reference.VR));
                return new byte[] { 9, 8, 7 };
            },
        });
        Assert.True(dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].TryFind(Tags.EncapsulatedDocument, out var element));
        Assert.Equal([9, 8, 7, 0], element.Bytes.ToArray());

        dataSet = Read(Json, out var findings);
        Assert.True(dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].TryFind(Tags.EncapsulatedDocument, out element));
        Assert.True(element.IsEmpty);
        Assert.Contains("http://x/1", Assert.Single(findings).Problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"a")]
    [InlineData("""{"00100020":{"vr":"LO","Value":["a"]}""")]
    [InlineData("""{"0010002":{"vr":"LO"}}""")]
    [InlineData("""{"PatientID":{"vr":"LO"}}""")]
    [InlineData("""{"00100020":"x"}""")]
    [InlineData("""{"00100020":{"vr":5}}""")]
    [InlineData("""{"00100020":{"vr":"LO","Value":[{}]}}""")]
    [InlineData("""{"00100020":{"vr":"LO","Value":{"a":1}}}""")]
    [InlineData("""{"00100020":{"vr":"LO","Value":[["a"]]}}""")]
    [InlineData("""{"00100020":{"vr":"LO","Value":[true]}}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":[70000]}}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":[-1]}}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":[1.5]}}""")]
    [InlineData("""{"00280010":{"vr":"US","Value":["x"]}}""")]
    [InlineData("""{"00091001":{"vr":"FD","Value":["x"]}}""")]
    [InlineData("""{"00091001":{"vr":"FD","Value":[1e999]}}""")]
    [InlineData("""{"00091001":{"vr":"FL","Value":[1e39]}}""")]
    [InlineData("""{"00280009":{"vr":"AT","Value":["x"]}}""")]
    [InlineData("""{"00091001":{"vr":"OB","Value":[1]}}""")]
    [InlineData("""{"00091001":{"vr":"OB","InlineBinary":"?"}}""")]
    [InlineData("""{"00091001":{"vr":"OB","InlineBinary":["AA=="]}}""")]
    [InlineData("""{"00091001":{"vr":"OB","BulkDataURI":5}}""")]
    [InlineData("""{"00081140":{"vr":"SQ","Value":["x"]}}""")]
    [InlineData("""{"00081140":{"vr":"SQ","InlineBinary":"AA=="}}""")]
    [InlineData("""{"00100010":{"vr":"PN","Value":[{"Alphabetic":5}]}}""")]
    public void What_is_not_of_the_model_is_refused_with_its_place(string json) => Assert.NotNull(Fails(json).Offset);

    [Fact]
    public void An_error_names_the_byte_and_the_path()
    {
        const string Json = """{"00081140":{"vr":"SQ","Value":[{},{"00280010":{"vr":"US","Value":[70000]}}]}}""";
        var error = Fails(Json);
        Assert.Equal("(0008,1140)[1](0028,0010)", error.Path);
        Assert.Equal(Json.IndexOf("70000", StringComparison.Ordinal), error.Offset);
        Assert.Contains("'70000' is out of the range of US", error.Message);
    }

    [Fact]
    public void Nesting_deeper_than_the_limit_is_refused_and_any_depth_ends_without_a_crash()
    {
        static string Deep(int levels) => string.Concat(Enumerable.Repeat("""{"00081140":{"vr":"SQ","Value":[""", levels)) + "{}" + string.Concat(Enumerable.Repeat("]}}", levels));
        Read(Deep(256));
        Assert.Contains("deeper than 256 levels", Fails(Deep(257)).Message);
        Fails(Deep(100_000));
        Fails(new string('[', 1_000_000));
        Assert.Contains("deeper than 3 levels", Assert.Throws<DicomFormatException>(() => Read(Deep(4), new JsonReadOptions { MaxDepth = 3 })).Message);
    }

    [Fact]
    public void Broken_Unicode_is_repaired_with_a_finding()
    {
        Assert.Equal("a\uFFFDb", Read("""{"00100020":{"vr":"LO","Value":["a\ud800b"]}}""", out var findings).Get<string>(Tags.PatientID));
        Assert.Single(findings);
        findings = [];
        byte[] bytes = [.. "{\"00100020\":{\"vr\":\"LO\",\"Value\":[\"a"u8, 0xFF, .. "b\"]}}"u8];
        Assert.Equal("a\uFFFDb", DicomJson.Read(bytes, null, findings).Get<string>(Tags.PatientID));
        Assert.Single(findings);
    }

    [Fact]
    public void Arrays_are_read_with_or_without_a_byte_order_mark()
    {
        byte[] json = [0xEF, 0xBB, 0xBF, .. """[{"00100020":{"vr":"LO","Value":["a"]}},{},{"00100020":{"vr":"LO","Value":["é"]}}]"""u8];
        var dataSets = DicomJson.ReadArray(json);
        Assert.Equal(3, dataSets.Count);
        Assert.Equal("a", dataSets[0].Get<string>(Tags.PatientID));
        Assert.False(dataSets[0].Contains(Tags.SpecificCharacterSet));
        Assert.Equal("é", dataSets[2].Get<string>(Tags.PatientID));
        Assert.Single(DicomJson.ReadArray("{}"u8));
        Assert.Empty(DicomJson.ReadArray("[]"u8));
        Assert.Throws<DicomFormatException>(() => DicomJson.ReadArray("[1]"u8));
    }

    [Fact]
    public void Findings_are_limited()
    {
        string json = "{" + string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"0009{0x1000 + i:X4}\":{{\"vr\":\"US\",\"Value\":[\"1\"]}}")) + "}";
        Read(json, out var findings);
        Assert.Equal(100, findings.Count);
    }

    [Fact]
    public void Mutated_JSON_is_read_or_refused_and_nothing_else()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, "山田^太郎=x").Set(Tags.WindowCenter, "1.5\\-3e5")
            .Set(Tags.ReferencedImageSequence, new DataSet().Set(Tags.Rows, (ushort)5, (ushort)6).SetBytes(Tags.PixelData, VR.OW, [1, 2, 3, 4])).Set(new Tag(0x0009_1001), VR.FD, 1.5, double.NaN);
        byte[] json = DicomJson.ToUtf8Bytes(dataSet);
        var random = new Random(20_240_607);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] mutated = (byte[])json.Clone();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int at = random.Next(mutated.Length);
                mutated[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)"{}[]\",:0-\\nu"[random.Next(12)], _ => mutated[random.Next(mutated.Length)] };
            }
            try
            {
                DicomJson.ToUtf8Bytes(DicomJson.Read(mutated.AsSpan(0, random.Next(4) == 0 ? random.Next(mutated.Length) : mutated.Length)));
            }
            catch (DicomFormatException)
            {
            }
        }
    }
}
