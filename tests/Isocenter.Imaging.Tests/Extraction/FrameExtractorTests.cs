using Isocenter.Dicom;
using Isocenter.Testing;
using static Isocenter.Imaging.Tests.Rendering.TestImage;

namespace Isocenter.Imaging.Tests.Extraction;

public sealed class FrameExtractorTests
{
    /// <summary>The example of PS3.4 §Y.3.2.1.2.</summary>
    [Fact]
    public void Calculated_list_counts_from_the_first_number_by_the_third_up_to_the_second() =>
        Assert.Equal([1, 4, 7, 11, 16, 21], FrameRange.Calculated(2, 9, 3, 12, uint.MaxValue, 5).Select(new DataSet(), 25));

    [Theory]
    [InlineData("SimpleFrameList", new uint[] { })]
    [InlineData("SimpleFrameList", new uint[] { 0 })]
    [InlineData("SimpleFrameList", new uint[] { 2, 2 })]
    [InlineData("SimpleFrameList", new uint[] { 3, 2 })]
    [InlineData("CalculatedFrameList", new uint[] { 1, 2 })]
    [InlineData("CalculatedFrameList", new uint[] { 1, 2, 0 })]
    [InlineData("CalculatedFrameList", new uint[] { 2, 1, 1 })]
    [InlineData("CalculatedFrameList", new uint[] { 1, 5, 2, 5, 9, 1 })]
    public void Lists_that_break_the_rules_are_an_invalid_request(string key, uint[] numbers)
    {
        var tag = key == "SimpleFrameList" ? Tags.SimpleFrameList : Tags.CalculatedFrameList;
        Assert.Equal(FrameExtractionProblem.Request, Assert.Throws<FrameExtractionException>(() => FrameRange.Read(new DataSet().Set(tag, numbers.AsSpan()))).Problem);
    }

    [Fact]
    public void Two_keys_or_none_or_a_time_that_runs_backwards_are_an_invalid_request()
    {
        DataSet[] identifiers =
        [
            new(), new DataSet().Set(Tags.SimpleFrameList, 1u).Set(Tags.TimeRange, 0.0, 1.0), new DataSet().Set(Tags.TimeRange, 2.0, 1.0),
            new DataSet().Set(Tags.TimeRange, 2.0), new DataSet().Set(Tags.TimeRange, double.NaN, 1.0),
        ];
        Assert.All(identifiers, identifier => Assert.Equal(FrameExtractionProblem.Request, Assert.Throws<FrameExtractionException>(() => FrameRange.Read(identifier)).Problem));
    }

    [Fact]
    public void Frames_beyond_the_last_are_passed_over_and_nothing_else_is_no_object()
    {
        Assert.Equal([2], FrameRange.OfFrames(3, 4, 9).Select(new DataSet(), 3));
        Assert.Equal(FrameExtractionProblem.NoSuchFrames, Assert.Throws<FrameExtractionException>(() => FrameRange.OfFrames(4).Select(new DataSet(), 3)).Problem);
    }

    [Fact]
    public void Times_are_those_of_frame_time_vector_delay_or_reference()
    {
        var byTime = new DataSet().Set(Tags.FrameTime, "100").Set(Tags.FrameDelay, "50");
        var byVector = new DataSet().Set(Tags.FrameTimeVector, "0", "40", "60", "100");
        var byReference = new DataSet().Set(Tags.ContentDate, "20260102").Set(Tags.ContentTime, "235959.5")
            .Set(Tags.PerFrameFunctionalGroupsSequence, Moment("20260102235959.5"), Moment("20260103000000.5"), Moment("20260103000001.5"));

        Assert.Equal([1, 2], FrameRange.OfTime(0.1, 0.25).Select(byTime, 5));
        Assert.Equal([1, 2], FrameRange.OfTime(0.04, 0.1).Select(byVector, 4));
        Assert.Equal([1, 2], FrameRange.OfTime(0.5, 2).Select(byReference, 3));
        Assert.Equal(FrameExtractionProblem.NotTimeBased, Assert.Throws<FrameExtractionException>(() => FrameRange.OfTime(0, 1).Select(new DataSet(), 3)).Problem);

        static DataSet Moment(string at) => new DataSet().Set(Tags.FrameContentSequence, new DataSet().Set(Tags.FrameReferenceDateTime, at));
    }

