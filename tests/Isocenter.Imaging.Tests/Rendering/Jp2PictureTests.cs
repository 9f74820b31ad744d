using System.Buffers.Binary;
using Isocenter.Codecs;
using Isocenter.Codecs.Jpeg2000;
using Isocenter.Testing;

namespace Isocenter.Imaging.Tests.Rendering;

public sealed class Jp2PictureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Without_a_quality_every_pixel_comes_back(int channels)
    {
        byte[] pixels = TestImage.Random(33 * 21 * channels);

        byte[] file = Jp2Picture.ToArray(new Picture(33, 21, channels, pixels));

        var boxes = Boxes(file);
        Assert.Equal(["jP  ", "ftyp", "jp2h", "jp2c"], boxes.Select(box => box.Type));
        Assert.Equal(["ihdr", "colr"], Boxes(boxes[2].Content).Select(box => box.Type));
        byte[] decoded = new byte[pixels.Length];
        Jpeg2000Decoder.Decode(file, decoded, new FrameLayout(21, 33, channels, 8, 8));
        Assert.Equal(pixels, decoded);
    }

    [Fact]
    public void A_lower_quality_makes_a_smaller_file()
    {
        byte[] pixels = [.. Enumerable.Range(0, 256 * 256).Select(i => (byte)((i % 256 + i / 256 + i * 2654435761L % 13) / 2))];
        var picture = new Picture(256, 256, 1, pixels);

        Assert.True(Jp2Picture.ToArray(picture, 10).Length < Jp2Picture.ToArray(picture, 90).Length);
        Assert.True(Jp2Picture.ToArray(picture, 90).Length < Jp2Picture.ToArray(picture).Length);
    }

    [Fact]
    public async Task A_profile_stands_in_the_header_and_another_program_reads_the_file()
    {
        using var folder = new TemporaryFolder();
        byte[] profile = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        byte[] withProfile = Jp2Picture.ToArray(new Picture(16, 16, 3, TestImage.Random(768)) { IccProfile = profile });
        byte[] pixels = TestImage.Random(40 * 30 * 3);
        File.WriteAllBytes(folder["picture.jp2"], Jp2Picture.ToArray(new Picture(40, 30, 3, pixels)));

        Assert.True(withProfile.AsSpan().IndexOf(profile) > 0);
        await ForeignTool.RunAsync("opj_decompress", ["-i", folder["picture.jp2"], "-o", folder["picture.ppm"]], cancel: TestContext.Current.CancellationToken);
        Assert.Equal(pixels, File.ReadAllBytes(folder["picture.ppm"])[^pixels.Length..]);
    }

    private static List<(string Type, byte[] Content)> Boxes(ReadOnlySpan<byte> bytes)
    {
        var boxes = new List<(string, byte[])>();
        while (!bytes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            boxes.Add((System.Text.Encoding.ASCII.GetString(bytes.Slice(4, 4)), bytes[8..length].ToArray()));
            bytes = bytes[length..];
        }
        return boxes;
    }
}
