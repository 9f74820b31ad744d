using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Isocenter.Dicom.Tests.Json;

public sealed class DicomJsonWriteTests
{
    private static string Json(DataSet dataSet, JsonOptions? options = null) => Encoding.UTF8.GetString(DicomJson.ToUtf8Bytes(dataSet, options));

    [Fact]
    public void An_empty_data_set_is_an_empty_object() => Assert.Equal("{}", Json(new DataSet()));

    [Fact]
    public void Attributes_stand_in_the_order_of_their_tags_with_vr_and_Value()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "X1").Set(Tags.Modality, "CT").Set(Tags.Rows, (ushort)512);
        Assert.Equal("""{"00080060":{"vr":"CS","Value":["CT"]},"00100020":{"vr":"LO","Value":["X1"]},"00280010":{"vr":"US","Value":[512]}}""", Json(dataSet));
    }

    [Fact]
    public void An_empty_attribute_has_no_Value()
    {
        var dataSet = new DataSet().Set<string>(Tags.PatientID).Set<DataSet>(Tags.ReferencedImageSequence).Set<ushort>(Tags.Rows).Set(Tags.PatientName, " ");
        Assert.Equal("""{"00081140":{"vr":"SQ"},"00100010":{"vr":"PN"},"00100020":{"vr":"LO"},"00280010":{"vr":"US"}}""", Json(dataSet));
    }

    [Fact]
    public void Empty_values_among_others_are_null()
    {
        var dataSet = new DataSet().Set(Tags.ImageType, "DERIVED\\\\AXIAL\\").Set(Tags.WindowCenter, "40\\\\50");
        Assert.Equal("""{"00080008":{"vr":"CS","Value":["DERIVED",null,"AXIAL",null]},"00281050":{"vr":"DS","Value":[40,null,50]}}""", Json(dataSet));
    }

    [Fact]
    public void Empty_items_are_empty_objects()
    {
        var dataSet = new DataSet().Set(Tags.ReferencedImageSequence, new DataSet(), new DataSet().Set(Tags.ReferencedSOPInstanceUID, "1.2"));
        Assert.Equal("""{"00081140":{"vr":"SQ","Value":[{},{"00081155":{"vr":"UI","Value":["1.2"]}}]}}""", Json(dataSet));
    }

    [Fact]
    public void A_person_name_is_an_object_of_the_groups_it_has()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, "Yamada^Tarou=山田^太郎=やまだ^たろう")
            .Set(Tags.OtherPatientNames, "A^B", "=C").Set(Tags.OperatorsName, "^^^Dr");
        Assert.Equal("""{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00081070":{"vr":"PN","Value":[{"Alphabetic":"^^^Dr"}]}"""
            + ""","00100010":{"vr":"PN","Value":[{"Alphabetic":"Yamada^Tarou","Ideographic":"山田^太郎","Phonetic":"やまだ^たろう"}]}"""
            + ""","00101001":{"vr":"PN","Value":[{"Alphabetic":"A^B"},{"Ideographic":"C"}]}}""", Json(dataSet));
    }

    [Theory]
    [InlineData("1.50", "1.50")]
    [InlineData(" -2 ", "-2")]
    [InlineData("+5", "5")]
    [InlineData("007.50", "7.50")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("-.5E-3", "-0.5E-3")]
    [InlineData("1e5", "1e5")]
    [InlineData("0", "0")]
    [InlineData("000", "0")]
    [InlineData("0.1000000000000000", "0.1000000000000000")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("9999999999999997", "\"9999999999999997\"")]     // no double is exactly this
    [InlineData("0.12345678901234567891", "\"0.12345678901234567891\"")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("abc", "\"abc\"")]
    [InlineData("1.9.10", "\"1.9.10\"")]
    [InlineData("NaN", "\"NaN\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("1e", "\"1e\"")]
    [InlineData(".", "\".\"")]
    public void A_decimal_string_is_the_same_number_or_where_none_would_be_exact_a_string(string value, string json)
    {
        var dataSet = new DataSet().SetBytes(Tags.WindowCenter, VR.DS, Encoding.ASCII.GetBytes(value));
        Assert.Equal($$$"""{"00281050":{"vr":"DS","Value":[{{{json}}}]}}""", Json(dataSet));
    }

    [Fact]
    public void Numbers_are_JSON_numbers()
    {
        var dataSet = new DataSet()
            .Set(new Tag(0x0009_1001), VR.SS, (short)-5, (short)5).Set(new Tag(0x0009_1002), VR.SL, int.MinValue)
            .Set(new Tag(0x0009_1003), VR.UL, uint.MaxValue).Set(new Tag(0x0009_1004), VR.FL, 0.1f, -1e10f).Set(new Tag(0x0009_1005), VR.FD, 0.1, 1e300);
        Assert.Equal("""{"00091001":{"vr":"SS","Value":[-5,5]},"00091002":{"vr":"SL","Value":[-2147483648]},"00091003":{"vr":"UL","Value":[4294967295]}"""
            + ""","00091004":{"vr":"FL","Value":[0.1,-1E+10]},"00091005":{"vr":"FD","Value":[0.1,1E+300]}}""", Json(dataSet));
    }

    [Fact]
    public void Integers_beyond_the_exact_range_of_a_double_are_strings()
    {
        var dataSet = new DataSet().Set(new Tag(0x0009_1001), VR.UV, 9007199254740992UL, ulong.MaxValue).Set(new Tag(0x0009_1002), VR.SV, -1L, long.MinValue);
        Assert.Equal("""{"00091001":{"vr":"UV","Value":[9007199254740992,"18446744073709551615"]},"00091002":{"vr":"SV","Value":[-1,"-9223372036854775808"]}}""", Json(dataSet));
    }

    [Fact]
    public void What_is_no_number_in_JSON_is_a_string()
    {
        var dataSet = new DataSet().Set(new Tag(0x0009_1001), VR.FD, double.NaN, double.PositiveInfinity, double.NegativeInfinity)
            .Set(new Tag(0x0009_1002), VR.FL, float.NaN);
        Assert.Equal("""{"00091001":{"vr":"FD","Value":["NaN","Infinity","-Infinity"]},"00091002":{"vr":"FL","Value":["NaN"]}}""", Json(dataSet));
    }

    [Fact]
    public void Tags_as_values_are_eight_digits() =>
        Assert.Equal("""{"00280009":{"vr":"AT","Value":["3004000C","00181063"]}}""",
            Json(new DataSet().Set(Tags.FrameIncrementPointer, new Tag(0x3004_000C), new Tag(0x0018_1063))));

    [Fact]
    public void Binary_values_are_Base64_in_little_endian_whatever_the_data_set_is()
    {
        byte[] value = [1, 2, 3, 4, 5, 6, 7, 8];
        foreach (var syntax in new[] { TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian })
        {
            var written = new DataSet().SetBytes(new Tag(0x0009_1001), VR.OB, value).SetBytes(new Tag(0x0009_1002), VR.OW, value)
                .SetBytes(new Tag(0x0009_1003), VR.OF, value).SetBytes(new Tag(0x0009_1004), VR.OD, value).SetBytes(new Tag(0x0009_1005), VR.UN, value);
            var read = DicomFile.ReadDataSet(DataSetWriter.ToArray(written, syntax), syntax).DataSet;
            Assert.Equal(syntax.IsBigEndian, read.IsBigEndian);
            using var json = JsonDocument.Parse(DicomJson.ToUtf8Bytes(read));
            foreach (var attribute in json.RootElement.EnumerateObject())
                Assert.Equal(value, attribute.Value.GetProperty("InlineBinary").GetBytesFromBase64());
        }
    }

    [Fact]
    public void Characters_that_JSON_forbids_in_strings_are_escaped()
    {
        var dataSet = new DataSet().SetText(Tags.PatientComments, VR.LT, "a\"b\\c\r\n\td\f\u0001\u007f");
        Assert.Equal("""{"00104000":{"vr":"LT","Value":["a\"b\\c\r\n\td\f\u0001\u007F"]}}""", Json(dataSet));
    }

    [Fact]
    public void Text_of_any_character_set_is_written_in_UTF_8_and_says_so()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.PatientName, "Buc^Jérôme");
        Assert.Equal("""{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Buc^Jérôme"}]}}""", Json(dataSet));
    }

    [Fact]
    public void What_an_item_declares_stands_as_it_is()
    {
        var item = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 144").Set(Tags.CodeMeaning, "Да");
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.ReferencedImageSequence, item);
        string json = Json(dataSet);
        Assert.Equal("""{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00081140":{"vr":"SQ","Value":[{"00080005":{"vr":"CS","Value":["ISO_IR 144"]},"00080104":{"vr":"LO","Value":["Да"]}}]}}""", json);
        var back = DicomJson.Read(Encoding.UTF8.GetBytes(json)).Get<DataSet>(Tags.ReferencedImageSequence);
        Assert.Equal("Да", back.Get<string>(Tags.CodeMeaning));
    }

    [Fact]
    public void A_missing_character_set_is_added_where_text_is_not_ASCII()
    {
        var item = new DataSet().SetBytes(Tags.CodeMeaning, VR.LO, [0xE9, 0x20]);
        Assert.Equal("""{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00081140":{"vr":"SQ","Value":[{"00080104":{"vr":"LO","Value":["é"]}}]}}""",
            Json(new DataSet().Set(Tags.ReferencedImageSequence, item)));
        Assert.Equal("""{"00100020":{"vr":"LO","Value":["x"]}}""", Json(new DataSet().Set(Tags.PatientID, "x")));
    }

    [Fact]
    public void Group_lengths_and_file_meta_information_are_left_out()
    {
        var dataSet = new DataSet().Set(new Tag(0x0008_0000), VR.UL, 10u).Set(Tags.TransferSyntaxUID, "1.2").Set(Tags.Modality, "MR");
        Assert.Equal("""{"00080060":{"vr":"CS","Value":["MR"]}}""", Json(dataSet));
    }

    [Fact]
    public void Private_elements_have_their_VR() =>
        Assert.Equal("""{"00090010":{"vr":"LO","Value":["ACME"]},"00091001":{"vr":"SH","Value":["x"]}}""",
            Json(new DataSet().Set(new Tag(0x0009_0010), "ACME").Set(new Tag(0x0009_1001), VR.SH, "x")));

    [Fact]
    public void Long_values_may_stand_behind_an_address_that_the_path_finds_again()
    {
        var dataSet = new DataSet()
            .Set(Tags.ReferencedImageSequence, new DataSet(), new DataSet().SetBytes(Tags.EncapsulatedDocument, VR.OB, new byte[2000]))
            .SetBytes(Tags.PixelData, VR.OW, new byte[4]).SetBytes(Tags.RedPaletteColorLookupTableData, VR.OW, new byte[4]);
        var asked = new List<string>();
        string json = Json(dataSet, new JsonOptions
        {
            BulkData = (path, element) =>
            {
                asked.Add(path);
                Assert.True(DicomJson.TryFind(dataSet, path, out var found));
                Assert.Equal(element.Tag, found.Tag);
                Assert.Equal(element.Length, found.Length);
                return "http://x/" + path;
            },
        });
        Assert.Equal(["00081140/2/00420011", "7FE00010"], asked);
        Assert.Equal("""{"00081140":{"vr":"SQ","Value":[{},{"00420011":{"vr":"OB","BulkDataURI":"http://x/00081140/2/00420011"}}]}"""
            + ""","00281201":{"vr":"OW","InlineBinary":"AAAAAA=="},"7FE00010":{"vr":"OW","BulkDataURI":"http://x/7FE00010"}}""", json);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0008114")]
    [InlineData("00081140/0/00420011")]
    [InlineData("00081140/3/00420011")]
    [InlineData("00081140/1")]
    [InlineData("00081140/1/")]
    [InlineData("00081140x1x00420011")]
    [InlineData("99999999")]
    public void A_path_that_leads_nowhere_is_not_found(string path)
    {
        var dataSet = new DataSet().Set(Tags.ReferencedImageSequence, new DataSet(), new DataSet());
        Assert.False(DicomJson.TryFind(dataSet, path, out _));
    }

    [Fact]
    public void Encapsulated_pixel_data_are_referenced_or_left_out()
    {
        var dataSet = new DataSet().Set(Tags.Rows, (ushort)1).SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[] { 1, 2 }]));
        Assert.Equal("""{"00280010":{"vr":"US","Value":[1]}}""", Json(dataSet));
        Assert.Equal("""{"00280010":{"vr":"US","Value":[1]},"7FE00010":{"vr":"OB","BulkDataURI":"f"}}""", Json(dataSet, new JsonOptions { BulkData = (_, _) => "f" }));
    }

    [Fact]
    public void Pixel_data_are_left_out_on_demand_and_then_not_read_from_the_file()
    {
        string path = Path.GetTempFileName();
        try
        {
            var image = new DataSet().Set(Tags.SOPClassUID, "1.2").Set(Tags.SOPInstanceUID, "1.3").SetBytes(Tags.PixelData, VR.OW, new byte[100_000]);
            new DicomFile(image, TransferSyntax.ExplicitVRLittleEndian).Save(path);
            var file = DicomFile.Open(path);
            var dataSet = file.DataSet.Copy();
            file.Dispose();      // reading the value from the file fails from now on
            Assert.Throws<ObjectDisposedException>(() => DicomJson.ToUtf8Bytes(dataSet));
            Assert.DoesNotContain("7FE00010", Json(dataSet, new JsonOptions { OmitPixelData = true }));
            Assert.Contains("\"BulkDataURI\":\"x\"", Json(dataSet, new JsonOptions { BulkData = (_, _) => "x" }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Values_in_a_file_are_written_in_pieces_and_whole()
    {
        string path = Path.GetTempFileName();
        try
        {
            var pixels = new byte[200_002];
            new Random(5).NextBytes(pixels);
            var image = new DataSet().Set(Tags.SOPClassUID, "1.2").Set(Tags.SOPInstanceUID, "1.3").SetBytes(Tags.PixelData, VR.OW, pixels);
            new DicomFile(image, TransferSyntax.ExplicitVRLittleEndian).Save(path);
            using var file = DicomFile.Open(path);
            using var stream = new MemoryStream();
            DicomJson.Write(file.DataSet, stream);
            using var json = JsonDocument.Parse(stream.ToArray());
            Assert.Equal(pixels, json.RootElement.GetProperty("7FE00010").GetProperty("InlineBinary").GetBytesFromBase64());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Arrays_are_written_one_data_set_after_the_other()
    {
        DataSet[] dataSets = [new DataSet().Set(Tags.Modality, "CT"), new DataSet()];
        var output = new ArrayBufferWriter<byte>();
        DicomJson.Write(dataSets, output);
        Assert.Equal("""[{"00080060":{"vr":"CS","Value":["CT"]}},{}]""", Encoding.UTF8.GetString(output.WrittenSpan));

        using var stream = new MemoryStream();
        DicomJson.Write(dataSets, stream);
        Assert.Equal(output.WrittenSpan, stream.ToArray());

        using var larger = new MemoryStream();
        using (var writer = new Utf8JsonWriter(larger))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("found");
            DicomJson.Write(dataSets, writer);
            writer.WriteEndObject();
        }
        Assert.Equal("""{"found":[{"00080060":{"vr":"CS","Value":["CT"]}},{}]}""", Encoding.UTF8.GetString(larger.ToArray()));
    }

    [Fact]
    public void Indented_output_is_the_same_JSON()
    {
        var dataSet = new DataSet().Set(Tags.Modality, "CT").Set(Tags.ReferencedImageSequence, new DataSet().Set(Tags.ReferencedSOPInstanceUID, "1.2"), new DataSet());
        string text = Json(dataSet, new JsonOptions { Indented = true });
        Assert.Contains("\n  \"00081140\"", text);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, JsonDocument.Parse(Json(dataSet)).RootElement));
    }

    [Fact]
    public void Sequences_as_deep_as_our_limit_are_written_and_read_again()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "deepest");
        for (int i = 0; i < 256; i++) dataSet = new DataSet().Set(Tags.ReferencedImageSequence, dataSet);
        byte[] json = DicomJson.ToUtf8Bytes(dataSet);
        Assert.Equal(json, DicomJson.ToUtf8Bytes(DicomJson.Read(json)));
    }

    [Fact]
    public void Values_of_any_length_cross_the_borders_of_the_buffer()
    {
        for (int length = 4000; length < 4200; length++)
        {
            string text = new('x', length);
            var dataSet = new DataSet().Set(Tags.PatientComments, VR.UT, text + "\n").Set(Tags.PatientID, "end");
            using var json = JsonDocument.Parse(DicomJson.ToUtf8Bytes(dataSet));
            Assert.Equal(text + "\n", json.RootElement.GetProperty("00104000").GetProperty("Value")[0].GetString());
        }
    }
}
