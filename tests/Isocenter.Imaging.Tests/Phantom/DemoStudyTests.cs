using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Imaging.Tests.Phantom;

public sealed class DemoStudyTests
{
    private static readonly Lazy<DicomFile[]> Study = new(() => [.. DemoStudy.Create()]);

    [Fact]
    public void It_is_one_study_of_one_patient_in_three_series()
    {
        var objects = Study.Value.Select(file => file.DataSet).ToArray();
        Assert.Equal(DemoStudy.Count, objects.Length);
        Assert.Single(objects.Select(o => o.Get<string>(Tags.StudyInstanceUID)).Distinct());
        Assert.Single(objects.Select(o => o.Get<string>(Tags.PatientID)).Distinct());
        Assert.Equal(objects.Length, objects.Select(o => o.Get<string>(Tags.SOPInstanceUID)).Distinct().Count());
        Assert.Equal([("CT", 64), ("MR", 1), ("US", 1)],
            objects.GroupBy(o => o.Get<string>(Tags.SeriesInstanceUID)).Select(s => (s.First().Get<string>(Tags.Modality), s.Count())));
        Assert.Equal("Phantom^Isocenter", objects[0].Get<string>(Tags.PatientName));
        Assert.Equal("ISO-DEMO-0001", objects[0].Get<string>(Tags.PatientID));
    }

    [Fact]
    public void Making_it_twice_gives_the_same_bytes()
    {
        var again = DemoStudy.Create().ToArray();
        foreach (int i in new[] { 0, 30, 63, 64, 65 })
            Assert.True(Study.Value[i].ToArray().AsSpan().SequenceEqual(again[i].ToArray()), $"object {i} differs");
    }

    /// <summary>A change of these pictures is a change of what the UIDs name: then change the name in DemoStudyModules
    /// too, or archives refuse the new study as a conflict.</summary>
    [Theory]
    [InlineData(0, "BA7985F1CB08194216C3DA53ADA567BB541E8D69DE240A7104A19B2B4F385B42")]
    [InlineData(40, "B3650361ED1E7AE00DEFE82D0CCBB893ACB05BC0F5779E886F1B79DD9EC7ECD5")]
    [InlineData(64, "A3926F9F99C2EBC1DD8C41F64D5040793ACB95796DF626EB8BC1B0E241859B3D")]
    [InlineData(65, "69554D7C367B6703E92EEE0D0E15B4BC619F5F979CE22B26D4ADE49EACD422B7")]
    public void The_pictures_are_the_same_on_every_machine(int index, string sha256)
    {
        Assert.True(Study.Value[index].DataSet.TryFind(Tags.PixelData, out var pixels));
        Assert.Equal(sha256, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(pixels.Bytes.Span)));
    }

    [Fact]
    public void Another_patient_or_seed_gives_other_objects()
    {
        string Uid(DemoStudyOptions options) => DemoStudy.Create(options).First().DataSet.Get<string>(Tags.SOPInstanceUID);
        var uids = new[]
        {
            Uid(new()), Uid(new() { Seed = 2 }), Uid(new() { PatientName = "Other^Phantom" }), Uid(new() { PatientId = "ISO-DEMO-0002" }),
            Uid(new() { StudyDateTime = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified) }),
        };
        Assert.Equal(uids.Length, uids.Distinct().Count());
    }

    [Fact]
    public void The_slices_lie_evenly_from_foot_to_head()
    {
        var z = Study.Value.Take(64).Select(file => file.DataSet.GetAll<double>(Tags.ImagePositionPatient)[2]).ToArray();
        for (int i = 1; i < z.Length; i++) Assert.Equal(2.5, z[i] - z[i - 1], 9);
    }

    [Fact]
    public void The_lesion_is_on_the_patients_left()
    {
        // In an axial picture the patient's left is on the right hand. The rim of the lesion is brighter than brain.
        var picture = FrameRenderer.Render(Study.Value[40].DataSet, 0);
        double Mean(int x0)
        {
            long sum = 0;
            for (int y = 150; y < 240; y++)
            {
                for (int x = x0; x < x0 + 50; x++) sum += picture.Pixels[y * 512 + x];
            }
            return sum / (90.0 * 50);
        }
        Assert.True(Mean(300) > Mean(512 - 350) + 10, $"left {Mean(300)}, right {Mean(512 - 350)}");
    }

    [Fact]
    public void Outside_of_the_circle_there_is_padding()
    {
        var dataSet = Study.Value[20].DataSet;
        Assert.Equal(-2000, dataSet.Get<int>(Tags.PixelPaddingValue));
        Assert.True(dataSet.TryFind(Tags.PixelData, out var pixels));
        Assert.Equal(-2000, System.Buffers.Binary.BinaryPrimitives.ReadInt16LittleEndian(pixels.Bytes.Span));
    }

    [Fact]
    public void Our_own_validation_has_nothing_to_say_about_any_object() =>
        Assert.Empty(Study.Value.SelectMany(file => IodValidator.Validate(file)));

    [Fact]
    public async Task Dciodvfy_has_nothing_to_say_about_any_object()
    {
        ForeignTool.Require("dciodvfy");
        string folder = Directory.CreateTempSubdirectory("isocenter-demo-").FullName;
        try
        {
            var remarks = new List<string>();
            foreach (int i in new[] { 0, 31, 63, 64, 65 })        // the slices differ in their place only
            {
                string path = Path.Combine(folder, $"{i}.dcm");
                Study.Value[i].Save(path);
                var result = await ForeignTool.RunAsync("dciodvfy", ["-new", path]);
                remarks.AddRange((result.Output + result.Error).Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal)
                    || line.StartsWith("Warning", StringComparison.Ordinal)).Select(line => $"{i}: {line}"));
            }
            Assert.Empty(remarks);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