    [Fact]
    public void Code_streams_are_taken_over_byte_by_byte_in_one_fragment_each()
    {
        var source = Bytes(8, 4, 1, "MONOCHROME2", new byte[32], frames: 3).Set(Tags.NumberOfFrames, 3);
        byte[][] streams = [[1, 2, 3], [4, 5], [6, 7, 8, 9]];
        source.SetFrames([.. streams.Select(s => (ReadOnlyMemory<byte>)s)], OffsetTable.Extended);

        var (extract, _) = Extract(source, FrameRange.OfFrames(1, 3), TransferSyntax.RLELossless);

        var fragments = extract.TryFind(Tags.PixelData, out var element) ? element.Fragments! : null;
        Assert.Equal([1, 2, 3, 0], fragments![0].ToArray());
        Assert.Equal(streams[2], fragments[1].ToArray());
        Assert.Equal((2, 2), (fragments.Count, extract.Get<int>(Tags.NumberOfFrames)));
        Assert.False(extract.Contains(Tags.ExtendedOffsetTable));
    }

    [Fact]
    public void Frames_of_single_bits_follow_each_other_without_padding()
    {
        // Three frames of 3 × 5 bits: 15 bits each.
        var source = Describe(3, 5, 1, "MONOCHROME2", 1, 1, false, 3).SetBytes(Tags.PixelData, VR.OB, Random(6));
        var before = PixelDataFrames.Of(source);

        var (extract, _) = Extract(source, FrameRange.OfFrames(2, 3));

        var after = PixelDataFrames.Of(extract);
        Assert.Equal(2, after.Count);
        for (int i = 0; i < 2; i++) Assert.Equal(Bits(before.Read(i + 1)), Bits(after.Read(i)));

        static int Bits(byte[] frame) => (frame[0] | frame[1] << 8) & 0x7FFF;
    }

    [Fact]
    public void Functional_groups_go_with_their_frames_and_concatenation_and_private_attributes_with_none()
    {
        var source = Bytes(2, 2, 1, "MONOCHROME2", Random(12), frames: 3)
            .Set(Tags.PerFrameFunctionalGroupsSequence, Place("1"), Place("2"), Place("3"))
            .Set(Tags.ConcatenationUID, "2.25.5").Set(Tags.InConcatenationNumber, 1)
            .Set(new Tag(0x0029, 0x0010), VR.LO, "VENDOR").Set(new Tag(0x0029, 0x1001), VR.LO, "secret");

        var (extract, _) = Extract(source, FrameRange.OfFrames(1, 3));

        Assert.Equal(["1", "3"], extract.GetAll<DataSet>(Tags.PerFrameFunctionalGroupsSequence).Select(group => group.GetAll<DataSet>(Tags.FrameContentSequence)[0].Get<string>(Tags.FrameLabel)));
        Assert.DoesNotContain(extract, element => element.Tag.IsPrivate);
        Assert.False(extract.Contains(Tags.ConcatenationUID) || extract.Contains(Tags.InConcatenationNumber));

        static DataSet Place(string label) => new DataSet().Set(Tags.FrameContentSequence, new DataSet().Set(Tags.FrameLabel, label));
    }

    [Fact]
    public void Every_other_frame_is_twice_as_long_and_uneven_ones_get_a_vector()
    {
        var source = Bytes(2, 2, 1, "MONOCHROME2", Random(24), frames: 6).Set(Tags.FrameIncrementPointer, Tags.FrameTime).Set(Tags.FrameTime, "40").Set(Tags.CineRate, 25);

        var (even, _) = Extract(source, FrameRange.OfFrames(2, 4, 6));
        var (uneven, _) = Extract(source, FrameRange.OfFrames(1, 2, 6));
        var (run, _) = Extract(source, FrameRange.OfFrames(3, 4, 5));

        Assert.Equal((80, 40), (even.Get<double>(Tags.FrameTime), even.Get<double>(Tags.FrameDelay)));
        Assert.False(even.Contains(Tags.CineRate));
        Assert.Equal([0, 40, 160], uneven.GetAll<double>(Tags.FrameTimeVector));
        Assert.Equal(Tags.FrameTimeVector, uneven.Get<Tag>(Tags.FrameIncrementPointer));
        Assert.False(uneven.Contains(Tags.FrameTime));
        Assert.Equal((40, 80, 25), (run.Get<double>(Tags.FrameTime), run.Get<double>(Tags.FrameDelay), run.Get<int>(Tags.CineRate)));
    }

