using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Editing;

public sealed class EditingTests
{
    private static ElementPath Path(string text) => ElementPath.Parse(text);

    private static DataSet Nested()
    {
        var dataSet = new DataSet().Set(Tags.PatientID, "P");
        for (int i = 0; i < 3; i++)
        {
            var item = dataSet.AddItem(Tags.ReferencedImageSequence).Set(Tags.ReferencedSOPInstanceUID, $"1.2.{i}");
            item.AddItem(Tags.PurposeOfReferenceCodeSequence).Set(Tags.CodeValue, $"c{i}");
        }
        return dataSet;
    }

    [Fact]
    public void Elements_are_selected_by_path()
    {
        var dataSet = Nested();
        Assert.Equal("1.2.1", dataSet.Get<string>(Path("ReferencedImageSequence[1].ReferencedSOPInstanceUID")));
        Assert.Equal("1.2.2", dataSet.Get<string>(Path("ReferencedImageSequence[-1].ReferencedSOPInstanceUID")));
        Assert.Equal(["c0", "c1", "c2"], dataSet.GetAll<string>(Path("ReferencedImageSequence[*].PurposeOfReferenceCodeSequence[*].CodeValue")));
        Assert.False(dataSet.TryGet(Path("ReferencedImageSequence[3].ReferencedSOPInstanceUID"), out string? _));
        Assert.False(dataSet.TryGet(Path("PatientID"), out DataSet? _));
        Assert.Equal(3, dataSet.SelectItems(Path("ReferencedImageSequence[*]")).Count());
        Assert.Contains("(0010,0010)", Assert.Throws<DicomFormatException>(() => dataSet.Get<string>(Path("PatientName"))).Message);
        Assert.Throws<ArgumentException>(() => dataSet.Select(Path("ReferencedImageSequence[0]")).ToList());
        Assert.Throws<ArgumentException>(() => dataSet.SelectItems(Path("PatientID")).ToList());
    }

    [Fact]
    public void Setting_by_path_makes_what_is_on_the_way()
    {
        var dataSet = Nested();
        Assert.Equal(3, dataSet.Set(Path("ReferencedImageSequence[*].ReferencedFrameNumber"), 1, 2));
        Assert.Equal([1, 2, 1, 2, 1, 2], dataSet.GetAll<int>(Path("ReferencedImageSequence[*].ReferencedFrameNumber")));
        dataSet.Set(Path("ProcedureCodeSequence[0].CodeValue"), "new");
        dataSet.Set(Path("ProcedureCodeSequence[0].CodeMeaning"), "same item");
        dataSet.Set(Path("ProcedureCodeSequence[+].CodeValue"), "second");
        Assert.Equal(2, dataSet.GetAll<DataSet>(Tags.ProcedureCodeSequence).Count);
        Assert.Equal(["new", "second"], dataSet.GetAll<string>(Path("ProcedureCodeSequence[*].CodeValue")));
        Assert.Contains("2 items, counted from 0", Assert.Throws<ArgumentException>(() => dataSet.Set(Path("ProcedureCodeSequence[5].CodeValue"), "x")).Message);
        Assert.Equal(0, dataSet.Set(Path("ContentSequence[*].CodeValue"), "x"));
        Assert.Contains("is no sequence", Assert.Throws<ArgumentException>(() => dataSet.Set(Path("PatientID[0].CodeValue"), "x")).Message);
    }

    [Fact]
    public void Elements_and_items_are_removed_by_path()
    {
        var dataSet = Nested();
        Assert.Equal(3, dataSet.Remove(Path("ReferencedImageSequence[*].PurposeOfReferenceCodeSequence")));
        Assert.Equal(1, dataSet.Remove(Path("ReferencedImageSequence[1]")));
        Assert.Equal(["1.2.0", "1.2.2"], dataSet.GetAll<string>(Path("ReferencedImageSequence[*].ReferencedSOPInstanceUID")));
        Assert.Equal(0, dataSet.Remove(Path("ReferencedImageSequence[5]")));
        Assert.Equal(0, dataSet.Remove(Path("PatientName")));
        Assert.Equal(2, dataSet.Remove(Path("ReferencedImageSequence[*]")));
        Assert.True(dataSet.Contains(Tags.ReferencedImageSequence));
        Assert.Equal(1, dataSet.Remove(Path("ReferencedImageSequence")));
    }

