using System.Buffers.Binary;
using System.Text;
using Isocenter.Codecs.Video;

namespace Isocenter.Codecs.Tests.Video;

/// <summary>Headers of streams that ffmpeg made (a test pattern of 200 × 116 pixels, x264, x265, its MPEG-2 encoder), with the
/// slices cut short.</summary>
public sealed class VideoStreamTests
{
    private const string H264 = "0000016764000bacd943447967c044000003000400000300c83c50a658000000016588840037fffef6f0000001419a226c437ffea503000001019e41790aff025e3d";
    private const string H264Interlaced = "0000016764000dacd94348d8088000000300800000190f8a14cb000000016588820b03bff6f74e000001419a225e437ffeed56000001419e415f885fff0d93";
    private const string Hevc = "00000142010101600000030090000003000003003ca0192079f796566924caf0168080000003008000000c84000000012801af1d42a68899030000010201d0115784318e270000010001e024bf8614a6e0";
    private const string Mpeg2 = "000001b30c807413ffffe018000001b5148a0001000000000100000ffff8000001b58ffff34180000001000057fffb80000001b5811ff34180000001000097fffb80";

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    [Theory]
    [InlineData(H264, VideoFormat.H264, 200, 116, 3, 100, 11, 25)]
    [InlineData(Hevc, VideoFormat.Hevc, 200, 116, 3, 1, 60, 0)]
    [InlineData(Mpeg2, VideoFormat.Mpeg2, 200, 116, 3, 4, 8, 25)]
    public void Bare_streams_say_their_size_and_frames_are_counted(
        string hex, VideoFormat format, int columns, int rows, int frames, int profile, int level, double rate) =>
        Assert.Equal(new VideoInfo(format, null, columns, rows, 8, frames) { Profile = profile, Level = level, FrameRate = rate }, VideoStream.Read(Bytes(hex)));

    [Fact]
    public void Two_fields_are_one_frame()
    {
        var info = VideoStream.Read(Bytes(H264Interlaced));
        Assert.Equal((208, 128), (info.Columns, info.Rows));
        // picture_structure 1 and 2 in place of 3: the pictures are fields.
        byte[] fields = Bytes(Mpeg2);
        for (int i = 0; i + 6 < fields.Length; i++)
            if (fields[i] == 0 && fields[i + 1] == 0 && fields[i + 2] == 1 && fields[i + 3] == 0xB5 && fields[i + 4] >> 4 == 8) fields[i + 6] &= 0xFD;
        Assert.Equal(2, VideoStream.Read(fields).Frames);
    }

    [Theory]
    [InlineData(188)]
    [InlineData(192)]
    public void Video_is_found_in_a_transport_stream(int packetLength)
    {
        var info = VideoStream.Read(TransportStreamOf(Bytes(H264), packetLength));
        Assert.Equal(new VideoInfo(VideoFormat.H264, "transport stream", 200, 116, 8, 3) { Profile = 100, Level = 11, FrameRate = 25 }, info);
    }

    [Fact]
    public void Video_is_found_in_a_program_stream()
    {
        byte[] video = Bytes(Mpeg2);
        byte[] stream = [0, 0, 1, 0xBA, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xF8, .. Packet(0xC0, [1, 2, 3]), .. Packet(0xE0, video[..40]), .. Packet(0xE0, video[40..]), 0, 0, 1, 0xB9, .. new byte[14]];
        Assert.Equal(new VideoInfo(VideoFormat.Mpeg2, "program stream", 200, 116, 8, 3) { Profile = 4, Level = 8, FrameRate = 25 }, VideoStream.Read(stream));
    }

    [Fact]
    public void Mp4_names_the_format_and_its_tables_the_frames()
    {
        byte[] entry = new byte[78];
        BinaryPrimitives.WriteUInt16BigEndian(entry.AsSpan(24), 640);
        BinaryPrimitives.WriteUInt16BigEndian(entry.AsSpan(26), 480);
        byte[] configuration = new byte[23];
        configuration[17] = 0xFA;           // bit_depth_luma_minus8: 2
        byte[] description = [0, 0, 0, 0, 0, 0, 0, 1, .. Box("hvc1", [.. entry, .. Box("hvcC", configuration)])];
        byte[] sizes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 77];
        byte[] media = [.. Box("hdlr", [0, 0, 0, 0, 0, 0, 0, 0, .. "vide"u8]), .. Box("minf", Box("stbl", [.. Box("stsd", description), .. Box("stsz", sizes)]))];
        byte[] sound = Box("trak", Box("mdia", Box("hdlr", [0, 0, 0, 0, 0, 0, 0, 0, .. "soun"u8])));
        byte[] file = [.. Box("ftyp", [.. "isom"u8, 0, 0, 0, 0]), .. Box("mdat", new byte[100]), .. Box("moov", [.. sound, .. Box("trak", Box("mdia", media))])];
        Assert.Equal(new VideoInfo(VideoFormat.Hevc, "MP4", 640, 480, 10, 77), VideoStream.Read(file));
    }

    [Fact]
    public void What_is_no_video_is_refused()
    {
        Assert.Throws<CodecException>(() => VideoStream.Read([]));
        Assert.Throws<CodecException>(() => VideoStream.Read("not a video at all"u8));
        Assert.Throws<CodecException>(() => VideoStream.Read([0, 0, 0, 8, .. "ftypmoov"u8, 0, 0, 0, 0]));
        Assert.False(VideoStream.Begins([0xFF, 0xD8, 0xFF, 0xE0]));
    }

    [Fact]
    public void Any_bytes_give_an_answer_or_the_one_exception()
    {
        string[] seeds = [H264, H264Interlaced, Hevc, Mpeg2];
        var random = new Random(11);
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = Bytes(seeds[i & 3]);
            if ((i & 4) != 0) bytes = TransportStreamOf(bytes, 188);
            for (int k = random.Next(8); k >= 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var info = VideoStream.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
                Assert.InRange(info.Columns, 0, 65535);
            }
            catch (CodecException)
            {
            }
        }
    }

    private static byte[] Packet(byte id, byte[] payload) => [0, 0, 1, id, 0, (byte)(payload.Length + 3), 0x80, 0, 0, .. payload];

    private static byte[] Box(string type, byte[] content)
    {
        byte[] box = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(box, 4);
        content.CopyTo(box, 8);
        return box;
    }

    /// <summary>A packet of tables, and the video in packets of 40 bytes, filled up with adaptation fields.</summary>
    private static byte[] TransportStreamOf(byte[] video, int packetLength)
    {
        var stream = new List<byte>();
        AddPacket(0, true, new byte[20]);
        for (int at = 0; at < video.Length; at += 40)
        {
            byte[] part = video[at..Math.Min(at + 40, video.Length)];
            AddPacket(0x100, at == 0, at == 0 ? [0, 0, 1, 0xE0, 0, 0, 0x80, 0, 0, .. part] : part);
        }
        AddPacket(0x1FFF, false, []);
        return [.. stream];

        void AddPacket(int pid, bool begins, byte[] payload)
        {
            stream.AddRange(new byte[packetLength - 188]);
            int field = 184 - payload.Length - 1;
            stream.AddRange([0x47, (byte)((begins ? 0x40 : 0) | pid >> 8), (byte)pid, (byte)(payload.Length > 0 ? 0x30 : 0x20), (byte)field]);
            stream.AddRange(new byte[field]);
            stream.AddRange(payload);
        }
    }
}