    [Fact]
    public void Vectors_overlays_masks_and_frames_of_interest_follow()
    {
        // Overlay planes of 4 bits for the frames 2 to 4: 1111, 0101, 0010.
        var source = Bytes(2, 2, 1, "MONOCHROME2", Random(20), frames: 5)
            .Set(Tags.FrameIncrementPointer, Tags.SliceLocationVector).Set(Tags.SliceLocationVector, "1", "2", "3", "4", "5")
            .Set(new Tag(0x6000, 0x0010), 2).Set(new Tag(0x6000, 0x0011), 2).Set(new Tag(0x6000, 0x0015), 3).Set(new Tag(0x6000, 0x0051), 2)
            .SetBytes(new Tag(0x6000, 0x3000), VR.OW, [0x5F, 0x02])
            .Set(Tags.RepresentativeFrameNumber, 4).Set(Tags.FrameNumbersOfInterest, 1, 3).Set(Tags.FrameOfInterestDescription, "first", "third")
            .Set(Tags.MaskSubtractionSequence, new DataSet().Set(Tags.MaskFrameNumbers, 3).Set(Tags.ApplicableFrameRange, 1, 2, 4, 5), new DataSet().Set(Tags.MaskFrameNumbers, 1));

        var (extract, _) = Extract(source, FrameRange.OfFrames(3, 4));

        Assert.Equal(["3", "4"], extract.GetAll<string>(Tags.SliceLocationVector));
        Assert.Equal((2, 1), (extract.Get<int>(new Tag(0x6000, 0x0015)), extract.Get<int>(new Tag(0x6000, 0x0051))));
        Assert.True(extract.TryFind(new Tag(0x6000, 0x3000), out var overlay));
        Assert.Equal(0x25, overlay.Bytes.Span[0]);
        Assert.Equal(2, extract.Get<int>(Tags.RepresentativeFrameNumber));
        Assert.Equal([1], extract.GetAll<int>(Tags.FrameNumbersOfInterest));
        Assert.Equal(["third"], extract.GetAll<string>(Tags.FrameOfInterestDescription));
        var mask = Assert.Single(extract.GetAll<DataSet>(Tags.MaskSubtractionSequence));
        Assert.Equal((1, 2, 2), (mask.Get<int>(Tags.MaskFrameNumbers), mask.GetAll<int>(Tags.ApplicableFrameRange)[0], mask.GetAll<int>(Tags.ApplicableFrameRange)[1]));
    }

    [Fact]
    public void Planes_of_a_dose_keep_their_places_in_the_patient()
    {
        var source = Bytes(2, 2, 1, "MONOCHROME2", Random(16), frames: 4)
            .Set(Tags.FrameIncrementPointer, Tags.GridFrameOffsetVector).Set(Tags.GridFrameOffsetVector, "0", "2.5", "5", "7.5")
            .Set(Tags.ImagePositionPatient, "-10", "-20", "30").Set(Tags.ImageOrientationPatient, "1", "0", "0", "0", "1", "0");

        var (extract, _) = Extract(source, FrameRange.OfFrames(2, 4));

        Assert.Equal([0, 5], extract.GetAll<double>(Tags.GridFrameOffsetVector));
        Assert.Equal([-10, -20, 32.5], extract.GetAll<double>(Tags.ImagePositionPatient));
    }

    [Fact]
    public void The_same_request_makes_the_same_object_and_an_extract_of_an_extract_tells_of_both()
    {
        var source = Bytes(2, 2, 1, "MONOCHROME2", Random(20), frames: 5);

        var (first, uid) = Extract(source, FrameRange.Calculated(2, 5, 1));
        var (again, sameUid) = Extract(source, FrameRange.Calculated(2, 5, 1));
        var (second, otherUid) = Extract(first, FrameRange.OfFrames(2));

        Assert.Equal(uid, sameUid);
        Assert.Equal(DataSetWriter.ToArray(first, TransferSyntax.ExplicitVRLittleEndian), DataSetWriter.ToArray(again, TransferSyntax.ExplicitVRLittleEndian));
        Assert.NotEqual(uid, otherUid);
        Assert.NotEqual(uid, Extract(source, FrameRange.OfFrames(2, 3, 4, 5)).Uid);
        Assert.Equal(PixelDataFrames.Of(source).Read(2), PixelDataFrames.Of(second).Read(0));
        var items = second.GetAll<DataSet>(Tags.FrameExtractionSequence);
        Assert.Equal(["2.25.1", uid.Value], items.Select(item => item.Get<string>(Tags.MultiFrameSourceSOPInstanceUID)));
        Assert.Equal([2u, 5u, 1u], items[0].GetAll<uint>(Tags.CalculatedFrameList));
        Assert.Equal([2u], items[1].GetAll<uint>(Tags.SimpleFrameList));
        Assert.Equal("109105", second.GetAll<DataSet>(Tags.ContributingEquipmentSequence)[1].GetAll<DataSet>(Tags.PurposeOfReferenceCodeSequence)[0].Get<string>(Tags.CodeValue));
    }

