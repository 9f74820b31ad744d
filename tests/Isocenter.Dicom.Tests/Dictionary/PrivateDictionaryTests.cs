namespace Isocenter.Dicom.Tests.Dictionary;

public sealed class PrivateDictionaryTests
{
    [Fact]
    public void Every_element_is_found_in_any_block()
    {
        int count = 0;
        foreach (string creator in PrivateDictionary.KnownCreators)
            foreach (var expected in PrivateDictionary.ElementsOf(creator))
            {
                count++;
                Assert.True(PrivateDictionary.TryFind(creator, expected.Tag, out var entry), $"{creator} {expected.Tag}");
                Assert.Equal(expected, entry);
                Assert.Equal(expected.VR, PrivateDictionary.VROf(creator, expected.Tag));
                Assert.True(entry.VR.IsKnown());
                Assert.Matches("^[0-9]+(-([0-9]*n|[0-9]+))?$", entry.VM);
                Assert.Empty(entry.Keyword);

                var elsewhere = new Tag(expected.Tag.Value | 0xFF00);
                Assert.True(PrivateDictionary.TryFind(creator, elsewhere, out entry));
                Assert.Equal(expected with { Tag = elsewhere }, entry);
            }
        Assert.True(count > 10_000, $"{count} elements");
    }

    [Fact]
    public void Creators_stand_in_order_and_once()
    {
        var creators = PrivateDictionary.KnownCreators.ToList();
        Assert.True(creators.Count > 440, $"{creators.Count} creators");
        Assert.Equal(creators.Order(StringComparer.Ordinal).Distinct(), creators);
    }

    [Theory]
    [InlineData("SIEMENS CSA HEADER", 0x0029_1010, VR.OB, "CSA Image Header Info")]
    [InlineData("SIEMENS CSA HEADER  ", 0x0029_4010, VR.OB, "CSA Image Header Info")]
    [InlineData("GEMS_PARM_01", 0x0043_1039, VR.IS, "Slop_int_6... slop_int_9")]
    [InlineData("PAPYRUS 3.0", 0x6001_1010, VR.US, "Overlay Rows")]
    [InlineData("PAPYRUS 3.0", 0x6013_1010, VR.US, "Overlay Rows")]      // (60xx,1010)
    [InlineData("ELSCINT1", 0x01E1_1117, VR.UI, "ECG Reference UID")]                // the table names it with its block
    [InlineData("CMR42 CIRCLECVI", 0x0025_1010, VR.LO, "Workspace ID")]  // only DCMTK knows it
    public void Known_elements(string creator, uint tag, VR vr, string name)
    {
        Assert.True(PrivateDictionary.TryFind(creator, new Tag(tag), out var entry));
        Assert.Equal((new Tag(tag), vr, name), (entry.Tag, entry.VR, entry.Name));
    }

    [Theory]
    [InlineData("SIEMENS CSA HEADER", 0x0029_10FE)]
    [InlineData("SIEMENS CSA HEADER", 0x0028_1010)]     // an even group
    [InlineData("SIEMENS CSA HEADER", 0x0029_0010)]     // the creator itself
    [InlineData("SIEMENS CSA HEADER", 0x002B_1010)]     // another group
    [InlineData("siemens csa header", 0x0029_1010)]
    [InlineData("", 0x0029_1010)]
    [InlineData("ΣIEMENS", 0x0029_1010)]
    public void What_is_not_known_is_UN(string creator, uint tag)
    {
        Assert.False(PrivateDictionary.TryFind(creator, new Tag(tag), out var entry));
        Assert.Equal(default, entry);
        Assert.Equal(VR.UN, PrivateDictionary.VROf(creator, new Tag(tag)));
    }

    [Fact]
    public void Reading_a_private_VR_allocates_nothing()
    {
        var tag = new Tag(0x0029_1010);
        _ = PrivateDictionary.VROf("SIEMENS CSA HEADER ", tag);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var vr = PrivateDictionary.VROf("SIEMENS CSA HEADER ", tag);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(VR.OB, vr);
        Assert.Equal(0, allocated);
    }
}
