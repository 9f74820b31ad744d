using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

/// <summary>The commands against DCMTK's archive.</summary>
public sealed class DcmtkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_sent_to_dcmqrscp_is_found_there_and_comes_back_the_same()
    {
        int number = ForeignTool.FreePort();
        string port = number.ToString(CultureInfo.InvariantCulture);
        Directory.CreateDirectory(_folder["db"]);
        await File.WriteAllTextAsync(_folder["dcmqrscp.cfg"], $"""
            NetworkTCPPort  = {port}
            MaxPDUSize      = 16384
            MaxAssociations = 16
            HostTable BEGIN
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            QRSCP  {_folder["db"]}  RW (200, 1024mb)  ANY
            AETable END

            """);
        await using var archive = ForeignTool.Start("dcmqrscp", ["-c", _folder["dcmqrscp.cfg"]]);
        await ForeignTool.WaitForPortAsync(number);

        string study = Uid.New().Value, series = Uid.New().Value;
        for (int i = 1; i <= 3; i++)
        {
            byte[] bytes = SampleObject.ToFile(SampleObject.Create(study, series, number: i));
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(_folder["in"]).FullName, $"{i}.dcm"), bytes);
        }
        async Task<CliResult> Run(string command, params string[] arguments)
        {
            var result = await Cli.RunAsync([command, "127.0.0.1", port, "--called", "QRSCP", .. arguments]);
            Assert.True(result.ExitCode == 0, result.ToString());
            return result;
        }
        Assert.Contains("OFFIS_DCMTK", (await Run("echo")).Output);
        Assert.StartsWith("3 stored;", (await Run("send", _folder["in"])).Output);
        var found = await Run("find", "--level", "IMAGE", $"StudyInstanceUID={study}", $"SeriesInstanceUID={series}");
        Assert.Equal(4, found.Output.TrimEnd().Split('\n').Length);
        await Run("get", "--study", study, "--out", _folder["out"]);
        foreach (string path in Directory.GetFiles(_folder["in"]))
        {
            using var sent = DicomFile.Open(path);
            using var fetched = DicomFile.Open(_folder[$"out/{sent.DataSet.Get<string>(Tags.SOPInstanceUID)}.dcm"]);
            Assert.Equal(DataSetWriter.ToArray(sent.DataSet, TransferSyntax.ExplicitVRLittleEndian),
                DataSetWriter.ToArray(fetched.DataSet, TransferSyntax.ExplicitVRLittleEndian));
        }
    }

    [Fact]
    public async Task Worklist_of_wlmscpfs_is_shown()
    {
        int number = ForeignTool.FreePort();
        Directory.CreateDirectory(_folder["wl/WLM"]);
        await File.WriteAllTextAsync(_folder["wl/WLM/lockfile"], "");
        var step = new DataSet().Set(Tags.Modality, "CT").Set(Tags.ScheduledStationAETitle, "CT1")
            .SetText(Tags.ScheduledProcedureStepStartDate, VR.DA, "20261129").SetText(Tags.ScheduledProcedureStepStartTime, VR.TM, "1010")
            .Set(Tags.ScheduledPerformingPhysicianName, "P").Set(Tags.ScheduledProcedureStepDescription, "d").Set(Tags.ScheduledProcedureStepID, "S1");
        var entry = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.AccessionNumber, "ACC1").Set(Tags.PatientName, "Müller^Jörg")
            .Set(Tags.PatientID, "W1").SetText(Tags.PatientBirthDate, VR.DA, "19700101").Set(Tags.PatientSex, "O").Set(Tags.StudyInstanceUID, "1.2.3.4.5.99")
            .Set(Tags.RequestingPhysician, "R").Set(Tags.RequestedProcedureDescription, "Proc").Set(Tags.RequestedProcedureID, "R1").Set(Tags.RequestedProcedurePriority, "HIGH")
            .Set(Tags.ScheduledProcedureStepSequence, step).Set(Tags.SOPClassUID, "1.2.276.0.7230010.3.1.0.1").Set(Tags.SOPInstanceUID, "1.2.3.4");
        await File.WriteAllBytesAsync(_folder["wl/WLM/e.wl"], SampleObject.ToFile(entry));
        await using var provider = ForeignTool.Start("wlmscpfs", ["-dfp", _folder["wl"], number.ToString(CultureInfo.InvariantCulture)]);
        await ForeignTool.WaitForPortAsync(number);
        var result = await Cli.RunAsync("worklist", "127.0.0.1", number.ToString(CultureInfo.InvariantCulture), "--called", "WLM");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Müller^Jörg", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 match", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4096")]
    [InlineData("131072")]
    public async Task What_storescu_sends_is_received_byte_for_byte(string pdu)
    {
        int number = ForeignTool.FreePort();
        string port = number.ToString(CultureInfo.InvariantCulture);
        Directory.CreateDirectory(_folder["in"]);
        for (int i = 1; i <= 3; i++)
            await File.WriteAllBytesAsync(_folder[$"in/{i}.dcm"], SampleObject.ToFile(SampleObject.Create(instance: $"2.25.{i}", number: i, size: 200)));
        var receiving = Cli.RunAsync("receive", port, "--out", _folder["out"], "--layout", "study", "--count", "3", "--check", "--pdu", pdu);
        await ForeignTool.WaitForPortAsync(number);
        (await ForeignTool.RunAsync("storescu", ["-aet", "DCMTK", "-pdu", pdu, "127.0.0.1", port, .. Directory.GetFiles(_folder["in"])])).AssertSuccess();
        Assert.Equal(0, (await receiving).ExitCode);
        string[] files = Directory.GetFiles(_folder["out"], "*.dcm", SearchOption.AllDirectories);
        Assert.Equal(3, files.Length);
        foreach (string path in files)
        {
            (await ForeignTool.RunAsync("dcmftest", [path])).AssertSuccess();
            using var received = DicomFile.Open(path);
            using var sent = DicomFile.Open(_folder[$"in/{Path.GetFileNameWithoutExtension(path)[5..]}.dcm"]);
            Assert.Equal("DCMTK", received.FileMeta.Get<string>(Tags.SourceApplicationEntityTitle));
            Assert.Equal(DataSetWriter.ToArray(sent.DataSet, TransferSyntax.ExplicitVRLittleEndian), DataSetWriter.ToArray(received.DataSet, TransferSyntax.ExplicitVRLittleEndian));
        }
    }
}
