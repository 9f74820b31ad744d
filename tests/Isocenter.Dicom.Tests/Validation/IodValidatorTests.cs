namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Each kind of rule, broken by one change of an object that breaks none.</summary>
public sealed class IodValidatorTests
{
    [Fact]
    public void An_object_that_breaks_no_rule_has_no_findings()
    {
        var image = ValidObjects.CTImage();

        Assert.Empty(IodValidator.Validate(image));
        Assert.Empty(IodValidator.Validate(image, new ValidationOptions { FileMeta = ValidObjects.Meta(image) }));
        Assert.Empty(IodValidator.Validate(ValidObjects.Report()));
    }

    [Fact]
    public void An_attribute_of_type_1_must_be_there() =>
        Found(image => image.Remove(Tags.RescaleSlope), ValidationRule.Absent, "(0028,1053)", ValidationSeverity.Error, "Type 1 in the CT Image Module", "PS3.3 §C.8.2.1");

    [Fact]
    public void An_attribute_of_type_1_must_have_a_value() =>
        Found(image => image.Set<string>(Tags.RescaleSlope), ValidationRule.Empty, "(0028,1053)", ValidationSeverity.Error, "must have a value", "PS3.3 §C.8.2.1");

    [Fact]
    public void A_value_of_spaces_is_no_value() =>
        Found(image => image.SetBytes(Tags.RescaleSlope, VR.DS, "  "u8), ValidationRule.Empty, "(0028,1053)");

    [Fact]
    public void An_attribute_of_type_2_may_be_empty_but_not_absent() =>
        Found(image => image.Remove(Tags.AccessionNumber), ValidationRule.Absent, "(0008,0050)", ValidationSeverity.Error, "Type 2 in the General Study Module", "PS3.3 §C.7.2.1");

    [Fact]
    public void An_attribute_of_type_1c_must_be_there_when_its_condition_holds() =>
        Found(image => image.Set(Tags.SamplesPerPixel, (ushort)3), ValidationRule.ConditionallyAbsent, "(0028,0006)", ValidationSeverity.Error, "SamplesPerPixel>1", "PS3.3 §C.7.6.3.3");

    [Fact]
    public void An_attribute_of_type_1c_must_not_be_there_when_its_condition_does_not_hold() =>
        Found(image => image.Set(Tags.PlanarConfiguration, (ushort)0), ValidationRule.NotAllowed, "(0028,0006)", ValidationSeverity.Error, "condition does not hold");

    [Fact]
    public void An_attribute_of_type_1c_that_is_there_has_a_value() =>
        Found(image => image.Set<string>(Tags.SpecificCharacterSet), ValidationRule.ConditionallyEmpty, "(0008,0005)");

    [Fact]
    public void A_condition_that_no_data_set_tells_is_a_note_on_demand_and_never_an_error()
    {
        var image = ValidObjects.CTImage();

        var notes = IodValidator.Validate(image, new ValidationOptions { IncludeNotes = true });

        Assert.NotEmpty(notes);
        Assert.All(notes, note => Assert.Equal((ValidationSeverity.Note, ValidationRule.NotComputable), (note.Severity, note.Rule)));
        Assert.Contains(notes, note => note.Keyword == "AnatomicalOrientationType");
    }

    [Fact]
    public void An_enumerated_value_is_one_of_the_list() =>
        Found(image => image.Set(Tags.PatientSex, "X"), ValidationRule.EnumeratedValue, "(0010,0040)", ValidationSeverity.Error, "'X', none of the Enumerated Values of the Patient Module: M, F, O", "PS3.3 §C.7.1.1");

    [Fact]
    public void An_enumerated_value_may_be_a_number() =>
        Found(image => image.Set(Tags.PixelRepresentation, (ushort)2), ValidationRule.EnumeratedValue, "(0028,0103)");

    [Fact]
    public void An_enumerated_value_may_be_that_of_one_place() =>
        Found(image => image.Set(Tags.ImageType, "SECONDARY", "PRIMARY", "AXIAL"), ValidationRule.EnumeratedValue, "(0008,0008)", message: "value 1 is 'SECONDARY'");

