using Isocenter.Dicom;
using Isocenter.Dicom.Tests.Validation;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Our validation of reports beside that of PixelMed's DicomSRValidator. More of it stands in
/// docs/conformance/validation.md.</summary>
public sealed class ReportValidationTests
{
    private const string Jar = "/usr/share/java/pixelmed.jar";

    [Fact]
    public async Task A_dose_report_of_the_mandatory_rows_of_its_template_is_right_for_both_and_one_with_an_item_less_for_neither()
    {
        ForeignTool.Require("java");
        Assert.SkipUnless(File.Exists(Jar), "PixelMed's library is not installed.");
        var report = ReportObjects.Of(SopClasses.XRayRadiationDoseSRStorage, "10011", withOptions: false);
        Assert.Empty(Ours(report));
        Assert.DoesNotContain("Missing", await TheirsAsync(report), StringComparison.Ordinal);

        report.Set(Tags.ContentSequence, [.. report.GetAll<DataSet>(Tags.ContentSequence).Where(item => item.Get(Tags.ValueType, "") != "DATETIME")]);
        Assert.Equal(2, Ours(report).Count(finding => finding.Message.Contains("which is mandatory", StringComparison.Ordinal)));
        string theirs = await TheirsAsync(report);
        Assert.Contains("[Row 5] DATETIME (113809,DCM", theirs, StringComparison.Ordinal);
        Assert.Contains("[Row 6] DATETIME (113810,DCM", theirs, StringComparison.Ordinal);
    }

    private static List<ValidationFinding> Ours(DataSet report) => [.. IodValidator.Validate(report).Where(finding => finding.Rule == ValidationRule.ReportTemplate)];

    /// <summary>Its rules are larger than Java allows a style sheet to be, unless it is told.</summary>
    private static async Task<string> TheirsAsync(DataSet report)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("isocenter-report").FullName, "report.dcm");
        try
        {
            new DicomFile(report, TransferSyntax.ExplicitVRLittleEndian).Save(path);
            var result = await ForeignTool.RunAsync("java",
                ["-Djdk.xml.xpathTotalOpLimit=0", "-Djdk.xml.xpathExprOpLimit=0", "-Djdk.xml.xpathExprGrpLimit=0", "-cp", Jar, "com.pixelmed.validate.DicomSRValidator", path],
                TimeSpan.FromMinutes(5));
            Assert.Contains("IOD validation complete", result.Output + result.Error, StringComparison.Ordinal);
            return result.Output + result.Error;
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
