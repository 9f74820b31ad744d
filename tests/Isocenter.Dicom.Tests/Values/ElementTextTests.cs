using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Values;

public sealed class ElementTextTests
{
    [Fact]
    public void Of_a_binary_value_only_the_begin_is_put_into_words()
    {
        var dataSet = new DataSet().SetBytes(Tags.PixelData, VR.OB, new byte[1 << 20]).SetBytes(new Tag(0x0009_1001), VR.OB, [1, 2, 3, 4]);
        string text = Text(dataSet, Tags.PixelData);
        Assert.Equal(DataElement.ShownBytes, text.TrimEnd('…').Split('\\').Length);
        Assert.EndsWith("…", text, StringComparison.Ordinal);
        Assert.Equal(@"1\2\3\4", Text(dataSet, new Tag(0x0009_1001)));
        Assert.Equal("", Text(new DataSet().SetBytes(Tags.PixelData, VR.OW, []), Tags.PixelData));
    }

    [Fact]
    public void Text_and_numbers_are_whole()
    {
        var dataSet = new DataSet().Set(Tags.ImageComments, new string('x', 9000)).Set(new Tag(0x0009_1001), VR.US, Enumerable.Range(0, 2000).Select(i => (ushort)i).ToArray());
        Assert.Equal(9000, Text(dataSet, Tags.ImageComments).Length);
        Assert.Equal(2000, Text(dataSet, new Tag(0x0009_1001)).Split('\\').Length);
    }

    [Fact]
    public void Of_a_file_no_more_is_kept_than_the_options_say()
    {
        using var folder = new TemporaryFolder();
        var dataSet = SampleObject.Create();
        for (ushort i = 0; i < 20; i++) dataSet.SetBytes(new Tag(0x0009, (ushort)(0x1000 + i)), VR.OB, new byte[16 * 1024]);
        File.WriteAllBytes(folder["a.dcm"], SampleObject.ToFile(dataSet));
        using (var file = DicomFile.Open(folder["a.dcm"])) Assert.True(file.IsComplete);
        var error = Assert.Throws<DicomFormatException>(() => DicomFile.Open(folder["a.dcm"], new ReadOptions { MaxKeptLength = 64 * 1024 }));
        Assert.Contains("the limit of this reading", error.Message, StringComparison.Ordinal);
        using (var file = DicomFile.Open(folder["a.dcm"], ReadOptions.HeaderOnly with { MaxKeptLength = 64 * 1024, StopBefore = new Tag(0x0009_1000) })) Assert.True(file.IsComplete);
    }

    private static string Text(DataSet dataSet, Tag tag) => dataSet.TryFind(tag, out var element) ? element.Text : throw new KeyNotFoundException();
}