    [Fact]
    public void A_defined_term_may_be_another_and_is_a_warning() =>
        Found(image => image.Set(Tags.PatientPosition, "UPSIDE DOWN"), ValidationRule.DefinedTerm, "(0018,5100)", ValidationSeverity.Warning);

    [Fact]
    public void Zero_where_it_makes_no_sense_is_found()
    {
        Found(image => image.Set(Tags.RescaleSlope, "0"), ValidationRule.Zero, "(0028,1053)", ValidationSeverity.Error);
        Found(image => image.Set(Tags.KVP, "0"), ValidationRule.Zero, "(0018,0060)", ValidationSeverity.Warning);
    }

    [Fact]
    public void The_number_of_values_is_that_of_the_dictionary() =>
        Found(image => image.SetBytes(Tags.PixelSpacing, VR.DS, "1\\1\\1 "u8), ValidationRule.ValueMultiplicity, "(0028,0030)", message: "has 3 values, but its VM is 2", section: "PS3.6");

    [Fact]
    public void The_number_of_items_is_that_of_the_module() =>
        Found(image => image.Set(Tags.ProcedureCodeSequence, Enumerable.Repeat(0, 0).Select(_ => new DataSet()).ToArray()), ValidationRule.NumberOfItems, "(0008,1032)", message: "has 0 items, but at least 1 are asked for");

    [Fact]
    public void A_rule_of_a_module_is_told_in_its_words() =>
        Found(image => image.Set(Tags.ImageType, "ORIGINAL", "PRIMARY"), ValidationRule.ModuleRule, "(0008,0008)", message: "value 3");

    [Fact]
    public void What_stands_in_items_is_checked_with_its_path()
    {
        var code = ValidObjects.Code("123", "Meaning");
        code.Remove(Tags.CodeMeaning);

        Found(image => image.Set(Tags.ProcedureCodeSequence, ValidObjects.Code("1", "One"), code), ValidationRule.Absent, "(0008,1032)[1](0008,0104)", section: "PS3.3 §8.8");
    }

    [Fact]
    public void An_attribute_that_is_not_part_of_the_iod_is_a_warning() =>
        Found(image => image.Set(Tags.RepetitionTime, "500"), ValidationRule.NotInIod, "(0018,0080)", ValidationSeverity.Warning);

    [Fact]
    public void An_attribute_of_a_module_that_is_not_in_use_is_told_with_the_module() =>
        Found(image => image.Set(Tags.HardcopyDeviceManufacturer, "X"), ValidationRule.NotInIod, "(0018,1017)", ValidationSeverity.Warning);

    [Fact]
    public void A_retired_attribute_is_a_warning() =>
        Found(image => image.Set(Tags.OtherPatientIDs, "X"), ValidationRule.Retired, "(0010,1000)", ValidationSeverity.Warning);

    [Fact]
    public void Group_lengths_are_one_warning_however_many_there_are()
    {
        var image = ValidObjects.CTImage().Set(new Tag(0x0008_0000), VR.UL, 4u).Set(new Tag(0x0010_0000), VR.UL, 4u);

        var finding = Assert.Single(IodValidator.Validate(image));

        Assert.Equal((ValidationRule.Retired, "(0008,0000)"), (finding.Rule, finding.Path));
        Assert.Contains("1 other group length", finding.Message);
    }

    [Fact]
    public void An_unknown_element_of_an_even_group_is_an_error() =>
        Found(image => image.Set(new Tag(0x0008_7777), VR.LO, "X"), ValidationRule.UnknownElement, "(0008,7777)", ValidationSeverity.Error);

    [Fact]
    public void A_private_element_needs_a_creator()
    {
        Found(image => image.Set(new Tag(0x0029_1001), VR.LO, "X"), ValidationRule.PrivateElement, "(0029,1001)", ValidationSeverity.Warning, "no (0029,0010)", "PS3.5 §7.8.1");
        Assert.Empty(IodValidator.Validate(ValidObjects.CTImage().Set(new Tag(0x0029_0010), VR.LO, "ACME").Set(new Tag(0x0029_1001), VR.LO, "X")));
    }

