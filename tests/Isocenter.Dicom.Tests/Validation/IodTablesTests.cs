using Isocenter.Dicom.Validation;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>The tables that are shipped: all of them can be read, and they hold together.</summary>
public sealed class IodTablesTests
{
    [Fact]
    public void Every_iod_and_every_table_it_leads_to_can_be_read()
    {
        var tables = IodTables.Shared;
        var seen = new HashSet<RuleTable>(ReferenceEqualityComparer.Instance);
        int attributes = 0;

        foreach (string uid in tables.SopClasses)
        {
            var iod = tables.FindIod(uid);
            Assert.NotNull(iod);
            Assert.NotEmpty(iod.Modules);
            foreach (var use in iod.Modules.Where(use => use.HasTable)) Walk(tables.Module(use.Name));
        }

        Assert.InRange(attributes, 5000, 10_000);

        void Walk(RuleTable table)
        {
            if (!seen.Add(table)) return;
            foreach (var row in table.Rows)
            {
                if (row is MacroRule macro) Walk(tables.Macro(macro.Name));
                if (row is not AttributeRule attribute) continue;
                attributes++;
                if (attribute.Items is not null) Walk(attribute.Items);
            }
        }
    }

    [Fact]
    public void Almost_every_storage_class_that_is_not_retired_has_an_iod()
    {
        var known = IodTables.Shared.SopClasses.ToHashSet();

        var missing = StorageSopClasses.All.Concat(StorageSopClasses.NonPatientObjects)
            .Where(c => !c.IsRetired && c.Uid.StartsWith("1.2.840.10008.5.1.4.", StringComparison.Ordinal) && !known.Contains(c.Uid))
            .Select(c => c.Name).ToList();

        Assert.True(missing.Count <= 12, string.Join('\n', missing));
    }

    [Fact]
    public void Sections_are_those_of_the_standard()
    {
        var tables = IodTables.Shared;

        Assert.Equal(("Patient Module", "PS3.3 §C.7.1.1"), (tables.Module("Patient").Title, tables.Module("Patient").Section));
        Assert.Equal(("Code Sequence Macro", "PS3.3 §8.8"), (tables.Macro("CodeSequenceMacro").Title, tables.Macro("CodeSequenceMacro").Section));
        Assert.Equal("CT Image", tables.FindIod(SopClasses.CTImageStorage)!.Title);
    }

    [Fact]
    public void A_table_is_read_once()
    {
        Assert.Same(IodTables.Shared.Module("Patient"), IodTables.Shared.Module("Patient"));
        Assert.Same(IodTables.Shared.FindIod(SopClasses.CTImageStorage), IodTables.Shared.FindIod(SopClasses.CTImageStorage));
    }

    [Fact]
    public void A_class_of_the_newer_list_is_checked_with_the_modules_that_are_known()
    {
        var findings = IodValidator.Validate(new DataSet().Set(Tags.SOPClassUID, SopClasses.RTPhysicianIntentStorage), new ValidationOptions { IncludeNotes = true });

        Assert.Contains(findings, f => f is { Rule: ValidationRule.Absent, Keyword: "PatientID" });
        Assert.Contains(findings, f => f.Rule == ValidationRule.NotComputable && f.Message.Contains("not in the tables", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, f => f.Rule == ValidationRule.NotInIod);
    }
}
