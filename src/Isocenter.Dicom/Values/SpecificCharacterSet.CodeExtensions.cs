using System.Text;

namespace Isocenter.Dicom;

/// <content>Code extensions of ISO/IEC 2022 (PS3.5 §6.1.2.5), and single-byte sets, which are the case without any.</content>
public sealed partial class SpecificCharacterSet
{
    private readonly Repertoire _initialG0 = Repertoire.Ascii;

    /// <summary>Null where the first set has no G1 half.</summary>
    private readonly Repertoire? _initialG1;

    /// <summary>What a byte with the high bit is taken from where nothing is designated. Some writers forget the escape
    /// sequence after a delimiter.</summary>
    private readonly Repertoire _undesignatedG1 = Repertoire.Latin1;

    private string DecodeExtended(ReadOnlySpan<byte> bytes, VR vr)
    {
        var text = new StringBuilder(bytes.Length);
        var (g0, g1) = (_initialG0, _undesignatedG1);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            // Sets that were not declared are taken too: an escape sequence means nothing else.
            if (b == Escape && Repertoire.Designated(bytes[i..], out int length) is { } set)
            {
                if (set.IsG1) g1 = set;
                else g0 = set;
                i += length - 1;
            }
            else if (b < 0x20 || b == 0x7F)
            {
                (g0, g1) = (_initialG0, _undesignatedG1);
                text.Append((char)b);
            }
            else if (b >= 0x80)
            {
                if (!g1.IsDouble) text.Append(g1.Decode(b));
                else if (b >= 0xA1 && i + 1 < bytes.Length && bytes[i + 1] >= 0xA1) text.Append(g1.Decode(b, bytes[++i]));
                else text.Append('\uFFFD');
            }
            else if (g0.IsDouble && b > 0x20)
            {
                // A backslash or caret here is half a character.
                if (i + 1 < bytes.Length && bytes[i + 1] is > 0x20 and < 0x7F) text.Append(g0.Decode(b, bytes[++i]));
                else text.Append('\uFFFD');
            }
            else
            {
                if (IsDelimiter((char)b, vr)) (g0, g1) = (_initialG0, _undesignatedG1);
                text.Append((char)b);
            }
        }
        return text.ToString();
    }

    private bool EncodeExtended(string text, VR vr, out byte[] result)
    {
        var output = new MemoryStream(2 * text.Length);
        Span<byte> bytes = stackalloc byte[8];
        var (g0, g1) = (_initialG0, _initialG1);
        bool complete = true;
        foreach (var rune in text.EnumerateRunes())
        {
            char c = rune.IsBmp ? (char)rune.Value : '\uFFFD';
            if (c < 0x80)
            {
                // The initial sets must be active before a delimiter or a line ends (PS3.5 §6.1.2.5.3).
                bool returns = c < 0x20 || c == 0x7F || IsDelimiter(c, vr);
                if (g0 != _initialG0) Designate(output, g0 = _initialG0);
                if (returns && g1 != _initialG1) Return(output, ref g1);
                complete &= c != Escape;
                output.WriteByte(c == Escape ? (byte)'?' : (byte)c);
                continue;
            }
            int n = 0;
            foreach (var set in _sets)
            {
                n = set.TryEncode(c, bytes);
                if (n == 0) continue;
                if (set.IsG1 && g1 != set) Designate(output, g1 = set);
                else if (!set.IsG1 && g0 != set) Designate(output, g0 = set);
                break;
            }
            if (n == 0)
            {
                if (g0 != _initialG0) Designate(output, g0 = _initialG0);
                complete = false;
                bytes[0] = (byte)'?';
                n = 1;
            }
            output.Write(bytes[..n]);
        }
        if (g0 != _initialG0) Designate(output, _initialG0);
        if (g1 != _initialG1) Return(output, ref g1);
        result = output.ToArray();
        return complete;
    }

    /// <summary>Back to the initial G1 set. Where the first term has none, the empty set needs no designation: the next
    /// value begins with an escape sequence (PS3.5 §I.2).</summary>
    private void Return(MemoryStream output, ref Repertoire? g1)
    {
        g1 = _initialG1;
        if (g1 is not null) Designate(output, g1);
    }

    private static void Designate(MemoryStream output, Repertoire set) => output.Write(set.Escape);

    /// <summary>After these the initial sets are active again, apart from control characters.</summary>
    private static bool IsDelimiter(char c, VR vr) =>
        c == '\\' ? vr.IsMultiValuedText() : c is '^' or '=' && vr == VR.PN;
}
