using System.Globalization;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

/// <summary><c>print</c> and <c>receive --print</c>, against each other and against DCMTK's print programs.</summary>
public sealed class PrintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _port = ForeignTool.FreePort().ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Images(int count) => [.. Enumerable.Range(1, count).Select(number =>
    {
        string path = _folder[$"image{number}.dcm"];
        File.WriteAllBytes(path, SampleObject.ToFile(SampleObject.Create(instance: $"2.25.{number}", number: number)));
        return path;
    })];

    private async Task<CliResult> ReceiveAsync(Func<Task> print)
    {
        using var end = new CancellationTokenSource();
        var receiving = Cli.RunAsync(["receive", _port, "--print", _folder["films"], "--out", _folder["in"], "--print-dpi", "30"], hasColour: false, end.Token);
        await ForeignTool.WaitForPortAsync(int.Parse(_port, CultureInfo.InvariantCulture));
        await print();
        await end.CancelAsync();
        return await receiving;
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1, "--color", "--session", "--layout", "ROW\\1,2", "--annotation", "Jörg", "--orientation", "LANDSCAPE")]
    public async Task Printed_images_become_pictures_of_films(int films, params string[] options)
    {
        string[] images = Images(3);
        if (films == 2) options = ["--layout", "2x1", "--bits", "8"];
        var received = await ReceiveAsync(async () =>
        {
            var sent = await Cli.RunAsync(["print", "127.0.0.1", _port, .. options, .. images]);
            Assert.True(sent.ExitCode == 0, sent.ToString());
            Assert.Equal($"3 images on {films} film{(films == 1 ? "" : "s")}", sent.Output.Trim());
        });
        Assert.True(received.ExitCode == 0, received.ToString());
        string[] pictures = Directory.GetFiles(_folder["films"], "*.png");
        Assert.Equal(films, pictures.Length);
        byte[] header = File.ReadAllBytes(pictures[0])[16..24];
        int width = header[2] << 8 | header[3], height = header[6] << 8 | header[7];
        Assert.Equal(films == 2 ? (420, 510) : (510, 420), (width, height));
    }

    [Fact]
    public async Task Dcmprscp_takes_films()
    {
        ForeignTool.Require("dcmprscp");
        string[] images = Images(3);
        string configuration = Configuration();
        await using var printer = ForeignTool.Start("dcmprscp", ["-c", configuration, "-p", "PRINTER"], _folder["."]);
        await ForeignTool.WaitForPortAsync(int.Parse(_port, CultureInfo.InvariantCulture));
        var sent = await Cli.RunAsync(["print", "127.0.0.1", _port, "--called", "PRINTER", "--layout", "2x2", "--film-size", "14INX17IN", "--copies", "2", .. images]);
        Assert.True(sent.ExitCode == 0, sent.ToString());
        Assert.Equal("3 images on 1 film", sent.Output.Trim());
        Assert.Single(Directory.GetFiles(_folder["database"], "SP_*"));
        Assert.Equal(3, Directory.GetFiles(_folder["database"], "HG_*").Length);
        // What it does not have, it refuses, and the command says so.
        var refused = await Cli.RunAsync(["print", "127.0.0.1", _port, "--called", "PRINTER", "--film-size", "1KMX1KM", images[0]]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("0x0106", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dcmprscu_prints_to_us()
    {
        ForeignTool.Require("dcmpsprt");
        ForeignTool.Require("dcmprscu");
        string[] images = Images(3);
        string configuration = Configuration();
        (await ForeignTool.RunAsync("dcmpsprt", ["-c", configuration, "-p", "PRINTER", "-l", "2", "2", .. images], workingDirectory: _folder["."], cancel: Cancel)).AssertSuccess();
        string stored = Assert.Single(Directory.GetFiles(_folder["database"], "SP_*"));
        var received = await ReceiveAsync(async () => (await ForeignTool.RunAsync("dcmprscu", ["-c", configuration, "-p", "PRINTER", "--copies", "2", stored], workingDirectory: _folder["."], cancel: Cancel)).AssertSuccess());
        Assert.Contains("3 images, 2 copies", received.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder["films"], "*.png"));
    }

    private string Configuration()
    {
        foreach (string name in new[] { "database", "spool", "log" }) Directory.CreateDirectory(_folder[name]);
        string path = _folder["print.cfg"];
        File.WriteAllText(path, $"""
            [[GENERAL]]
            [APPLICATION]
            LogDirectory = {_folder["log"]}
            [PRINT]
            Directory = {_folder["spool"]}
            DeletePrintJobs = true
            [DATABASE]
            Directory = {_folder["database"]}
            [NETWORK]
            Aetitle = PRINTSCU
            [[COMMUNICATION]]
            [PRINTER]
            Aetitle = PRINTER
            Description = test
            Hostname = 127.0.0.1
            Port = {_port}
            Type = LOCALPRINTER
            DisplayFormat = 1,1\2,2
            FilmSizeID = 14INX17IN
            MagnificationType = CUBIC
            MaxPDU = 32768
            MediumType = PAPER
            Supports12Bit = true
            SupportsPresentationLUT = true
            PresentationLUTMatchRequired = false
            MinDensity = 20
            MaxDensity = 320

            """);
        return path;
    }
}