    [Fact]
    public void A_creator_names_somebody() =>
        Found(image => image.Set<string>(new Tag(0x0029_0010), VR.LO), ValidationRule.PrivateElement, "(0029,0010)", ValidationSeverity.Error);

    [Fact]
    public void Nobody_may_use_the_lowest_odd_groups() =>
        Found(image => image.Set(new Tag(0x0003_1001), VR.LO, "X"), ValidationRule.PrivateElement, "(0003,1001)", ValidationSeverity.Error);

    [Fact]
    public void The_vr_is_that_of_the_dictionary()
    {
        Found(image => image.Set(Tags.StudyID, VR.LO, "1"), ValidationRule.ValueRepresentation, "(0020,0010)", message: "LO instead of SH");
        Assert.Empty(IodValidator.Validate(ValidObjects.CTImage().Set(Tags.SmallestImagePixelValue, VR.US, (ushort)1)));
        Assert.Empty(IodValidator.Validate(ValidObjects.CTImage().SetBytes(Tags.StudyID, VR.UN, "12"u8)));
    }

    [Fact]
    public void Without_a_sop_class_values_are_checked_all_the_same()
    {
        var findings = IodValidator.Validate(new DataSet().SetText(Tags.PatientSex, VR.CS, "female"));

        Assert.Contains(findings, f => f is { Rule: ValidationRule.SopClass, Severity: ValidationSeverity.Error });
        Assert.Contains(findings, f => f is { Rule: ValidationRule.Characters, Path: "(0010,0040)" });
    }

    [Fact]
    public void A_private_sop_class_is_a_warning_and_its_attributes_are_nobodys_business()
    {
        var image = ValidObjects.CTImage().Set(Tags.SOPClassUID, "1.2.826.0.1.3680043.10.99").Set(Tags.RepetitionTime, "500");

        var finding = Assert.Single(IodValidator.Validate(image));

        Assert.Equal((ValidationRule.SopClass, ValidationSeverity.Warning), (finding.Rule, finding.Severity));
    }

    [Fact]
    public void A_retired_sop_class_is_a_warning() =>
        Assert.Contains(IodValidator.Validate(new DataSet().Set(Tags.SOPClassUID, SopClasses.StandaloneCurveStorage)),
            f => f is { Rule: ValidationRule.SopClass, Severity: ValidationSeverity.Warning });

    [Fact]
    public void File_meta_information_agrees_with_the_data_set()
    {
        var image = ValidObjects.CTImage();
        var meta = ValidObjects.Meta(image).Set(Tags.MediaStorageSOPInstanceUID, "1.2.3");
        meta.Remove(Tags.ImplementationClassUID);

        var findings = IodValidator.Validate(image, new ValidationOptions { FileMeta = meta });

        Assert.Contains(findings, f => f is { Rule: ValidationRule.FileMeta, Path: "(0002,0003)", Section: "PS3.10 §7.1" });
        Assert.Contains(findings, f => f is { Rule: ValidationRule.Absent, Path: "(0002,0012)", Section: "PS3.10 §7.1" });
        Assert.Equal(2, findings.Count);
    }

    [Fact]
    public void The_group_length_of_a_file_that_was_made_comes_with_the_writer()
    {
        using var made = new DicomFile(ValidObjects.CTImage(), TransferSyntax.ExplicitVRLittleEndian);
        using var read = DicomFile.Read(made.ToArray());

        Assert.Empty(IodValidator.Validate(made));
        Assert.Empty(IodValidator.Validate(read));
    }

