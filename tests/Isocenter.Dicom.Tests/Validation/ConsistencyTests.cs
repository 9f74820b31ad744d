namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Values that must agree with each other.</summary>
public sealed class ConsistencyTests
{
    [Fact]
    public void One_uid_is_not_the_name_of_two_things() =>
        Found(image => image.Set(Tags.SeriesInstanceUID, image.Get<string>(Tags.StudyInstanceUID)), "(0020,000E)", ValidationRule.UniqueIdentifier);

    [Fact]
    public void Pixel_data_has_the_length_that_its_attributes_say()
    {
        Found(image => image.SetBytes(Tags.PixelData, VR.OW, new byte[10]), "(7FE0,0010)");
        Found(image => image.Set(Tags.NumberOfFrames, "2"), "(7FE0,0010)");
    }

    [Fact]
    public void Colour_that_is_subsampled_needs_two_thirds()
    {
        var image = ValidObjects.CTImage().Set(Tags.SamplesPerPixel, (ushort)3).Set(Tags.PhotometricInterpretation, "YBR_FULL_422")
            .Set(Tags.BitsAllocated, (ushort)8).Set(Tags.BitsStored, (ushort)8).Set(Tags.HighBit, (ushort)7).SetBytes(Tags.PixelData, VR.OB, new byte[8]);

        Assert.DoesNotContain(IodValidator.Validate(image), f => f.Path == "(7FE0,0010)");
    }

    [Fact]
    public void Encapsulated_pixels_belong_to_an_encapsulating_syntax()
    {
        var image = ValidObjects.CTImage();
        var meta = ValidObjects.Meta(image).Set(Tags.TransferSyntaxUID, TransferSyntax.JPEGBaseline8Bit.Uid.Value);

        Assert.Contains(IodValidator.Validate(image, new ValidationOptions { FileMeta = meta }), f => f is { Rule: ValidationRule.Encoding, Path: "(7FE0,0010)" });
    }

    [Fact]
    public void Bits_fit_into_each_other()
    {
        Found(image => image.Set(Tags.BitsStored, (ushort)17), "(0028,0101)");
        Found(image => image.Set(Tags.HighBit, (ushort)12), "(0028,0102)");
        Found(image => image.Set(Tags.HighBit, (ushort)16), "(0028,0102)");
    }

    [Fact]
    public void Wide_pixels_are_words() =>
        Found(image => image.SetBytes(Tags.PixelData, VR.OB, new byte[8]), "(7FE0,0010)", ValidationRule.ValueRepresentation);

    [Fact]
    public void An_aspect_ratio_of_one_is_not_written() => Found(image => image.Set(Tags.PixelAspectRatio, "1", "1"), "(0028,0034)");

    [Fact]
    public void Directions_are_unit_vectors_at_a_right_angle()
    {
        Found(image => image.Set(Tags.ImageOrientationPatient, "2", "0", "0", "0", "1", "0"), "(0020,0037)", message: "length 2");
        Found(image => image.Set(Tags.ImageOrientationPatient, "1", "0", "0", "0.6", "0.8", "0"), "(0020,0037)", message: "right angle");
    }

    [Theory]
    [InlineData("L", "F", false)]
    [InlineData("RH", "FP", false)]
    [InlineData("X", "F", true)]
    [InlineData("LR", "F", true)]
    [InlineData("L", "L", true)]
    public void Patient_orientation_has_its_letters(string rows, string columns, bool isWrong)
    {
        var dataSet = new DataSet().Set(Tags.PatientOrientation, rows, columns);

        Assert.Equal(isWrong, IodValidator.Validate(dataSet).Any(f => f.Path == "(0020,0020)"));
    }

    [Fact]
    public void An_animal_has_other_letters()
    {
        var dataSet = new DataSet().Set(Tags.AnatomicalOrientationType, "QUADRUPED").Set(Tags.PatientOrientation, "LE", "CD");

        Assert.DoesNotContain(IodValidator.Validate(dataSet), f => f.Path == "(0020,0020)");
    }

