using System.Reflection;

namespace Isocenter.Dicom.Tests.Dictionary;

public sealed class UidDictionaryTests
{
    [Fact]
    public void Every_entry_is_found_by_its_UID_and_by_its_keyword()
    {
        var all = UidDictionary.All.ToList();
        Assert.True(all.Count > 480, $"{all.Count} entries");
        foreach (var expected in all)
        {
            Assert.True(UidDictionary.TryFind(expected.Uid, out var byUid), expected.Uid);
            Assert.Equal(expected, byUid);
            Assert.True(UidDictionary.TryFindKeyword(expected.Keyword, out var byKeyword), expected.Keyword);
            Assert.Equal(expected, byKeyword);
        }
    }

    [Fact]
    public void Every_entry_is_complete()
    {
        foreach (var entry in UidDictionary.All)
        {
            Assert.True(Uid.TryParse(entry.Uid, null, out _), entry.Uid);
            Assert.Matches("^[A-Za-z][A-Za-z0-9_]*$", entry.Keyword);
            Assert.NotEmpty(entry.Name);
            Assert.Equal(entry.Name.Count(c => c == '('), entry.Name.Count(c => c == ')'));
            Assert.DoesNotContain("Retired", entry.Name, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("1.2.840.10008.1.1", "Verification SOP Class", "Verification", UidKind.SopClass, false)]
    [InlineData("1.2.840.10008.1.2", "Implicit VR Little Endian", "ImplicitVRLittleEndian", UidKind.TransferSyntax, false)]
    [InlineData("1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 & 4)", "JPEGExtended12Bit", UidKind.TransferSyntax, false)]
    [InlineData("1.2.840.10008.5.1.4.1.1.6", "Ultrasound Image Storage", "UltrasoundImageStorageRetired", UidKind.SopClass, true)]
    [InlineData("1.2.840.10008.5.1.1.9", "Basic Grayscale Print Management Meta SOP Class", "BasicGrayscalePrintManagementMeta", UidKind.MetaSopClass, false)]
    [InlineData("1.2.840.10008.1.20.1.1", "Storage Commitment Push Model SOP Instance", "StorageCommitmentPushModelInstance", UidKind.SopInstance, false)]
    [InlineData("1.2.840.10008.3.1.1.1", "DICOM Application Context Name", "DICOMApplicationContext", UidKind.ApplicationContext, false)]
    [InlineData("1.2.840.10008.1.4.1.1", "Talairach Brain Atlas Frame of Reference", "TalairachBrainAtlas", UidKind.FrameOfReference, false)]
    [InlineData("1.2.840.10008.2.16.4", "DICOM Controlled Terminology", "DCM", UidKind.CodingScheme, false)]
    public void Known_lines_of_the_standard(string uid, string name, string keyword, UidKind kind, bool retired)
    {
        Assert.True(UidDictionary.TryFind(uid, out var entry));
        Assert.Equal(new UidEntry(uid, name, keyword, kind, retired), entry);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.840.10008.1")]
    [InlineData("1.2.840.10008.1.1.")]
    [InlineData("1.2.840.10008.1.1 ")]
    [InlineData("2.25.1")]
    public void An_unknown_UID_is_not_found(string uid) => Assert.False(UidDictionary.TryFind(uid, out _));

    [Fact]
    public void Every_constant_of_SopClasses_is_the_entry_of_its_name()
    {
        var constants = typeof(SopClasses).GetFields(BindingFlags.Public | BindingFlags.Static);
        Assert.Equal(
            UidDictionary.All.Where(e => e.Kind is UidKind.SopClass or UidKind.MetaSopClass).Select(e => (e.Keyword, e.Uid)).Order(),
            constants.Select(c => (c.Name, (string)c.GetRawConstantValue()!)).Order());
    }

    [Fact]
    public void Every_transfer_syntax_is_a_property_and_a_shared_instance()
    {
        var properties = typeof(TransferSyntax).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(p => p.Name, p => (TransferSyntax)p.GetValue(null)!);
        foreach (var entry in UidDictionary.All.Where(e => e.Kind == UidKind.TransferSyntax))
        {
            var syntax = TransferSyntax.Of(Uid.Parse(entry.Uid));
            Assert.True(properties.TryGetValue(entry.Keyword, out var property), entry.Keyword);
            Assert.Same(property, syntax);
            Assert.Equal((entry.Uid, entry.Name, true), (syntax.Uid.Value, syntax.Name, syntax.IsKnown));
        }
    }

    [Fact]
    public void Transfer_syntaxes_know_their_encoding()
    {
        var jpeg = TransferSyntax.JPEGBaseline8Bit;
        Assert.True(jpeg is { IsEncapsulated: true, IsExplicitVR: true, IsBigEndian: false, IsDeflated: false });
        var jpip = TransferSyntax.JPIPReferencedDeflate;
        Assert.True(jpip is { IsEncapsulated: false, IsExplicitVR: true, IsDeflated: true });
        var frames = TransferSyntax.DeflatedImageFrameCompression;
        Assert.True(frames is { IsEncapsulated: true, IsDeflated: false });
        Assert.True(TransferSyntax.EncapsulatedUncompressedExplicitVRLittleEndian.IsEncapsulated);
        Assert.False(TransferSyntax.Papyrus3ImplicitVRLittleEndian.IsExplicitVR);
    }
}
