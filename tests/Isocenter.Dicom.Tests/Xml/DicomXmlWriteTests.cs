using System.Buffers;
using System.Text;
using System.Xml.Linq;

namespace Isocenter.Dicom.Tests.Xml;

public sealed class DicomXmlWriteTests
{
    private const string Head = """<?xml version="1.0" encoding="UTF-8"?><NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">""";

    /// <summary>What is inside of the root.</summary>
    private static string Xml(DataSet dataSet, XmlOptions? options = null) => Xml(dataSet, out _, options);

    private static string Xml(DataSet dataSet, out List<Finding> findings, XmlOptions? options = null)
    {
        findings = [];
        string xml = Encoding.UTF8.GetString(DicomXml.ToUtf8Bytes(dataSet, options, findings));
        XDocument.Parse(xml);
        Assert.StartsWith(Head, xml, StringComparison.Ordinal);
        Assert.EndsWith("</NativeDicomModel>", xml, StringComparison.Ordinal);
        return xml[Head.Length..^"</NativeDicomModel>".Length];
    }

    [Fact]
    public void An_empty_data_set_is_an_empty_model() => Assert.Equal("", Xml(new DataSet()));

    [Fact]
    public void Attributes_have_tag_vr_keyword_and_numbered_values()
    {
        var dataSet = new DataSet().Set(Tags.ImageType, "DERIVED\\\\AXIAL\\").Set(Tags.Rows, (ushort)512).Set<string>(Tags.PatientID).Set(Tags.WindowCenter, "+1.50");
        Assert.Equal("""<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">DERIVED</Value><Value number="2"></Value>"""
            + """<Value number="3">AXIAL</Value><Value number="4"></Value></DicomAttribute>"""
            + """<DicomAttribute tag="00100020" vr="LO" keyword="PatientID"></DicomAttribute>"""
            + """<DicomAttribute tag="00280010" vr="US" keyword="Rows"><Value number="1">512</Value></DicomAttribute>"""
            + """<DicomAttribute tag="00281050" vr="DS" keyword="WindowCenter"><Value number="1">+1.50</Value></DicomAttribute>""", Xml(dataSet));
    }

    [Fact]
    public void Items_are_numbered_from_one()
    {
        var dataSet = new DataSet().Set(Tags.ReferencedImageSequence, new DataSet(), new DataSet().Set(Tags.ReferencedSOPInstanceUID, "1.2")).Set<DataSet>(Tags.SourceImageSequence);
        Assert.Equal("""<DicomAttribute tag="00081140" vr="SQ" keyword="ReferencedImageSequence"><Item number="1"></Item><Item number="2">"""
            + """<DicomAttribute tag="00081155" vr="UI" keyword="ReferencedSOPInstanceUID"><Value number="1">1.2</Value></DicomAttribute></Item></DicomAttribute>"""
            + """<DicomAttribute tag="00082112" vr="SQ" keyword="SourceImageSequence"></DicomAttribute>""", Xml(dataSet));
    }

