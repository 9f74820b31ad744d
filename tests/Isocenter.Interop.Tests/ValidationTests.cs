using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Our validation against dciodvfy over the corpus: each difference belongs to a class that has a reason. The
/// classes stand in docs/conformance/validation.md.</summary>
public sealed class ValidationTests
{
    private const string Theirs = "dciodvfy", Ours = "ours";

    /// <summary>Why one says something that the other does not.</summary>
    private static readonly Explanation[] Explanations =
    [
        new(Theirs, "person name without a caret", "one component is a legal person name (PS3.5 §6.2.1)", _ => true),
        new(Theirs, "not in the IOD", "below a sequence that is not in the IOD itself: said once, of the sequence", d => d.Path.Contains('[', StringComparison.Ordinal)),
        new(Theirs, "not in the IOD", "in the IOD since 2022, when Debian's dciodvfy was made", d => d.Path is "(0018,0050)" or "(0018,0088)" or "(0020,0032)" or "(0020,0037)" or "(0020,0052)" or "(0020,1040)" or "(0020,1041)"),
        new(Theirs, "not in the IOD", "not in PS3.6 at all, which is said", d => d.Path == "(EAEA,0102)"),
        new(Ours, "absent", "demanded by the tables since 2022 where the image has a position (SC Image)", d => d.Path is "(0018,0050)" or "(0020,0052)" or "(0020,1040)"),
        new(Ours, "absent", "File Meta Information is checked whether or not the SOP class has an IOD", d => d.Path.StartsWith("(0002", StringComparison.Ordinal)),
        new(Ours, "rule", "a rule of the tables since 2022", d => d.Path == "(0020,1040)"),
        new(Ours, "context group", "dciodvfy has no context groups", _ => true),
        new(Ours, "content relationship", "dciodvfy has no tables of relationships", _ => true),
        new(Ours, "report template", "dciodvfy has no templates", _ => true),
        new(Ours, "rule", "Bits Stored and High Bit are checked against Bits Allocated always", d => d.Path is "(0028,0101)" or "(0028,0102)"),
        new(Theirs, "directory key", "an object without storage SOP class goes into no DICOMDIR", d => !d.HasStorageClass),
        new(Ours, "directory key", "Instance Number is looked at too", d => d.Path == "(0020,0013)"),
        new(Theirs, "no IOD", "said of SOP Class UID (0008,0016) by us", _ => true),
        new(Ours, "no IOD", "said of the whole by dciodvfy; a retired class is named", _ => true),
        new(Theirs, "retired", "group lengths: one warning for a data set", d => d.Path.EndsWith(",0000)", StringComparison.Ordinal)),
        new(Ours, "retired", "retired since 2022", d => d.Path is "(0010,2160)" || d.Path.EndsWith("(3006,0088)", StringComparison.Ordinal) || d.Path.EndsWith("(3006,0085)", StringComparison.Ordinal) || d.Path.EndsWith("(300A,0082)", StringComparison.Ordinal)),
        new(Theirs, "VR", "private elements: the VRs that are known of them are no rule", d => LastTag(d.Path).IsPrivate),
        new(Theirs, "VR", "an unknown VR: the reader says so", d => d.Path == "(0010,4000)"),
        new(Theirs, "element not in its dictionary", "private elements that it does not know", _ => true),
        new(Theirs, "group length", "retired lengths are not compared; that of group 0002 is, by the reader", _ => true),
        new(Theirs, "encoding", "in other words from our reader", _ => true),
        new(Ours, "encoding", "what the reader had to be lenient about", _ => true),
        new(Theirs, "value", "a standard sequence of defined length under UN is kept as bytes", d => d.Path.StartsWith("(300C,0002)[", StringComparison.Ordinal)),
        new(Theirs, "value", "a private element under Implicit VR that only its dictionary knows", d => d.Path == "(0029,0005)"),
        new(Theirs, "value", "TAB is allowed in UT (PS3.5 §6.1.3)", d => d.Words.Contains("[UT]", StringComparison.Ordinal)),
        new(Ours, "value", "text padded with NULL, or with too many component groups, which dciodvfy lets pass", d => d.Path is "(0010,0010)" or "(0010,0030)"),
        new(Theirs, "rule", "native YBR_FULL_422 has two values for a pixel, not three", d => d.Path == "(7FE0,0010)"),
        new(Theirs, "rule", "a lookup table may leave its highest values unused", d => d.Words.Contains("maximum LUT Data value", StringComparison.Ordinal)),
        new(Theirs, "rule", "in a private sequence that Implicit VR does not show as one", d => d.Path.StartsWith("(2005,140F)", StringComparison.Ordinal)),
        new(Theirs, "rule", "delimiters in a sequence of defined length: nothing is lost", d => d.Words.StartsWith("UnexpectedSequenceDelimiter", StringComparison.Ordinal)),
        new(Theirs, "number of items", "number of values that the module narrows: said once", d => d.Path is "(0008,0008)" or "(0028,0034)"),
        new(Ours, "unknown element", "within a private sequence, too", d => d.Path.StartsWith("(07A3,", StringComparison.Ordinal)),
        new(Ours, "number of values", "values are counted though none of them is a number", d => d.Path == "(0018,0050)"),
    ];

