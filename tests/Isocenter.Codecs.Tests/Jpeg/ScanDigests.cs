using Isocenter.Codecs.Jpeg;

namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>What cjpeg of libjpeg-turbo 2.1.5 (<c>-dct int -baseline</c>) writes from its SOS marker on for an image of
/// <see cref="TestImage.Waves"/>: subsampling, quality, optimised tables, rows between restarts, and the first half of the
/// SHA-256.</summary>
public static class ScanDigests
{
    public static TheoryData<JpegSubsampling, int, bool, int, string> AsTheory => new()
    {
        { JpegSubsampling.None, 100, false, 0, "202C3F649A2AC63D26C22F6221C7BEFF" },
        { JpegSubsampling.None, 90, true, 0, "27592386830D66417A24E335AC293B75" },
        { JpegSubsampling.None, 50, false, 1, "58A60AA2E4DCB8C59DA5408E60D66DF0" },
        { JpegSubsampling.None, 10, true, 1, "F00CD9BC993B0AE5DA028E283136E968" },
        { JpegSubsampling.Horizontal, 100, false, 0, "08C635FB05A49901FB848CA97C8B41CA" },
        { JpegSubsampling.Horizontal, 90, true, 0, "757AE861226B6B1008DBFBD4932771F7" },
        { JpegSubsampling.Horizontal, 50, false, 1, "EE2280F7572A699F8236408528EFF8A2" },
        { JpegSubsampling.Horizontal, 10, true, 1, "FD3333045BB5C0E6017675E21231378D" },
        { JpegSubsampling.Vertical, 100, false, 0, "BF2EFF9DB1579FC6FE6226932DDA8AEC" },
        { JpegSubsampling.Vertical, 90, true, 0, "232DDFD82B0B947205473604C7F24011" },
        { JpegSubsampling.Vertical, 50, false, 1, "4F39FA02449643CA5102230BE1E494F2" },
        { JpegSubsampling.Vertical, 10, true, 1, "6E976B0D4937BC262DCE304CBCF5E139" },
        { JpegSubsampling.Both, 100, false, 0, "C6A67F36CED618B0ADC602AC6CEF197E" },
        { JpegSubsampling.Both, 90, true, 0, "CDF130772C1EBEFC5523A34B8AAF447F" },
        { JpegSubsampling.Both, 50, false, 1, "0677F4C39D65697ACACF6BCD8547B264" },
        { JpegSubsampling.Both, 10, true, 1, "5F42DB535DAD3B7D259E442118CFA2B9" },
    };
}
