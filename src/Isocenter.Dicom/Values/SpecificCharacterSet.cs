using System.Text;

namespace Isocenter.Dicom;

/// <summary>Specific Character Set (0008,0005): how bytes become characters (PS3.3 §C.12.1.1.2, PS3.5 §6.1).</summary>
/// <remarks>Immutable. Encodings come from the provider directly; nothing is registered for the process.</remarks>
public sealed class SpecificCharacterSet
{
    private readonly System.Text.Encoding _encoding;

    private SpecificCharacterSet(IReadOnlyList<string> terms, System.Text.Encoding encoding)
    {
        DefinedTerms = terms;
        _encoding = encoding;
    }

    /// <summary>ISO-IR 6, ASCII. Bytes beyond it are read as Latin alphabet No. 1, so that none is lost.</summary>
    public static SpecificCharacterSet Default { get; } = new([], System.Text.Encoding.Latin1);

    /// <summary>ISO_IR 192, UTF-8.</summary>
    public static SpecificCharacterSet Utf8 { get; } = new(["ISO_IR 192"], new UTF8Encoding(false));

    /// <summary>The defined terms, as in (0008,0005). None for the default.</summary>
    public IReadOnlyList<string> DefinedTerms { get; }

    /// <summary>The character set of the defined terms. Unknown terms are taken for the default.</summary>
    public static SpecificCharacterSet Of(IReadOnlyList<string> definedTerms)
    {
        ArgumentNullException.ThrowIfNull(definedTerms);
        return definedTerms.Count > 0 && definedTerms[0] == "ISO_IR 192" ? Utf8 : Default;
    }

    /// <summary>Decodes a value, backslashes and carets included.</summary>
    public string Decode(ReadOnlySpan<byte> bytes, VR vr) =>
        vr.UsesSpecificCharacterSet() ? _encoding.GetString(bytes) : System.Text.Encoding.Latin1.GetString(bytes);

    /// <summary>The bytes mean what they mean in ASCII: no byte beyond it, no escape sequence.</summary>
    internal bool IsPlainAscii(ReadOnlySpan<byte> bytes) =>
        Ascii.IsValid(bytes) && (DefinedTerms.Count < 2 || !bytes.Contains((byte)0x1B));

    /// <summary>Encodes a value.</summary>
    public byte[] Encode(string text, VR vr) =>
        vr.UsesSpecificCharacterSet() ? _encoding.GetBytes(text) : System.Text.Encoding.Latin1.GetBytes(text);
}
