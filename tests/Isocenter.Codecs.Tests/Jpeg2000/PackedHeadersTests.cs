using Isocenter.Testing;

namespace Isocenter.Codecs.Tests.Jpeg2000;

public sealed class PackedHeadersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-p LRCP", 60000)]
    [InlineData("-p RPCL -t 40,33 -TP R", 60000)]
    [InlineData("-p RLCP -t 50,50 -M 32 -c [32,32],[16,16]", 21)]
    [InlineData("-p PCRL -t 64,64 -TP C -I", 190)]
    [InlineData("-p CPRL -n 3 -M 20", 120)]
    public async Task Packet_headers_may_stand_in_the_main_header_or_in_those_of_tile_parts(string options, int most)
    {
        ForeignTool.Require("opj_compress");
        ForeignTool.Require("opj_decompress");
        using var folder = new TemporaryFolder();
        var layout = Frames.Layout(81, 97, 3, 8, isPlanar: true);
        await File.WriteAllBytesAsync(folder["in.rawl"], Frames.Make(layout, new Random(5)), Cancel);
        string[] arguments = ["-i", folder["in.rawl"], "-o", folder["plain.j2k"], "-F", "97,81,3,8,u", "-n", "4", "-r", "12,3", "-SOP", "-EPH", .. options.Split(' ')];
        (await ForeignTool.RunAsync("opj_compress", arguments, cancel: Cancel)).AssertSuccess();
        byte[] plain = await File.ReadAllBytesAsync(folder["plain.j2k"], Cancel);
        byte[] expected = Frames.Decode(plain, layout);

        byte[] inTileParts = PackedHeaders.IntoTileParts(plain, most), inMainHeader = PackedHeaders.IntoMainHeader(plain, most);

        Assert.NotEqual(plain, inTileParts);
        Assert.Equal(expected, Frames.Decode(inTileParts, layout));
        Assert.Equal(expected, Frames.Decode(inMainHeader, layout));
        await AssertTheirsAsync(folder, inTileParts, expected);
        await AssertTheirsAsync(folder, inMainHeader, expected);
    }

    private static async Task AssertTheirsAsync(TemporaryFolder folder, byte[] stream, byte[] ours)
    {
        await File.WriteAllBytesAsync(folder["packed.j2k"], stream, Cancel);
        (await ForeignTool.RunAsync("opj_decompress", ["-i", folder["packed.j2k"], "-o", folder["theirs.rawl"]], cancel: Cancel)).AssertSuccess();
        byte[] theirs = await File.ReadAllBytesAsync(folder["theirs.rawl"], Cancel);
        Assert.Equal(theirs.Length, ours.Length);
        for (int i = 0; i < ours.Length; i++) Assert.InRange(ours[i], theirs[i] - 1, theirs[i] + 1);
    }
}
