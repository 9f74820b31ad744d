using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>PixelMed's Java classes as user and as provider.</summary>
public sealed class PixelMedTests
{
    private const string Jar = "/usr/share/java/pixelmed.jar";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PixelMed_stores_finds_gets_and_moves_to_itself()
    {
        using var folder = new TemporaryFolder();
        await CompileAsync(folder);
        int theirs = ForeignTool.FreePort();
        File.WriteAllText(folder["settings.json"], $$"""{ "nodes": [ { "aet": "PMSCP", "host": "127.0.0.1", "port": {{theirs.ToString(CultureInfo.InvariantCulture)}} } ] }""");
        await using var server = await IsocenterProcess.StartAsync(folder["data"], "--config", folder["settings.json"]);
        Directory.CreateDirectory(folder["received"]);
        await using var receiver = ForeignTool.Start("java", ["-cp", ClassPath(folder), "PixelMedPeer", "receive", "-", Text(theirs), "PMSCP", folder["received"]]);
        File.WriteAllBytes(folder["a.dcm"], SampleObject.ToFile(SampleObject.Create(instance: "1.2.3.4.1", study: "1.2.3.4")));
        string port = Text(server.DicomPort);

        async Task<ToolResult> RunAsync(params string[] arguments) =>
            (await ForeignTool.RunAsync("java", ["-cp", ClassPath(folder), "PixelMedPeer", arguments[0], "127.0.0.1", port, "ISOCENTER", .. arguments[1..]], cancel: Cancel)).AssertSuccess();

        Assert.Contains("stored 1.2.3.4.1 completed 1 failed 0", (await RunAsync("store", "0", folder["a.dcm"])).Output);
        Assert.Contains("match 1.2.3.4 ", (await RunAsync("find", "study", "QueryRetrieveLevel=STUDY", "StudyInstanceUID=", "PatientName=")).Output);
        Assert.Contains("match ", (await RunAsync("find", "patient", "QueryRetrieveLevel=PATIENT", "PatientID=", "PatientName=")).Output);
        Assert.Contains("got 1.2.3.4.1 ", (await RunAsync("get", "study", folder.Path, SopClasses.CTImageStorage, "QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3.4")).Output);

        await ForeignTool.WaitForPortAsync(theirs, cancel: Cancel);
        Assert.Contains("status 0", (await RunAsync("move", "study", "PMSCP", "QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3.4")).Output);
        Assert.True(File.Exists(Path.Combine(folder["received"], "1.2.3.4.1")), receiver.Said);
    }

    [Fact]
    public async Task PixelMed_takes_what_send_sends()
    {
        using var folder = new TemporaryFolder();
        await CompileAsync(folder);
        int theirs = ForeignTool.FreePort();
        Directory.CreateDirectory(folder["received"]);
        await using var receiver = ForeignTool.Start("java", ["-cp", ClassPath(folder), "PixelMedPeer", "receive", "-", Text(theirs), "PMSCP", folder["received"]]);
        await ForeignTool.WaitForPortAsync(theirs, cancel: Cancel);
        foreach (string instance in new[] { "1.2.3.4.1", "1.2.3.4.2" })
            File.WriteAllBytes(folder[instance + ".dcm"], SampleObject.ToFile(SampleObject.Create(instance: instance)));
        (await IsocenterProcess.RunAsync("send", "127.0.0.1", Text(theirs), "-c", "PMSCP", folder["1.2.3.4.1.dcm"], folder["1.2.3.4.2.dcm"])).AssertSuccess();
        Assert.Equal(["1.2.3.4.1", "1.2.3.4.2"], Directory.GetFiles(folder["received"]).Select(Path.GetFileName).Order());
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string ClassPath(TemporaryFolder folder) => $"{Jar}:{folder.Path}";

    private static async Task CompileAsync(TemporaryFolder folder)
    {
        ForeignTool.Require("java");
        ForeignTool.Require("javac");
        if (!File.Exists(Jar)) Assert.Skip("libpixelmed-java is not installed");
        (await ForeignTool.RunAsync("javac", ["-cp", Jar, "-d", folder.Path, Path.Combine(AppContext.BaseDirectory, "PixelMedPeer.java")], cancel: Cancel)).AssertSuccess();
    }
}
