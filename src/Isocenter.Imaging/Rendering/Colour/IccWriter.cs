using System.Buffers.Binary;
using System.Text;

namespace Isocenter.Imaging;

/// <summary>Writes ICC profiles (ISO 15076-1, version 4) of spaces that have a name, and of grey with their curves.</summary>
internal static class IccWriter
{
    public static byte[] Rgb(RgbSpace space)
    {
        byte[] curve = space.Curve.ToBytes();
        var m = space.ToXyz;
        return Assemble("RGB ",
        [
            .. Common(space.Description),
            // The primaries, brought to D50 after Bradford; chad says by which matrix.
            .. space.IsOfD50 ? Array.Empty<(string, byte[])>() : [("chad", Numbers("sf32", space.Adaptation))],
            ("rXYZ", Xyz(m[0], m[3], m[6])),
            ("gXYZ", Xyz(m[1], m[4], m[7])),
            ("bXYZ", Xyz(m[2], m[5], m[8])),
            ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
        ]);
    }

    public static byte[] Grey(RgbSpace space) => Assemble("GRAY", [.. Common(space.Description + " grey"), ("kTRC", space.Curve.ToBytes())]);

    private static (string Signature, byte[] Content)[] Common(string description) =>
        [("desc", Text(description)), ("cprt", Text("no copyright")), ("wtpt", Xyz(PcsWhite.X, PcsWhite.Y, PcsWhite.Z))];

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
        Xyz(PcsWhite.X, PcsWhite.Y, PcsWhite.Z).AsSpan(8).CopyTo(all[68..]);
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
