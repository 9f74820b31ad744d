using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Content trees against the relationships of PS3.3 §A.35 and the templates of PS3.16 Annex A.</summary>
public sealed class ReportTemplateTests
{
    /// <summary>SOP class and root template.</summary>
    public static TheoryData<string, string> Documents()
    {
        var data = new TheoryData<string, string>();
        foreach (string sopClass in ReportTemplates.Shared.SopClasses.Order(StringComparer.Ordinal))
            foreach (string template in ReportTemplates.Shared.FindDocument(sopClass)!.Roots.Select(root => root.Template).Distinct()) data.Add(sopClass, template);
        return data;
    }

    [Fact]
    public void Every_template_can_be_read_and_what_it_includes_and_names_is_there()
    {
        int rows = 0;
        foreach (string name in ReportTemplates.Shared.TemplateNames) Walk(ReportTemplates.Shared.Find(name)!.Rows);
        Assert.InRange(rows, 2000, 3000);

        void Walk(TemplateRow[] of)
        {
            foreach (var row in of)
            {
                rows++;
                if (row.Included is { } included) Assert.NotNull(ReportTemplates.Shared.Find(included));
                else Assert.NotEqual("", row.ValueType);
                foreach (string group in new[] { row.ConceptName, row.Value, row.Units }.Select(choice => choice?.Group).OfType<string>().Concat(row.Arguments.Values).Where(group => group[0] != '$'))
                    Assert.NotEmpty(ReportTemplates.Shared.GroupsOf(group));
                if (row.Condition is { } condition) new ContentConditions(ContentItem.Read(new DataSet(), 1, 1, out _)).HoldsOfNothing(condition);
                Walk(row.Rows);
            }
        }
    }

    [Theory, MemberData(nameof(Documents))]
    public void A_report_of_the_mandatory_rows_of_its_template_is_right(string sopClass, string template) =>
        Assert.Empty(Of(ReportObjects.Of(sopClass, template, withOptions: false)));

    /// <summary>Left out are relationships, as some templates have options that their own documents do not allow, and conditions of
    /// options that exclude each other.</summary>
    [Theory, MemberData(nameof(Documents))]
    public void A_report_of_all_rows_of_its_template_is_right(string sopClass, string template) =>
        Assert.DoesNotContain(Of(ReportObjects.Of(sopClass, template, withOptions: true)),
            finding => finding.Rule != ValidationRule.ContentRelationship && !finding.Message.Contains("is conditional", StringComparison.Ordinal));

    [Fact]
    public void A_mandatory_item_that_is_missing_is_named_with_its_template_and_row()
    {
        var report = CTDose();
        Remove(report, "113809");                                  // Start of X-Ray Irradiation
        var finding = Assert.Single(Of(report));
        Assert.Equal((ValidationSeverity.Error, ValidationRule.ReportTemplate, "(0040,A730)", "PS3.16 TID 10011"), (finding.Severity, finding.Rule, finding.Path, finding.Section));
        Assert.Equal("has no item for row 5 of TID 10011 (CT Radiation Dose), DATETIME (113809, DCM, \"Start of X-Ray Irradiation\"), which is mandatory", finding.Message);
    }

    [Fact]
    public void A_title_alone_shows_which_template_a_dose_report_follows()
    {
        var report = CTDose();
        report.Remove(Tags.ContentTemplateSequence);
        Assert.Empty(Of(report));
        Remove(report, "113809");
        Assert.Single(Of(report));
    }

    [Fact]
    public void A_conditional_item_is_asked_for_when_its_condition_holds_and_only_then()
    {
        var report = CTDose();
        var acquisition = Find(report, "113819");
        Assert.NotNull(Find(acquisition, "113829"));               // CT Dose, whose acquisition type is none of Constant Angle
        Find(acquisition, "113820")!.Set(Tags.ConceptCodeSequence, ValidObjects.Code("113805", "Constant Angle Acquisition"));
        Assert.Contains(Of(report), finding => finding.Message.Contains("its condition does not hold", StringComparison.Ordinal));
    }

    [Fact]
    public void A_relationship_of_another_kind_and_one_that_the_document_does_not_know_are_errors()
    {
        var report = CTDose();
        Find(report, "113809")!.Set(Tags.RelationshipType, "CONTAINS");
        Assert.Contains("is in the relationship HAS OBS CONTEXT", Assert.Single(Of(report)).Message, StringComparison.Ordinal);
        Find(report, "113809")!.Set(Tags.RelationshipType, "SELECTED FROM");
        Assert.Contains(Of(report), finding => finding is { Rule: ValidationRule.ContentRelationship, Path: "(0040,A730)[1](0040,A010)", Section: "PS3.3 §A.35.8.3" });
    }

