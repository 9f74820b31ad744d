using System.Text;
using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Xml;

/// <summary>Memory of at most 8 times the text and 10 MiB, and little time, whatever the text is.</summary>
public sealed class XmlResourceTests
{
    private const int Size = 2 << 20;

    /// <summary>Begin, middle and end, the middle many times.</summary>
    private static readonly Dictionary<string, (string Begin, string Middle, string End)> Texts = new()
    {
        ["empty items"] = ("<DicomAttribute tag='00081140' vr='SQ'>", "<Item/>", "</DicomAttribute>"),
        ["numbered empty items"] = ("<DicomAttribute tag='00081140' vr='SQ'>", "<Item number='1'/>", "</DicomAttribute>"),
        ["items with an empty attribute"] = ("<DicomAttribute tag='00081140' vr='SQ'>", "<Item><DicomAttribute tag='00100010'/></Item>", "</DicomAttribute>"),
        ["items with an empty sequence"] = ("<DicomAttribute tag='00081140' vr='SQ'>", "<Item><DicomAttribute tag='00081140'/></Item>", "</DicomAttribute>"),
        ["empty values"] = ("<DicomAttribute tag='00100020' vr='LO'>", "<Value/>", "</DicomAttribute>"),
        ["values against the order"] = ("<DicomAttribute tag='00100020' vr='LO'><Value number='7'/>", "<Value number='1'/>", "</DicomAttribute>"),
        ["numbers"] = ("<DicomAttribute tag='00190101' vr='FD'>", "<Value>1</Value>", "</DicomAttribute>"),
        ["missing numbers"] = ("<DicomAttribute tag='00190101' vr='FD'>", "<Value/>", "</DicomAttribute>"),
        ["names"] = ("<DicomAttribute tag='00100010' vr='PN'>", "<PersonName/>", "</DicomAttribute>"),
        ["attributes"] = ("", "<DicomAttribute tag='00100020'/>", ""),
        ["private attributes"] = ("", "<DicomAttribute tag='00090001' privateCreator='A'/>", ""),
        ["attributes against the order"] = ("", "<DicomAttribute tag='00100020'/><DicomAttribute tag='00100010'/>", ""),
        ["unknown elements"] = ("", "<x/>", ""),
        ["unknown elements within a value"] = ("<DicomAttribute tag='00100020'><Value number='1'>", "<x/>", "</Value></DicomAttribute>"),
        ["elements that do not end"] = ("", "<x>", ""),
        ["references"] = ("<DicomAttribute tag='00104000' vr='LT'><Value number='1'>", "&lt;", "</Value></DicomAttribute>"),
        ["references to characters"] = ("<DicomAttribute tag='00104000' vr='LT'><Value number='1'>", "&#1;", "</Value></DicomAttribute>"),
        ["comments"] = ("", "<!---->", ""),
        ["processing instructions"] = ("", "<?x?>", ""),
        ["one long comment"] = ("<!--", "comment", "-->"),
        ["one long attribute"] = ("<DicomAttribute tag='00090001' privateCreator='", "ACME", "'/>"),
        ["one long attribute with references"] = ("<DicomAttribute tag='00090001' privateCreator='", "&lt;", "'/>"),
        ["one long number"] = ("<DicomAttribute tag='00190101' vr='FD'><Value number='1'>", "1234", "</Value></DicomAttribute>"),
        ["one long text"] = ("<DicomAttribute tag='00104000' vr='LT'><Value number='1'>", "abcdefgh", "</Value></DicomAttribute>"),
        ["one long section"] = ("<DicomAttribute tag='00104000' vr='LT'><Value number='1'><![CDATA[", "abcdefgh", "]]></Value></DicomAttribute>"),
        ["sections"] = ("<DicomAttribute tag='00104000' vr='LT'><Value number='1'>", "<![CDATA[]]>", "</Value></DicomAttribute>"),
        ["Base64"] = ("<DicomAttribute tag='00190101' vr='OB'><InlineBinary>", "AAAA", "</InlineBinary></DicomAttribute>"),
        ["spaces"] = ("", "        ", ""),
        ["line feeds"] = ("", "\n", ""),
    };

    public static TheoryData<string> Kinds => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Memory_and_time_stay_in_proportion_to_the_text(string kind)
    {
        var (begin, middle, end) = Texts[kind];
        byte[] text = Document(begin + string.Concat(Enumerable.Repeat(middle, Size / middle.Length)) + end);
        var findings = new List<Finding>();
        Read("<NativeDicomModel/>"u8.ToArray(), findings);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var time = ThreadTime.Start();

        bool whole = Read(text, findings);

        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {(whole ? "read" : "refused")}, {taken / (double)text.Length:F1} bytes a byte, {time.Elapsed.TotalMilliseconds:F0} ms");
        Assert.InRange(taken, 0, 8L * text.Length + (10 << 20));
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Names_without_number_are_refused()
    {
        string many = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<x{i}/>")), attributes = string.Concat(Enumerable.Range(0, 10_000).Select(i => $" x{i}=''"));
        Assert.Contains("different names", Assert.Throws<DicomFormatException>(() => DicomXml.Read(Document(many))).Message, StringComparison.Ordinal);
        Assert.Contains("different names", Assert.Throws<DicomFormatException>(() => DicomXml.Read(Document($"<x{attributes}/>"))).Message, StringComparison.Ordinal);
    }

    private static byte[] Document(string content) => Encoding.UTF8.GetBytes($"<NativeDicomModel>{content}</NativeDicomModel>");

    private static bool Read(byte[] text, List<Finding> findings)
    {
        try
        {
            DicomXml.Read(text, null, findings);
            return true;
        }
        catch (DicomFormatException)
        {
            return false;
        }
    }
}