    [Fact]
    public void Person_names_are_divided_into_groups_and_components()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, "Yamada^Tarou=山田^太郎=やまだ").SetText(Tags.OtherPatientNames, VR.PN, "A^B^C^D^E^F", "", "^^^Dr^");
        Assert.Equal("""<DicomAttribute tag="00080005" vr="CS" keyword="SpecificCharacterSet"><Value number="1">ISO_IR 192</Value></DicomAttribute>"""
            + """<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1"><Alphabetic><FamilyName>Yamada</FamilyName><GivenName>Tarou</GivenName></Alphabetic>"""
            + """<Ideographic><FamilyName>山田</FamilyName><GivenName>太郎</GivenName></Ideographic><Phonetic><FamilyName>やまだ</FamilyName></Phonetic></PersonName></DicomAttribute>"""
            + """<DicomAttribute tag="00101001" vr="PN" keyword="OtherPatientNames"><PersonName number="1"><Alphabetic><FamilyName>A</FamilyName><GivenName>B</GivenName><MiddleName>C</MiddleName>"""
            + """<NamePrefix>D</NamePrefix><NameSuffix>E^F</NameSuffix></Alphabetic></PersonName><PersonName number="2"></PersonName>"""
            + """<PersonName number="3"><Alphabetic><NamePrefix>Dr</NamePrefix><NameSuffix></NameSuffix></Alphabetic></PersonName></DicomAttribute>""", Xml(dataSet));
    }

    [Fact]
    public void Binary_numbers_and_tags_are_text()
    {
        var dataSet = new DataSet().Set(Tags.FrameIncrementPointer, new Tag(0x3004_000C)).Set(new Tag(0x0009_0110), VR.SV, long.MinValue)
            .Set(new Tag(0x0009_0111), VR.UV, ulong.MaxValue).Set(new Tag(0x0009_0112), VR.FD, 0.1, double.NaN, double.NegativeInfinity).Set(new Tag(0x0009_0113), VR.FL, 0.1f);
        string xml = Xml(dataSet);
        foreach (string value in new[] { "3004000C", "-9223372036854775808", "18446744073709551615", "0.1", "NaN", "-Infinity" })
            Assert.Contains($">{value}</Value>", xml, StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_values_are_Base64_in_little_endian_whatever_the_data_set_is()
    {
        byte[] value = [1, 2, 3, 4, 5, 6, 7, 8];
        foreach (var syntax in new[] { TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian })
        {
            var written = new DataSet().SetBytes(new Tag(0x0009_0101), VR.OW, value).SetBytes(new Tag(0x0009_0102), VR.OD, value).SetBytes(new Tag(0x0009_0103), VR.UN, value);
            var read = DicomFile.ReadDataSet(DataSetWriter.ToArray(written, syntax), syntax).DataSet;
            foreach (var binary in XDocument.Parse(Encoding.UTF8.GetString(DicomXml.ToUtf8Bytes(read))).Descendants(XName.Get("InlineBinary", DicomXml.Namespace)))
                Assert.Equal(value, Convert.FromBase64String(binary.Value));
        }
    }

    [Fact]
    public void Markup_and_line_ends_are_written_so_that_a_parser_gives_them_back()
    {
        const string Text = "a<b>&\"c\" ]]>\r\n\td\r";
        var dataSet = new DataSet().Set(Tags.PatientComments, Text);
        Assert.Equal("""<DicomAttribute tag="00104000" vr="LT" keyword="PatientComments"><Value number="1">a&lt;b&gt;&amp;&quot;c&quot; ]]&gt;&#13;&#10;&#9;d&#13;</Value></DicomAttribute>""", Xml(dataSet));
        Assert.Equal(Text, DicomXml.Read(DicomXml.ToUtf8Bytes(dataSet)).Get<string>(Tags.PatientComments));
    }

    [Theory]
    [InlineData("a\fb")]
    [InlineData("a\u0001")]
    [InlineData("\u0000a")]
    [InlineData("é\uFFFE")]
    public void Characters_that_XML_forbids_go_out_as_bytes_with_a_finding_and_come_back(string text)
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetBytes(Tags.PatientComments, VR.LT, Encoding.UTF8.GetBytes(text));
        Assert.Contains("<InlineBinary>" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), Xml(dataSet, out var findings), StringComparison.Ordinal);
        Assert.Equal("(0010,4000)", Assert.Single(findings).Path);
        Assert.Equal(text, DicomXml.Read(DicomXml.ToUtf8Bytes(dataSet)).Get<string>(Tags.PatientComments));
    }

    [Fact]
    public void Private_elements_name_their_creator_instead_of_their_block()
    {
        var dataSet = new DataSet().Set(new Tag(0x0009_0011), "A<\"B\">").Set(new Tag(0x0009_1102), VR.SH, "x").Set(new Tag(0x0009_1203), VR.SH, "orphan");
        Assert.Equal("""<DicomAttribute tag="00090011" vr="LO"><Value number="1">A&lt;&quot;B&quot;&gt;</Value></DicomAttribute>"""
            + """<DicomAttribute tag="00090002" vr="SH" privateCreator="A&lt;&quot;B&quot;&gt;"><Value number="1">x</Value></DicomAttribute>"""
            + """<DicomAttribute tag="00091203" vr="SH"><Value number="1">orphan</Value></DicomAttribute>""", Xml(dataSet));
    }

    [Fact]
    public void A_second_block_of_the_same_creator_keeps_its_number()
    {
        var dataSet = new DataSet().Set(new Tag(0x0009_0010), "ACME").Set(new Tag(0x0009_0011), "ACME").Set(new Tag(0x0009_1001), VR.SH, "first").Set(new Tag(0x0009_1101), VR.SH, "second");
        string xml = Xml(dataSet);
        Assert.Contains("tag=\"00090001\" vr=\"SH\" privateCreator=\"ACME\"", xml, StringComparison.Ordinal);
        Assert.Contains("tag=\"00091101\" vr=\"SH\" privateCreator=\"ACME\"", xml, StringComparison.Ordinal);
        Assert.Equal("second", DicomXml.Read(DicomXml.ToUtf8Bytes(dataSet)).Get<string>(new Tag(0x0009_1101)));
    }

    [Fact]
    public void Text_of_any_character_set_is_written_in_UTF_8_and_says_so()
    {
        const string Utf8Set = """<DicomAttribute tag="00080005" vr="CS" keyword="SpecificCharacterSet"><Value number="1">ISO_IR 192</Value></DicomAttribute>""";
        Assert.StartsWith(Utf8Set, Xml(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.PatientID, "é")), StringComparison.Ordinal);
        Assert.StartsWith(Utf8Set, Xml(new DataSet().SetBytes(Tags.PatientID, VR.LO, [0xE9, 0x20])), StringComparison.Ordinal);
        Assert.DoesNotContain("ISO_IR", Xml(new DataSet().Set(Tags.PatientID, "e")), StringComparison.Ordinal);
    }

    [Fact]
    public void Group_lengths_file_meta_information_and_on_demand_pixel_data_are_left_out()
    {
        var dataSet = new DataSet().Set(new Tag(0x0008_0000), VR.UL, 10u).Set(Tags.TransferSyntaxUID, "1.2").SetBytes(Tags.PixelData, VR.OW, [1, 2]);
        Assert.Equal("""<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><InlineBinary>AQI=</InlineBinary></DicomAttribute>""", Xml(dataSet));
        Assert.Equal("", Xml(dataSet, new XmlOptions { OmitPixelData = true }));
    }

    [Fact]
    public void Large_values_stand_behind_an_address_where_the_caller_gives_one()
    {
        var item = new DataSet().SetBytes(Tags.EncapsulatedDocument, VR.OB, new byte[2000]).Set(Tags.TextValue, new string('x', 2000));
        var dataSet = new DataSet().Set(Tags.ReferencedImageSequence, item).SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[2]]));
        var asked = new List<string>();
        string xml = Xml(dataSet, new XmlOptions
        {
            BulkData = (path, element) =>
            {
                asked.Add(path);
                return element.VR == VR.UT ? null : element.Fragments is null ? "http://x/?a=1&b=2" : "urn:uuid:00000000-0000-0000-0000-000000000001";
            },
        });
        Assert.Equal(["00081140/1/0040A160", "00081140/1/00420011", "7FE00010"], asked);
        Assert.Contains("""<BulkData uri="http://x/?a=1&amp;b=2"/>""", xml, StringComparison.Ordinal);
        Assert.Contains("""<BulkData uuid="00000000-0000-0000-0000-000000000001"/>""", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("PixelData", Xml(dataSet, out var findings), StringComparison.Ordinal);
        Assert.Contains("no inline form", Assert.Single(findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_left_in_a_file_are_written_in_pieces()
    {
        var pixels = new byte[300_000];
        new Random(1).NextBytes(pixels);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new Bytes().Element(0x7FE0_0010, "OW", pixels).ToFile());
            using var file = DicomFile.Open(path);
            Assert.True(DicomXml.Read(DicomXml.ToUtf8Bytes(file.DataSet)).TryFind(Tags.PixelData, out var element));
            Assert.True(element.Bytes.Span.SequenceEqual(pixels));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Indented_it_says_the_same()
    {
        var dataSet = new DataSet().Set(Tags.PatientName, "A^B").Set(Tags.PatientComments, "a\nb ").Set(Tags.ReferencedImageSequence, new DataSet(), new DataSet().Set(Tags.Rows, (ushort)1));
        byte[] xml = DicomXml.ToUtf8Bytes(dataSet, new XmlOptions { Indented = true });
        Assert.Equal(24, Encoding.UTF8.GetString(xml).Split('\n').Length);
        Assert.Equal(DicomJson.ToUtf8Bytes(dataSet), DicomJson.ToUtf8Bytes(DicomXml.Read(xml)));
    }

    [Fact]
    public void Many_data_sets_become_the_parts_of_a_message()
    {
        var output = new ArrayBufferWriter<byte>();
        DicomXml.WriteMultipart([new DataSet(), new DataSet()], output, "b1");
        Assert.Equal($"--b1\r\nContent-Type: application/dicom+xml\r\n\r\n{Head}</NativeDicomModel>\r\n--b1\r\nContent-Type: application/dicom+xml\r\n\r\n{Head}</NativeDicomModel>\r\n--b1--\r\n",
            Encoding.UTF8.GetString(output.WrittenSpan));
        using var stream = new MemoryStream();
        DicomXml.WriteMultipart([new DataSet(), new DataSet()], stream, "b1");
        Assert.Equal(output.WrittenSpan.ToArray(), stream.ToArray());
    }
}
