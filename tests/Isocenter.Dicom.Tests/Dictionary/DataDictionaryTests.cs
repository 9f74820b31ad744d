using System.Reflection;

namespace Isocenter.Dicom.Tests.Dictionary;

public sealed class DataDictionaryTests
{
    [Fact]
    public void Every_entry_is_found_by_its_tag_and_by_its_keyword()
    {
        var all = DataDictionary.All.ToList();
        Assert.Equal(DataDictionary.Count, all.Count);
        Assert.True(all.Count > 5300, $"{all.Count} entries");
        foreach (var expected in all)
        {
            Assert.True(DataDictionary.TryFind(expected.Keyword, out var byKeyword), expected.Keyword);
            Assert.Equal(expected, byKeyword);
            Assert.Equal(expected.VR, DataDictionary.VROf(expected.Tag));
            Assert.True(DataDictionary.TryFind(expected.Tag, out var byTag), expected.Keyword);
            Assert.Equal(expected, byTag);
            Assert.Equal(expected.Choice, DataDictionary.ChoiceOf(expected.Tag));
        }
    }

    [Fact]
    public void Every_entry_is_complete()
    {
        foreach (var entry in DataDictionary.All)
        {
            Assert.True(entry.VR.IsKnown() || entry.VR == VR.None && entry.Tag.Group == 0xFFFE, entry.Keyword);
            Assert.Matches("^[A-Za-z][A-Za-z0-9]*$", entry.Keyword);
            Assert.Matches("^[A-Za-z0-9].*[A-Za-z0-9)?]$", entry.Name);
            Assert.Matches("^[0-9]+(-([0-9]*n|[0-9]+))?$", entry.VM);
        }
    }

    [Fact]
    public void Entries_stand_in_tag_order_and_once()
    {
        var tags = DataDictionary.All.Select(e => e.Tag).ToList();
        Assert.Equal(tags.Order().Distinct(), tags);
    }

