using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>DCMTK's tools against the real program.</summary>
public sealed class DcmtkTests
{
    private static readonly TransferSyntax Explicit = TransferSyntax.ExplicitVRLittleEndian;

    [Fact]
    public async Task Echoscu_is_answered()
    {
        ForeignTool.Require("echoscu");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);

        (await ForeignTool.RunAsync("echoscu", ["-aec", "ISOCENTER", "127.0.0.1", Port(server.DicomPort)])).AssertSuccess();
        (await ForeignTool.RunAsync("echoscu", ["-pts", "38", "-ppc", "128", "-aec", "ANYBODY", "127.0.0.1", Port(server.DicomPort)])).AssertSuccess();
    }

    [Fact]
    public async Task Storescu_stores_in_every_transfer_syntax_and_the_data_set_comes_back_the_same()
    {
        ForeignTool.Require("storescu");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var syntaxes = new Dictionary<string, string>
        {
            ["-xi"] = "1.2.840.10008.1.2",
            ["-xe"] = "1.2.840.10008.1.2.1",
            ["-xb"] = "1.2.840.10008.1.2.2",
            ["-xd"] = "1.2.840.10008.1.2.1.99",
            ["-xs"] = "1.2.840.10008.1.2.4.70",
            ["-xy"] = "1.2.840.10008.1.2.4.50",
            ["-xx"] = "1.2.840.10008.1.2.4.51",
            ["-xt"] = "1.2.840.10008.1.2.4.80",
            ["-xu"] = "1.2.840.10008.1.2.4.81",
            ["-xv"] = "1.2.840.10008.1.2.4.90",
            ["-xw"] = "1.2.840.10008.1.2.4.91",
            ["-xm"] = "1.2.840.10008.1.2.4.100",
            ["-xh"] = "1.2.840.10008.1.2.4.101",
            ["-xn"] = "1.2.840.10008.1.2.4.102",
            ["-xl"] = "1.2.840.10008.1.2.4.103",
            ["-x4"] = "1.2.840.10008.1.2.4.107",
            ["-xr"] = "1.2.840.10008.1.2.5",
        };
        foreach (var (option, uid) in syntaxes)
        {
            var syntax = TransferSyntax.Of(Uid.Parse(uid));
            var dataSet = SampleObject.Create();
            string path = await Samples.MakeAsync(folder, dataSet, syntax);

            (await ForeignTool.RunAsync("storescu", [option, "-aec", "ISOCENTER", "127.0.0.1", Port(server.DicomPort), path])).AssertSuccess();

            byte[] stored = await server.FetchDataSetAsync(dataSet), sent = IsocenterProcess.DataSetOf(await File.ReadAllBytesAsync(path, IsocenterProcess.Cancel));
            // DCMTK deflates anew, with other settings: there the content is compared, elsewhere every byte.
            if (syntax.IsDeflated) (stored, sent) = (Samples.CanonicalBytes(stored, syntax), Samples.CanonicalBytes(sent, syntax));
            Assert.True(sent.AsSpan().SequenceEqual(stored), $"{syntax.Name}: {sent.Length} bytes were sent, {stored.Length} came back");
        }
        Assert.Equal(syntaxes.Count, (await server.SearchAsync("instances")).Count);
    }

    [Theory]
    [InlineData("-P", "PATIENT", 1)]
    [InlineData("-P", "STUDY", 2)]
    [InlineData("-P", "SERIES", 3)]
    [InlineData("-P", "IMAGE", 4)]
    [InlineData("-S", "STUDY", 2)]
    [InlineData("-S", "SERIES", 3)]
    [InlineData("-S", "IMAGE", 4)]
    public async Task Findscu_finds_at_every_level(string model, string level, int expected)
    {
        ForeignTool.Require("findscu");
        using var folder = new TemporaryFolder();
        await using var server = await FilledAsync(folder);
        string answers = Directory.CreateDirectory(folder["answers"]).FullName;

        (await ForeignTool.RunAsync("findscu", [model, "-X", "-od", answers, "-aec", "ISOCENTER", "-k", "QueryRetrieveLevel=" + level,
            "-k", "PatientID=P-0001", "-k", "PatientName", "-k", "StudyInstanceUID", "-k", "SeriesInstanceUID", "-k", "SOPInstanceUID",
            "-k", "Modality", "127.0.0.1", Port(server.DicomPort)])).AssertSuccess();

        var matches = Directory.GetFiles(answers).Select(file => DicomFile.Open(file)).ToList();
        Assert.Equal(expected, matches.Count);
        Assert.All(matches, match => Assert.Equal("Müller^Jürgen", match.DataSet.Get<string>(Tags.PatientName)));
        Assert.All(matches, match => match.Dispose());
    }

    [Fact]
    public async Task Findscu_narrows_down_and_is_told_what_it_asks_wrongly()
    {
        ForeignTool.Require("findscu");
        using var folder = new TemporaryFolder();
        await using var server = await FilledAsync(folder);

        var wild = await FindAsync(server, "-S", "STUDY", "StudyDescription=Samp*", "StudyDate=20250101-");
        var none = await FindAsync(server, "-S", "STUDY", "StudyDate=20260101-");
        var wrong = await FindAsync(server, "-S", "PATIENT", "PatientID");

        Assert.Equal(2, Count(wild));
        Assert.Equal(0, Count(none));
        Assert.Contains("DataSetDoesNotMatchSOPClass", wrong.ToString().Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);

        static int Count(ToolResult result) => result.AssertSuccess().ToString().Split("Find Response:").Length - 1;
    }

    [Theory]
    [InlineData("STUDY", 3)]
    [InlineData("SERIES", 2)]
    [InlineData("IMAGE", 1)]
    public async Task Getscu_gets_identical_objects(string level, int expected)
    {
        ForeignTool.Require("getscu");
        using var folder = new TemporaryFolder();
        await using var server = await FilledAsync(folder);
        string got = Directory.CreateDirectory(folder["got"]).FullName;

        (await ForeignTool.RunAsync("getscu", ["-S", "+B", "-od", got, "-aec", "ISOCENTER", .. Keys(level), "127.0.0.1", Port(server.DicomPort)])).AssertSuccess();

        await AssertSameAsSentAsync(folder, got, expected);
    }

    [Theory]
    [InlineData("STUDY", 3)]
    [InlineData("SERIES", 2)]
    [InlineData("IMAGE", 1)]
    public async Task Movescu_has_identical_objects_sent_to_storescp(string level, int expected)
    {
        ForeignTool.Require("movescu");
        using var folder = new TemporaryFolder();
        string got = Directory.CreateDirectory(folder["got"]).FullName;
        int port = ForeignTool.FreePort();
        await using var storescp = ForeignTool.Start("storescp", ["+B", "+xa", "-aet", "STORESCP", "-od", got, Port(port)]);
        await ForeignTool.WaitForPortAsync(port);
        await File.WriteAllTextAsync(folder["isocenter.json"], $$"""{ "nodes": [ { "aet": "STORESCP", "host": "127.0.0.1", "port": {{Port(port)}} } ] }""", IsocenterProcess.Cancel);
        await using var server = await FilledAsync(folder, "--config", folder["isocenter.json"]);

        (await ForeignTool.RunAsync("movescu", ["-S", "-aem", "STORESCP", "-aec", "ISOCENTER", .. Keys(level), "127.0.0.1", Port(server.DicomPort)])).AssertSuccess();

        await AssertSameAsSentAsync(folder, got, expected);
    }

    [Fact]
    public async Task A_node_added_by_command_is_known_to_the_running_server()
    {
        ForeignTool.Require("movescu");
        using var folder = new TemporaryFolder();
        string got = Directory.CreateDirectory(folder["got"]).FullName, config = folder["isocenter.json"];
        int port = ForeignTool.FreePort();
        await using var storescp = ForeignTool.Start("storescp", ["+B", "-aet", "LATER", "-od", got, Port(port)]);
        await ForeignTool.WaitForPortAsync(port);
        await File.WriteAllTextAsync(config, "{}", IsocenterProcess.Cancel);
        await using var server = await FilledAsync(folder, "--config", config);
        string[] move = ["-v", "-S", "-aem", "LATER", "-aec", "ISOCENTER", .. Keys("STUDY"), "127.0.0.1", Port(server.DicomPort)];

        var unknown = await ForeignTool.RunAsync("movescu", move);
        (await IsocenterProcess.RunAsync("node", "add", "LATER", "127.0.0.1", Port(port), "--config", config)).AssertSuccess();
        (await ForeignTool.RunAsync("movescu", move)).AssertSuccess();

        Assert.Contains("MoveDestinationUnknown", unknown.ToString().Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await AssertSameAsSentAsync(folder, got, 3);
    }

    /// <summary>Two studies; the first has two series, of two instances and of one. They are also in sent/.</summary>
    private static async Task<IsocenterProcess> FilledAsync(TemporaryFolder folder, params string[] arguments)
    {
        var server = await IsocenterProcess.StartAsync(folder["data"], arguments);
        Directory.CreateDirectory(folder["sent"]);
        foreach (var (series, instance) in new[] { ("1.1.1", "1.1.1.1"), ("1.1.1", "1.1.1.2"), ("1.1.2", "1.1.2.1"), ("1.2.1", "1.2.1.1") })
        {
            byte[] file = SampleObject.ToFile(SampleObject.Create(series[..3], series, instance));
            await File.WriteAllBytesAsync(Path.Combine(folder["sent"], instance), file, IsocenterProcess.Cancel);
        }
        (await ForeignTool.RunAsync("storescu", ["+sd", "-aec", "ISOCENTER", "127.0.0.1", Port(server.DicomPort), folder["sent"]])).AssertSuccess();
        return server;
    }

    private static string[] Keys(string level)
    {
        List<string> keys = ["-k", "QueryRetrieveLevel=" + level, "-k", "StudyInstanceUID=1.1"];
        if (level != "STUDY") keys.AddRange(["-k", "SeriesInstanceUID=1.1.1"]);
        if (level == "IMAGE") keys.AddRange(["-k", "SOPInstanceUID=1.1.1.2"]);
        return [.. keys];
    }

    private static Task<ToolResult> FindAsync(IsocenterProcess server, string model, string level, params string[] keys) =>
        ForeignTool.RunAsync("findscu", ["-v", model, "-aec", "ISOCENTER", "-k", "QueryRetrieveLevel=" + level,
            .. keys.SelectMany(key => new[] { "-k", key }), "127.0.0.1", Port(server.DicomPort)]);

    private static async Task AssertSameAsSentAsync(TemporaryFolder folder, string got, int expected)
    {
        string[] files = Directory.GetFiles(got);
        Assert.Equal(expected, files.Length);
        foreach (string path in files)
        {
            using var file = DicomFile.Open(path);
            byte[] sent = await File.ReadAllBytesAsync(Path.Combine(folder["sent"], file.DataSet.Get<string>(Tags.SOPInstanceUID)), IsocenterProcess.Cancel);
            byte[] received = await File.ReadAllBytesAsync(path, IsocenterProcess.Cancel);
            Assert.Equal(Explicit, file.TransferSyntax);
            Assert.Equal(IsocenterProcess.DataSetOf(sent), received[(int)file.DataSetOffset..]);
        }
    }

    private static string Port(int port) => port.ToString(CultureInfo.InvariantCulture);
}