    [Fact]
    public void A_condition_may_ask_the_transfer_syntax()
    {
        var image = ValidObjects.CTImage().Set(Tags.ExtendedOffsetTable, VR.OV, 0UL).Set(Tags.ExtendedOffsetTableLengths, VR.OV, 8UL);

        Assert.DoesNotContain(IodValidator.Validate(image), f => f.Path == "(7FE0,0001)");
        Assert.Contains(IodValidator.Validate(image, new ValidationOptions { FileMeta = ValidObjects.Meta(image) }), f => f is { Path: "(7FE0,0001)", Rule: ValidationRule.ModuleRule });
    }

    [Fact]
    public void What_the_reader_found_in_the_bytes_comes_first()
    {
        byte[] bytes = SampleBytes();

        using var file = DicomFile.Read(bytes.AsMemory(0, bytes.Length - 3));
        var findings = IodValidator.Validate(file);

        Assert.Equal(ValidationRule.Encoding, findings[0].Rule);
        Assert.Contains(findings, f => f.Message.Contains("ends before", StringComparison.Ordinal));
    }

    [Fact]
    public void Overlays_are_checked_group_by_group()
    {
        var image = ValidObjects.CTImage().Set(new Tag(0x6000_0010), (ushort)2).Set(new Tag(0x6004_0010), (ushort)2);

        var findings = IodValidator.Validate(image);

        Assert.Contains(findings, f => f is { Rule: ValidationRule.Absent, Path: "(6000,0011)" });
        Assert.Contains(findings, f => f is { Rule: ValidationRule.Absent, Path: "(6004,0011)" });
        Assert.DoesNotContain(findings, f => f.Path.StartsWith("(6002", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tree_of_content_items_is_checked_to_its_leaves()
    {
        var leaf = ValidObjects.Text("x").Set(Tags.RelationshipType, "INFERRED FROM");
        leaf.Remove(Tags.TextValue);
        var report = ValidObjects.Report().Set(Tags.ContentSequence, ValidObjects.Text("a").Set(Tags.ContentSequence, leaf));

        var finding = Assert.Single(IodValidator.Validate(report));

        Assert.Equal((ValidationRule.ConditionallyAbsent, "(0040,A730)[0](0040,A730)[0](0040,A160)"), (finding.Rule, finding.Path));
    }

    [Fact]
    public void A_finding_reads_as_a_sentence()
    {
        var image = ValidObjects.CTImage();
        image.Remove(Tags.PatientID);

        Assert.Equal("Error (0010,0020) PatientID: is absent, but of Type 2 in the Patient Module: it must be there, if only empty (PS3.3 §C.7.1.1)",
            IodValidator.Validate(image)[0].ToString());
    }

    [Fact]
    public void Findings_stand_in_the_order_of_the_elements()
    {
        var codes = Enumerable.Range(1, 12).Select(_ => new DataSet().Set(Tags.CodeValue, "1").Set(Tags.CodingSchemeDesignator, "DCM")).ToArray();
        var image = ValidObjects.CTImage().Set(Tags.ProcedureCodeSequence, codes).Set(Tags.OtherPatientIDs, "X");

        var items = IodValidator.Validate(image).Where(f => f.Rule == ValidationRule.Absent).Select(f => f.Path).ToList();

        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"(0008,1032)[{i}](0008,0104)"), items);
        Assert.Equal("(0010,1000)", IodValidator.Validate(image)[^1].Path);
    }

    private static byte[] SampleBytes()
    {
        using var file = new DicomFile(ValidObjects.CTImage(), TransferSyntax.ExplicitVRLittleEndian);
        return file.ToArray();
    }

    private static void Found(Action<DataSet> change, ValidationRule rule, string path, ValidationSeverity? severity = null, string? message = null, string? section = null)
    {
        var image = ValidObjects.CTImage();
        change(image);

        var findings = IodValidator.Validate(image);

        var finding = findings.FirstOrDefault(f => f.Rule == rule && f.Path == path);
        Assert.True(finding is not null, string.Join('\n', findings));
        if (severity is not null) Assert.Equal(severity, finding.Severity);
        if (message is not null) Assert.Contains(message, finding.Message);
        if (section is not null) Assert.Equal(section, finding.Section);
    }
}