    [Fact]
    public void Items_are_inserted_by_path()
    {
        var dataSet = Nested();
        dataSet.Insert(Path("ReferencedImageSequence[0]"))[0].Set(Tags.ReferencedSOPInstanceUID, "1.9");
        dataSet.Insert(Path("ReferencedImageSequence[+]"))[0].Set(Tags.ReferencedSOPInstanceUID, "1.8");
        Assert.Equal(["1.9", "1.2.0", "1.2.1", "1.2.2", "1.8"], dataSet.GetAll<string>(Path("ReferencedImageSequence[*].ReferencedSOPInstanceUID")));
        Assert.Equal(5, dataSet.Insert(Path("ReferencedImageSequence[*].ReferencedImageSequence[0]")).Count);
        Assert.Throws<ArgumentException>(() => dataSet.Insert(Path("ReferencedImageSequence[9]")));
        Assert.Throws<ArgumentException>(() => dataSet.Insert(Path("ReferencedImageSequence[*]")));
        Assert.Throws<ArgumentException>(() => dataSet.Insert(Path("PatientID")));
    }

    [Fact]
    public void A_walk_meets_every_element_with_its_depth_and_path()
    {
        var dataSet = Nested();
        var met = dataSet.Walk().Select(at => (at.Depth, Path: at.Path.ToString())).ToList();
        Assert.Equal(1 + 3 * 3 + 1, met.Count);
        Assert.Contains((1, "(0008,1140)[2](0008,1155)"), met);
        Assert.Contains((2, "(0008,1140)[1](0040,A170)[0](0008,0100)"), met);
        Assert.Equal("(0010,0020)", met[^1].Path);
        Assert.All(dataSet.Walk(), at => Assert.Equal(at.Path, ElementPath.Of(at.Element)));
        Assert.Equal(2, dataSet.Walk(maxDepth: 0).Count());
        Assert.Equal(8, dataSet.Walk(maxDepth: 1).Count());
        Assert.Equal(8, dataSet.Walk(goesInto: element => element.Tag != Tags.PurposeOfReferenceCodeSequence).Count());
        Assert.Equal([], new DataSet().Walk());
    }

    [Fact]
    public void A_walk_goes_deeper_than_the_stack()
    {
        var root = new DataSet();
        for (var (at, i) = (root, 0); i < 20_000; i++)
        {
            // Built from outside inwards, without asking for anything that goes back up.
            var item = new DataSet();
            at.Set(Tags.ContentSequence, VR.SQ, item);
            at = item;
        }
        Assert.Equal(19_999, root.Walk().Max(at => at.Depth));
    }

    [Fact]
    public void Private_elements_are_reached_by_creator_whichever_block_they_are_in()
    {
        var dataSet = new DataSet().Set(new Tag(0x0029_0010), "OTHER").Set(new Tag(0x0029_0011), "ACME 1.0 ").Set(new Tag(0x0029_1102), VR.LO, "found");
        Assert.Equal("found", dataSet.Get<string>(Path("(0029,\"ACME 1.0\",02)")));
        Assert.False(dataSet.TryGet(Path("(0029,\"ACME 2.0\",02)"), out string? _));
        Assert.Equal("ACME 1.0", dataSet.PrivateCreatorOf(new Tag(0x0029_1102)));
        Assert.Equal(["OTHER", "ACME 1.0"], dataSet.PrivateBlocks.Select(block => block.Creator));
        dataSet.Set(Path("(0029,\"NEW\",FF)"), VR.US, 7);
        Assert.Equal(7, dataSet.Get<int>(new Tag(0x0029_12FF)));
        Assert.Equal("NEW", dataSet.Get<string>(new Tag(0x0029_0012)));
        Assert.True(dataSet.TryFindPrivateBlock(0x0029, "ACME 1.0", out var block));
        Assert.Equal(2, dataSet.RemovePrivateBlock(block));
        Assert.False(dataSet.Contains(new Tag(0x0029_1102)));
    }