    [Fact]
    public void A_lookup_table_has_the_entries_of_its_descriptor()
    {
        Assert.Empty(Of(Table(4, 16, 8)));
        Assert.Empty(Of(Table(4, 8, 4)));
        Assert.NotEmpty(Of(Table(5, 16, 8)));
        Assert.NotEmpty(Of(Table(4, 4, 8)));
        Assert.NotEmpty(Of(Table(1, 10, 2, 0xFF)));

        static DataSet Table(ushort entries, ushort bits, int bytes, byte filler = 0) => new DataSet()
            .Set(Tags.RedPaletteColorLookupTableDescriptor, VR.US, entries, (ushort)0, bits)
            .SetBytes(Tags.RedPaletteColorLookupTableData, VR.OW, Enumerable.Repeat(filler, bytes).ToArray());
    }

    [Fact]
    public void There_is_an_item_for_each_frame()
    {
        Assert.Empty(Of(ValidObjects.MultiFrame()));
        Assert.Contains(Of(ValidObjects.MultiFrame().Set(Tags.NumberOfFrames, "3")), f => f.Path == "(5200,9230)");
    }

    [Fact]
    public void A_functional_group_is_shared_or_per_frame()
    {
        var image = ValidObjects.MultiFrame();
        image.GetAll<DataSet>(Tags.SharedFunctionalGroupsSequence)[0].Set(Tags.FrameContentSequence, new DataSet());

        Assert.Contains(Of(image), f => f.Path == "(5200,9230)[0](0020,9111)");
    }

    [Fact]
    public void Indexes_agree_with_dimensions()
    {
        var image = ValidObjects.MultiFrame().Set(Tags.DimensionIndexSequence, new DataSet().Set(Tags.DimensionIndexPointer, Tags.InStackPositionNumber));
        Assert.Empty(Of(image));

        image.GetAll<DataSet>(Tags.PerFrameFunctionalGroupsSequence)[1].GetAll<DataSet>(Tags.FrameContentSequence)[0].Set(Tags.InStackPositionNumber, 7u);
        Assert.Contains(Of(image), f => f.Path == "(5200,9230)[1](0020,9111)[0](0020,9057)");

        image.Set(Tags.DimensionIndexSequence, new DataSet(), new DataSet());
        Assert.Contains(Of(image), f => f.Path == "(5200,9230)[0](0020,9111)[0](0020,9157)");
    }

    [Fact]
    public void Segments_are_numbered_one_by_one_and_frames_refer_to_them()
    {
        var image = new DataSet().Set(Tags.SegmentSequence, new DataSet().Set(Tags.SegmentNumber, (ushort)1), new DataSet().Set(Tags.SegmentNumber, (ushort)3))
            .Set(Tags.PerFrameFunctionalGroupsSequence, new DataSet().Set(Tags.SegmentIdentificationSequence, new DataSet().Set(Tags.ReferencedSegmentNumber, (ushort)2)));

        Assert.Equal(["(0062,0002)[1](0062,0004)", "(5200,9230)[0](0062,000A)[0](0062,000B)"], Of(image).Select(f => f.Path));
    }

    [Fact]
    public void Tiles_fill_the_matrix()
    {
        var image = new DataSet().Set(Tags.DimensionOrganizationType, "TILED_FULL").Set(Tags.Rows, (ushort)10).Set(Tags.Columns, (ushort)10)
            .Set(Tags.TotalPixelMatrixRows, 25u).Set(Tags.TotalPixelMatrixColumns, 10u).Set(Tags.NumberOfFrames, "3");

        Assert.Empty(Of(image));
        Assert.Contains(Of(image.Set(Tags.NumberOfFrames, "2")), f => f.Path == "(0028,0008)");
    }

    [Fact]
    public void Vectors_of_nuclear_medicine_have_a_value_for_each_frame()
    {
        var image = new DataSet().Set(Tags.NumberOfFrames, "2").Set(Tags.FrameIncrementPointer, Tags.DetectorVector)
            .Set(Tags.DetectorVector, VR.US, (ushort)1, (ushort)2).Set(Tags.NumberOfDetectors, (ushort)2);

        Assert.Empty(Of(image));
        Assert.Contains(Of(image.Set(Tags.NumberOfDetectors, (ushort)3)), f => f.Path == "(0054,0021)");
        Assert.Contains(Of(image.Set(Tags.DetectorVector, VR.US, (ushort)1)), f => f.Path == "(0054,0020)");
        image.Remove(Tags.DetectorVector);
        Assert.Contains(Of(image), f => f.Path == "(0028,0009)");
    }

