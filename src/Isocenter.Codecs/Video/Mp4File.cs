using System.Buffers.Binary;

namespace Isocenter.Codecs.Video;

/// <summary>The boxes of an MP4 file (ISO/IEC 14496-12): the first video track, its format, size and number of samples.</summary>
internal static class Mp4File
{
    private const int SampleEntryLength = 86;       // of a VisualSampleEntry, with its header

    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && (Is(bytes[4..], "ftyp"u8) || Is(bytes[4..], "moov"u8) || Is(bytes[4..], "mdat"u8) || Is(bytes[4..], "styp"u8)) && bytes[0] < 0x10;

    public static VideoInfo Read(ReadOnlySpan<byte> file)
    {
        if (!TryFind(file, "moov"u8, out var movie)) throw new CodecException("MP4", "there is no movie box", 0, "ISO/IEC 14496-12 §8.2.1");
        for (var boxes = new Boxes(movie); boxes.MoveNext();)
        {
            if (!Is(boxes.Type, "trak"u8) || !TryFind(boxes.Content, "mdia"u8, out var media) || !TryFind(media, "hdlr"u8, out var handler)
                || handler.Length < 12 || !Is(handler[8..], "vide"u8)) continue;
            if (!TryFind(media, "minf"u8, out var information) || !TryFind(information, "stbl"u8, out var table)
                || !TryFind(table, "stsd"u8, out var description) || description.Length < 8 + SampleEntryLength) break;
            int frames = TryFind(table, "stsz"u8, out var sizes) && sizes.Length >= 12 ? BinaryPrimitives.ReadInt32BigEndian(sizes[8..]) : 0;
            var video = Describe(description[8..], Math.Max(frames, 0) + FragmentedSamples(file));
            return Seconds(media) is var seconds and > 0 ? video with { FrameRate = video.Frames / seconds } : video;
        }
        throw new CodecException("MP4", "there is no video track", 0, "ISO/IEC 14496-12 §8.3");
    }

    /// <summary>Duration of the track by its media header (§8.4.2); 0 when it does not say, as in fragmented files.</summary>
    private static double Seconds(ReadOnlySpan<byte> media)
    {
        if (!TryFind(media, "mdhd"u8, out var header) || header.Length < 20) return 0;
        bool isLong = header[0] == 1;
        if (isLong && header.Length < 32) return 0;
        uint scale = BinaryPrimitives.ReadUInt32BigEndian(header[(isLong ? 20 : 12)..]);
        ulong duration = isLong ? BinaryPrimitives.ReadUInt64BigEndian(header[24..]) : BinaryPrimitives.ReadUInt32BigEndian(header[16..]);
        return scale == 0 || duration is uint.MaxValue or ulong.MaxValue ? 0 : (double)duration / scale;
    }

    private static VideoInfo Describe(ReadOnlySpan<byte> entry, int frames)
    {
        int columns = BinaryPrimitives.ReadUInt16BigEndian(entry[32..]), rows = BinaryPrimitives.ReadUInt16BigEndian(entry[34..]), bits = 8, profile = 0, level = 0;
        double frameRate = 0;
        var type = entry[4..8];
        VideoFormat format;
        if (Is(type, "avc1"u8) || Is(type, "avc3"u8))
        {
            format = VideoFormat.H264;
            // avcC: five bytes, the number of sequence parameter sets, and each after its length.
            if (TryFind(entry[SampleEntryLength..], "avcC"u8, out var avc) && avc.Length > 8 && (avc[5] & 31) > 0
                && BinaryPrimitives.ReadUInt16BigEndian(avc[6..]) is var length && length > 4 && 8 + length <= avc.Length)
            {
                var header = H264Header.Parse(avc.Slice(8, length));
                (columns, rows, bits, profile, level, frameRate) = (header.Columns, header.Rows, header.Bits, header.Profile, header.Level, header.FrameRate);
            }
        }
        else if (Is(type, "hvc1"u8) || Is(type, "hev1"u8))
        {
            format = VideoFormat.Hevc;
            if (TryFind(entry[SampleEntryLength..], "hvcC"u8, out var hevc) && hevc.Length > 17)
                (bits, profile, level) = (8 + (hevc[17] & 7), hevc[1] & 31, hevc[12]);
        }
        else if (Is(type, "mp4v"u8))
        {
            format = VideoFormat.Mpeg2;         // the profile is in an elementary stream descriptor, which is not read
        }
        else
        {
            throw new CodecException("MP4", "the video track is neither MPEG-2, H.264 nor HEVC", null);
        }
        return new VideoInfo(format, "MP4", columns, rows, bits, frames) { Profile = profile, Level = level, FrameRate = frameRate };
    }

    /// <summary>Samples that fragments of the movie add (§8.8).</summary>
    private static int FragmentedSamples(ReadOnlySpan<byte> file)
    {
        long samples = 0;
        for (var boxes = new Boxes(file); boxes.MoveNext();)
        {
            if (!Is(boxes.Type, "moof"u8) || !TryFind(boxes.Content, "traf"u8, out var track)) continue;
            for (var runs = new Boxes(track); runs.MoveNext();)
                if (Is(runs.Type, "trun"u8) && runs.Content.Length >= 8) samples += BinaryPrimitives.ReadUInt32BigEndian(runs.Content[4..]);
        }
        return (int)Math.Min(samples, int.MaxValue / 2);
    }

    private static bool Is(ReadOnlySpan<byte> type, ReadOnlySpan<byte> name) => type.StartsWith(name);

    private static bool TryFind(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> type, out ReadOnlySpan<byte> content)
    {
        for (var boxes = new Boxes(bytes); boxes.MoveNext();)
        {
            if (!Is(boxes.Type, type)) continue;
            content = boxes.Content;
            return true;
        }
        content = default;
        return false;
    }

    private ref struct Boxes(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public ReadOnlySpan<byte> Type { get; private set; }

        public ReadOnlySpan<byte> Content { get; private set; }

        public bool MoveNext()
        {
            if (_rest.Length < 8) return false;
            ulong length = BinaryPrimitives.ReadUInt32BigEndian(_rest);
            int header = 8;
            if (length == 1 && _rest.Length >= 16) (length, header) = (BinaryPrimitives.ReadUInt64BigEndian(_rest[8..]), 16);
            if (length == 0 || length > (ulong)_rest.Length) length = (ulong)_rest.Length;     // the last one may be open, or cut
            if (length < (ulong)header) return false;
            Type = _rest[4..8];
            Content = _rest[header..(int)length];
            _rest = _rest[(int)length..];
            return true;
        }
    }
}
