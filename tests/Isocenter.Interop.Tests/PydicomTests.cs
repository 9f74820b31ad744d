using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

public sealed class PydicomTests
{
    [Fact]
    public async Task Pydicom_gets_back_the_data_sets_that_it_and_others_sent()
    {
        string python = await PythonAsync();
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var files = new List<string>();
        foreach (string uid in new[] { "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.90" })
        {
            string path = await Samples.MakeAsync(folder, SampleObject.Create(), TransferSyntax.Of(Uid.Parse(uid)));
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(path, IsocenterProcess.Cancel));
            using var stow = await server.StowAsync(content, IsocenterProcess.Cancel);
            Assert.True(stow.IsSuccessStatusCode);
            files.Add(path);
        }

        var result = await ForeignTool.RunAsync(python, [Path.Combine(AppContext.BaseDirectory, "pydicom_client.py"),
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.HttpPort}/dicom-web"), .. files]);

        Assert.Contains("5 data sets are equal", result.AssertSuccess().Output, StringComparison.Ordinal);
    }

    /// <summary>A Python that has pydicom, or another module: the one on the PATH, or the system's beside it.</summary>
    internal static async Task<string> PythonAsync(string module = "pydicom")
    {
        ForeignTool.Require("python3");
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            if (ForeignTool.Find(python) is null) continue;
            var has = await ForeignTool.RunAsync(python, ["-c", "import " + module]);
            if (has.ExitCode == 0) return python;
        }
        string reason = "python3 has no module " + module;
        Assert.SkipUnless(Environment.GetEnvironmentVariable("ISOCENTER_REQUIRE_INTEROP") == "1", reason);
        Assert.Fail(reason);
        return "";
    }
}
