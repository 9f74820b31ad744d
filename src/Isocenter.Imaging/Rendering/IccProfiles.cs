using System.Buffers.Binary;
using System.Text;

namespace Isocenter.Imaging;

/// <summary>ICC profiles (ISO 15076-1, version 4) of sRGB (IEC 61966-2-1) and of grey with its curve, for pictures that
/// shall say what their values mean.</summary>
public static class IccProfiles
{
    private static readonly byte[] Rgb = Make(isGrey: false), Grey = Make(isGrey: true);

    /// <summary>sRGB, as red, green and blue.</summary>
    public static ReadOnlyMemory<byte> Srgb => Rgb;

    /// <summary>Grey with the curve of sRGB.</summary>
    public static ReadOnlyMemory<byte> SrgbGrey => Grey;

    private static byte[] Make(bool isGrey)
    {
        byte[] curve = Curve();
        var tags = new List<(string Signature, byte[] Content)>
        {
            ("desc", Text(isGrey ? "sRGB grey" : "sRGB")),
            ("cprt", Text("no copyright")),
            ("wtpt", Xyz(0.9642, 1, 0.8249)),                      // the illuminant of the connection space, D50
        };
        if (isGrey) tags.Add(("kTRC", curve));
        else
        {
            // The primaries, brought from D65 to D50 after Bradford; chad says by which matrix.
            tags.Add(("chad", Numbers("sf32", 1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491, -0.0092345, 0.0150436, 0.7521316)));
            tags.Add(("rXYZ", Xyz(0.4360747, 0.2225045, 0.0139322)));
            tags.Add(("gXYZ", Xyz(0.3850649, 0.7168786, 0.0971045)));
            tags.Add(("bXYZ", Xyz(0.1430804, 0.0606169, 0.7141733)));
            foreach (string channel in (string[])["rTRC", "gTRC", "bTRC"]) tags.Add((channel, curve));
        }
        return Assemble(isGrey ? "GRAY" : "RGB ", tags);
    }

    /// <summary>Header (§7.2), tag table (§7.3), tags; equal tags stand once.</summary>
    private static byte[] Assemble(string space, List<(string Signature, byte[] Content)> tags)
    {
        int at = 128 + 4 + 12 * tags.Count;
        var places = new Dictionary<byte[], int>();
        foreach (var (_, content) in tags)
        {
            if (places.TryAdd(content, at)) at += content.Length;
        }
        byte[] profile = new byte[at];
        var all = profile.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(all, at);
        BinaryPrimitives.WriteUInt32BigEndian(all[8..], 0x0430_0000);
        Ascii("mntr" + space + "XYZ ", all[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(all[24..], 2026);
        BinaryPrimitives.WriteUInt16BigEndian(all[26..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(all[28..], 1);
        Ascii("acsp", all[36..]);
        Xyz(0.9642, 1, 0.8249).AsSpan(8).CopyTo(all[68..]);
        BinaryPrimitives.WriteInt32BigEndian(all[128..], tags.Count);
        for (int i = 0; i < tags.Count; i++)
        {
            var entry = all[(132 + 12 * i)..];
            Ascii(tags[i].Signature, entry);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], places[tags[i].Content]);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], tags[i].Content.Length);
        }
        foreach (var (content, place) in places) content.CopyTo(all[place..]);
        return profile;
    }

    /// <summary>parametricCurveType of function 3 (§10.18): the curve of sRGB.</summary>
    private static byte[] Curve()
    {
        byte[] numbers = Numbers("para", 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
        byte[] curve = [.. numbers.AsSpan(0, 8), 0, 3, 0, 0, .. numbers.AsSpan(8)];
        return curve;
    }

    private static byte[] Xyz(double x, double y, double z) => Numbers("XYZ ", x, y, z);

    private static byte[] Numbers(string type, params ReadOnlySpan<double> numbers)
    {
        byte[] bytes = new byte[8 + 4 * numbers.Length];
        Ascii(type, bytes);
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8 + 4 * i), (int)Math.Round(numbers[i] * 65536));
        return bytes;
    }

    /// <summary>multiLocalizedUnicodeType (§10.15) of one text.</summary>
    private static byte[] Text(string text)
    {
        byte[] bytes = new byte[(28 + 2 * text.Length + 3) / 4 * 4];
        Ascii("mluc", bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), 1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), 12);
        Ascii("enUS", bytes.AsSpan(16));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 2 * text.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(24), 28);
        Encoding.BigEndianUnicode.GetBytes(text, bytes.AsSpan(28));
        return bytes;
    }

    private static void Ascii(string text, Span<byte> place) => Encoding.ASCII.GetBytes(text, place);
}