    [Theory]
    [InlineData("tiles", FrameExtractionProblem.SopClass)]
    [InlineData("nuclear", FrameExtractionProblem.SopClass)]
    [InlineData("no pixels", FrameExtractionProblem.SopClass)]
    [InlineData("groups", FrameExtractionProblem.Frames)]
    [InlineData("too few", FrameExtractionProblem.Frames)]
    [InlineData("video", FrameExtractionProblem.Frames)]
    public void What_cannot_be_cut_is_refused(string what, FrameExtractionProblem expected)
    {
        var source = Bytes(2, 2, 1, "MONOCHROME2", Random(12), frames: 3);
        if (what == "tiles") source.Set(Tags.DimensionOrganizationType, "TILED_FULL");
        else if (what == "nuclear") source.Set(Tags.SOPClassUID, SopClasses.NuclearMedicineImageStorage);
        else if (what == "no pixels") source.Remove(Tags.PixelData);
        else if (what == "groups") source.Set(Tags.PerFrameFunctionalGroupsSequence, new DataSet());
        else if (what == "too few") source.Set(Tags.NumberOfFrames, 4);
        else source.SetFrames([new byte[20]]);

        var error = Assert.Throws<FrameExtractionException>(() => Extract(source, FrameRange.OfFrames(1), what == "video" ? TransferSyntax.MPEG4HP41 : null));

        Assert.Equal(expected, error.Problem);
    }

    [Fact]
    public void Multi_frame_objects_of_the_corpus_give_their_last_frame_with_its_pixels()
    {
        int done = 0;
        foreach (var corpus in Corpus.Files("parses"))
        {
            using var source = DicomFile.Open(corpus.Path);
            if (source.DataSet.Get(Tags.NumberOfFrames, 1) < 2 || corpus.Name.StartsWith("synthetic", StringComparison.Ordinal)) continue;
            using var folder = new TemporaryFolder();
            try
            {
                FrameExtractor.Extract(source, FrameRange.OfFrames((uint)source.DataSet.Get<int>(Tags.NumberOfFrames)), folder["one.dcm"], TestContext.Current.CancellationToken);
            }
            catch (FrameExtractionException e) when (e.Problem is FrameExtractionProblem.Frames or FrameExtractionProblem.SopClass)
            {
                continue;
            }
            using var extract = DicomFile.Open(folder["one.dcm"]);
            PixelDataFrames before = PixelDataFrames.Of(source.DataSet), after = PixelDataFrames.Of(extract.DataSet);
            byte[] expected = before.Read(before.Count - 1), actual = after.Read(0);
            if (source.TransferSyntax.HasBigEndianPixels || source.DataSet.Get(Tags.BitsAllocated, 0) == 1) Assert.Equal(expected.Length, actual.Length);
            else Assert.Equal(expected, actual[..expected.Length]);
            Assert.Equal(1, after.Count);
            done++;
        }
        Assert.True(done > 30, $"only {done} objects");
    }

    private static (DataSet DataSet, Uid Uid) Extract(DataSet source, FrameRange range, TransferSyntax? syntax = null)
    {
        using var folder = new TemporaryFolder();
        var uid = FrameExtractor.Extract(new DicomFile(source, syntax ?? TransferSyntax.ExplicitVRLittleEndian), range, folder["extract.dcm"], TestContext.Current.CancellationToken);
        var file = DicomFile.Read(File.ReadAllBytes(folder["extract.dcm"]));
        Assert.Equal(uid.Value, file.DataSet.Get<string>(Tags.SOPInstanceUID));
        Assert.Empty(file.Findings);
        return (file.DataSet, uid);
    }
}