    [Fact]
    public void Every_constant_of_Tags_is_the_entry_of_its_name()
    {
        var properties = typeof(Tags).GetProperties(BindingFlags.Public | BindingFlags.Static);
        Assert.Equal(DataDictionary.All.Select(e => e.Keyword).Order(StringComparer.Ordinal),
            properties.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (var property in properties)
        {
            Assert.True(DataDictionary.TryFind(property.Name, out var entry));
            Assert.Equal(entry.Tag, (Tag)property.GetValue(null)!);
        }
    }

    [Theory]
    [InlineData(0x0008_0018, "UI", "SOPInstanceUID", "SOP Instance UID", "1", false)]
    [InlineData(0x0010_0010, "PN", "PatientName", "Patient's Name", "1", false)]
    [InlineData(0x0028_0030, "DS", "PixelSpacing", "Pixel Spacing", "2", false)]
    [InlineData(0x0028_0040, "CS", "ImageFormat", "Image Format", "1", true)]
    [InlineData(0x0000_0100, "US", "CommandField", "Command Field", "1", false)]
    [InlineData(0x0002_0010, "UI", "TransferSyntaxUID", "Transfer Syntax UID", "1", false)]
    [InlineData(0x0004_1400, "UL", "OffsetOfTheNextDirectoryRecord", "Offset of the Next Directory Record", "1", false)]
    public void Known_lines_of_the_standard(uint tag, string vr, string keyword, string name, string vm, bool retired)
    {
        Assert.True(DataDictionary.TryFind(new Tag(tag), out var entry));
        Assert.Equal((new Tag(tag), vr, keyword, name, vm, retired),
            (entry.Tag, entry.VR.ToText(), entry.Keyword, entry.Name, entry.VM, entry.IsRetired));
    }

    [Theory]
    [InlineData(0x6000_3000, "OverlayData", "OW")]
    [InlineData(0x6012_3000, "OverlayData", "OW")]
    [InlineData(0x60FE_0010, "OverlayRows", "US")]
    [InlineData(0x5002_3000, "CurveData", "OW")]
    [InlineData(0x7F02_0010, "VariablePixelData", "OW")]
    [InlineData(0x7FE0_0010, "PixelData", "OW")]
    [InlineData(0x0020_3100, "SourceImageIDs", "CS")]
    [InlineData(0x0020_3137, "SourceImageIDs", "CS")]
    [InlineData(0x0028_0410, "RowsForNthOrderCoefficients", "US")]
    [InlineData(0x0028_0400, "TransformLabel", "LO")]
    [InlineData(0x0028_0452, "CoefficientCoding", "LO")]
    [InlineData(0x0028_0838, "ImageDataLocation", "AT")]
    [InlineData(0x1000_0123, "HuffmanTableTriplet", "US")]
    [InlineData(0x1010_4711, "ZonalMap", "US")]
    public void A_repeating_group_or_element_answers_with_the_tag_that_was_asked_for(uint tag, string keyword, string vr)
    {
        Assert.True(DataDictionary.TryFind(new Tag(tag), out var entry));
        Assert.Equal((new Tag(tag), keyword, vr), (entry.Tag, entry.Keyword, entry.VR.ToText()));
        Assert.Equal(vr, DataDictionary.VROf(new Tag(tag)).ToText());
    }

    [Theory]
    [InlineData(0x6100_3000)]      // behind the repeating groups
    [InlineData(0x5100_3000)]
    [InlineData(0x0010_FFFE)]
    [InlineData(0x0028_0409)]
    [InlineData(0x6000_9999)]
    [InlineData(0x6013_3000)]      // an odd group does not repeat an even one
    [InlineData(0x0009_1001)]      // private
    [InlineData(0xFFFE_0001)]
    public void An_unknown_tag_is_not_found_and_reads_as_UN(uint tag)
    {
        Assert.False(DataDictionary.TryFind(new Tag(tag), out var entry));
        Assert.Equal(default, entry);
        Assert.Equal(VR.UN, DataDictionary.VROf(new Tag(tag)));
    }

    [Theory]
    [InlineData(0x0008_0000, "GenericGroupLength")]
    [InlineData(0x0009_0000, "GenericGroupLength")]
    [InlineData(0x6002_0000, "GenericGroupLength")]
    [InlineData(0x1000_0000, "GenericGroupLength")]
    [InlineData(0x1010_0000, "GenericGroupLength")]
    [InlineData(0x7FE0_0000, "GenericGroupLength")]
    [InlineData(0x0000_0000, "CommandGroupLength")]
    [InlineData(0x0002_0000, "FileMetaInformationGroupLength")]
    public void The_length_of_any_group_is_UL(uint tag, string keyword)
    {
        Assert.True(DataDictionary.TryFind(new Tag(tag), out var entry));
        Assert.Equal((VR.UL, keyword), (entry.VR, entry.Keyword));
        Assert.Equal(VR.UL, DataDictionary.VROf(new Tag(tag)));
    }

    [Theory]
    [InlineData(0x0009_0010)]
    [InlineData(0x0029_00FF)]
    public void A_private_creator_is_LO(uint tag)
    {
        Assert.True(DataDictionary.TryFind(new Tag(tag), out var entry));
        Assert.Equal((VR.LO, "PrivateCreator"), (entry.VR, entry.Keyword));
        Assert.Equal(VR.LO, DataDictionary.VROf(new Tag(tag)));
    }

    [Theory]
    [InlineData(0xFFFE_E000, "Item")]
    [InlineData(0xFFFE_E00D, "ItemDelimitationItem")]
    [InlineData(0xFFFE_E0DD, "SequenceDelimitationItem")]
    public void Items_and_delimiters_have_no_VR(uint tag, string keyword)
    {
        Assert.True(DataDictionary.TryFind(new Tag(tag), out var entry));
        Assert.Equal((VR.None, keyword), (entry.VR, entry.Keyword));
    }

    [Theory]
    [InlineData(nameof(Tags.PixelData), VR.OW, VRChoice.OBOrOW)]
    [InlineData(nameof(Tags.OverlayData), VR.OW, VRChoice.OBOrOW)]
    [InlineData(nameof(Tags.WaveformData), VR.OW, VRChoice.OBOrOW)]
    [InlineData(nameof(Tags.SmallestImagePixelValue), VR.US, VRChoice.USOrSS)]
    [InlineData(nameof(Tags.PixelPaddingValue), VR.US, VRChoice.USOrSS)]
    [InlineData(nameof(Tags.LUTDescriptor), VR.US, VRChoice.USOrSS)]
    [InlineData(nameof(Tags.LUTData), VR.OW, VRChoice.USOrOW)]
    [InlineData(nameof(Tags.GrayLookupTableData), VR.OW, VRChoice.USOrSSOrOW)]
    [InlineData(nameof(Tags.Rows), VR.US, VRChoice.One)]
    public void A_choice_of_VRs_is_told_apart(string keyword, VR vr, VRChoice choice)
    {
        Assert.True(DataDictionary.TryFind(keyword, out var entry));
        Assert.Equal((vr, choice), (entry.VR, entry.Choice));
        Assert.Equal(choice != VRChoice.One, DataDictionary.IsAmbiguous(entry.Tag));
    }

    [Theory]
    [InlineData("")]
    [InlineData("patientname")]
    [InlineData("PatientNam")]
    [InlineData("PatientNames")]
    [InlineData("PatientName ")]
    [InlineData("ΠatientName")]
    [InlineData("GenericGroupLength")]
    [InlineData("zzz")]
    public void An_unknown_keyword_is_not_found(string keyword)
    {
        Assert.False(DataDictionary.TryFind(keyword, out var entry));
        Assert.Equal(default, entry);
    }

    [Fact]
    public void Reading_a_VR_allocates_nothing()
    {
        var tags = DataDictionary.All.Select(e => e.Tag)
            .Concat([new Tag(0x6012_3000), new Tag(0x0009_1001), new Tag(0x0008_0000), new Tag(0x0010_FFFE)]).ToArray();
        int sum = Sum(tags);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int again = Sum(tags);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(sum, again);
        Assert.Equal(0, allocated);
    }

    private static int Sum(Tag[] tags)
    {
        int sum = 0;
        foreach (var tag in tags) sum = unchecked(sum + (int)DataDictionary.VROf(tag) + (int)DataDictionary.ChoiceOf(tag));
        return sum;
    }
}
