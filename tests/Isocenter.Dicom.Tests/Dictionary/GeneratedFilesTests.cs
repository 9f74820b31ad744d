using Generator = Isocenter.StandardTables.StandardTables;

namespace Isocenter.Dicom.Tests.Dictionary;

/// <summary>The checked-in *.g.cs, Iods.txt, ContextGroups.txt and ReportTemplates.txt are what the generator makes of the tables.</summary>
public sealed class GeneratedFilesTests
{
    [Fact]
    public void Generated_files_are_those_the_tables_give()
    {
        string? repository = Generator.FindRepository(AppContext.BaseDirectory);
        Assert.SkipWhen(repository is null, "The tests do not run inside the repository.");
        string standard = Environment.GetEnvironmentVariable("ISOCENTER_STANDARD")
            ?? Path.Combine(repository, "..", "shared", "standard");
        Assert.SkipUnless(Directory.Exists(standard),
            "The tables of the standard are not at hand: set ISOCENTER_STANDARD to their folder.");

        string folder = Path.Combine(repository, "src", "Isocenter.Dicom");
        var generated = Generator.Generate(standard);
        foreach (var (name, text) in generated)
        {
            // Not Assert.Equal: a difference in a file of this size is better looked at with a diff tool.
            string checkedIn = File.ReadAllText(Path.Combine(folder, name));
            Assert.True(checkedIn == text, $"{name} is not what tools/Isocenter.StandardTables makes of {standard}; run it.");
        }
        Assert.Equal(generated.Select(g => g.Key).Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(folder, "Dictionary"), "*.g.cs").Select(f => "Dictionary/" + Path.GetFileName(f)).Append("Validation/Iods.txt").Append("Validation/ContextGroups.txt").Append("Validation/ReportTemplates.txt").Order(StringComparer.Ordinal));
    }
}
