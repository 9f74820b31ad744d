using System.Buffers.Binary;
using System.Globalization;

namespace Isocenter.Imaging;

/// <summary>The application segments of a JPEG file, before its first scan.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> file)
{
    private const byte StartOfScan = 0xDA, FirstApplication = 0xE0;
    private readonly ReadOnlySpan<byte> _file = file;
    private int _at = 2;

    /// <summary>n of APPn.</summary>
    public int Number { get; private set; }

    public ReadOnlySpan<byte> Content { get; private set; }

    public bool MoveNext()
    {
        while (_at + 4 <= _file.Length && _file[_at] == 0xFF)
        {
            byte marker = _file[_at + 1];
            if (marker == 0xFF)
            {
                _at++;
                continue;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(_file[(_at + 2)..]);
            if (marker == StartOfScan || length < 2 || _at + 2 + length > _file.Length) return false;
            var content = _file.Slice(_at + 4, length - 2);
            _at += 2 + length;
            if ((marker & 0xF0) != FirstApplication) continue;
            Number = marker & 15;
            Content = content;
            return true;
        }
        return false;
    }
}

/// <summary>The ICC profile of a JPEG file: APP2 segments that are numbered (ICC.1 Annex B.4).</summary>
internal static class JpegProfile
{
    public static byte[] Of(ReadOnlySpan<byte> file)
    {
        var parts = new SortedDictionary<int, byte[]>();
        for (var segments = new JpegSegments(file); segments.MoveNext();)
            if (segments.Number == 2 && segments.Content.Length > 14 && segments.Content.StartsWith("ICC_PROFILE\0"u8))
                parts.TryAdd(segments.Content[12], segments.Content[14..].ToArray());
        byte[] profile = [.. parts.Values.SelectMany(part => part)];
        return profile.Length > 128 ? profile : [];
    }
}

/// <summary>Cameras write how a picture is to be turned into its Exif (tag 0x0112); DICOM viewers do not look there.</summary>
internal static class ExifOrientation
{
    private const ushort Orientation = 0x0112;

    public static string? Remark(ReadOnlySpan<byte> file)
    {
        for (var segments = new JpegSegments(file); segments.MoveNext();)
        {
            if (segments.Number != 1 || !segments.Content.StartsWith("Exif\0\0"u8)) continue;
            int value = Read(segments.Content[6..]);
            return value is > 1 and <= 8 ? string.Create(CultureInfo.InvariantCulture, $"its Exif says that it is to be turned (orientation {value}); the pixels are stored as they are") : null;
        }
        return null;
    }

    private static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 10) return 0;
        bool isLittle = tiff[0] == 'I';
        long at = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (at + 2 > tiff.Length) return 0;
        int count = Word(tiff, (int)at, isLittle);
        for (int i = 0; i < count && at + 2 + 12 * (i + 1) <= tiff.Length; i++)
        {
            int entry = (int)at + 2 + 12 * i;
            if (Word(tiff, entry, isLittle) == Orientation) return Word(tiff, entry + 8, isLittle);
        }
        return 0;
    }

    private static int Word(ReadOnlySpan<byte> tiff, int at, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(tiff[at..]) : BinaryPrimitives.ReadUInt16BigEndian(tiff[at..]);
}
