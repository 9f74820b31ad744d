using System.Globalization;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>odil as user of the server.</summary>
public sealed class OdilTests
{
    [Fact]
    public async Task Odil_stores_finds_and_gets_a_hanging_protocol()
    {
        string python = await PydicomTests.PythonAsync("odil");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var result = await ForeignTool.RunAsync(python,
            [Path.Combine(AppContext.BaseDirectory, "odil_client.py"), server.DicomPort.ToString(CultureInfo.InvariantCulture)]);
        Assert.Contains("stored, found and got", result.AssertSuccess().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Odil_gets_frames_of_an_object_as_a_new_object()
    {
        string python = await PydicomTests.PythonAsync("odil");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        await File.WriteAllBytesAsync(folder["five.dcm"], SampleObject.ToFile(SampleObject.Create("1.1", frames: 5)), IsocenterProcess.Cancel);
        var result = await ForeignTool.RunAsync(python,
            [Path.Combine(AppContext.BaseDirectory, "odil_client.py"), server.DicomPort.ToString(CultureInfo.InvariantCulture), folder["five.dcm"]]);
        Assert.Contains("frames were got", result.AssertSuccess().Output, StringComparison.Ordinal);
    }
}