    [Fact]
    public async Task Every_difference_from_dciodvfy_over_the_corpus_has_a_reason()
    {
        ForeignTool.Require("dciodvfy");
        var files = Corpus.Files("parses", "lenient");
        var counts = new SortedDictionary<string, (int Both, int Theirs, int Ours)>(StringComparer.Ordinal);
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unexplained = new List<string>();
        int compared = 0, unreadable = 0, givenUp = 0, crashed = 0;
        foreach (var file in files)
        {
            using var read = Open(file.Path);
            var result = await ForeignTool.RunAsync("dciodvfy", ["-new", file.Path]);
            if (result.ExitCode is not (0 or 1)) crashed++;
            else if (DciodvfyOutput.IsIncomplete(result.Output + result.Error)) givenUp++;
            else if (read is null) unreadable++;
            if (read is null || result.ExitCode is not (0 or 1) || DciodvfyOutput.IsIncomplete(result.Output + result.Error)) continue;
            compared++;
            Compare(file.Name, DciodvfyOutput.Read(result.Output + result.Error), OurFindings.Of(read),
                StorageSopClasses.Contains(read.DataSet.Get(Tags.SOPClassUID, "")));
        }

        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{compared} files compared; dciodvfy crashed on {crashed} and gave up on {givenUp}, ours could not read {unreadable}"));
        foreach (var (kind, n) in counts) output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-32} {n.Both,6} {n.Theirs,6} {n.Ours,6}"));
        foreach (var (reason, n) in reasons) output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{n,6}  {reason}"));
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} differences without a reason:\n" + string.Join('\n', unexplained.Take(100)));
        Assert.True(counts["absent"].Both > 1000, "the corpus is not the corpus");

        void Compare(string name, Dictionary<ComparedFinding, string> theirs, Dictionary<ComparedFinding, string> ours, bool hasStorageClass)
        {
            foreach (var finding in theirs.Keys.Union(ours.Keys))
            {
                var n = counts.GetValueOrDefault(finding.Kind);
                bool isTheirs = theirs.TryGetValue(finding, out string? words), isOurs = ours.TryGetValue(finding, out string? ownWords);
                counts[finding.Kind] = isTheirs && isOurs ? n with { Both = n.Both + 1 } : isTheirs ? n with { Theirs = n.Theirs + 1 } : n with { Ours = n.Ours + 1 };
                if (isTheirs && isOurs) continue;
                var difference = new Difference(isTheirs ? Theirs : Ours, finding.Kind, finding.Path, (isTheirs ? words : ownWords)!, hasStorageClass);
                var reason = Array.Find(Explanations, e => e.Side == difference.Side && e.Kind == difference.Kind && e.Holds(difference));
                if (reason is null) unexplained.Add($"{name}: only {difference.Side}: {difference.Kind}: {difference.Path}: {difference.Words}");
                else reasons[$"only {reason.Side}: {reason.Kind}: {reason.Reason}"] = reasons.GetValueOrDefault($"only {reason.Side}: {reason.Kind}: {reason.Reason}") + 1;
            }
        }
    }

    /// <summary>Objects full of what modules allow and forbid, each different: what a condition, a type or a list of values says
    /// of them must be what dciodvfy says. It has the tables of 2022, ours are newer: hence the few percent.</summary>
    [Fact]
    public async Task Of_random_objects_of_every_iod_we_say_what_dciodvfy_says()
    {
        ForeignTool.Require("dciodvfy");
        string[] kinds = ["absent", "absent on condition", "not allowed", "empty", "enumerated value", "number of items"];
        var counts = kinds.ToDictionary(kind => kind, _ => (Both: 0, Theirs: 0, Ours: 0));
        using var folder = new TemporaryFolder();
        int seed = 0;
        foreach (string uid in IodValidator.SopClasses)
        {
            string path = folder["object.dcm"];
            using (var made = new DicomFile(new RandomObject(++seed).Make(uid), TransferSyntax.ExplicitVRLittleEndian)) made.Save(path);
            var result = await ForeignTool.RunAsync("dciodvfy", ["-new", path]);
            string said = result.Output + result.Error;
            if (result.ExitCode is not (0 or 1) || DciodvfyOutput.IsIncomplete(said) || said.Contains("Object Not found", StringComparison.Ordinal)) continue;
            using var read = DicomFile.Open(path);
            var (theirs, ours) = (DciodvfyOutput.Read(said), OurFindings.Of(read));
            foreach (var finding in theirs.Keys.Union(ours.Keys))
            {
                if (!counts.TryGetValue(finding.Kind, out var n)) continue;
                bool isTheirs = theirs.ContainsKey(finding), isOurs = ours.ContainsKey(finding);
                counts[finding.Kind] = isTheirs && isOurs ? n with { Both = n.Both + 1 } : isTheirs ? n with { Theirs = n.Theirs + 1 } : n with { Ours = n.Ours + 1 };
            }
        }

        foreach (var (kind, n) in counts) TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-24} {n.Both,6} {n.Theirs,6} {n.Ours,6}"));
        Assert.All(counts, kind =>
        {
            Assert.True(kind.Value.Both > 100, $"{kind.Key}: too few to tell");
            Assert.True(kind.Value.Theirs <= kind.Value.Both * 0.01, $"{kind.Key}: {kind.Value} only dciodvfy");
            Assert.True(kind.Value.Ours <= kind.Value.Both * 0.10, $"{kind.Key}: {kind.Value} only ours");
        });
    }

    private static DicomFile? Open(string path)
    {
        try
        {
            return DicomFile.Open(path);
        }
        catch (DicomFormatException)
        {
            return null;
        }
    }

    private static Tag LastTag(string path) => Tag.TryParse(path.AsSpan(Math.Max(0, path.LastIndexOf('('))), null, out var tag) ? tag : default;

    private sealed record Difference(string Side, string Kind, string Path, string Words, bool HasStorageClass);

    private sealed record Explanation(string Side, string Kind, string Reason, Func<Difference, bool> Holds);
}