    [Fact]
    public void What_a_report_refers_to_stands_in_its_evidence()
    {
        var reference = new DataSet().Set(Tags.ReferencedSOPClassUID, SopClasses.CTImageStorage).Set(Tags.ReferencedSOPInstanceUID, "1.2.3.4");
        var item = new DataSet().Set(Tags.RelationshipType, "CONTAINS").Set(Tags.ValueType, "IMAGE").Set(Tags.ReferencedSOPSequence, reference.Copy());
        var report = ValidObjects.Report().Set(Tags.ContentSequence, item);
        Assert.Contains(Of(report), f => f.Path == "(0040,A730)[0](0008,1199)[0](0008,1155)");

        report.Set(Tags.CurrentRequestedProcedureEvidenceSequence, new DataSet().Set(Tags.StudyInstanceUID, "1.2.3.5")
            .Set(Tags.ReferencedSeriesSequence, new DataSet().Set(Tags.SeriesInstanceUID, "1.2.3.6").Set(Tags.ReferencedSOPSequence, reference.Copy())));
        Assert.Empty(Of(report));
    }

    [Fact]
    public void A_waveform_defines_each_of_its_channels() =>
        Assert.Contains(Of(new DataSet().Set(Tags.WaveformSequence, new DataSet().Set(Tags.NumberOfWaveformChannels, (ushort)2).Set(Tags.ChannelDefinitionSequence, new DataSet()))),
            f => f.Path == "(5400,0100)[0](003A,0005)");

    [Fact]
    public void A_displayed_area_has_its_corners_in_order() =>
        Assert.Contains(Of(new DataSet().Set(Tags.DisplayedAreaSelectionSequence,
            new DataSet().Set(Tags.DisplayedAreaTopLeftHandCorner, 10, 10).Set(Tags.DisplayedAreaBottomRightHandCorner, 1, 20))), f => f.Path == "(0070,005A)[0](0070,0052)");

    [Fact]
    public void A_distance_is_not_negative() => Found(image => image.Set(Tags.SpacingBetweenSlices, "-5"), "(0018,0088)");

    [Fact]
    public void Spacings_that_differ_want_a_reason() =>
        Found(image => image.Set(Tags.ImagerPixelSpacing, "2", "2"), "(0028,0030)", severity: ValidationSeverity.Warning);

    [Fact]
    public void What_a_dicomdir_is_built_from_is_missed_with_a_warning() =>
        Found(image => image.Set<string>(Tags.StudyID), "(0020,0010)", ValidationRule.DirectoryKey, severity: ValidationSeverity.Warning);

    [Fact]
    public void A_file_id_has_no_empty_component() =>
        Assert.Contains(Of(new DataSet().Set(Tags.DirectoryRecordSequence, new DataSet().SetBytes(Tags.ReferencedFileID, VR.CS, "A\\\\B "u8))),
            f => f.Path == "(0004,1220)[0](0004,1500)");

    [Fact]
    public void A_long_code_is_longer_than_a_code() =>
        Assert.Contains(IodValidator.Validate(new DataSet().Set(Tags.LongCodeValue, "SHORT")), f => f.Path == "(0008,0119)");

    [Fact]
    public void Units_are_ucum()
    {
        var unit = ValidObjects.Code("mm", "mm");
        var dataSet = new DataSet().Set(Tags.MeasurementUnitsCodeSequence, unit);

        Assert.Contains(Of(dataSet), f => f.Path == "(0040,08EA)[0](0008,0102)");
        unit.Set(Tags.CodingSchemeDesignator, "UCUM");
        Assert.Empty(Of(dataSet));
    }

    /// <summary>Findings about consistency in a data set that need not be an object.</summary>
    private static List<ValidationFinding> Of(DataSet dataSet) => [.. IodValidator.Validate(dataSet).Where(f => f.Rule == ValidationRule.Consistency)];

    private static void Found(Action<DataSet> change, string path, ValidationRule rule = ValidationRule.Consistency, string? message = null, ValidationSeverity severity = ValidationSeverity.Error)
    {
        var image = ValidObjects.CTImage();
        change(image);
        var findings = IodValidator.Validate(image);
        Assert.True(findings.Any(f => f.Path == path && f.Rule == rule && f.Severity == severity && (message is null || f.Message.Contains(message, StringComparison.Ordinal))), string.Join('\n', findings));
    }
}
