using System.Text;
using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Json;

/// <summary>Memory of at most 8 times the text and 10 MiB, and little time, whatever the text is.</summary>
public sealed class JsonResourceTests
{
    private const int Size = 2 << 20;

    /// <summary>Begin, middle and end, the middle many times.</summary>
    private static readonly Dictionary<string, (string Begin, string Middle, string End)> Texts = new()
    {
        ["empty items"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",{}", "]}}"),
        ["null items"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",null", "]}}"),
        ["items with an attribute of nothing"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",{\"00100010\":{}}", "]}}"),
        ["items with an empty attribute"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",{\"00100010\":{\"vr\":\"PN\"}}", "]}}"),
        ["items with an empty sequence"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",{\"00081140\":{\"vr\":\"SQ\"}}", "]}}"),
        ["items with an empty sequence without vr"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",{\"00081140\":{}}", "]}}"),
        ["numbers of eight bytes"] = ("""{"00091001":{"vr":"FD","Value":[1""", ",1", "]}}"),
        ["numbers of two bytes"] = ("""{"00091001":{"vr":"US","Value":[1""", ",1", "]}}"),
        ["missing numbers"] = ("""{"00091001":{"vr":"SV","Value":[1""", ",null", "]}}"),
        ["few numbers of eight bytes each"] = ("""{"00081140":{"vr":"SQ","Value":[{}""", ",{\"00091001\":{\"vr\":\"FD\",\"Value\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}}", "]}}"),
        ["empty texts"] = ("""{"00091001":{"vr":"LO","Value":["" """, ",\"\"", "]}}"),
        ["the same attribute"] = ("""{"00091001":{}""", ",\"00091001\":{}", "}"),
        ["attributes against the order"] = ("""{"00091001":{}""", ",\"00091001\":{},\"00091000\":{}", "}"),
        ["names without groups"] = ("""{"00100010":{"vr":"PN","Value":[{}""", ",{}", "]}}"),
        ["names with unknown groups"] = ("""{"00100010":{"vr":"PN","Value":[{}""", ",{\"x\":1}", "]}}"),
        ["unknown members"] = ("""{"00100010":{"vr":"PN" """, ",\"x\":[]", "}}"),
        ["group lengths"] = ("""{"00100010":{"vr":"PN"}""", ",\"00080000\":{}", "}"),
        ["one long text"] = ("{\"00091001\":{\"vr\":\"UT\",\"Value\":[\"", "abcdefghijklmnop", "\"]}}"),
        ["one long text of escapes"] = ("{\"00091001\":{\"vr\":\"UT\",\"Value\":[\"", "\\u00e9", "\"]}}"),
        ["Base64"] = ("{\"00091001\":{\"vr\":\"OB\",\"InlineBinary\":\"", "AAAA", "\"}}"),
        ["integers of three digits in IS"] = ("""{"00200013":{"vr":"IS","Value":[1""", ",1.0e1", "]}}"),
    };

    public static TheoryData<string> Kinds => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Memory_and_time_stay_in_proportion_to_the_text(string kind)
    {
        var (begin, middle, end) = Texts[kind];
        byte[] text = Encoding.UTF8.GetBytes(begin + string.Concat(Enumerable.Repeat(middle, Size / middle.Length)) + end);
        var findings = new List<Finding>();
        Read("{}"u8.ToArray(), findings);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var time = ThreadTime.Start();

        bool whole = Read(text, findings);

        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {(whole ? "read" : "refused")}, {taken / (double)text.Length:F1} bytes a byte, {time.Elapsed.TotalMilliseconds:F0} ms");
        Assert.InRange(taken, 0, 8L * text.Length + (16 << 20));
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Data_sets_that_say_nothing_are_limited_and_others_are_not()
    {
        static byte[] Array(string dataSet, int count) => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat(dataSet, count)) + "]");
        Assert.Equal(100_000, DicomJson.ReadArray(Array("{}", 100_000)).Count);
        Assert.Equal(300_000, DicomJson.ReadArray(Array("""{"00100010":{"vr":"PN"}}""", 300_000)).Count);
        Assert.Contains("the limit of this reading", Assert.Throws<DicomFormatException>(() => DicomJson.ReadArray(Array("{}", 1_000_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_whose_vr_comes_last_are_not_read_again_at_every_level()
    {
        const int Levels = 250;
        string text = string.Concat(Enumerable.Repeat("""{"00081140":{"Value":[""", Levels))
            + "{\"00091001\":{\"vr\":\"UT\",\"Value\":[" + string.Join(',', Enumerable.Repeat("\"x\"", 1 << 20)) + "]}}"
            + string.Concat(Enumerable.Repeat("""],"vr":"SQ"}}""", Levels));
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var time = ThreadTime.Start();
        var dataSet = DicomJson.Read(bytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes.Length} bytes, {time.Elapsed.TotalMilliseconds:F0} ms");
        for (int i = 0; i < Levels; i++) dataSet = dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence)[0];
        Assert.Equal((2 << 20) - 1, dataSet.Get<string>(new Tag(0x0009_1001)).Length);
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private static bool Read(byte[] text, List<Finding> findings)
    {
        try
        {
            DicomJson.Read(text, null, findings);
            return true;
        }
        catch (DicomFormatException)
        {
            return false;
        }
    }
}
