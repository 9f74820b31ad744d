using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Coded values against the context groups of PS3.16.</summary>
public sealed class CodeRulesTests
{
    [Fact]
    public void Every_group_that_a_module_names_and_every_included_one_can_be_read()
    {
        var groups = ContextGroups.Shared;
        var open = new Stack<int>();
        var tables = IodTables.Shared;
        var seenTables = new HashSet<RuleTable>(ReferenceEqualityComparer.Instance);
        foreach (string uid in tables.SopClasses)
            foreach (var use in tables.FindIod(uid)!.Modules.Where(use => use.HasTable)) Walk(tables.Module(use.Name));

        Assert.InRange(open.Count, 150, 1000);
        var seen = new HashSet<int>();
        while (open.TryPop(out int cid))
        {
            if (!seen.Add(cid) || groups.Find(cid) is not { } group) continue;
            Assert.StartsWith("1.2.840.10008.6.1.", group.Uid, StringComparison.Ordinal);
            Assert.All(group.Codes, scheme => Assert.DoesNotContain("", scheme.Value));
            foreach (int included in group.Includes) open.Push(included);
        }

        void Walk(RuleTable table)
        {
            if (!seenTables.Add(table)) return;
            foreach (var row in table.Rows)
            {
                if (row is MacroRule macro)
                {
                    foreach (int cid in macro.ContextGroups?.Cids ?? []) open.Push(cid);
                    Walk(tables.Macro(macro.Name));
                }
                else if (row is AttributeRule { Items: { } items }) Walk(items);
            }
        }
    }

    [Theory]
    [InlineData(4, "SCT", "69536005", true)]        // head, in the group itself
    [InlineData(4, "SRT", "T-D1100", true)]         // the same in SNOMED-RT
    [InlineData(4, "SCT", "51440002", false)]       // bilateral
    [InlineData(2, "SCT", "51440002", true)]
    [InlineData(7201, "DCM", "121313", true)]
    [InlineData(33, "DCM", "CT", true)]             // by CID 29, which it includes
    public void Groups_hold_their_codes_and_those_of_the_groups_they_include(int cid, string scheme, string value, bool isIn) =>
        Assert.Equal(isIn, ContextGroups.Shared.Contains(ContextGroups.Shared.Find(cid)!, scheme, value));

    [Fact]
    public void A_code_of_its_defined_context_group_is_right()
    {
        Assert.Empty(Of(Phantom("113690", "DCM")));            // IEC Head Dosimetry Phantom
        Assert.Empty(Of(Phantom("113691", "DCM")));            // IEC Body Dosimetry Phantom
    }

    [Fact]
    public void A_code_beside_a_defined_context_group_that_may_be_extended_is_a_warning()
    {
        var finding = Assert.Single(Of(Phantom("X1", "99TEST")));

        Assert.Equal((ValidationSeverity.Warning, "(0018,9346)[0](0008,0100)"), (finding.Severity, finding.Path));
        Assert.Contains("is (X1, 99TEST, \"meaning\"), not in CID 4052 Phantom Device", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_beside_a_defined_context_group_that_is_closed_is_an_error()
    {
        var finding = Assert.Single(Of(Mammogram("X1", "99TEST")), f => f.Path.StartsWith("(0054,0220)", StringComparison.Ordinal));

        Assert.Equal((ValidationSeverity.Error, "(0054,0220)[0](0008,0100)"), (finding.Severity, finding.Path));
        Assert.Empty(Of(Mammogram("399162004", "SCT")));
        Assert.Empty(Of(Mammogram("R-10242", "99SDM")));       // SNOMED-RT under the name it had before
    }

    [Fact]
    public void A_baseline_context_group_is_a_suggestion_and_a_note_on_demand()
    {
        var image = ValidObjects.CTImage().Set(Tags.AnatomicRegionSequence, Code("69536005", "SCT").Set(Tags.AnatomicRegionModifierSequence, Code("X1", "99TEST")));

        Assert.Empty(Of(image));
        var notes = IodValidator.Validate(image, new ValidationOptions { IncludeNotes = true }).Where(f => f.Rule == ValidationRule.ContextGroup).ToList();
        Assert.NotEmpty(notes);
        Assert.All(notes, note => Assert.Equal((ValidationSeverity.Note, "(0008,2218)[0](0008,2220)[0](0008,0100)"), (note.Severity, note.Path)));
        Assert.Contains("CID 2 Anatomic Modifier", notes[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_is_of_the_group_that_its_item_names()
    {
        Assert.Empty(Of(Declaring("69536005", "4")));
        Assert.Equal(ValidationSeverity.Warning, Assert.Single(Of(Declaring("51440002", "4"))).Severity);
        Assert.Empty(Of(Declaring("51440002", "4", "Y")));
        Assert.Equal(ValidationSeverity.Error, Assert.Single(Of(Declaring("51440002", "4014"))).Severity);
        Assert.EndsWith("(0008,010F)", Assert.Single(Of(Declaring("51440002", "999999"))).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_uid_is_that_of_its_group()
    {
        var code = Code("69536005", "SCT").Set(Tags.ContextIdentifier, "4").Set(Tags.MappingResource, "DCMR").Set(Tags.ContextUID, "1.2.840.10008.6.1.1");

        Assert.EndsWith("(0008,0117)", Assert.Single(Of(new DataSet().Set(Tags.AnatomicRegionSequence, code))).Path, StringComparison.Ordinal);
        Assert.Empty(Of(new DataSet().Set(Tags.AnatomicRegionSequence, code.Set(Tags.ContextUID, "1.2.840.10008.6.1.2"))));
    }

    [Fact]
    public void A_code_of_dcm_is_one_that_the_standard_has_defined()
    {
        Assert.Empty(Of(new DataSet().Set(Tags.AnatomicRegionSequence, Code("121322", "DCM"))));
        Assert.Contains("no code that the standard has defined", Assert.Single(Of(new DataSet().Set(Tags.AnatomicRegionSequence, Code("999999", "DCM")))).Message, StringComparison.Ordinal);
    }

    private static DataSet Phantom(string value, string scheme) => ValidObjects.CTImage().Set(Tags.CTDIPhantomTypeCodeSequence, Code(value, scheme));

    private static DataSet Mammogram(string value, string scheme) => new DataSet()
        .Set(Tags.SOPClassUID, SopClasses.DigitalMammographyXRayImageStorageForPresentation)
        .Set(Tags.ViewCodeSequence, Code(value, scheme).Set<DataSet>(Tags.ViewModifierCodeSequence));

    private static DataSet Declaring(string value, string cid, string extensionFlag = "")
    {
        var code = Code(value, "SCT").Set(Tags.ContextIdentifier, cid).Set(Tags.MappingResource, "DCMR").Set(Tags.ContextGroupVersion, "20250127");
        if (extensionFlag.Length > 0) code.Set(Tags.ContextGroupExtensionFlag, extensionFlag);
        return new DataSet().Set(Tags.AnatomicRegionSequence, code);
    }

    private static DataSet Code(string value, string scheme) => new DataSet()
        .Set(Tags.CodeValue, value).Set(Tags.CodingSchemeDesignator, scheme).Set(Tags.CodeMeaning, "meaning");

    private static List<ValidationFinding> Of(DataSet dataSet) =>
        [.. IodValidator.Validate(dataSet).Where(f => f.Rule == ValidationRule.ContextGroup)];
}