    [Fact]
    public void Values_and_units_are_those_of_the_template()
    {
        var report = CTDose();
        var scope = Find(report, "113705")!;
        scope.Set(Tags.ConceptCodeSequence, new DataSet().Set(Tags.CodeValue, "1").Set(Tags.CodingSchemeDesignator, "99X").Set(Tags.CodeMeaning, "Something"));
        var finding = Assert.Single(Of(report));
        Assert.Equal((ValidationRule.ContextGroup, ValidationSeverity.Warning), (finding.Rule, finding.Severity));
        var total = Find(report, "113813")!.GetAll<DataSet>(Tags.MeasuredValueSequence)[0];
        total.GetAll<DataSet>(Tags.MeasurementUnitsCodeSequence)[0].Set(Tags.CodeValue, "mm");
        Assert.Contains(Of(report), f => f.Severity == ValidationSeverity.Error && f.Message.StartsWith("is (mm, UCUM", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_a_template_that_is_not_extensible_lets_nothing_else_in()
    {
        var stranger = new DataSet().Set(Tags.RelationshipType, "CONTAINS").Set(Tags.ValueType, "TEXT").Set(Tags.ConceptNameCodeSequence, ValidObjects.Code("121071", "Finding")).Set(Tags.TextValue, "A text");
        var dose = CTDose();
        ReportObjects.Append(dose, stranger.Copy());
        Assert.Empty(Of(dose));
        var keys = ReportObjects.Of(SopClasses.KeyObjectSelectionDocumentStorage, "2010", withOptions: false);
        ReportObjects.Append(keys, stranger.Copy());
        Assert.Contains("the template is not extensible", Assert.Single(Of(keys)).Message, StringComparison.Ordinal);
        keys.Remove(Tags.ContentTemplateSequence);
        Assert.Contains(Of(keys), finding => finding is { Path: "(0040,A504)", Severity: ValidationSeverity.Error });
    }

    [Fact]
    public void References_lead_to_an_item_that_is_there_and_not_around_them()
    {
        var report = ReportObjects.Of(SopClasses.ComprehensiveSRStorage, "2000", withOptions: false);
        report.Remove(Tags.ContentTemplateSequence);
        var text = ValidObjects.Text("All is well.");
        ReportObjects.Append(report, ValidObjects.Text("A basis."));
        ReportObjects.Append(report, text);
        uint count = (uint)report.GetAll<DataSet>(Tags.ContentSequence).Count;
        text = report.GetAll<DataSet>(Tags.ContentSequence)[^1];
        Assert.Empty(Refer(1, count - 1));
        Assert.Contains("no such content item", Assert.Single(Refer(1, count + 7)).Message, StringComparison.Ordinal);
        Assert.Contains("a loop", Assert.Single(Refer(1)).Message, StringComparison.Ordinal);
        report.Set(Tags.SOPClassUID, SopClasses.EnhancedSRStorage);
        Assert.Contains("by value only", Assert.Single(Refer(1, count - 1)).Message, StringComparison.Ordinal);

        List<ValidationFinding> Refer(params uint[] path)
        {
            text.Set(Tags.ContentSequence, new DataSet().Set(Tags.RelationshipType, "INFERRED FROM").Set(Tags.ReferencedContentItemIdentifier, path));
            return Of(report);
        }
    }

    [Fact]
    public void A_report_without_any_content_lacks_what_its_template_asks_for()
    {
        var report = CTDose();
        report.Remove(Tags.ContentSequence);
        Assert.Contains(Of(report), finding => finding.Message.StartsWith("has no item for row 5 of TID 10011", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tree_too_deep_or_too_large_comes_to_an_end()
    {
        var deep = CTDose();
        var item = deep;
        for (int i = 0; i < 300; i++)
        {
            var next = ValidObjects.Text("deeper");
            ReportObjects.Append(item, next);
            item = item.GetAll<DataSet>(Tags.ContentSequence)[^1];
        }
        Assert.Contains(IodValidator.Validate(deep), finding => finding.Rule == ValidationRule.Limit);

        var wide = CTDose();
        var many = Enumerable.Range(0, 101_000).Select(_ => ValidObjects.Text("again")).ToArray();
        wide.Set(Tags.ContentSequence, [.. wide.GetAll<DataSet>(Tags.ContentSequence), .. many]);
        Assert.Contains(IodValidator.Validate(wide), finding => finding.Rule == ValidationRule.Limit);
    }

    private static DataSet CTDose() => ReportObjects.Of(SopClasses.XRayRadiationDoseSRStorage, "10011", withOptions: false);

    /// <summary>The first item below that has this concept of DCM as its name.</summary>
    private static DataSet? Find(DataSet? around, string concept)
    {
        foreach (var item in around?.GetAll<DataSet>(Tags.ContentSequence) ?? [])
        {
            if (item.GetAll<DataSet>(Tags.ConceptNameCodeSequence) is [var name, ..] && name.Get(Tags.CodeValue, "") == concept) return item;
            if (Find(item, concept) is { } below) return below;
        }
        return null;
    }

    private static void Remove(DataSet around, string concept)
    {
        var item = Find(around, concept);
        around.Set(Tags.ContentSequence, [.. around.GetAll<DataSet>(Tags.ContentSequence).Where(other => !ReferenceEquals(other, item))]);
    }

    private static List<ValidationFinding> Of(DataSet dataSet) =>
        [.. IodValidator.Validate(dataSet).Where(finding => finding.Rule is ValidationRule.ReportTemplate or ValidationRule.ContentRelationship || finding.Rule == ValidationRule.ContextGroup && finding.Section.StartsWith("PS3.16 TID", StringComparison.Ordinal))];
}