    [Fact]
    public void A_block_is_reserved_where_none_is_used()
    {
        // 10 is taken, 11 is used without a creator.
        var dataSet = new DataSet().Set(new Tag(0x0029_0010), "A").SetBytes(new Tag(0x0029_1101), VR.UN, [1, 2]);
        Assert.Equal(0x12, dataSet.ReservePrivateBlock(0x0029, "B").Number);
        Assert.Equal(0x12, dataSet.ReservePrivateBlock(0x0029, "B ").Number);
        Assert.Throws<ArgumentException>(() => dataSet.ReservePrivateBlock(0x0028, "B"));
        Assert.Throws<ArgumentException>(() => dataSet.ReservePrivateBlock(0x0029, " "));
        for (int i = 0; i < 237; i++) dataSet.ReservePrivateBlock(0x0029, $"C{i}");
        Assert.Contains("no free private block", Assert.Throws<ArgumentException>(() => dataSet.ReservePrivateBlock(0x0029, "D")).Message);
    }

    [Fact]
    public void A_private_element_that_is_known_needs_no_VR()
    {
        string creator = PrivateDictionary.KnownCreators.First(name => PrivateDictionary.ElementsOf(name).Any(entry => entry.VR == VR.LO));
        var known = PrivateDictionary.ElementsOf(creator).First(entry => entry.VR == VR.LO);
        var dataSet = new DataSet();
        dataSet.Set(new ElementPath(new PathStep(new Tag(known.Tag.Group, (ushort)(known.Tag.Element & 0xFF)), creator)), "x");
        Assert.Equal(VR.LO, dataSet.Last().VR);
    }

    [Fact]
    public void Us_or_SS_is_chosen_by_pixel_representation()
    {
        var signed = new DataSet().Set(Tags.PixelRepresentation, 1).Set(Tags.SmallestImagePixelValue, -5);
        Assert.Equal(-5, signed.Get<int>(Tags.SmallestImagePixelValue));
        Assert.ThrowsAny<ArgumentException>(() => new DataSet().Set(Tags.PixelRepresentation, 0).Set(Tags.SmallestImagePixelValue, -5));
    }

    [Fact]
    public void An_element_changes_its_byte_order_with_the_data_set_it_is_added_to()
    {
        var syntax = TransferSyntax.ExplicitVRBigEndian;
        var big = DicomFile.ReadDataSet(DataSetWriter.ToArray(new DataSet().Set(Tags.Rows, 1), syntax), syntax).DataSet.Set(Tags.Columns, 0x0102);
        var little = new DataSet();
        foreach (var element in big) little.Add(element);
        Assert.Equal((1, 0x0102), (little.Get<int>(Tags.Rows), little.Get<int>(Tags.Columns)));
    }

    [Fact]
    public void Merging_fills_what_is_missing_or_empty()
    {
        var ours = new DataSet().Set(Tags.PatientID, "ours").Set<string>(Tags.PatientSex).Set(Tags.Modality, "CT");
        var theirs = Nested().Set(Tags.PatientSex, "F").Set<string>(Tags.Modality).Set(Tags.StudyID, "S");
        Assert.Equal(3, ours.Copy().Merge(theirs));
        var merged = ours.Copy();
        merged.Merge(theirs, MergeRule.KeepExisting);
        Assert.Equal(("ours", "", "S"), (merged.Get<string>(Tags.PatientID), merged.Get(Tags.PatientSex, ""), merged.Get<string>(Tags.StudyID)));
        merged = ours.Copy();
        merged.Merge(theirs, MergeRule.Replace);
        Assert.Equal(("P", "F", ""), (merged.Get<string>(Tags.PatientID), merged.Get(Tags.PatientSex, ""), merged.Get(Tags.Modality, "")));
        Assert.Equal(3, theirs.GetAll<DataSet>(Tags.ReferencedImageSequence).Count);
    }

    [Fact]
    public void Merging_keeps_text_and_private_creators_together()
    {
        var ours = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100").Set(Tags.PatientName, "Müller").Set(new Tag(0x0029_0010), "OURS").Set(new Tag(0x0029_1001), VR.LO, "ö");
        var theirs = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 144").Set(Tags.StudyDescription, "Люк").Set(new Tag(0x0029_0010), "THEIRS").Set(new Tag(0x0029_1001), VR.LO, "Л");
        ours.Merge(theirs);
        Assert.Equal("ISO_IR 192", ours.Get<string>(Tags.SpecificCharacterSet));
        Assert.Equal(("Müller", "Люк"), (ours.Get<string>(Tags.PatientName), ours.Get<string>(Tags.StudyDescription)));
        Assert.Equal(("ö", "Л"), (ours.Get<string>(Path("(0029,\"OURS\",01)")), ours.Get<string>(Path("(0029,\"THEIRS\",01)"))));
    }

