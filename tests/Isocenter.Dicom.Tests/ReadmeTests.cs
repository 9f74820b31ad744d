namespace Isocenter.Dicom.Tests;

/// <summary>The examples of src/Isocenter.Dicom/README.md are code that runs.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_example_of_values_and_editing_does_what_it_says()
    {
        using var file = DicomFile.Read(new Bytes()
            .Element(0x0008_1140, "SQ", new Bytes().Item(new Bytes().Text(0x0008_1155, "UI", "1.2.3").ToArray()).Item(new Bytes().Text(0x0008_1155, "UI", "1.2.4").ToArray()).ToArray())
            .Text(0x0010_0010, "PN", "DOE^JANE").ToFile());
        var lines = new List<string>();

        var dataSet = file.DataSet.Copy();
        dataSet.ChangeCharacterSet("ISO_IR 192");
        dataSet.Set(Tags.PatientName, new PersonName(new NameComponents("Yamada", "Tarou"), new NameComponents("山田", "太郎")));
        dataSet.Set(Tags.PatientAge, Age.At(new DateOnly(1961, 5, 4), new DateOnly(2026, 5, 3)));
        dataSet.Set(Tags.AcquisitionDateTime, new DateTimeOffset(2026, 5, 3, 9, 30, 0, TimeSpan.FromHours(2)));
        dataSet.Set(Tags.PixelSpacing, 0.5, 0.25);
        string reference = dataSet.GetAll<string>(ElementPath.Parse("ReferencedImageSequence[0].ReferencedSOPInstanceUID"))[0];
        dataSet.Remove(ElementPath.Parse("ReferencedImageSequence[-1]"));
        var days = new DataSet().SetText(Tags.StudyDate, VR.DA, "20260101-20260131").Get<ValueRange<DateOnly>>(Tags.StudyDate);
        dataSet.Merge(new DataSet().Set(Tags.StudyDescription, "CT chest"));
        foreach (var at in dataSet.Walk()) lines.Add($"{at.Path} {at.Element.VR} {at.Element.Text}");
        foreach (var difference in DataSetDiff.Compare(file.DataSet, dataSet)) lines.Add($"{difference.Kind} {difference.Path}");
        dataSet.Freeze();

        Assert.Equal("1.2.3", reference);
        Assert.Equal(("Yamada^Tarou=山田^太郎", "064Y", "CT chest"), (dataSet.Get<string>(Tags.PatientName), dataSet.Get<string>(Tags.PatientAge), dataSet.Get<string>(Tags.StudyDescription)));
        Assert.StartsWith("20260503093000", dataSet.Get<string>(Tags.AcquisitionDateTime), StringComparison.Ordinal);
        Assert.EndsWith("+0200", dataSet.Get<string>(Tags.AcquisitionDateTime), StringComparison.Ordinal);
        Assert.Single(dataSet.GetAll<DataSet>(Tags.ReferencedImageSequence));
        Assert.Equal(new DateOnly(2026, 1, 31), days.To);
        Assert.Contains("(0008,1140)[0](0008,1155) UI 1.2.3", lines);
        Assert.Contains(lines, line => line.EndsWith("(0010,0010)", StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => dataSet.Remove(Tags.PatientName));
    }

    [Fact]
    public void Every_line_of_that_example_stands_in_the_test_above()
    {
        string? repository = StandardTables.StandardTables.FindRepository(AppContext.BaseDirectory);
        Assert.SkipWhen(repository is null, "The tests do not run inside the repository.");
        string readme = File.ReadAllText(Path.Combine(repository, "src", "Isocenter.Dicom", "README.md"));
        // Not the path that the compiler knows: builds of a server have none of this machine.
        string code = File.ReadAllText(Path.Combine(repository, "tests", "Isocenter.Dicom.Tests", "ReadmeTests.cs"))
            .Replace("lines.Add(", "Console.WriteLine(", StringComparison.Ordinal);
        var example = readme.Split("```")[3].Split('\n').Skip(1).Select(line => line.Split("    //")[0].Trim()).Where(line => line.Length > 0).ToList();

        Assert.InRange(example.Count, 10, 30);
        Assert.All(example, line => Assert.Contains(line, code, StringComparison.Ordinal));
    }
}
