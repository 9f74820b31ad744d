using System.Text;

namespace Isocenter.Dicom.Tests.Xml;

public sealed class DicomXmlReadTests
{
    private static DataSet Read(string content, XmlReadOptions? options = null) => Read(content, out _, options);

    private static DataSet Read(string content, out List<Finding> findings, XmlReadOptions? options = null)
    {
        findings = [];
        return DicomXml.Read(Encoding.UTF8.GetBytes(content.StartsWith('<') && content.Contains("NativeDicomModel") ? content : $"<NativeDicomModel>{content}</NativeDicomModel>"), options, findings);
    }

    private static string Attribute(string tag, string vr, string content) => $"""<DicomAttribute tag="{tag}" vr="{vr}">{content}</DicomAttribute>""";

    [Fact]
    public void Values_become_elements()
    {
        var dataSet = Read("""
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a comment -->
            <n:NativeDicomModel xmlns:n="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">
              <n:DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><n:Value number="1">DERIVED</n:Value><n:Value number="2"/><n:Value number="3">AX<!-- x --><![CDATA[IA]]>&#76;</n:Value></n:DicomAttribute>
              <n:DicomAttribute tag="00081140" vr="SQ"> <n:Item number="1"/>
                <n:Item number="2"><n:DicomAttribute tag="00081155" vr="UI"><n:Value number="1">1.2.3</n:Value></n:DicomAttribute></n:Item></n:DicomAttribute>
              <n:DicomAttribute tag="00100010" vr="PN"><n:PersonName number="1"><n:Phonetic><n:GivenName>g</n:GivenName></n:Phonetic><n:Alphabetic><n:GivenName>John</n:GivenName><n:FamilyName>Doe</n:FamilyName></n:Alphabetic></n:PersonName></n:DicomAttribute>
              <n:DicomAttribute tag="00280010" vr="US"><n:Value number="1"> 512 </n:Value></n:DicomAttribute>
              <n:DicomAttribute tag="00280009" vr="AT"><n:Value number="1">3004000C</n:Value></n:DicomAttribute>
              <n:DicomAttribute tag="00190101" vr="FD"><n:Value number="1">0.1</n:Value><n:Value number="2">nan</n:Value><n:Value number="3">-INF</n:Value><n:Value number="4">1e300</n:Value></n:DicomAttribute>
              <n:DicomAttribute tag="00190102" vr="OW"><n:InlineBinary> AQID
            BA== </n:InlineBinary></n:DicomAttribute>
              <n:DicomAttribute tag="00190103" vr="UV"><n:Value number="1">18446744073709551615</n:Value></n:DicomAttribute>
            </n:NativeDicomModel>
            """, out var findings);
        Assert.Empty(findings);
        Assert.Equal(["DERIVED", "", "AXIAL"], dataSet.GetAll<string>(Tags.ImageType));
        Assert.Equal("1.2.3", dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[1].Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal("Doe^John==^g", dataSet.Get<string>(Tags.PatientName));
        Assert.Equal(512, dataSet.Get<int>(Tags.Rows));
        Assert.Equal(new Tag(0x3004_000C), dataSet.Get<Tag>(Tags.FrameIncrementPointer));
        Assert.Equal([0.1, double.NaN, double.NegativeInfinity, 1e300], dataSet.GetAll<double>(new Tag(0x0019_0101)));
        Assert.True(dataSet.TryFind(new Tag(0x0019_0102), out var element));
        Assert.Equal([1, 2, 3, 4], element.Bytes.ToArray());
        Assert.Equal(ulong.MaxValue, dataSet.Get<ulong>(new Tag(0x0019_0103)));
    }

    [Fact]
    public void Attributes_without_values_are_empty_elements()
    {
        var dataSet = Read(Attribute("00100010", "PN", "") + """<DicomAttribute tag="00081140" vr="SQ"/><DicomAttribute tag="00280010" vr="US"/>""" + Attribute("00280011", "US", "<Value number=\"1\"/>")
            + Attribute("7FE00010", "OW", "<InlineBinary/>") + Attribute("00100020", "LO", "<Value number=\"1\"></Value>"), out var findings);
        Assert.Empty(findings);
        Assert.Equal(6, dataSet.Count);
        Assert.All(dataSet, element => Assert.True(element.IsEmpty));
    }

    [Fact]
    public void Numbers_put_values_and_items_in_order_and_gaps_are_empty_values()
    {
        var dataSet = Read(Attribute("00080008", "CS", "<Value number=\"3\">C</Value><Value number=\"1\">A</Value>")
            + Attribute("00080060", "CS", "<Value number=\"2\">B</Value><Value number=\"4\">D</Value>")
            + Attribute("00190101", "US", "<Value number=\"2\">2</Value><Value number=\"1\">1</Value>")
            + Attribute("00081140", "SQ", $"<Item number=\"2\">{Attribute("00280010", "US", "<Value number=\"1\">2</Value>")}</Item><Item number=\"1\"/>"), out var findings);
        Assert.Equal(["A", "", "C"], dataSet.GetAll<string>(Tags.ImageType));
        Assert.Equal(["", "B", "", "D"], dataSet.GetAll<string>(Tags.Modality));
        Assert.Equal([1, 2], dataSet.GetAll<int>(new Tag(0x0019_0101)));
        Assert.Equal([0, 1], dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence).Select(item => item.Count));
        Assert.Equal(["(0008,0008)", "(0019,0101)", "(0008,1140)"], findings.Select(finding => finding.Path));

        Read(Attribute("00080060", "CS", "<Value number=\"2000000000\">B</Value>"), out findings);
        Assert.Single(findings);
    }

    [Fact]
    public void Text_is_UTF_8_whatever_the_document_and_its_character_set_say()
    {
        byte[] latin = Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><NativeDicomModel>" + Attribute("00080005", "CS", "<Value number=\"1\">ISO_IR 100</Value>") + Attribute("00100020", "LO", "<Value number=\"1\">é</Value>") + "</NativeDicomModel>");
        var dataSet = DicomXml.Read(latin);
        Assert.Equal("ISO_IR 192", dataSet.Get<string>(Tags.SpecificCharacterSet));
        Assert.Equal("é", dataSet.Get<string>(Tags.PatientID));
        byte[] cyrillic = [.. "<?xml version=\"1.0\" encoding='ISO-8859-5'?><NativeDicomModel><DicomAttribute tag=\"00100020\" vr=\"LO\"><Value number=\"1\">"u8, 0xBB, 0xEE, .. "</Value></DicomAttribute></NativeDicomModel>"u8];
        Assert.Equal("Лю", DicomXml.Read(cyrillic).Get<string>(Tags.PatientID));
        byte[] wide = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<NativeDicomModel>" + Attribute("00100020", "LO", "<Value number=\"1\">𝄞é</Value>") + "</NativeDicomModel>")];
        Assert.Equal("𝄞é", DicomXml.Read(wide).Get<string>(Tags.PatientID));
        Assert.False(Read(Attribute("00100020", "LO", "<Value number=\"1\">x</Value>")).Contains(Tags.SpecificCharacterSet));
    }

    [Fact]
    public void Surrogate_pairs_may_stand_anywhere()
    {
        string text = string.Concat(Enumerable.Repeat("a𝄞", 5000));
        Assert.Equal(text, Read(Attribute("00104000", "LT", $"<Value number=\"1\">{text}</Value>")).Get<string>(Tags.PatientComments));
        Assert.Equal("\uFFFDa", Read(Attribute("00104000", "LT", "<Value number=\"1\">&#xD834;a</Value>")).Get<string>(Tags.PatientComments));
    }

    [Fact]
    public void Spaces_of_a_value_are_its_own() =>
        Assert.Equal(" a\n b", Read(Attribute("00104000", "LT", "<Value number=\"1\"> a\r\n b </Value>")).Get<string>(Tags.PatientComments));

    [Fact]
    public void Private_elements_find_the_block_of_their_creator()
    {
        var dataSet = Read("""<DicomAttribute tag="00090001" vr="SH" privateCreator="ACME"><Value number="1">x</Value></DicomAttribute>"""
            + Attribute("00090010", "LO", "<Value number=\"1\">OTHER</Value>") + Attribute("00090012", "LO", "<Value number=\"1\">ACME</Value>")
            + """<DicomAttribute tag="00090010" vr="SH" privateCreator="ACME"><Value number="1">y</Value></DicomAttribute>""", out var findings);
        Assert.Empty(findings);
        Assert.Equal("x", dataSet.Get<string>(new Tag(0x0009_1201)));
        Assert.Equal("y", dataSet.Get<string>(new Tag(0x0009_1210)));
        Assert.Equal(4, dataSet.Count);
    }

    [Fact]
    public void A_creator_without_element_gets_the_first_free_block_or_that_of_the_tag()
    {
        var dataSet = Read("""<DicomAttribute tag="00090001" vr="SH" privateCreator="A"><Value number="1">x</Value></DicomAttribute>"""
            + """<DicomAttribute tag="00090002" vr="SH" privateCreator="B"><Value number="1">y</Value></DicomAttribute>"""
            + """<DicomAttribute tag="00091503" vr="SH" privateCreator="C"><Value number="1">z</Value></DicomAttribute>"""
            + Attribute("00090010", "LO", "<Value number=\"1\">OTHER</Value>") + Attribute("00091101", "SH", ""), out var findings);
        Assert.Equal(3, findings.Count);
        Assert.Equal("A", dataSet.Get<string>(new Tag(0x0009_0012)));
        Assert.Equal("x", dataSet.Get<string>(new Tag(0x0009_1201)));
        Assert.Equal("y", dataSet.Get<string>(new Tag(0x0009_1302)));
        Assert.Equal("z", dataSet.Get<string>(new Tag(0x0009_1503)));
        Assert.Equal("C", dataSet.Get<string>(new Tag(0x0009_0015)));
    }

    [Fact]
    public void Private_blocks_of_items_are_their_own()
    {
        var dataSet = Read(Attribute("00081140", "SQ", """<Item number="1"><DicomAttribute tag="00090001" vr="SH" privateCreator="A"><Value number="1">x</Value></DicomAttribute></Item>""")
            + """<DicomAttribute tag="00090001" vr="SH" privateCreator="A"><Value number="1">y</Value></DicomAttribute>""" + Attribute("00090011", "LO", "<Value number=\"1\">A</Value>"));
        Assert.Equal("x", dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].Get<string>(new Tag(0x0009_1001)));
        Assert.Equal("y", dataSet.Get<string>(new Tag(0x0009_1101)));
    }

    [Theory]
    [InlineData("""<DicomAttribute tag="00280010"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute keyword="Rows" vr="US"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="0028,0010" vr="US"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US or SS"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US" keyword="Columns"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US"><Value>512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US"><Value number="1">5<x>y</x>12</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US"><Value number="1">512</Value><InlineBinary>AAAA</InlineBinary></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US"><x/><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US">x<Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<x><y>z</y></x><DicomAttribute tag="00280010" vr="US"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280000" vr="UL"/><DicomAttribute tag="00280010" vr="US"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00020010" vr="UI"/><DicomAttribute tag="00280010" vr="US"><Value number="1">512</Value></DicomAttribute>""")]
    [InlineData("""<DicomAttribute tag="00280010" vr="US"><Value number="1">512</Value></DicomAttribute><DicomAttribute tag="00280010" vr="US"><Value number="1">5</Value></DicomAttribute>""")]
    public void What_breaks_a_rule_and_can_be_understood_is_read_with_a_finding(string content)
    {
        var dataSet = Read(content, out var findings);
        Assert.Single(findings);
        Assert.Equal(512, dataSet.Get<int>(Tags.Rows));
        Assert.Single(dataSet);
    }

    [Fact]
    public void Person_names_that_are_not_divided_are_read()
    {
        Assert.Equal("Doe^John", Read(Attribute("00100010", "PN", "<Value number=\"1\">Doe^John</Value>")).Get<string>(Tags.PatientName));
        Assert.Equal("Doe^John=x", Read(Attribute("00100010", "PN", "<PersonName number=\"1\"><Alphabetic>Doe^John</Alphabetic><Ideographic><FamilyName>x</FamilyName></Ideographic></PersonName>"), out var findings).Get<string>(Tags.PatientName));
        Assert.Single(findings);
    }

    [Fact]
    public void Bulk_data_are_fetched_where_someone_can_and_otherwise_found_missing()
    {
        string xml = Attribute("00081140", "SQ", "<Item number=\"1\">" + Attribute("00420011", "OB", "<BulkData uri=\"http://x/1\"/>") + Attribute("7FE00010", "OB", "<BulkData uuid=\"1-2\"></BulkData>") + "</Item>");
        var asked = new List<BulkDataReference>();
        var dataSet = Read(xml, new XmlReadOptions
        {
            BulkData = reference =>
            {
                asked.Add(reference);
                return new byte[] { 9, 8, 7 };
            },
        });
        Assert.Equal([new("http://x/1", "(0008,1140)[1](0042,0011)", Tags.EncapsulatedDocument, VR.OB), new("urn:uuid:1-2", "(0008,1140)[1](7FE0,0010)", Tags.PixelData, VR.OB)], asked);
        Assert.True(dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0].TryFind(Tags.EncapsulatedDocument, out var element));
        Assert.Equal([9, 8, 7, 0], element.Bytes.ToArray());
        Read(xml, out var findings);
        Assert.Contains("http://x/1", findings[0].Problem, StringComparison.Ordinal);
        Assert.Equal(2, findings.Count);
    }

    [Fact]
    public void File_meta_information_is_kept_on_demand() =>
        Assert.Equal("1.2", Read(Attribute("00020010", "UI", "<Value number=\"1\">1.2</Value>"), new XmlReadOptions { KeepFileMeta = true }).Get<string>(Tags.TransferSyntaxUID));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("<a/>")]
    [InlineData("<NativeDicomModel>")]
    [InlineData("<NativeDicomModel/><NativeDicomModel/>")]
    [InlineData("<NativeDicomModel/>x")]
    [InlineData("<!DOCTYPE NativeDicomModel><NativeDicomModel/>")]
    [InlineData("<!DOCTYPE NativeDicomModel [<!ENTITY a \"b\">]><NativeDicomModel>&a;</NativeDicomModel>")]
    [InlineData("<!DOCTYPE NativeDicomModel SYSTEM \"file:///etc/passwd\"><NativeDicomModel/>")]
    [InlineData("<NativeDicomModel>&a;</NativeDicomModel>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"x-none\"?><NativeDicomModel/>")]
    [InlineData("<NativeDicomModel><DicomAttribute/></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"0010001\" vr=\"LO\"/></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280010\" vr=\"US\"><Value number=\"1\">70000</Value></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280010\" vr=\"US\"><Value number=\"1\">x</Value></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00190101\" vr=\"FL\"><Value number=\"1\">1e39</Value></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280010\" vr=\"US\"><PersonName number=\"1\"/></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280010\" vr=\"US\"><Item number=\"1\"/></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280010\" vr=\"OW\"><Value number=\"1\">1</Value></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280010\" vr=\"OW\"><InlineBinary>?</InlineBinary></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00081140\" vr=\"SQ\"><Value number=\"1\">1</Value></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00081140\" vr=\"SQ\"><BulkData uri=\"x\"/></DicomAttribute></NativeDicomModel>")]
    [InlineData("<NativeDicomModel><DicomAttribute tag=\"00280009\" vr=\"AT\"><Value number=\"1\">x</Value></DicomAttribute></NativeDicomModel>")]
    public void What_is_not_of_the_model_is_refused(string xml) =>
        Assert.Throws<DicomFormatException>(() => DicomXml.Read(Encoding.UTF8.GetBytes(xml)));

    [Fact]
    public void An_error_names_the_line_and_the_path()
    {
        var error = Assert.Throws<DicomFormatException>(() => Read(Attribute("00081140", "SQ", "<Item number=\"1\"/>\n<Item number=\"2\">" + Attribute("00280010", "US", "<Value number=\"1\">70000</Value>") + "</Item>")));
        Assert.Equal("(0008,1140)[2](0028,0010)", error.Path);
        Assert.Contains("'70000' is no number of US", error.Message, StringComparison.Ordinal);
        Assert.Contains("(line 2,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_deeper_than_the_limit_is_refused_and_any_depth_ends_without_a_crash()
    {
        static string Deep(int levels) => string.Concat(Enumerable.Repeat("<DicomAttribute tag=\"00081140\" vr=\"SQ\"><Item number=\"1\">", levels)) + string.Concat(Enumerable.Repeat("</Item></DicomAttribute>", levels));
        Read(Deep(256));
        Assert.Contains("deeper than 256 levels", Assert.Throws<DicomFormatException>(() => Read(Deep(257))).Message, StringComparison.Ordinal);
        Assert.Throws<DicomFormatException>(() => Read(Deep(100_000)));
        Assert.Contains("nested too deeply", Assert.Throws<DicomFormatException>(() => Read(string.Concat(Enumerable.Repeat("<a>", 100_000)))).Message, StringComparison.Ordinal);
        Assert.Contains("deeper than 3 levels", Assert.Throws<DicomFormatException>(() => Read(Deep(4), new XmlReadOptions { MaxDepth = 3 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_length_of_a_document_is_limited_on_demand() =>
        Assert.Throws<DicomFormatException>(() => Read(Attribute("00104000", "LT", $"<Value number=\"1\">{new string('x', 100_000)}</Value>"), new XmlReadOptions { MaxCharacters = 50_000 }));

    [Fact]
    public void Findings_are_limited()
    {
        Read(string.Concat(Enumerable.Repeat("<x/>", 500)), out var findings);
        Assert.Equal(100, findings.Count);
    }
}