    private static string Differences(DataSet first, DataSet second, DiffOptions? options = null) =>
        string.Join(' ', DataSetDiff.Compare(first, second, options).Select(difference => $"{difference.Path}:{difference.Kind}"));

    [Fact]
    public void Differences_are_found_at_any_depth()
    {
        var first = Nested();
        var second = first.Copy();
        Assert.Equal("", Differences(first, second));
        second.Set(Path("ReferencedImageSequence[1].PurposeOfReferenceCodeSequence[0].CodeValue"), "other");
        second.Remove(Path("ReferencedImageSequence[2]"));
        second.Remove(Tags.PatientID);
        second.Set(Tags.PatientName, "New").Set(Tags.Rows, VR.UL, 5);
        first.Set(Tags.Rows, 5);
        Assert.Equal("(0008,1140)[1](0040,A170)[0](0008,0100):Value (0008,1140)[2]:OnlyInFirst (0010,0010):OnlyInSecond (0010,0020):OnlyInFirst (0028,0010):Value", Differences(first, second));
        var ignore = new DiffOptions { Ignore = [Path("ReferencedImageSequence[*]"), Path("PatientName"), Path("PatientID")] };
        Assert.Equal("(0028,0010):Value", Differences(first, second, ignore));
        Assert.Single(DataSetDiff.Compare(first, second, new DiffOptions { MaxDifferences = 1 }));
    }

    [Fact]
    public void What_means_the_same_is_equal_unless_bytes_count()
    {
        var first = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, "Müller^Jörg").Set(Tags.SliceThickness, "1.0").Set(Tags.InstanceNumber, "7")
            .SetBytes(Tags.StudyInstanceUID, VR.UI, "1.2 "u8).Set(Tags.StudyDate, "20240102").Set(new Tag(0x0029_0010), "ACME").Set(new Tag(0x0029_1001), VR.US, 5);
        var second = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, "Müller^Jörg").Set(Tags.SliceThickness, "1.00").Set(Tags.InstanceNumber, "+7")
            .Set(Tags.StudyInstanceUID, "1.2").SetBytes(Tags.StudyDate, VR.DA, "2024.01.02"u8)
            .Set(new Tag(0x0029_0010), "OTHER").Set(new Tag(0x0029_0012), "ACME").SetBytes(new Tag(0x0029_1201), VR.UN, [5, 0]).Set(new Tag(0x0028_0000), 12u);
        second.Remove(new Tag(0x0029_0010));
        Assert.Equal("", Differences(first, second));
        Assert.Equal("(0008,0020):Value (0018,0050):Value (0020,000D):Value (0020,0013):Value (0028,0000):OnlyInSecond "
            + "(0029,0010):OnlyInFirst (0029,0012):OnlyInSecond (0029,1001):OnlyInFirst (0029,1201):OnlyInSecond",
            Differences(first, second, new DiffOptions { Bytes = true }));
        Assert.Equal("(0008,0005):Value", Differences(first, second.ChangeCharacterSet("ISO_IR 100")));
        Assert.Equal("(0018,0050):Value", Differences(first, first.Copy().Set(Tags.SliceThickness, "1.01")));
    }

    [Fact]
    public void A_creator_that_has_two_blocks_is_compared_block_by_block()
    {
        var first = new DataSet().Set(new Tag(0x0029_0010), "ACME").Set(new Tag(0x0029_0011), "ACME").Set(new Tag(0x0029_1001), VR.LO, "a").Set(new Tag(0x0029_1101), VR.LO, "b");
        Assert.Equal("", Differences(first, first.Copy()));
        Assert.Equal("(0029,1101):Value", Differences(first, first.Copy().Set(new Tag(0x0029_1101), VR.LO, "c")));
    }

    [Fact]
    public void Byte_order_and_VR_encoding_are_no_differences()
    {
        var dataSet = SampleObject.Create().Set(Tags.FrameIncrementPointer, Tags.FrameTime).Set(Tags.SimpleFrameList, 1u, 70_000u);
        foreach (var syntax in new[] { TransferSyntax.ExplicitVRBigEndian, TransferSyntax.ImplicitVRLittleEndian })
            Assert.Equal("", Differences(dataSet, DicomFile.ReadDataSet(DataSetWriter.ToArray(dataSet, syntax), syntax).DataSet));
    }
}
