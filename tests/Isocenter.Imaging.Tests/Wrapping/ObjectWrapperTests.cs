using System.Text;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging.Tests.Rendering;

namespace Isocenter.Imaging.Tests.Wrapping;

/// <summary>What becomes of files, without anybody else's programs; those judge in WrapCommandTests.</summary>
public sealed class ObjectWrapperTests
{
    private static DicomFile Wrap(byte[] file, WrapOptions? options = null) => new ObjectWrapper(options ?? new WrapOptions()).Wrap(file);

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 8)]
    [InlineData(1, 16)]
    [InlineData(3, 16)]
    public void A_png_becomes_an_object_that_is_rendered_as_the_same_png(int channels, int depth)
    {
        byte[] png = PngWriter.ToArray(new Picture(37, 21, channels, TestImage.Random(37 * 21 * channels * depth / 8), depth));
        var file = Wrap(png);
        var data = file.DataSet;
        Assert.Equal(SopClasses.SecondaryCaptureImageStorage, data.Get<string>(Tags.SOPClassUID));
        Assert.Equal((21, 37, channels, depth, depth), (data.Get<int>(Tags.Rows), data.Get<int>(Tags.Columns), data.Get<int>(Tags.SamplesPerPixel), data.Get<int>(Tags.BitsAllocated), data.Get<int>(Tags.BitsStored)));
        Assert.Equal(channels == 3 ? "RGB" : "MONOCHROME2", data.Get<string>(Tags.PhotometricInterpretation));
        Assert.Equal(png, PngWriter.ToArray(FrameRenderer.Render(data, 0, new RenderOptions { BitDepth = depth })));
    }

    [Fact]
    public void A_grey_animation_becomes_frames_with_its_time()
    {
        using var gif = new MemoryStream();
        byte[][] frames = [TestImage.Random(400), [.. TestImage.Random(400).Reverse()]];
        var first = new Picture(20, 20, 1, frames[0]);
        using (var writer = new GifWriter(gif, first, TimeSpan.FromMilliseconds(40)))
        {
            writer.Add(first);
            writer.Add(new Picture(20, 20, 1, frames[1]));
        }
        var data = Wrap(gif.ToArray()).DataSet;
        Assert.Equal(SopClasses.MultiFrameGrayscaleByteSecondaryCaptureImageStorage, data.Get<string>(Tags.SOPClassUID));
        Assert.Equal("40", data.Get<string>(Tags.FrameTime));
        var stored = StoredFrames.Of(data);
        Assert.Equal(2, stored.Count);
        Assert.Equal(frames[0], stored.Read(0));
        Assert.Equal(frames[1], stored.Read(1));
    }

    [Fact]
    public void A_jpeg_is_not_encoded_anew()
    {
        byte[] jpeg = JpegPicture.ToArray(new Picture(33, 17, 3, TestImage.Random(33 * 17 * 3)), 80);
        var file = Wrap(jpeg);
        Assert.Equal(TransferSyntax.JPEGBaseline8Bit, file.TransferSyntax);
        Assert.Equal("YBR_FULL_422", file.DataSet.Get<string>(Tags.PhotometricInterpretation));
        Assert.Equal(("01", "ISO_10918_1"), (file.DataSet.Get<string>(Tags.LossyImageCompression), file.DataSet.Get<string>(Tags.LossyImageCompressionMethod)));
        var back = WrappedContent.CodeStream(file.DataSet, 0);
        Assert.Equal("jpg", back!.Extension);
        Assert.Equal(jpeg, back.Bytes.ToArray());
    }

    [Fact]
    public void A_jp2_file_loses_its_boxes_and_nothing_else()
    {
        var picture = new Picture(40, 30, 3, TestImage.Random(3600));
        var file = Wrap(Jp2Picture.ToArray(picture));
        Assert.Equal(TransferSyntax.JPEG2000Lossless, file.TransferSyntax);
        Assert.Equal("YBR_RCT", file.DataSet.Get<string>(Tags.PhotometricInterpretation));
        Assert.Equal("00", file.DataSet.Get<string>(Tags.LossyImageCompression));
        Assert.Equal([0xFF, 0x4F, 0xFF, 0x51], WrappedContent.CodeStream(file.DataSet, 0)!.Bytes.Span[..4].ToArray());
        Assert.Equal(picture.Pixels, StoredFrames.Of(file.DataSet, file.TransferSyntax).Read(0));
    }

    [Fact]
    public void Pictures_of_one_size_are_pages_and_others_do_not_go_together()
    {
        byte[] one = PngWriter.ToArray(new Picture(8, 8, 3, TestImage.Random(192))), other = PngWriter.ToArray(new Picture(8, 9, 3, TestImage.Random(216)));
        var data = new ObjectWrapper(new WrapOptions()).WrapFrames([one, one, one]).DataSet;
        Assert.Equal(SopClasses.MultiFrameTrueColorSecondaryCaptureImageStorage, data.Get<string>(Tags.SOPClassUID));
        Assert.Equal((3, Tags.PageNumberVector), (data.Get<int>(Tags.NumberOfFrames), data.Get<Tag>(Tags.FrameIncrementPointer)));
        Assert.Equal([1, 2, 3], data.GetAll<int>(Tags.PageNumberVector));
        var error = Assert.Throws<PixelDataException>(() => new ObjectWrapper(new WrapOptions()).WrapFrames([one, other]));
        Assert.Contains("frame 2 is 8 × 9", error.Message);
        Assert.Throws<PixelDataException>(() => new ObjectWrapper(new WrapOptions { Kind = PictureKind.Endoscopic }).WrapFrames([one, one]));
    }

    [Fact]
    public void Patient_and_study_are_those_of_another_object()
    {
        using var like = DicomFile.Read(DemoStudy.Create().First().ToArray());
        like.DataSet.Set(Tags.PatientName, "Müller^Änne");
        var wrapper = new ObjectWrapper(new WrapOptions { Like = like.DataSet, Title = "Befund" });
        byte[] png = PngWriter.ToArray(new Picture(8, 8, 1, new byte[64]));
        var (a, b) = (wrapper.Wrap(png).DataSet, wrapper.Wrap(png).DataSet);
        foreach (var data in new[] { a, b })
        {
            foreach (var tag in new[] { Tags.PatientName, Tags.PatientID, Tags.PatientBirthDate, Tags.StudyInstanceUID, Tags.AccessionNumber, Tags.StudyDate })
                Assert.Equal(like.DataSet.Get<string>(tag), data.Get<string>(tag));
            Assert.NotEqual(like.DataSet.Get<string>(Tags.SeriesInstanceUID), data.Get<string>(Tags.SeriesInstanceUID));
            Assert.False(data.Contains(Tags.SliceThickness));
        }
        Assert.Equal(a.Get<string>(Tags.SeriesInstanceUID), b.Get<string>(Tags.SeriesInstanceUID));
        Assert.Equal((1, 2), (a.Get<int>(Tags.InstanceNumber), b.Get<int>(Tags.InstanceNumber)));
        Assert.NotEqual(a.Get<string>(Tags.SOPInstanceUID), b.Get<string>(Tags.SOPInstanceUID));
    }

    [Theory]
    [InlineData("%PDF-1.7\n%%EOF\nx", SopClasses.EncapsulatedPDFStorage, "pdf", "application/pdf")]
    [InlineData("solid a\n facet normal 0 0 1\n", SopClasses.EncapsulatedSTLStorage, "stl", "model/stl")]
    [InlineData("<ClinicalDocument xmlns='urn:hl7-org:v3'><id root='1.2.3' extension='7'/><title>Röntgen</title></ClinicalDocument>", SopClasses.EncapsulatedCDAStorage, "xml", "text/XML")]
    public void Documents_come_out_byte_by_byte(string text, string sopClass, string extension, string type)
    {
        foreach (byte[] document in new[] { Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(text + "\n") })
        {
            var data = Wrap(document).DataSet;
            Assert.Equal((sopClass, type), (data.Get<string>(Tags.SOPClassUID), data.Get<string>(Tags.MIMETypeOfEncapsulatedDocument)));
            var back = WrappedContent.Document(data);
            Assert.Equal(extension, back!.Extension);
            Assert.Equal(document, back.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_clinical_document_says_its_title_and_identifier()
    {
        var data = Wrap(Encoding.UTF8.GetBytes("<?xml version='1.0'?><c:ClinicalDocument xmlns:c='urn:hl7-org:v3'><c:id root='1.2.3' extension='7'/><c:title>Über <b>alles</b></c:title></c:ClinicalDocument>")).DataSet;
        Assert.Equal(("1.2.3^7", "Über alles"), (data.Get<string>(Tags.HL7InstanceIdentifier), data.Get<string>(Tags.DocumentTitle)));
        Assert.Throws<PixelDataException>(() => Wrap("<ClinicalDocument xmlns='urn:hl7-org:v3'/>"u8.ToArray()));
        Assert.Throws<PixelDataException>(() => Wrap("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><ClinicalDocument xmlns='urn:hl7-org:v3'><id root='&b;'/></ClinicalDocument>"u8.ToArray()));
    }

    [Fact]
    public void A_bitmap_from_the_bottom_up_with_a_palette()
    {
        byte[] header = new byte[54 + 8];
        "BM"u8.CopyTo(header);
        header[10] = 62;
        (header[14], header[18], header[22], header[26], header[28]) = (40, 3, 2, 1, 1);
        new byte[] { 10, 20, 30, 0, 40, 50, 60, 0 }.CopyTo(header, 54);
        var stored = StoredFrames.Of(Wrap([.. header, 0b1010_0000, 0, 0, 0, 0b0100_0000, 0, 0, 0]).DataSet);
        Assert.Equal([30, 20, 10, 60, 50, 40, 30, 20, 10, 60, 50, 40, 30, 20, 10, 60, 50, 40], stored.Read(0));
    }

    [Theory]
    [InlineData(8, 0, 10)]
    [InlineData(8, 0, 53)]
    [InlineData(16, 3, 54)]
    public void A_bitmap_whose_pixels_begin_within_its_headers_is_damaged(byte bits, byte compression, byte offset)
    {
        byte[] bmp = new byte[200];
        "BM"u8.CopyTo(bmp);
        bmp[10] = offset;
        (bmp[14], bmp[18], bmp[22], bmp[26], bmp[28], bmp[30]) = (40, 1, 1, 1, bits, compression);
        Assert.Equal(PixelDataProblem.Damaged, Assert.Throws<PixelDataException>(() => Wrap(bmp)).Problem);
    }

    [Fact]
    public void Any_bytes_become_an_object_or_the_one_exception()
    {
        using var gif = new MemoryStream();
        var picture = new Picture(20, 20, 3, TestImage.Random(1200));
        using (var writer = new GifWriter(gif, picture)) writer.Add(picture);
        byte[] bmp = [.. "BM"u8, .. new byte[8], 54, 0, 0, 0, 40, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 1, 0, 24, 0, .. new byte[24 + 80]];
        byte[] indexed = [.. bmp[..28], 8, 0, .. new byte[24 + 4 * 256 + 40]], masked = [.. bmp[..28], 16, 0, 3, 0, 0, 0, .. new byte[20 + 12 + 60]];
        (indexed[10], indexed[11], masked[10]) = (54, 4, 66);
        byte[][] seeds = [PngWriter.ToArray(picture), gif.ToArray(), bmp, indexed, masked, JpegPicture.ToArray(picture, 80), Jp2Picture.ToArray(picture)];
        var random = new Random(5);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = (byte[])seeds[i % seeds.Length].Clone();
            for (int k = random.Next(6); k >= 0; k--) bytes[random.Next(Math.Min(bytes.Length, k % 2 == 0 ? 64 : bytes.Length))] = (byte)random.Next(256);
            try
            {
                Wrap(bytes[..random.Next(bytes.Length / 2, bytes.Length + 1)]);
            }
            catch (Exception e) when (e is PixelDataException or CodecException)
            {
            }
        }
    }
}
